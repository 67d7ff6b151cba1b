package conform_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/score"
)

// overconfident forecasts the last value with normal quantiles that are far too narrow and lie too low.
type overconfident struct{ sd, shift float64 }

func (o overconfident) String() string { return "overconfident" }

func (o overconfident) Fit(_ context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	return fitted{o, p}, nil
}

type fitted struct {
	o overconfident
	p *tidewatch.Panel
}

func (m fitted) Forecast(_ context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.p.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.p, a)
	for k := range f.Rows {
		y := m.p.Series(a.Row(k)).Values
		if len(y) == 0 {
			f.Rows[k].Mean, f.Rows[k].Quantiles = nil, nil
			continue
		}
		for h := range f.Steps {
			f.Rows[k].Mean[h] = y[len(y)-1] + m.o.shift
			for l, p := range f.Levels {
				f.At(k, h)[l] = f.Rows[k].Mean[h] + m.o.sd*math.Sqrt2*math.Erfinv(2*p-1)
			}
		}
	}
	return f, nil
}

func grid() tidewatch.Grid {
	return tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// panelOf makes n series of length t with draw, and the same with what comes after cut off.
func panelOf(t *testing.T, n, length, cut int, draw func(rng *rand.Rand, y []float64)) (whole, known *tidewatch.Panel) {
	t.Helper()
	series := make([]tidewatch.Series, n)
	for i := range series {
		y := make([]float64, length)
		draw(rand.New(rand.NewPCG(7, uint64(i))), y)
		series[i] = tidewatch.Series{ID: fmt.Sprint("s", i), Values: y}
	}
	p, err := tidewatch.NewPanel(grid(), nil, series)
	if err != nil {
		t.Fatal(err)
	}
	return p, p.Before(cut)
}

func walk(rng *rand.Rand, y []float64) {
	scale, level := math.Exp(rng.NormFloat64()), 1000.0
	for t := range y {
		level += scale * rng.NormFloat64()
		y[t] = level
	}
}

func counts(rng *rand.Rand, y []float64) {
	rate := rng.Float64() * .8
	for t := range y {
		if rng.Float64() < rate {
			y[t] = float64(1 + rng.IntN(3))
		}
	}
}

func judge(t *testing.T, method tidewatch.Method, whole, known *tidewatch.Panel, steps int) (score.Summary, *tidewatch.Forecast) {
	t.Helper()
	model, err := method.Fit(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	f, err := model.Forecast(t.Context(), tidewatch.Ask{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	tally := score.NewTally(f.Levels)
	for i := range f.Rows {
		tally.Series(1, 1)
		for h, y := range backtest.Actuals(whole, known, i, steps) {
			tally.Cell(y, f.Rows[i].Mean[h], f.At(i, h))
		}
	}
	return tally.Summary(), f
}

func TestCalibrationMendsAnOverconfidentMethod(t *testing.T) {
	whole, known := panelOf(t, 400, 80, 8, walk)
	raw := overconfident{sd: .2, shift: -1}
	before, _ := judge(t, raw, whole, known, 8)
	after, _ := judge(t, conform.Calibrated{Method: raw, Horizon: 8}, whole, known, 8)
	if before.Calib < .2 {
		t.Fatalf("the raw method misses by %.3f only: it proves nothing", before.Calib)
	}
	if after.Calib > .04 {
		t.Errorf("calibrated, it still misses by %.3f", after.Calib)
	}
	if after.WQL >= before.WQL {
		t.Errorf("WQL %.4f, %.4f before", after.WQL, before.WQL)
	}
}

func TestCountsStayWholeAndHonest(t *testing.T) {
	whole, known := panelOf(t, 400, 80, 4, counts)
	after, f := judge(t, conform.Calibrated{Method: overconfident{sd: 1}, Horizon: 4}, whole, known, 4)
	if after.Calib > .05 {
		t.Errorf("calibration miss %.3f", after.Calib)
	}
	for i := range f.Rows {
		for _, v := range f.Rows[i].Quantiles {
			if v < 0 || v != math.Trunc(v) {
				t.Fatalf("%s: quantile %g of a count", f.Rows[i].ID, v)
			}
		}
		for _, v := range f.Rows[i].Mean {
			if v < 0 {
				t.Fatalf("%s: mean %g below zero", f.Rows[i].ID, v)
			}
		}
	}
}

func TestFewErrorsLeaveTheMethodItsQuantiles(t *testing.T) {
	_, known := panelOf(t, 1, 4, 1, walk)
	raw := overconfident{sd: 3}
	_, want := judge(t, raw, known, known, 2)
	_, got := judge(t, conform.Calibrated{Method: raw, Horizon: 2, Windows: 1}, known, known, 2)
	for h := range 2 {
		a, b := got.At(0, h), want.At(0, h)
		if wide, was := a[len(a)-1]-a[0], b[len(b)-1]-b[0]; wide < was/2 {
			t.Errorf("one series with no more than one past error shrank the band from %g to %g", was, wide)
		}
	}
}

func TestSupport(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		want   conform.Support
	}{
		{[]float64{0, 2, nan, 1}, conform.Support{NonNegative: true, Integer: true, Count: true}},
		{[]float64{1000, 2000}, conform.Support{NonNegative: true, Integer: true}},
		{[]float64{-1, 2}, conform.Support{Integer: true}},
		{[]float64{.5, 2}, conform.Support{NonNegative: true}},
		{[]float64{nan}, conform.Support{NonNegative: true}},
	} {
		if got := conform.SupportOf(c.values); got != c.want {
			t.Errorf("SupportOf(%v) = %+v, want %+v", c.values, got, c.want)
		}
	}
}

func paths(t *testing.T, p *tidewatch.Panel, steps, n int, seed uint64) (*tidewatch.Paths, *tidewatch.Forecast) {
	t.Helper()
	model, err := conform.Calibrated{Method: overconfident{sd: 1}, Horizon: steps}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	a := tidewatch.Ask{Steps: steps, Seed: seed}
	f, err := model.Forecast(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	s, err := conform.Sample(t.Context(), model, p, a, n)
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

func TestPathsHaveTheMarginalsOfTheForecast(t *testing.T) {
	_, known := panelOf(t, 30, 120, 0, walk)
	s, f := paths(t, known, 6, 400, 1)
	for i := range f.Rows {
		for h := range 6 {
			x := make([]float64, s.Samples)
			for k := range x {
				x[k] = s.Path(i, k)[h]
			}
			got := tidewatch.SampleQuantiles(x, f.Levels)
			q := f.At(i, h)
			for l := range q {
				if tolerance := .05 * (q[len(q)-1] - q[0]); math.Abs(got[l]-q[l]) > tolerance {
					t.Fatalf("series %d step %d level %g: %g in the paths, %g in the forecast", i, h, f.Levels[l], got[l], q[l])
				}
			}
		}
	}
	again, _ := paths(t, known, 6, 400, 1)
	if !slices.Equal(s.Values, again.Values) {
		t.Error("the same seed gave other paths")
	}
}

// A sum over steps of a random walk varies far more than if its steps were independent, and that of white noise does not.
func TestPathsKeepWhatPersists(t *testing.T) {
	spreadOfSum := func(draw func(*rand.Rand, []float64)) float64 {
		_, known := panelOf(t, 60, 200, 0, draw)
		s, _ := paths(t, known, 8, 300, 3)
		ratio := 0.0
		for i := range known.Len() {
			sums, err := s.Sum([]int{i}, 0, 8)
			if err != nil {
				t.Fatal(err)
			}
			total, parts := variance(sums), 0.0
			for h := range 8 {
				x := make([]float64, s.Samples)
				for k := range x {
					x[k] = s.Path(i, k)[h]
				}
				parts += variance(x)
			}
			ratio += total / parts / 60
		}
		return ratio
	}
	// For a random walk var(sum)/sum(var) is sum over h,k of min(h,k) / sum of h = 204/36 = 5.7 over 8 steps; for noise 1.
	if r := spreadOfSum(walk); r < 4 || r > 7 {
		t.Errorf("random walk: the sum varies %.2f times the parts, want about 5.7", r)
	}
	noise := func(rng *rand.Rand, y []float64) {
		for t := range y {
			y[t] = 1000 + rng.NormFloat64()
		}
	}
	if r := spreadOfSum(noise); r < .6 || r > 2.2 {
		t.Errorf("noise: the sum varies %.2f times the parts, want about 1", r)
	}
}

// Series that move together do so in their paths.
func TestPathsKeepSeriesTogether(t *testing.T) {
	_, known := panelOf(t, 2, 200, 0, func(_ *rand.Rand, y []float64) { walk(rand.New(rand.NewPCG(1, 1)), y) })
	s, _ := paths(t, known, 4, 300, 3)
	both, err := s.Sum(nil, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	one, err := s.Sum([]int{0}, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	if r := variance(both) / variance(one); r < 3.5 {
		t.Errorf("the sum of two equal series varies %.2f times one, want 4", r)
	}
}

func variance(x []float64) float64 {
	mean, v := 0.0, 0.0
	for _, a := range x {
		mean += a / float64(len(x))
	}
	for _, a := range x {
		v += (a - mean) * (a - mean) / float64(len(x))
	}
	return v
}

func TestOriginsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(1, 300).Draw(t, "length")
		season := rapid.SampledFrom([]int{0, 4, 7, 12, 52}).Draw(t, "season")
		var seasons []int
		if season > 0 {
			seasons = []int{season}
		}
		p, err := tidewatch.NewPanel(grid(), seasons, []tidewatch.Series{{ID: "a", Values: make([]float64, length)}})
		if err != nil {
			t.Fatal(err)
		}
		horizon := rapid.IntRange(0, 100).Draw(t, "horizon")
		plan := conform.Origins(p, horizon, rapid.IntRange(0, 8).Draw(t, "windows"))
		if _, err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		if left := length - plan.Back(0); length > 8 && left < 4 {
			t.Errorf("length %d: the earliest origin leaves %d values: %+v", length, left, plan)
		}
	})
}

// A model that explodes does not make bands that explode.
func TestWidthsStayInTheScaleOfTheSeries(t *testing.T) {
	_, known := panelOf(t, 3, 60, 4, walk)
	_, f := judge(t, conform.Calibrated{Method: overconfident{sd: 1e6}, Horizon: 4, Windows: 1}, known, known, 4)
	for i := range f.Rows {
		scale := score.MASEScale(known.Series(i).Values, 1)
		for h := range 4 {
			if q := f.At(i, h); q[len(q)-1]-q[0] > 50.001*scale {
				t.Fatalf("series %d: a width of %.0f mean changes", i, (q[len(q)-1]-q[0])/scale)
			}
		}
	}
}

// TestBlocks: paths that come in blocks are those drawn at once, and their sums in the trend are too.
func TestBlocks(t *testing.T) {
	_, p := panelOf(t, 7, 60, 50, walk)
	model, err := conform.Calibrated{Method: overconfident{sd: 1}, Horizon: 4}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	a := tidewatch.Ask{Steps: 4, Seed: 3}
	whole, err := conform.Sample(t.Context(), model, p, a, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, values := range []int{1, 900, 1 << 20} {
		var ids []string
		var all []float64
		ok, err := conform.Blocks(t.Context(), model, p, a, 100, values, func(b *tidewatch.Paths) error {
			ids, all = append(ids, b.IDs...), append(all, b.Values...)
			return nil
		})
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if !slices.Equal(ids, whole.IDs) || !slices.Equal(all, whole.Values) {
			t.Errorf("blocks of %d values hold other paths", values)
		}
	}
}
