package season_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/tidewatch/tidewatch/season"
)

func golden(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tol) {
			t.Fatalf("%s[%d] = %.8g, want %.8g", what, i, got[i], w)
		}
	}
}

func TestSTLGolden(t *testing.T) {
	var g struct {
		Y     []float64
		Cases []struct {
			Config struct {
				Period, Seasonal, Trend int
				Deg                     int `json:"seasonal_deg"`
				SeasonalJump            int `json:"seasonal_jump"`
				TrendJump               int `json:"trend_jump"`
				LowPassJump             int `json:"low_pass_jump"`
				Robust                  bool
			}
			Trend, Seasonal []float64
			Weights         []float64 `json:"weights_first10"`
		}
		R map[string][]float64
	}
	golden(t, "stl.json", &g)
	for i, c := range g.Cases {
		s := season.STL{Period: c.Config.Period, Seasonal: c.Config.Seasonal, Trend: c.Config.Trend, Slope: c.Config.Deg, Inner: 5,
			SeasonalJump: c.Config.SeasonalJump, TrendJump: c.Config.TrendJump, LowPassJump: c.Config.LowPassJump}
		if c.Config.Robust {
			s.Inner, s.Robust = 2, 15
		}
		if c.Config.TrendJump == 3 { // the case that is R's stl
			s.Inner = 2
		}
		p, err := s.Decompose(g.Y)
		if err != nil {
			t.Fatal(i, err)
		}
		near(t, "trend", p.Trend, c.Trend, 2e-5)
		near(t, "seasonal", p.Seasonal, c.Seasonal, 2e-5)
		near(t, "weights", p.Weights, c.Weights, 2e-5)
	}
	for _, c := range []struct {
		s    season.STL
		name string
	}{{season.STL{Period: 12, Seasonal: 7}, "s7"}, {season.STL{Period: 12, Seasonal: -1}, "per"}} {
		p, err := c.s.Decompose(g.Y)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.name+" trend", p.Trend, g.R[c.name+"_trend"], 2e-5)
		near(t, c.name+" seasonal", p.Seasonal, g.R[c.name+"_seasonal"], 2e-5)
	}
}

func TestUnitRootGolden(t *testing.T) {
	var g struct {
		Cases []struct {
			Series       string
			M            int
			Y            []float64
			Lag          int      `json:"kpss_lag"`
			Level        float64  `json:"kpss_c"`
			Line         float64  `json:"kpss_ct"`
			Ndiffs       int      `json:"r_ndiffs_kpss"`
			Nsdiffs      *int     `json:"r_nsdiffs_seas"`
			SeasStrength *float64 `json:"r_seas_strength"`
		}
	}
	golden(t, "unitroot.json", &g)
	for _, c := range g.Cases {
		if got := season.KPSS(c.Y, false, c.Lag); math.Abs(got/c.Level-1) > 1e-6 {
			t.Errorf("%s: KPSS around a mean %g, want %g", c.Series, got, c.Level)
		}
		if got := season.KPSS(c.Y, true, c.Lag); math.Abs(got/c.Line-1) > 1e-6 {
			t.Errorf("%s: KPSS around a line %g, want %g", c.Series, got, c.Line)
		}
		if got := season.Differences(c.Y, 2); got != c.Ndiffs {
			t.Errorf("%s: %d differences, want %d", c.Series, got, c.Ndiffs)
		}
		if c.SeasStrength != nil {
			got := season.Strength(c.Y, c.M)
			if math.Abs(got-*c.SeasStrength) > .01 {
				t.Errorf("%s: strength %g, want %g", c.Series, got, *c.SeasStrength)
			}
			if (got > .64) != (*c.Nsdiffs == 1) {
				t.Errorf("%s: strength %g, but R has %d seasonal differences", c.Series, got, *c.Nsdiffs)
			}
		}
	}
}

// Unknown values have no weight: what stands in for them cannot matter, and the parts elsewhere hardly change.
func TestSTLUnknown(t *testing.T) {
	n, m := 120, 12
	y := make([]float64, n)
	for i := range y {
		y[i] = 50 + .3*float64(i) + 10*math.Sin(2*math.Pi*float64(i)/float64(m))
	}
	full, err := season.STL{Period: m, Robust: 2}.Decompose(y)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 17, 18, 19, 60, 119} {
		y[i] = math.NaN()
	}
	p, err := season.STL{Period: m, Robust: 2}.Decompose(y)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trend", p.Trend, full.Trend, .5)
	near(t, "seasonal", p.Seasonal, full.Seasonal, .5)
	if !math.IsNaN(p.Remainder[17]) || math.IsNaN(p.Remainder[20]) {
		t.Error("the remainder is unknown exactly where the series is")
	}
	for i := 5; i < n; i += m {
		y[i] = math.NaN()
	}
	if _, err := (season.STL{Period: m}).Decompose(y); err == nil {
		t.Error("a phase that is never known: no error")
	}
}

func TestKPSSEdges(t *testing.T) {
	for _, y := range [][]float64{nil, {1}, {1, 2}, {3, 3, 3, 3, 3}, {math.NaN(), math.NaN()}, {1e300, 1e300, 1e300, 1e300}} {
		if k := season.KPSS(y, false, 2); k != 0 {
			t.Errorf("KPSS(%v) = %g, want 0", y, k)
		}
		if d := season.Differences(y, 2); d != 0 {
			t.Errorf("Differences(%v) = %d, want 0", y, d)
		}
	}
}
