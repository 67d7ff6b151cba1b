package claim

import "math"

// signs are what a series shows at an origin that may bear on how it goes on; logarithms of ratios, season taken out.
type signs struct {
	change   float64 // the last window against the one before
	level    float64 // the last window against the last three
	long     float64 // the last window against the last thirteen, or a year, less the same of its group
	half     float64 // the later half of the last window against all of it, less the same of its group
	quarter  float64 // its last quarter
	market   float64 // the group's last change
	yearAgo  float64 // what the series itself did a year ago between these windows, beyond its group; shrunk by its size
	before   float64 // the change before the last one
	noise    float64 // how uncertain a sum of the last window's size is by chance: 1 / root
	restless float64 // spread of its changes so far
	empty    float64 // share of periods without a sale
	young    float64 // 1 / windows since the first sale
}

// ratio is log(a/b), of counts: one is added to each so that small ones say little.
func ratio(a, b float64) float64 { return math.Log((a + 1) / (b + 1)) }

func within(x, bound float64) float64 {
	if x != x {
		return 0
	}
	return max(-bound, min(bound, x))
}

// at are the signs of series i at origin t, which sees no value from t on.
func (b *Board) at(i, t int) signs {
	s, g, h := &b.series[i], &b.groups[b.group[i]], b.Steps
	season := b.season[b.group[i]]
	hf := float64(h)
	a, was := s.of(t-h, t), s.of(t-2*h, t-h)
	long := 13 * h
	if b.Year > 0 {
		long = min(long, b.Year)
	}
	x := signs{}
	x.change = within(ratio(a, was)-season[t-h], 2)
	x.level = within(ratio(a, hf*s.mean(max(0, t-3*h), t)), 2)
	x.long = within(ratio(a, hf*s.mean(max(0, t-long), t))-ratio(g.of(t-h, t), hf*g.mean(max(0, t-long), t)), 2)
	if h >= 2 {
		k := h / 2
		f := hf / float64(k)
		x.half = within(ratio(f*s.of(t-k, t), a)-ratio(f*g.of(t-k, t), g.of(t-h, t)), 2)
	}
	if h >= 4 {
		k := h / 4
		f := hf / float64(k)
		x.quarter = within(ratio(f*s.of(t-k, t), a)-ratio(f*g.of(t-k, t), g.of(t-h, t)), 2)
	}
	x.market = within(ratio(g.of(t-h, t), g.of(t-2*h, t-h))-season[t-h], 1)
	if y := t - b.Year; b.Year > 0 && y-h >= 0 {
		then, ago := s.of(y, y+h), s.of(y-h, y)
		if size := then + ago; size == size {
			x.yearAgo = within(ratio(then, ago)-ratio(g.of(y, y+h), g.of(y-h, y)), 2) * size / (size + 40)
		}
	}
	x.before = within(ratio(was, s.of(t-3*h, t-2*h))-season[max(0, t-2*h)], 2)
	x.noise = 1 / math.Sqrt(a+1)
	sum, n := 0., 0.
	for k := t - h; k-2*h >= s.start && n < 12; k -= h {
		if r := ratio(s.of(k-h, k), s.of(k-2*h, k-h)) - season[max(0, k-h)]; r == r {
			sum += r * r
			n++
		}
	}
	x.restless = math.Log(max(.05, min(2, math.Sqrt((sum+.09)/(n+1)))))
	from := max(s.start, t-3*h)
	x.empty = 1 - float64(s.above[t]-s.above[from])/float64(t-from)
	x.young = min(1, hf/float64(max(1, t-s.start)))
	return x
}

// width is the number of terms; the first reversion of them are a constant and the last change.
const (
	width     = 25
	reversion = 2
)

// terms are what a logistic regression weighs: the signs, and those products that let noise and restlessness decide how much they say.
func (x signs) terms(out []float64) []float64 {
	spread := math.Exp(x.restless)
	return append(out[:0], 1,
		x.change, x.level, x.long, x.half, x.quarter, x.market, x.yearAgo, x.before, x.noise, x.restless, x.empty, x.young,
		x.change*x.change, math.Abs(x.change), x.long*x.long, math.Abs(x.long), x.noise*x.noise, x.restless*x.restless,
		x.change*spread, x.level*spread, x.long*spread, x.change*x.noise, x.long*x.noise, x.noise*spread)
}
