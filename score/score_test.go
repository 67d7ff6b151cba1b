package score_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/score"
)

type golden struct {
	Point map[string]struct {
		M                     int
		Train, Test, Forecast []float64
		Values                map[string]*float64
	}
	Quantile map[string]struct {
		Levels, Y []float64
		Q         [][]float64
		PerLevel  []float64 `json:"pinball_mean_per_level"`
		WQL       float64   `json:"mean_wql"`
	}
	Interval struct {
		Alpha           float64
		Y, Lower, Upper []float64
		Score           []float64 `json:"interval_score"`
	}
}

func load(t *testing.T) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

func TestGolden(t *testing.T) {
	g := load(t)
	if len(g.Point) < 5 || len(g.Quantile) < 2 {
		t.Fatal("the golden file has lost its cases")
	}
	for name, c := range g.Point {
		want := func(key string) float64 {
			if v := c.Values[key]; v != nil {
				return *v
			}
			return math.NaN()
		}
		near(t, name+" MAE", score.MAE(c.Test, c.Forecast), want("mae"))
		near(t, name+" RMSE", score.RMSE(c.Test, c.Forecast), want("rmse"))
		near(t, name+" bias", score.Bias(c.Test, c.Forecast), -want("me"))
		near(t, name+" sMAPE", score.SMAPE(c.Test, c.Forecast), want("smape_pct_0_200"))
		near(t, name+" MASE", score.MASE(c.Train, c.M, c.Test, c.Forecast), want("mase"))
		near(t, name+" RMSSE", score.RMSSE(c.Train, c.Test, c.Forecast), want("rmsse_m5_from_first_nonzero"))
	}
	for name, c := range g.Quantile {
		for l, p := range c.Levels {
			sum := 0.0
			for i, y := range c.Y {
				sum += score.Pinball(p, y, c.Q[i][l])
			}
			near(t, name+" pinball", sum/float64(len(c.Y)), c.PerLevel[l])
		}
		near(t, name+" WQL", score.WQL(c.Levels, c.Y, slices.Concat(c.Q...)), c.WQL)
	}
	for i, y := range g.Interval.Y {
		near(t, "interval", score.Interval(g.Interval.Alpha, y, g.Interval.Lower[i], g.Interval.Upper[i]), g.Interval.Score[i])
	}
}

func TestTallyAgreesWithTheMeasures(t *testing.T) {
	levels := []float64{.025, .1, .5, .9, .975}
	train := [][]float64{{0, 3, 5, 2, 8}, {10, math.NaN(), 30, 20, 50}}
	y := [][]float64{{4, math.NaN(), 6}, {55, 40, 20}}
	tally := score.NewTally(levels)
	var smape, mase, rmsse float64
	for s := range y {
		tally.Series(score.MASEScale(train[s], 1), score.RMSSEScale(train[s]))
		f := make([]float64, 3)
		for h, v := range y[s] {
			f[h] = train[s][4] + float64(h)
			tally.Cell(v, f[h], []float64{f[h] - 20, f[h] - 1, f[h], f[h] + 1, f[h] + 20})
		}
		smape += score.SMAPE(y[s], f) / 2
		mase += score.MASE(train[s], 1, y[s], f) / 2
		rmsse += score.RMSSE(train[s], y[s], f) / 2
	}
	got := tally.Summary()
	near(t, "sMAPE", got.SMAPE, smape)
	near(t, "MASE", got.MASE, mase)
	near(t, "RMSSE", got.RMSSE, rmsse)
	near(t, "MAE", got.MAE, (4.+4+5+11+32)/5)
	near(t, "bias", got.Bias, (4.+4-5+11+32)/125)
	// Every actual lies outside the 80 % band; 32 lies outside the 95 % band too.
	near(t, "cov80", got.Cov80, 0)
	near(t, "cov95", got.Cov95, .8)
	// The .9-quantile holds 4 of 5 (the miss is .1); the .1-quantile has 4 of 5 below it.
	near(t, "calib", got.Calib, .7)
	if got.Series != 2 || got.Cells != 5 {
		t.Errorf("series %d, cells %d", got.Series, got.Cells)
	}
}

func TestCalibIsFairToCounts(t *testing.T) {
	tally := score.NewTally([]float64{.1, .5, .9})
	tally.Series(1, 1)
	for i := range 10 { // eight zeros and two ones: quantiles 0, 0, 1 are honest
		tally.Cell(float64(i/8), .2, []float64{0, 0, 1})
	}
	near(t, "calib", tally.Summary().Calib, 0)
}

func TestPinballIsLeastAtTheQuantile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 30).Draw(t, "y")
		p := rapid.Float64Range(.01, .99).Draw(t, "level")
		loss := func(q float64) float64 {
			sum := 0.0
			for _, v := range y {
				sum += score.Pinball(p, v, q)
			}
			return sum
		}
		slices.Sort(y)
		best := y[min(int(math.Ceil(p*float64(len(y))))-1, len(y)-1)]
		other := rapid.Float64Range(-120, 120).Draw(t, "other")
		if loss(best) > loss(other)+1e-9 {
			t.Fatalf("loss at the quantile %g is %g, at %g %g", best, loss(best), other, loss(other))
		}
	})
}

func TestNothingToScore(t *testing.T) {
	if !math.IsNaN(score.MAE(nil, nil)) || !math.IsNaN(score.MASEScale([]float64{1}, 4)) || !math.IsNaN(score.RMSSEScale([]float64{0, 0})) {
		t.Error("a measure of nothing must be NaN")
	}
	if s := score.NewTally(nil).Summary(); !math.IsNaN(s.WQL) || s.Cells != 0 {
		t.Errorf("empty tally: %+v", s)
	}
}
