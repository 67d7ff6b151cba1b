package intermittent

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/num/smooth"
)

// Aggregate smooths demand summed over several periods, in which zeros are rarer, and shares the forecast out evenly. The number of periods
// is the mean interval between demands, rounded (ADIDA: Nikolopoulos, Syntetos, Boylan, Petropoulos & Assimakopoulos 2011, An
// aggregate-disaggregate intermittent demand approach, JORS 62). With All the forecasts of every number of periods up to that are
// averaged (IMAPA: Petropoulos & Kourentzes 2015, Forecast combinations for intermittent demand, JORS 66). Sums are of the newest periods; the
// smoothing parameter is between 0.1 and 0.3 and the level begins at the first sum. At most the last thousand known values are used.
type Aggregate struct{ All bool }

func (m Aggregate) String() string {
	if m.All {
		return "imapa"
	}
	return "adida"
}

const memory = 1000

// Fit implements [fleet.Method].
func (m Aggregate) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	if err := check(s, m.String()); err != nil {
		return nil, err
	}
	f := &aggregate{all: m.All}
	f.Update(s, 0)
	return f, nil
}

// Load implements [fleet.Loader].
func (m Aggregate) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &aggregate{all: m.All, y: r.FiniteFloats()}
	if len(f.y) == 0 || len(f.y) > memory || slices.ContainsFunc(f.y, func(v float64) bool { return v < 0 }) {
		r.Fail("the model file is damaged: %d values of demand, or one below zero", len(f.y))
	}
	f.forecast()
	return f, r.Err()
}

type aggregate struct {
	all  bool
	y    []float64 // known values
	mean float64
	sizes
}

// Update implements [fleet.Updater]: the forecast is made anew from the last values. Values below zero count as zero.
func (f *aggregate) Update(s tidewatch.Series, from int) {
	y := slices.Clone(f.y)
	for _, v := range s.Values[from:] {
		if v == v {
			y = append(y, max(v, 0))
		}
	}
	f.y = slices.Clone(y[max(0, len(y)-memory):])
	f.forecast()
}

func (f *aggregate) forecast() {
	f.sizes = sizes{alpha: .05}
	f.mean = 0
	last, sum, demands := 0, 0.0, 0.0
	for t, v := range f.y {
		if v > 0 {
			sum += float64(t + 1 - last)
			demands++
			last = t + 1
			f.add(v)
		}
	}
	if demands == 0 {
		return
	}
	level := max(1, int(math.RoundToEven(sum/demands)))
	from := level
	if f.all {
		from = 1
	}
	for k := from; k <= level; k++ {
		f.mean += smoothed(f.y, k) / float64(k*(level-from+1))
	}
}

// smoothed is the level of the sums over k periods, the newest ones.
func smoothed(y []float64, k int) float64 {
	var sums []float64
	for t := len(y) % k; t < len(y); t += k {
		sum := 0.0
		for _, v := range y[t : t+k] {
			sum += v
		}
		sums = append(sums, sum)
	}
	if len(sums) == 0 {
		return 0
	}
	run := func(alpha float64) (sse, level float64) {
		level = sums[0]
		for _, v := range sums[1:] {
			e := v - level
			sse += e * e
			level += alpha * e
		}
		return sse, level
	}
	alpha := smooth.Golden(func(a float64) float64 { sse, _ := run(a); return sse }, .1, .3, 1e-5)
	for _, edge := range []float64{.1, .3} {
		if a, _ := run(edge); len(sums) > 1 {
			if b, _ := run(alpha); a < b {
				alpha = edge
			}
		}
	}
	_, level := run(alpha)
	return level
}

// Forecast implements [fleet.Model]. The sizes are those seen, the chance of a demand is the one that gives the mean.
func (f *aggregate) Forecast(levels, mean, q []float64) {
	size := 0.0
	d := f.distribution()
	last := 0.0
	for _, w := range d {
		size += w.value * (w.weight - last)
		last = w.weight
	}
	chance := 0.0
	if size > 0 {
		chance = min(1, f.mean/size)
	}
	f.fill(chance, f.mean, levels, mean, q)
}

// Save implements [fleet.Saver].
func (f *aggregate) Save(w *fleet.Writer) { w.Floats(f.y) }
