package intermittent

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Croston smooths demand sizes and the intervals between them and forecasts their ratio z/p (Croston 1972). With Approximate it is the
// estimate of Syntetos & Boylan (2005), (1-α/2) z/p, which removes most of its bias. Unknown periods do not count into intervals.
type Croston struct {
	Approximate bool
	Alpha       float64 // of both; 0 = 0.1
}

func (m Croston) String() string {
	name := "croston"
	if m.Approximate {
		name = "sba"
	}
	if m.Alpha != 0 {
		name += "(" + strconv.FormatFloat(m.Alpha, 'g', -1, 64) + ")"
	}
	return name
}

// Fit implements [fleet.Method].
func (m Croston) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	if err := check(s, m.String()); err != nil {
		return nil, err
	}
	f := &croston{sizes: sizes{alpha: m.Alpha}, factor: 1}
	if m.Alpha == 0 {
		f.alpha = .1
	}
	if m.Approximate {
		f.factor = 1 - f.alpha/2
	}
	f.Update(s, 0)
	f.sizes = f.clone()
	return f, nil
}

// Load implements [fleet.Loader].
func (m Croston) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &croston{sizes: loadSizes(r), interval: r.Finite(), since: r.Count(0, math.MaxInt32), factor: r.Finite()}
	if len(f.last) > 0 && !(f.interval >= 1) || !(f.factor > 0 && f.factor <= 1) {
		r.Fail("the model file is damaged: an interval of %g between demands", f.interval)
	}
	return f, r.Err()
}

type croston struct {
	sizes
	interval float64 // smoothed; starts at the first one, counted from the start of the series
	since    int     // periods since the last demand
	factor   float64
}

// Update implements [fleet.Updater]. Values below zero count as zero.
func (f *croston) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		if v != v {
			continue
		}
		f.since++
		if v <= 0 {
			continue
		}
		if len(f.last) == 0 {
			f.interval = float64(f.since)
		} else {
			f.interval += f.alpha * (float64(f.since) - f.interval)
		}
		f.add(v)
		f.since = 0
	}
}

// Forecast implements [fleet.Model].
func (f *croston) Forecast(levels, mean, q []float64) {
	p := 0.0
	if len(f.last) > 0 {
		p = f.factor / f.interval
	}
	f.fill(p, p*f.mean, levels, mean, q)
}

// Save implements [fleet.Saver].
func (f *croston) Save(w *fleet.Writer) {
	f.save(w)
	w.Float(f.interval)
	w.Int(f.since)
	w.Float(f.factor)
}
