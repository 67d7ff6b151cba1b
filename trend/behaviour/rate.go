package behaviour

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Rate is a share with its interval.
type Rate struct {
	Of, All int
	// Effective is how many independent cases carry as much as All, of which those of one person are alike (Kish 1965: All divided by the design
	// effect); All itself where each person is one case.
	Effective        float64
	Value, Low, High float64
}

// Wilson is the share of of all with the score interval at a level inside (0, 1) (Wilson 1927). NaN where all is 0.
func Wilson(of, all int, level float64) Rate { return wilson(of, all, float64(all), level) }

// wilson is the same for all cases that carry as much as n.
func wilson(of, all int, n, level float64) Rate {
	r := Rate{of, all, n, math.NaN(), math.NaN(), math.NaN()}
	if all <= 0 {
		return r
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	p := float64(of) / float64(all)
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	r.Value, r.Low, r.High = p, max(0, min(p, centre-half)), min(1, max(p, centre+half))
	return r
}

// Difference is a's share less b's, with the hybrid score interval (Newcombe 1998, method 10), and the two-sided p-value of a change (pooled z test).
func Difference(a, b Rate) (value, low, high, p float64) {
	value = a.Value - b.Value
	low = value - math.Hypot(a.Value-a.Low, b.High-b.Value)
	high = value + math.Hypot(a.High-a.Value, b.Value-b.Low)
	n, m := a.Effective, b.Effective
	pooled := (a.Value*n + b.Value*m) / (n + m)
	se := math.Sqrt(pooled * (1 - pooled) * (1/n + 1/m))
	if se == 0 {
		return value, low, high, 1
	}
	return value, low, high, 2 * distuv.UnitNormal.Survival(math.Abs(value)/se)
}

// clusters is a share of cases that come in clusters, one a person.
type clusters struct {
	of, all       int
	people        float64
	xx, xn, nn    float64 // sums of squares and products of the persons' cases that count, and of their cases
	person, count int     // of the person under way
	hits          int
}

// add takes in one case of a person; the cases of a person must come together.
func (c *clusters) add(person int, hit bool) {
	if person != c.person {
		c.close()
		c.person = person
	}
	c.count++
	c.all++
	if hit {
		c.hits++
		c.of++
	}
}

func (c *clusters) close() {
	if c.count == 0 {
		return
	}
	x, n := float64(c.hits), float64(c.count)
	c.people++
	c.xx, c.xn, c.nn = c.xx+x*x, c.xn+x*n, c.nn+n*n
	c.hits, c.count = 0, 0
}

// rate is the share with the interval of as many independent cases as carry as much: the variance is that of a ratio of the persons' sums (Cochran 1977,
// Sampling Techniques, 6.4).
func (c *clusters) rate(level float64) Rate {
	c.close()
	n := float64(c.all)
	if c.all == 0 || c.people < 2 {
		return wilson(c.of, c.all, min(n, max(1, c.people)), level)
	}
	p := float64(c.of) / n
	simple := p * (1 - p) / n
	var effective float64
	if simple > 0 {
		variance := (c.xx - 2*p*c.xn + p*p*c.nn) / (n * n) * c.people / (c.people - 1)
		effective = n / max(1, variance/simple)
	} else { // all or none: no spread to be seen, so that persons are the cases
		effective = c.people
	}
	return wilson(c.of, c.all, effective, level)
}
