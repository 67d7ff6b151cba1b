package theta

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/num/smooth"
	"github.com/tidewatch/tidewatch/season"
)

// Explain implements [fleet.Explainer]: the level, what the trend adds to it (the lag of the level included), and the season.
func (m STM) Explain(s tidewatch.Series, steps int, _ *rand.Rand) (*tidewatch.Account, error) {
	x, cycle := adjust(s.Values, s.Seasons)
	f, ok := smooth.Fit(x, smooth.MinAlpha, smooth.MaxAlpha)
	if !ok || f.N < 4 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "the Theta method needs 4 known values")
	}
	drift, n := slope(x)/2, len(x)
	level := f.Trace(x, steps)
	trend := make([]float64, n+steps)
	for t := range trend {
		ahead, seen := 0, t
		if t >= n {
			ahead, seen = t-n+f.Gap, n
		}
		trend[t] = drift * (float64(ahead) + (1-math.Pow(1-f.Alpha, float64(seen)))/f.Alpha)
		if level[t] != level[t] {
			trend[t] = math.NaN()
		}
	}
	a := cycle.account(level, trend)
	a.Form = "STM" + cycle.notation()
	a.Parameters = []tidewatch.Parameter{{Name: "alpha", Value: f.Alpha}, {Name: "drift", Value: drift}, {Name: "sigma", Value: math.Sqrt(f.Variance())}}
	return a, nil
}

// Explain implements [fleet.Explainer]: the level, what the trend's line adds, and the season.
func (m Optimised) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	end := fit.(*state)
	y, cycle := adjust(s.Values, s.Seasons)
	x, first, _ := complete(y)
	// The states before the first value, as Fit set them.
	_, _, d := newProfile(m, x, y[first:]).at(end.alpha)
	run := &state{adjustment: cycle, alpha: end.alpha, w: end.w, dynamic: m.Dynamic, phase: first, level: x[0] + d, power: 1}
	if !m.Dynamic {
		run.intercept, run.slope = end.intercept, end.slope
	}
	n := len(y)
	level, trend := make([]float64, n+steps), make([]float64, n+steps)
	for t := range level {
		if t < first {
			level[t], trend[t] = math.NaN(), math.NaN()
			continue
		}
		level[t], trend[t] = run.level, run.next()-run.level
		v := math.NaN()
		if k := t - first; k < len(x) {
			v = x[k]
		}
		run.step(v)
	}
	a := cycle.account(level, trend)
	a.Form = m.notation() + cycle.notation()
	a.Parameters = []tidewatch.Parameter{{Name: "alpha", Value: end.alpha}, {Name: "theta", Value: 1 / max(1-end.w, 1e-12)}, {Name: "slope", Value: run.slope}}
	return a, nil
}

func (m Optimised) notation() string {
	switch m.String() {
	case "dotm":
		return "DOTM"
	case "dstm":
		return "DSTM"
	case "otm":
		return "OTM"
	}
	return "OSTM"
}

// notation tells the season taken out: "" for none, "[12], multiplicative".
func (a *adjustment) notation() string {
	if len(a.index) == 0 {
		return ""
	}
	kind := "A"
	if a.kind == season.Multiplicative {
		kind = "M"
	}
	return "(" + kind + ")[" + strconv.Itoa(len(a.index)) + "]"
}

// account puts the season back: what it does to level and trend is its own part.
func (a *adjustment) account(level, trend []float64) *tidewatch.Account {
	out := &tidewatch.Account{Parts: []tidewatch.Part{{Kind: tidewatch.LevelPart, Values: level}, {Kind: tidewatch.TrendPart, Values: trend}}}
	if len(a.index) == 0 {
		return out
	}
	seasonal := make([]float64, len(level))
	for t := range seasonal {
		plain := []float64{level[t] + trend[t]}
		with := []float64{plain[0]}
		a.restore(t, with, []float64{0})
		seasonal[t] = with[0] - plain[0]
	}
	out.Parts = append(out.Parts, tidewatch.Part{Kind: tidewatch.SeasonPart, Name: strconv.Itoa(len(a.index)), Values: seasonal})
	return out
}
