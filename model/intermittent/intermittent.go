// Package intermittent holds the methods for demand that is zero in many periods: Croston, SBA and TSB.
//
// Each smooths the size of demand and its chance (or the interval between demands) apart. Their predictive distribution here is zero with
// the chance of no demand, and otherwise the empirical distribution of the sizes seen, weighted as exponential smoothing weights them:
// its mean is the method's point forecast, and it is a distribution on whole numbers where demand is.
package intermittent

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// sizes is the demand seen, smoothed.
type sizes struct {
	alpha float64
	mean  float64   // smoothed; starts at the first demand
	last  []float64 // the demands that still have weight, newest last
}

// weightless: demands whose weight fell below this share of the newest are forgotten.
const weightless = 1e-4

func (z *sizes) add(v float64) {
	if len(z.last) == 0 {
		z.mean = v
	} else {
		z.mean += z.alpha * (v - z.mean)
	}
	z.last = append(z.last, v)
	if keep := z.keep(); len(z.last) > 2*keep {
		z.last = slices.Delete(z.last, 0, len(z.last)-keep)
	}
}

// keep is how many demands have weight.
func (z *sizes) keep() int {
	if z.alpha >= 1 {
		return 1
	}
	return int(math.Ceil(math.Log(weightless) / math.Log1p(-z.alpha)))
}

// clone is a copy that shares nothing, without what has no weight.
func (z *sizes) clone() sizes {
	c := *z
	c.last = slices.Clone(z.last[max(0, len(z.last)-z.keep()):])
	return c
}

type weighted struct{ value, weight float64 }

// distribution is the sizes, ascending, with the share of the weight at or below each.
func (z *sizes) distribution() []weighted {
	last := z.last[max(0, len(z.last)-z.keep()):]
	d := make([]weighted, len(last))
	w, sum := 1.0, 0.0
	for k := range last {
		d[k] = weighted{last[len(last)-1-k], w}
		if k == len(last)-1 && len(last) < z.keep() && z.alpha < 1 {
			d[k].weight /= z.alpha // the first demand started the smoothing and has the weight of all before it
		}
		sum += d[k].weight
		w *= 1 - z.alpha
	}
	slices.SortStableFunc(d, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
	at := 0.0
	for k := range d {
		at += d[k].weight / sum
		d[k].weight = at
	}
	return d
}

// fill writes the same distribution to every step: zero with chance 1-p, a size otherwise.
func (z *sizes) fill(p float64, point float64, levels, mean, q []float64) {
	d := z.distribution()
	n := len(levels)
	for h := range mean {
		mean[h] = point
		if h > 0 {
			copy(q[h*n:(h+1)*n], q[:n])
			continue
		}
		for l, level := range levels {
			q[l] = 0
			if level > 1-p && len(d) > 0 {
				inside := (level - (1 - p)) / p
				k, _ := slices.BinarySearchFunc(d, inside, func(w weighted, x float64) int { return cmp.Compare(w.weight, x) })
				q[l] = d[min(k, len(d)-1)].value
			}
		}
	}
}

func (z *sizes) save(w *fleet.Writer) {
	w.Float(z.alpha)
	w.Float(z.mean)
	w.Floats(z.last[max(0, len(z.last)-z.keep()):])
}

func loadSizes(r *fleet.Reader) sizes {
	z := sizes{alpha: r.Finite(), mean: r.Finite(), last: r.FiniteFloats()}
	if !(z.alpha > 0 && z.alpha <= 1) {
		r.Fail("the model file is damaged: a smoothing parameter of %g", z.alpha)
	}
	for _, v := range z.last {
		if !(v > 0) {
			r.Fail("the model file is damaged: a demand of %g", v)
		}
	}
	return z
}

// check refuses series that are not demand.
func check(s tidewatch.Series, name string) error {
	known := 0
	for t, v := range s.Values {
		if v < 0 {
			return tidewatch.Errorf(tidewatch.CodeData, "%s is for demand, which is never below zero; the value at %s is %g",
				name, s.Grid.Stamp(s.Start+t).Format("2006-01-02"), v)
		}
		if v == v {
			known++
		}
	}
	if known == 0 {
		return tidewatch.Errorf(tidewatch.CodeTooShort, "none of its %d values is known", len(s.Values))
	}
	return nil
}
