package tree

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Quantiles is the pinball loss of several levels at once (Koenker and Bassett 1978). Predictions are in ascending order; they never
// cross (Chernozhukov et al. 2010).
type Quantiles struct {
	Levels []float64 // ascending, between 0 and 1; nil means the median
	anyTarget
}

func (o Quantiles) levels() []float64 {
	if len(o.Levels) == 0 {
		return []float64{.5}
	}
	return o.Levels
}

func (o Quantiles) validate() error {
	for i, l := range o.Levels {
		if !(l > 0 && l < 1) || i > 0 && l <= o.Levels[i-1] {
			return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Quantiles.Levels is %v: levels ascend and lie between 0 and 1", o.Levels)
		}
	}
	return nil
}

// Outputs is one a level.
func (o Quantiles) Outputs() int { return len(o.levels()) }

// Link sorts.
func (Quantiles) Link() Link { return Sorted }

// Start is the quantiles of the targets.
func (o Quantiles) Start(target, weight []float64) []float64 {
	start := make([]float64, len(o.levels()))
	for k, l := range o.levels() {
		start[k] = weightedQuantile(target, weight, l)
	}
	return start
}

// Gradients are 1-level above the target, -level below.
func (o Quantiles) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	for k, l := range o.levels() {
		g, h, s := gradient[k][:len(target)], hessian[k][:len(target)], score[k][:len(target)]
		over, under := float32(1-l), float32(-l)
		for i, y := range target {
			g[i], h[i] = under, 1
			if s[i] > y {
				g[i] = over
			}
		}
	}
}

// Loss is the mean of the levels' pinball losses.
func (o Quantiles) Loss(target float64, score []float64) float64 {
	sum := 0.0
	for k, l := range o.levels() {
		d := target - score[k]
		sum += max(l*d, (l-1)*d)
	}
	return sum / float64(len(o.levels()))
}

// leafLevel is the quantile of the residuals that leaves of output k take.
func (o Quantiles) leafLevel(k int) float64 { return o.levels()[k] }

// Absolute is the absolute error; it predicts medians.
type Absolute struct {
	one
	anyTarget
}

// Link is the identity.
func (Absolute) Link() Link { return Identity }

// Start is the median.
func (Absolute) Start(target, weight []float64) []float64 {
	return []float64{weightedQuantile(target, weight, .5)}
}

// Gradients are the signs of the residuals.
func (Absolute) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	for i, y := range target {
		g := float32(0)
		if d := score[0][i] - y; d > 0 {
			g = 1
		} else if d < 0 {
			g = -1
		}
		gradient[0][i], hessian[0][i] = g, 1
	}
}

// Loss is the absolute error.
func (Absolute) Loss(target float64, score []float64) float64 { return math.Abs(target - score[0]) }

func (Absolute) leafLevel(int) float64 { return .5 }

// leafQuantiler is an objective whose best leaf value is a quantile of the residuals, not a Newton step.
type leafQuantiler interface{ leafLevel(output int) float64 }

type weighted struct{ v, w float64 }

// weightedQuantile is the smallest v at which the weights reach the given share; between two values of equal weight's sake it
// interpolates linearly when weight is nil (type 7 of Hyndman and Fan 1996).
func weightedQuantile(v, weight []float64, level float64) float64 {
	if len(v) == 0 {
		return 0
	}
	if weight == nil {
		s := slices.Clone(v)
		return quantileOf(s, level)
	}
	s := make([]weighted, len(v))
	for i, x := range v {
		s[i] = weighted{x, weight[i]}
	}
	return quantileOfWeighted(s, level)
}

// quantileOf reorders v.
func quantileOf(v []float64, level float64) float64 {
	at := level * float64(len(v)-1)
	k := int(at)
	selectNth(v, k)
	if k+1 == len(v) || at == float64(k) {
		return v[k]
	}
	return v[k] + (at-float64(k))*(slices.Min(v[k+1:])-v[k])
}

func quantileOfWeighted(s []weighted, level float64) float64 {
	slices.SortStableFunc(s, func(a, b weighted) int {
		if a.v < b.v {
			return -1
		} else if a.v > b.v {
			return 1
		}
		return 0
	})
	total, sum := 0.0, 0.0
	for _, x := range s {
		total += x.w
	}
	for _, x := range s {
		if sum += x.w; sum >= level*total && x.w > 0 {
			return x.v
		}
	}
	return s[len(s)-1].v
}

// selectNth moves the k-th smallest value to v[k], smaller ones before, larger ones after (Hoare 1961, median of three).
func selectNth(v []float64, k int) {
	lo, hi := 0, len(v)-1
	for tries := 0; lo < hi; tries++ {
		if tries > 64 {
			slices.Sort(v[lo : hi+1])
			return
		}
		a, b, c := v[lo], v[(lo+hi)/2], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		if k <= j {
			hi = j
		} else if k >= i {
			lo = i
		} else {
			return
		}
	}
}
