package season_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/internal/reference"
	"github.com/tidewatch/tidewatch/season"
)

// referenceSeries are the series that the files of ../shared/reference/trend are about (statsmodels 0.15.0; its README names functions and tolerances). NAME_log is the logarithm of NAME.
func referenceSeries(t *testing.T) func(name string) (y []float64, period int) {
	t.Helper()
	var raw map[string]json.RawMessage
	reference.Read(t, "trend/series.json", &raw)
	return func(name string) ([]float64, int) {
		var s struct {
			Period int
			Values []float64
		}
		plain, log := strings.CutSuffix(name, "_log")
		if err := json.Unmarshal(raw[plain], &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if log {
			for i, v := range s.Values {
				s.Values[i] = math.Log(v)
			}
		}
		return s.Values, s.Period
	}
}

// STL and its strengths of twelve series, by windows, robust and not: strengths within 1e-6 (2e-3 where robust), components within 2e-5 of the
// largest value.
func TestSTLIsThatOfReference(t *testing.T) {
	var g struct {
		Series map[string]map[string]struct {
			Trend    float64   `json:"trend_strength"`
			Seasonal float64   `json:"seasonal_strength"`
			S0       []float64 `json:"seasonal_first"`
			T0       []float64 `json:"trend_first"`
			S1       []float64 `json:"seasonal_last"`
			T1       []float64 `json:"trend_last"`
		}
	}
	reference.Read(t, "trend/stl_strength.json", &g)
	of := referenceSeries(t)
	n := 0
	for name, cases := range g.Series {
		y, period := of(name)
		for kind, c := range cases {
			s := season.STL{Period: period, Inner: 5, Slope: 1, SeasonalJump: 1, TrendJump: 1, LowPassJump: 1}
			for window, text := range map[int]string{7: "seasonal7_", 13: "seasonal13_", 35: "seasonal35_", 10*len(y) + 1: "seasonal_periodic_"} {
				if strings.HasPrefix(kind, text) {
					s.Seasonal = window
				}
			}
			s.Trend = odd(1.5 * float64(period) / (1 - 1.5/float64(s.Seasonal)))
			s.LowPass = odd(float64(period + 1))
			if strings.HasSuffix(kind, "robust1") {
				s.Inner, s.Robust = 2, 15
			}
			p, err := s.Decompose(y)
			if err != nil {
				t.Errorf("%s %s: %v", name, kind, err)
				continue
			}
			tolerance := 1e-6
			if s.Robust > 0 {
				tolerance = 2e-3 // fifteen passes of weights that cut off: rounding may let one value in or out
			}
			size := 0.0
			for _, v := range y {
				size = max(size, math.Abs(v))
			}
			check := func(what string, got, want []float64) {
				for i, w := range want {
					if math.Abs(got[i]-w) > 2e-5*size {
						t.Errorf("%s %s: %s %d is %.9g, want %.9g", name, kind, what, i, got[i], w)
						return
					}
				}
			}
			k := len(c.S0)
			check("seasonal", p.Seasonal, c.S0)
			check("trend", p.Trend, c.T0)
			check("last seasonal", p.Seasonal[len(y)-k:], c.S1)
			check("last trend", p.Trend[len(y)-k:], c.T1)
			for _, x := range []struct {
				what string
				part []float64
				want float64
			}{{"trend", p.Trend, c.Trend}, {"seasonal", p.Seasonal, c.Seasonal}} {
				both := make([]float64, len(y))
				for i := range both {
					both[i] = x.part[i] + p.Remainder[i]
				}
				if got := max(0, 1-variance(p.Remainder)/variance(both)); math.Abs(got-x.want) > tolerance {
					t.Errorf("%s %s: %s strength %.9g, want %.9g", name, kind, x.what, got, x.want)
				}
			}
			n++
		}
	}
	if n < 70 {
		t.Errorf("only %d decompositions compared", n)
	}
}

// odd is the smallest odd number not below v.
func odd(v float64) int {
	n := int(math.Ceil(v))
	return n + 1 - n%2
}

func variance(x []float64) float64 {
	mean, ss := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		ss += (v - mean) * (v - mean) / float64(len(x))
	}
	return ss
}

// ADF and KPSS of eight series: statistics within 1e-6 of their size, p within 1e-6.
func TestUnitRootsAreThoseOfReference(t *testing.T) {
	type result struct {
		Stat, P float64
		Lags    int
	}
	var g struct {
		Series map[string]struct {
			C    result `json:"adf_c_lag4"`
			Line result `json:"adf_ct_aic"`
			KPSS map[string]result
		}
	}
	reference.Read(t, "trend/acf_unitroot.json", &g)
	of := referenceSeries(t)
	for name, c := range g.Series {
		y, _ := of(name)
		for _, x := range []struct {
			line bool
			lags int
			want result
		}{{false, 4, c.C}, {true, -1, c.Line}} {
			stat, p, err := season.ADF(y, x.line, x.lags)
			if err != nil || math.Abs(stat-x.want.Stat) > 1e-6*max(1, math.Abs(stat)) || math.Abs(p-x.want.P) > 1e-6 {
				t.Errorf("%s: ADF %.9g, p %.9g (%v), want %+v", name, stat, p, err, x.want)
			}
		}
		for kind, want := range c.KPSS {
			if got := season.KPSS(y, strings.HasPrefix(kind, "ct"), want.Lags); math.Abs(got-want.Stat) > 1e-6*max(1, got) {
				t.Errorf("%s: KPSS %s %.9g, want %.9g", name, kind, got, want.Stat)
			}
		}
	}
	if len(g.Series) < 8 {
		t.Errorf("only %d series", len(g.Series))
	}
}
