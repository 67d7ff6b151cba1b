package ledger

import (
	"cmp"
	"math"
	"slices"
)

// Bin is claims of about the same probability, and how many of them came true.
type Bin struct {
	From, To  float64 // probabilities
	Claimed   float64 // their mean
	Claims    int
	True      int
	Low, High float64 // 95 % interval of the share that comes true (Wilson 1927), as if no claim told anything of another
}

// Share is the share of claims that came true.
func (b Bin) Share() float64 { return float64(b.True) / float64(b.Claims) }

// Record is how some claims did.
type Record struct {
	Name   string  // what they have in common: a kind, a method; "" = all
	Claims int     // made
	Scored int     // of these
	True   int     // of the scored
	Brier  float64 // mean squared difference of probability and outcome (Brier 1950); NaN without any scored
	// Skill is by what share Brier is below that of a constant probability, the share that came true; NaN where all came the same.
	Skill float64
	// Error is the mean difference of the claimed probability and the share that came true, over the bins by their claims (the expected
	// calibration error of Naeini, Cooper & Hauskrecht 2015).
	Error float64
	Bins  []Bin // that hold any scored claims, ascending
}

// edges part the probabilities, so that a bin is about a round one: about 80 % is from 75 to 85.
var edges = []float64{0, .05, .15, .25, .35, .45, .55, .65, .75, .85, .95, 1}

// Calibration is how the claims did.
func Calibration(name string, claims []Scored) Record {
	r := Record{Name: name, Claims: len(claims), Brier: math.NaN(), Skill: math.NaN(), Error: math.NaN()}
	bins := make([]Bin, len(edges)-1)
	brier := 0.0
	for i := range claims {
		c := &claims[i]
		if !c.Known {
			continue
		}
		came := 0.0
		if c.True {
			came = 1
		}
		r.Scored++
		r.True += int(came)
		brier += (c.P - came) * (c.P - came)
		b, exact := slices.BinarySearch(edges, c.P)
		if !exact {
			b--
		}
		b = min(b, len(bins)-1)
		bins[b].Claims++
		bins[b].True += int(came)
		bins[b].Claimed += c.P
	}
	if r.Scored == 0 {
		return r
	}
	n := float64(r.Scored)
	r.Brier, r.Error = brier/n, 0
	if share := float64(r.True) / n; share > 0 && share < 1 {
		r.Skill = 1 - r.Brier/(share*(1-share))
	}
	for k, b := range bins {
		if b.Claims == 0 {
			continue
		}
		b.From, b.To, b.Claimed = edges[k], edges[k+1], b.Claimed/float64(b.Claims)
		b.Low, b.High = wilson(b.True, b.Claims)
		r.Error += float64(b.Claims) / n * math.Abs(b.Claimed-b.Share())
		r.Bins = append(r.Bins, b)
	}
	return r
}

// By is how claims did that have a name in common, most claims first.
func By(claims []Scored, name func(*Scored) string) []Record {
	groups := map[string][]Scored{}
	for i := range claims {
		n := name(&claims[i])
		groups[n] = append(groups[n], claims[i])
	}
	var out []Record
	for n, g := range groups {
		out = append(out, Calibration(n, g))
	}
	slices.SortFunc(out, func(a, b Record) int { return cmp.Or(cmp.Compare(b.Claims, a.Claims), cmp.Compare(a.Name, b.Name)) })
	return out
}

// wilson is the score interval of a share at 95 %.
func wilson(k, n int) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid, half := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (mid-half)/(1+z*z/m)), min(1, (mid+half)/(1+z*z/m))
}
