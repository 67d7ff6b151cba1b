package lead

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidewatch/tidewatch/internal/reference"
	"github.com/tidewatch/tidewatch/trend/slope"
)

// TestGrangerGolden: statsmodels 0.15.0, grangercausalitytests (ssr F) and ccf; relative 1e-7.
func TestGrangerGolden(t *testing.T) {
	type tests map[string]struct {
		F []float64 `json:"ssr_ftest"`
	}
	var g struct {
		Pairs map[string]struct {
			A, B []float64
			AB   tests     `json:"a_causes_b"`
			BA   tests     `json:"b_causes_a"`
			CCF  []float64 `json:"ccf_ab"`
		}
	}
	reference.Read(t, "trend/granger_ccf.json", &g)
	for name, c := range g.Pairs {
		for _, way := range []struct {
			y, x []float64
			want tests
		}{{c.A, c.B, c.BA}, {c.B, c.A, c.AB}} {
			for text, w := range way.want {
				lags := int(text[0] - '0')
				if len(text) > 1 {
					continue
				}
				f, p := Granger(way.y, way.x, lags)
				if math.Abs(f-w.F[0]) > 1e-6*max(1, w.F[0]) || math.Abs(p-w.F[1]) > 1e-8 {
					t.Errorf("%s, %d lags: F %g p %g, want %v", name, lags, f, p, w.F)
				}
			}
		}
		for k, r := range CrossCorrelation(c.A, c.B, len(c.CCF)-1) {
			if math.Abs(r-c.CCF[k]) > 1e-7 {
				t.Errorf("%s: correlation at lag %d %g, want %g", name, k, r, c.CCF[k])
			}
		}
	}
	if f, _ := Granger([]float64{1, 2, 3}, []float64{1, 2, 3}, 2); f == f {
		t.Error("a test of three values")
	}
}

// TestFind: of sixty series two follow others; these are found, and hardly anything else.
func TestFind(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	const n = 156
	series := make([][]float64, 60)
	for i := range series {
		series[i] = make([]float64, n)
		for k := 1; k < n; k++ {
			series[i][k] = series[i][k-1] + rng.NormFloat64()
		}
	}
	for k := 4; k < n; k++ {
		series[1][k] = .9*series[0][k-3] + .7*rng.NormFloat64()
		series[3][k] = -.8*series[2][k-1] + .7*rng.NormFloat64()
	}
	leads, err := Search{Adjust: slope.Adjust}.Find(context.Background(), series)
	if err != nil {
		t.Fatal(err)
	}
	found := map[[3]int]bool{}
	for _, l := range leads {
		found[[3]int{l.Leader, l.Follower, l.Lag}] = true
		if l.Gain <= 0 || l.Q > .05 {
			t.Errorf("%+v", l)
		}
	}
	if !found[[3]int{0, 1, 3}] || !found[[3]int{2, 3, 1}] || len(leads) > 4 {
		t.Errorf("leads: %+v", leads)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Search{Adjust: slope.Adjust}).Find(ctx, series); err == nil {
		t.Error("nobody listened")
	}
}
