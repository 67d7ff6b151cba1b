package clean_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/naive"
	"github.com/tidewatch/tidewatch/model/ses"
)

var nan = math.NaN()

func months() tidewatch.Grid {
	return tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// sales is a series of counts with a trend, a season of 12 and noise.
func sales(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for t := range y {
		y[t] = math.Round((200 + float64(t)) * (1 + .3*math.Sin(2*math.Pi*float64(t)/12)) * math.Exp(.05*rng.NormFloat64()))
	}
	return y
}

func series(y []float64) tidewatch.Series {
	return tidewatch.Series{ID: "a", Grid: months(), Start: 3, Values: y, Seasons: []int{12}}
}

func panel(t *testing.T, covariates []tidewatch.Covariate, all ...tidewatch.Series) *tidewatch.Panel {
	t.Helper()
	p, err := tidewatch.NewPanel(months(), []int{12}, all, covariates...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || x != x && y != y })
}

func parse(t *testing.T, text string) clean.Plan {
	t.Helper()
	p, err := clean.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every step can be taken back bit for bit, lists just what it changed, and leaves its input alone, whatever the series holds.
func TestEveryStepIsReversible(t *testing.T) {
	texts := []string{"auto", "outliers", "outliers(hampel,cap)", "outliers(stl,replace)", "outliers(0.01)", "shifts", "shifts(model)", "gaps(mean)", "gaps(median)",
		"gaps(linear)", "gaps(spline)", "gaps(seasonal)", "gaps(stl)", "gaps(kalman)", "gaps(auto)", "gaps(linear,2)", "smooth", "smooth(median)", "smooth(mean,7)", "log", "boxcox",
		"boxcox(mle)", "boxcox(0.5)", "scale", "scale(minmax)", "scale(robust)", "scale(mean)", "difference", "difference(adf)", "difference(1,1)", "pca",
		"outliers,shifts,gaps(kalman),log,difference(1,1),scale"}
	rapid.Check(t, func(r *rapid.T) {
		y := sales(rapid.Uint64().Draw(r, "seed"), rapid.IntRange(0, 90).Draw(r, "n"))
		for range rapid.IntRange(0, 8).Draw(r, "odd") {
			if len(y) > 0 {
				y[rapid.IntRange(0, len(y)-1).Draw(r, "at")] = rapid.SampledFrom([]float64{nan, 0, -5, 1e4, 1e9, 3.5}).Draw(r, "v")
			}
		}
		if rapid.Bool().Draw(r, "constant") {
			for i := range y {
				y[i] = 7
			}
		}
		plan := parse(t, rapid.SampledFrom(texts).Draw(r, "plan"))
		before := slices.Clone(y)
		after, done := plan.Series(series(y), nil)
		if !same(y, before) {
			r.Fatalf("%v wrote to its input", plan)
		}
		if len(after) != len(y) {
			r.Fatalf("%v made %d values of %d", plan, len(after), len(y))
		}
		touched := map[int]bool{}
		for _, c := range done.Changes {
			touched[c.At-3] = true
			if c.Why.Key == "" || c.Step == "" {
				r.Fatalf("%v: a change without a reason: %+v", plan, c)
			}
		}
		for i := range after {
			if math.IsInf(after[i], 0) {
				r.Fatalf("%v made value %d infinite", plan, i)
			}
			if !touched[i] && !same(after[i:i+1], y[i:i+1]) {
				r.Fatalf("%v changed value %d from %g to %g and does not say so", plan, i, y[i], after[i])
			}
		}
		if err := clean.Undo(after, 3, done.Changes); err != nil || !same(after, before) {
			r.Fatalf("%v taken back gives %v, not %v (%v)", plan, after, before, err)
		}
	})
}

func TestUndoRefusesOtherValues(t *testing.T) {
	y := sales(1, 60)
	y[30] = 5000
	after, done := clean.Default().Series(series(y), nil)
	after[30] = 1
	if err := clean.Undo(after, 3, done.Changes); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("error %v", err)
	}
	if err := clean.Undo(after[:5], 3, done.Changes); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("a series too short: error %v", err)
	}
}

func TestOutliers(t *testing.T) {
	y := sales(2, 72)
	good := slices.Clone(y)
	y[20], y[41] = 1500, 4
	for _, by := range []clean.Detector{clean.GESD, clean.Hampel, clean.STLFences} {
		for _, then := range []clean.Treatment{clean.Forget, clean.Cap, clean.Replace} {
			got, done := clean.Plan{clean.Outliers{By: by, Then: then}}.Series(series(y), nil)
			if len(done.Changes) != 2 || done.Changes[0].At != 23 || done.Changes[1].At != 44 {
				t.Errorf("%s: changed %+v", by, done.Changes)
				continue
			}
			for _, at := range []int{20, 41} {
				switch v := got[at]; then {
				case clean.Forget:
					if v == v {
						t.Errorf("%s: value %d is %g, not unknown", by, at, v)
					}
				case clean.Replace:
					if math.Abs(v/good[at]-1) > .25 || v != math.Round(v) {
						t.Errorf("%s: value %d is replaced by %g, was %g", by, at, v, good[at])
					}
				case clean.Cap:
					if math.Abs(v-good[at]) >= math.Abs(y[at]-good[at]) {
						t.Errorf("%s: value %d is capped at %g, further from %g than %g", by, at, v, good[at], y[at])
					}
				}
			}
			if got, done := (clean.Plan{clean.Outliers{By: by}}).Series(series(good), nil); len(done.Changes) > 1 {
				t.Errorf("%s finds %d outliers in a clean series: %v", by, len(done.Changes), got)
			}
		}
	}
}

// A promotion, a festival and what comes back every year are no outliers.
func TestEventsAreNoOutliers(t *testing.T) {
	y := sales(3, 72)
	y[20] = 1500
	events := func(_ tidewatch.Series, at int) bool { return at == 20 }
	c, err := clean.Plan{clean.Outliers{}, clean.Shifts{}}.Apply(t.Context(), panel(t, nil, tidewatch.Series{ID: "a", Values: y}), events)
	if err != nil || len(c.Series[0].Changes) != 0 {
		t.Errorf("an event was changed: %+v, %v", c.Series[0].Changes, err)
	}
	promotion := tidewatch.Covariate{Name: "promotion", Scope: tidewatch.ByTime, Ahead: true, Values: make([]float32, 80)}
	promotion.Values[20] = 1
	c, err = clean.Plan{clean.Outliers{}, clean.Shifts{}}.Apply(t.Context(), panel(t, []tidewatch.Covariate{promotion}, tidewatch.Series{ID: "a", Values: y}), nil)
	if err != nil || len(c.Series[0].Changes) != 0 {
		t.Errorf("a promotion was changed: %+v, %v", c.Series[0].Changes, err)
	}
	c, err = clean.Plan{clean.Outliers{}, clean.Shifts{}}.Apply(t.Context(), panel(t, nil, tidewatch.Series{ID: "a", Values: y}), nil)
	if err != nil || len(c.Series[0].Changes) != 1 {
		t.Errorf("without an event: %+v, %v", c.Series[0].Changes, err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	days := make([]float64, 800)
	for t := range days {
		days[t] = 100 + 20*math.Sin(2*math.Pi*float64(t)/7) + 5*rng.NormFloat64()
	}
	days[100], days[465], days[300] = 900, 950, 800
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}
	_, done := clean.Plan{clean.Outliers{}, clean.Shifts{}}.Series(tidewatch.Series{ID: "a", Grid: grid, Values: days, Seasons: []int{7}}, nil)
	if len(done.Changes) != 1 || done.Changes[0].At != 300 {
		t.Errorf("of a yearly event and an outlier, changed: %+v", done.Changes)
	}
}

func TestShifts(t *testing.T) {
	y := sales(4, 96)
	want := slices.Clone(y)
	for i := range 50 {
		y[i] = math.Round(y[i] / 2)
	}
	got, done := clean.Plan{clean.Shifts{}}.Series(series(y), nil)
	if len(done.Changes) < 48 || !strings.Contains(done.Changes[0].Why.String(), "2014-06-01") {
		t.Fatalf("%d changes, %+v", len(done.Changes), done.Changes[:min(1, len(done.Changes))])
	}
	for i := range got {
		if math.Abs(got[i]/want[i]-1) > .15 {
			t.Errorf("value %d is %g, was %g before the shift was made", i, got[i], want[i])
		}
	}
	for seed := range uint64(20) {
		if _, done := (clean.Plan{clean.Shifts{}}).Series(series(sales(100+seed, 96)), nil); len(done.Changes) > 0 {
			t.Errorf("seed %d: a shift where there is none", seed)
		}
	}
	// Left to the methods: a covariate that ends with the past.
	c, err := clean.Plan{clean.Shifts{Model: true}}.Apply(t.Context(), panel(t, nil, tidewatch.Series{ID: "a", Values: y}, tidewatch.Series{ID: "b", Values: want}), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Panel.Series(0), c.Panel.Series(1)
	if cov := a.Covariates(); len(cov) != 1 || !cov[0].Ahead || a.Covariate(0, 49) != 1 || a.Covariate(0, 50) != 0 || b.Covariate(0, 20) != 0 || !same(a.Values, y) {
		t.Errorf("covariates %+v", cov)
	}
}

func TestGaps(t *testing.T) {
	y := sales(5, 60)
	truth := slices.Clone(y)
	for _, i := range []int{13, 14, 15, 30, 47} {
		y[i] = nan
	}
	for _, by := range []string{"mean", "median", "linear", "spline", "seasonal", "stl", "kalman", "auto"} {
		got, done := parse(t, "gaps("+by+")").Series(series(y), nil)
		if len(done.Changes) != 5 {
			t.Errorf("%s: %d changes", by, len(done.Changes))
			continue
		}
		miss := 0.0
		for _, c := range done.Changes {
			miss += math.Abs(c.After/truth[c.At-3] - 1)
		}
		limit := map[string]float64{"mean": .6, "median": .6, "seasonal": .12, "stl": .12, "kalman": .12, "auto": .12}[by]
		if limit > 0 && miss/5 > limit {
			t.Errorf("%s: the mean miss is %.0f %%: %v", by, 20*miss, got)
		}
	}
	if got, done := parse(t, "gaps").Series(series(y), nil); !same(got, y) || len(done.Changes) > 0 {
		t.Error("gaps are not left unknown")
	}
	if _, done := parse(t, "gaps(linear,2)").Series(series(y), nil); len(done.Changes) != 2 {
		t.Errorf("gaps of at most 2: %+v", done.Changes)
	}
	if _, done := parse(t, "gaps(kalman)").Series(series([]float64{nan, nan, 4}), nil); len(done.Skipped) != 1 {
		t.Errorf("one known value: %+v", done)
	}
}

// Stock-outs are neither judged nor filled.
func TestUnavailableStays(t *testing.T) {
	y := sales(6, 48)
	out := make([]bool, 48)
	y[20], out[20] = 0, true
	s := series(y)
	s.Unavailable = out
	got, done := parse(t, "outliers,gaps(kalman)").Series(s, nil)
	if !same(got, y) || len(done.Changes) > 0 {
		t.Errorf("changed %+v", done.Changes)
	}
}

// A transform and its inverse: what is forecast of the transformed series comes back in the series' own unit.
func TestForecastsComeBack(t *testing.T) {
	y := sales(7, 72)
	p := panel(t, nil, tidewatch.Series{ID: "a", Values: y})
	fit := func(plan string, m fleet.Method) *tidewatch.Forecast {
		t.Helper()
		f, err := clean.Method{Plan: parse(t, plan), Method: fleet.Lifted{Method: m}, Paths: conform.Sample}.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		fc, err := f.Forecast(t.Context(), tidewatch.Ask{Steps: 12, Seed: 1})
		if err == nil {
			err = fc.Check()
		}
		if err != nil {
			t.Fatalf("%s: %v", plan, err)
		}
		if !slices.Equal(fc.Levels, tidewatch.DefaultLevels()) {
			t.Errorf("%s: levels %v", plan, fc.Levels)
		}
		return fc
	}
	plain := fit("none", naive.Seasonal{})
	for _, plan := range []string{"scale", "scale(minmax)", "scale(robust)", "scale(mean)", "log", "boxcox", "boxcox(0.5)", "log,scale"} {
		f := fit(plan, naive.Seasonal{})
		for h := range 12 {
			if a, b := f.Quantile(0, h, .5), plain.Quantile(0, h, .5); math.Abs(a/b-1) > 1e-9 {
				t.Errorf("%s: the median of step %d is %g, without it %g", plan, h, a, b)
			}
			if m, q := f.Rows[0].Mean[h], f.Quantile(0, h, .5); strings.HasPrefix(plan, "scale") && math.Abs(m/q-1) > 1e-9 || !strings.HasPrefix(plan, "scale") && m <= q {
				t.Errorf("%s: mean %g and median %g of step %d: means of powers lie above", plan, m, q, h)
			}
		}
	}
	// The mean of what was a logarithm: that of the log-normal distribution, to the second order.
	f := fit("log", ses.SES{})
	spread := math.Log1p(f.Quantile(0, 0, .9)) - math.Log1p(f.Quantile(0, 0, .1))
	v := spread * spread / (4 * 1.2815515655 * 1.2815515655)
	if want := (f.Quantile(0, 0, .5) + 1) * (1 + v/2); math.Abs((f.Rows[0].Mean[0]+1)/want-1) > 1e-6 {
		t.Errorf("mean %g, want %g", f.Rows[0].Mean[0], want-1)
	}
	// The last difference repeated is the last value plus the mean of the differences.
	f = fit("difference(1)", naive.Mean{})
	slope := (y[71] - y[0]) / 71
	for h := range 12 {
		if want := y[71] + slope*float64(h+1); math.Abs(f.Rows[0].Mean[h]-want) > 12 {
			t.Errorf("summed differences: step %d is %g, want about %g", h, f.Rows[0].Mean[h], want)
		}
	}
	if a, b := width(f, 0), width(f, 11); b < 1.3*a {
		t.Errorf("summed differences: the last step's band is %g wide, the first %g", b, a)
	}
}

func width(f *tidewatch.Forecast, h int) float64 { return f.Quantile(0, h, .9) - f.Quantile(0, h, .1) }

// No later value reaches a repair: at an origin the method sees what the past alone gives, and values to come stay as they are.
func TestNoLaterValueReachesARepair(t *testing.T) {
	y := sales(8, 84)
	y[40] = 3000
	changed := slices.Clone(y)
	for i := 72; i < 84; i++ {
		changed[i] *= -50
	}
	ahead := func(last float32) []tidewatch.Covariate {
		var out []tidewatch.Covariate
		for k := range 3 {
			c := tidewatch.Covariate{Name: string(rune('x' + k)), Scope: tidewatch.ByTime, Ahead: true, Values: make([]float32, 84)}
			for i := range c.Values {
				c.Values[i] = float32(math.Sin(float64(i*(k+1)))) + float32(k*i)
				if i >= 72 && k == 2 {
					c.Values[i] *= last
				}
			}
			out = append(out, c)
		}
		return out
	}
	plan := parse(t, "auto,gaps(kalman),boxcox,scale,pca(2)")
	a, err := plan.Apply(t.Context(), panel(t, ahead(1), tidewatch.Series{ID: "a", Values: y}).Until(72), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := plan.Apply(t.Context(), panel(t, ahead(99), tidewatch.Series{ID: "a", Values: changed}).Until(72), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !same(a.Panel.Series(0).Values, b.Panel.Series(0).Values) || fmt.Sprint(a.Series) != fmt.Sprint(b.Series) {
		t.Error("changing the future changed the repairs of the past")
	}
	sa, sb := a.Panel.Series(0), b.Panel.Series(0)
	if n := len(sa.Covariates()); n != 2 {
		t.Fatalf("%d covariates, want 2 components", n)
	}
	for i := range 84 {
		for c := range 2 {
			if x, y := sa.Covariate(c, i), sb.Covariate(c, i); (x == y) != (i < 72) {
				t.Fatalf("component %d at %d: %g and %g; what is ahead must be projected by what the past has taught", c, i, x, y)
			}
		}
	}
}

// The result does not depend on how many series there are beside, or on the number of workers.
func TestApplyIsOneSeriesAtATime(t *testing.T) {
	var all []tidewatch.Series
	for i := range 40 {
		y := sales(uint64(i), 30+i)
		y[20] = 1e4
		all = append(all, tidewatch.Series{ID: string(rune('A' + i)), Start: i, Values: y})
	}
	c, err := clean.Default().Apply(t.Context(), panel(t, nil, all...), nil)
	if err != nil {
		t.Fatal(err)
	}
	counts := c.Counts(clean.Default())
	total := 0
	for i := range all {
		s := panel(t, nil, all...).Series(i)
		values, done := clean.Default().Series(s, nil)
		if !same(values, c.Panel.Series(i).Values) || len(done.Changes) != len(c.Series[i].Changes) {
			t.Fatalf("series %d differs", i)
		}
		total += len(done.Changes)
	}
	sum := 0
	for _, k := range counts {
		sum += k.Values
	}
	if len(counts) != 6 || sum != total || sum < 20 {
		t.Errorf("counts %+v, %d changes", counts, total)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clean.Default().Apply(ctx, panel(t, nil, all...), nil); err == nil {
		t.Error("a cancelled run went on")
	}
}

func TestPlansAreSpelt(t *testing.T) {
	for _, text := range []string{"outliers,shifts,gaps", "outliers(hampel,5,cap),gaps(kalman,3)", "boxcox(0.5),difference(1,1)", "boxcox(mle),scale(minmax)", "log,difference(adf),pca(3)",
		"shifts(model,8)", "order,stamps(period),duplicates(median)", "smooth(mean,7)", "difference(2)", "outliers(stl,replace)", "difference", "none"} {
		p, err := clean.Parse(text)
		if err != nil || p.String() != text {
			t.Errorf("%q is %q, %v", text, p, err)
		}
	}
	for text, want := range map[string]string{"auto": "order,stamps,duplicates,outliers,shifts,gaps(auto)", " auto , log": "order,stamps,duplicates,outliers,shifts,gaps(auto),log", "": "none"} {
		if p, err := clean.Parse(text); err != nil || p.String() != want {
			t.Errorf("%q is %q, %v", text, p, err)
		}
	}
	for text, says := range map[string]string{"outlier": "did you mean outliers?", "gaps(magic)": "gaps(kalman)", "gaps(linear": "brackets", "log(3)": "no parameters",
		"outliers(2)": "write it as", "shifts(0)": "write it as", "difference(3)": "write it as", "gaps(linear,2.5)": "write it as", "a,,b": "is not known"} {
		if _, err := clean.Parse(text); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, k := range clean.Steps() {
		for form := range strings.SplitSeq(k.Forms, ", ") {
			if form == "" {
				continue
			}
			if _, err := clean.Parse(form); err != nil {
				t.Errorf("%s is said to be written %s: %v", k.Name, form, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"auto", "outliers(hampel,5,cap),gaps(kalman,3)", "(", ")),", "boxcox(-1)", "gaps(1e9)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := clean.Parse(text)
		if err != nil {
			return
		}
		again, err := clean.Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q is %q, which is %q, %v", text, p, again, err)
		}
	})
}
