package tree

import (
	"cmp"
	"math"
	"slices"
)

// split is the best way found to divide a leaf.
type split struct {
	gain        float64 // in gradientUnit²/hessianUnit
	feature     int32
	bin         uint8     // numeric: bins up to it go left
	missingLeft bool      // numeric: bin 0 goes left
	set         [4]uint64 // categorical: bins that go left
	categorical bool
	left        int64 // sums of the left side
}

// goesLeft says which side rows with the given bin go to.
func (s *split) goesLeft(bin int) bool {
	if s.categorical {
		return s.set[bin>>6]>>(bin&63)&1 != 0
	}
	return bin <= int(s.bin) && (bin > 0 || s.missingLeft)
}

// searcher finds the best split of one leaf, in the units of the histograms.
type searcher struct {
	cfg          *Config
	total        int64 // sums of the leaf
	rows         int
	minHess      int64   // on either side
	l1, l2       float64 // penalties
	categoryL2   float64
	base         float64 // the leaf's own gain, plus MinGain
	lower, upper float64 // bounds of leaf values
	plain        bool    // neither L1 nor bounds
}

func newSearcher(cfg *Config, q *quantizer, l *leaf) searcher {
	s := searcher{cfg: cfg, total: l.total, rows: l.hi - l.lo, l1: cfg.L1 / q.gradUnit, l2: cfg.L2 / q.hessUnit, categoryL2: cfg.CategoryL2 / q.hessUnit,
		lower: l.lower * q.hessUnit / q.gradUnit, upper: l.upper * q.hessUnit / q.gradUnit}
	perRow := float64(hessianSum(l.total)) / float64(s.rows) // rows of a bin are estimated by its share of the Hessians
	s.minHess = int64(math.Ceil(max(1, cfg.MinHessian/q.hessUnit, float64(cfg.MinRows)*perRow*(1-1e-9))))
	s.plain = s.l1 == 0 && math.IsInf(s.lower, -1) && math.IsInf(s.upper, 1) && cfg.Monotone == nil
	s.base = s.gain(l.total, s.l2) + cfg.MinGain*q.hessUnit/(q.gradUnit*q.gradUnit)
	return s
}

// value is the leaf value that minimises the second-order loss of rows with the given sums, within the bounds.
func (s *searcher) value(sums int64, l2 float64) float64 {
	g, h := float64(gradientSum(sums)), float64(hessianSum(sums))+l2
	v := 0.0
	if a := math.Abs(g) - s.l1; a > 0 {
		v = -math.Copysign(a, g) / h
	}
	return min(s.upper, max(s.lower, v))
}

// gain is twice the reduction of the loss that a leaf with the given sums brings (Chen and Guestrin 2016, equation 6).
func (s *searcher) gain(sums int64, l2 float64) float64 {
	v := s.value(sums, l2)
	return -2*(float64(gradientSum(sums))*v+s.l1*math.Abs(v)) - (float64(hessianSum(sums))+l2)*v*v
}

// numeric looks through the thresholds of a numeric feature.
func (s *searcher) numeric(hist []int64, feature int32, missing bool, monotone int8) split {
	best := split{feature: feature}
	if missing {
		s.scan(hist, 0, monotone, &best) // bin 0 left
	}
	s.scan(hist, 1, monotone, &best) // bin 0 right, or empty
	return best
}

// scan tries the thresholds from bin first on, in ascending order; bins before it go right.
func (s *searcher) scan(hist []int64, first int, monotone int8, best *split) {
	if !s.plain {
		s.scanBounded(hist, first, monotone, best)
		return
	}
	hess := hessianSum(s.total)
	totalG, l2 := float64(gradientSum(s.total)), s.l2
	// gl²/hl + gr²/hr is compared as a fraction: a product is cheaper than a division.
	bestNum, bestDen, at := best.gain+s.base, 1.0, -1
	var left, bestLeft int64
	for bin := first; bin < len(hist)-1; bin++ {
		left += hist[bin]
		h := hessianSum(left)
		if h < s.minHess {
			continue
		}
		if hess-h < s.minHess {
			break
		}
		gl, hl, hr := float64(gradientSum(left)), float64(h)+l2, float64(hess-h)+l2
		gr := totalG - gl
		num, den := gl*gl*hr+gr*gr*hl, hl*hr
		if num*bestDen > bestNum*den {
			bestNum, bestDen, bestLeft, at = num, den, left, bin
		}
	}
	if at >= 0 {
		best.gain, best.bin, best.missingLeft, best.left = bestNum/bestDen-s.base, uint8(at), first == 0, bestLeft
	}
}

// scanBounded is scan with L1 or bounds of leaf values, or an order the two sides must keep.
func (s *searcher) scanBounded(hist []int64, first int, monotone int8, best *split) {
	left := int64(0)
	for bin := first; bin < len(hist)-1; bin++ {
		left += hist[bin]
		right := s.total - left
		if hessianSum(left) < s.minHess {
			continue
		}
		if hessianSum(right) < s.minHess {
			break
		}
		if monotone != 0 && float64(monotone)*(s.value(right, s.l2)-s.value(left, s.l2)) < 0 {
			continue
		}
		if gain := s.gain(left, s.l2) + s.gain(right, s.l2) - s.base; gain > best.gain {
			best.gain, best.bin, best.missingLeft, best.left = gain, uint8(bin), first == 0, left
		}
	}
}

// oneAgainstRest is the number of categories up to which every one is tried alone.
const oneAgainstRest = 4

// categorical puts the categories in order of gradient/(Hessian+smoothing) and tries the groups at either end of it: the best
// division of that order is the best of all divisions (Fisher 1958).
func (s *searcher) categorical(hist []int64, feature int32, q *quantizer) split {
	best := split{feature: feature, categorical: true}
	try := func(set [4]uint64, left int64, l2 float64) {
		right := s.total - left
		if hessianSum(left) < s.minHess || hessianSum(right) < s.minHess {
			return
		}
		if gain := s.gain(left, l2) + s.gain(right, l2) - s.base; gain > best.gain {
			best.gain, best.set, best.left = gain, set, left
		}
	}
	perRow := float64(hessianSum(s.total)) / float64(s.rows)
	smoothing := s.cfg.CategorySmoothing / q.hessUnit
	var order [maxBins]uint8
	n, used := 0, 0
	for bin := 1; bin < len(hist); bin++ {
		if hist[bin] != 0 {
			used++
		}
		if float64(hessianSum(hist[bin])) >= s.cfg.CategorySmoothing*perRow {
			order[n] = uint8(bin)
			n++
		}
	}
	if used <= oneAgainstRest {
		for bin := 1; bin < len(hist); bin++ {
			var set [4]uint64
			set[bin>>6] |= 1 << (bin & 63)
			try(set, hist[bin], s.l2)
		}
		return best
	}
	var rank [maxBins]float64
	for _, bin := range order[:n] {
		rank[bin] = float64(gradientSum(hist[bin])) / (float64(hessianSum(hist[bin])) + smoothing)
	}
	slices.SortFunc(order[:n], func(a, b uint8) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a, b))
	})
	group := int64(float64(s.cfg.CategoryRows) * perRow)
	for range 2 {
		var set [4]uint64
		var left, open int64
		for i, bin := range order[:min(n, s.cfg.MaxCategories, (n+1)/2)] {
			set[bin>>6] |= 1 << (bin & 63)
			left += hist[bin]
			open += hessianSum(hist[bin])
			if hessianSum(s.total-left) < group {
				break
			}
			if open >= group || i == 0 && n <= 2 {
				open = 0
				try(set, left, s.l2+s.categoryL2)
			}
		}
		slices.Reverse(order[:n])
	}
	return best
}
