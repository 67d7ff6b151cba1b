package season_test

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch/season"
)

func TestADFGolden(t *testing.T) {
	type result struct {
		Stat, P float64
		Lags    int
	}
	var g struct {
		Cases []struct {
			Series string
			Y      []float64
			C      result `json:"c_lag4"`
			CT     result `json:"ct_aic"`
		}
	}
	golden(t, "adf.json", &g)
	if len(g.Cases) < 3 {
		t.Fatalf("only %d cases", len(g.Cases))
	}
	for _, c := range g.Cases {
		for _, try := range []struct {
			line bool
			lags int
			want result
		}{{false, 4, c.C}, {true, -1, c.CT}} {
			stat, p, err := season.ADF(c.Y, try.line, try.lags)
			if err != nil || math.Abs(stat-try.want.Stat) > 1e-6*math.Abs(try.want.Stat) || math.Abs(p-try.want.P) > 1e-6 {
				t.Errorf("%s, line %v: %g, p %g, %v; want %+v", c.Series, try.line, stat, p, err, try.want)
			}
		}
	}
}

func TestADFRefuses(t *testing.T) {
	for name, y := range map[string][]float64{"empty": nil, "two": {1, 2}, "constant": make([]float64, 30)} {
		if stat, p, err := season.ADF(y, false, -1); err == nil {
			t.Errorf("%s: %g, %g without an error", name, stat, p)
		}
	}
}
