package arima

import "testing"

type goldenAuto struct {
	Cases []struct {
		Series string
		M      int
		Y      []float64
		R, SF  struct {
			Order    [3]int
			Seasonal [4]int
			AICc     float64
			LogLik   float64
		}
	}
}

// TestSearchGolden compares the AICc of the order chosen with R's and statsforecast's. Where R differences twice the search is made to: by
// itself it differences once at most.
func TestSearchGolden(t *testing.T) {
	var g goldenAuto
	readGolden(t, "auto.json", &g)
	for _, c := range g.Cases {
		theirs := Order{D: c.R.Order[1], SD: c.R.Seasonal[1], Season: c.M}
		if d, sd := differences(c.Y, c.M); d != min(theirs.D, mostDifferences) || sd != theirs.SD {
			t.Errorf("%s: d=%d, D=%d; R chooses d=%d, D=%d", c.Series, d, sd, theirs.D, theirs.SD)
		}
		target := c.R.AICc
		if c.SF.Order[1] == c.R.Order[1] && c.SF.Seasonal[1] == c.R.Seasonal[1] {
			target = min(target, c.SF.AICc)
		}
		f := searchAt(c.Y, nil, theirs).run((*search).stepwise)
		if f.aicc > target+.01 {
			t.Errorf("%s: %s has AICc %.3f, the better of R and statsforecast %.3f", c.Series, f.order, f.aicc, target)
		}
	}
}
