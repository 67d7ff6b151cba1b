package intermittent

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

func TestGolden(t *testing.T) {
	var g struct {
		Series map[string][]float64
		Cases  []struct {
			Series  string
			Croston float64 `json:"croston_classic_a01"`
			SBA     float64 `json:"croston_sba"`
			TSB22   float64 `json:"tsb_02_02"`
			TSB13   float64 `json:"tsb_01_03"`
			ADIDA   float64
			IMAPA   float64
		}
	}
	b, err := os.ReadFile("testdata/intermittent.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Cases {
		for _, m := range []struct {
			fleet.Method
			want float64
		}{{Croston{}, c.Croston}, {Croston{Approximate: true}, c.SBA}, {TSB{Chance: .2, Size: .2}, c.TSB22}, {TSB{Size: .1, Chance: .3}, c.TSB13}, {Aggregate{}, c.ADIDA}, {Aggregate{All: true}, c.IMAPA}} {
			f, err := m.Fit(tidewatch.Series{ID: c.Series, Values: g.Series[c.Series]}, nil)
			if err != nil {
				t.Fatal(err)
			}
			// The mean of the distribution is the point forecast: average many levels.
			levels, mean := make([]float64, 20000), make([]float64, 2)
			for i := range levels {
				levels[i] = (float64(i) + .5) / float64(len(levels))
			}
			q := make([]float64, 2*len(levels))
			f.Forecast(levels, mean, q)
			tolerance := 1e-8
			if _, searched := m.Method.(Aggregate); searched {
				tolerance = 1e-3
			}
			if math.Abs(mean[1]-m.want) > tolerance*m.want {
				t.Errorf("%s of %s: %g, not %g", m, c.Series, mean[1], m.want)
			}
			sum := 0.0
			for _, v := range q[:len(levels)] {
				sum += v
			}
			if sum /= float64(len(levels)); math.Abs(sum-mean[0]) > 2e-3*mean[0]+2e-4 { // levels are 5e-5 apart
				t.Errorf("%s of %s: the mean of the distribution is %g, of the forecast %g", m, c.Series, sum, mean[0])
			}
		}
	}
}
