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

// TestSearchGolden compares the AICc of the chosen order with R's and statsforecast's.
func TestSearchGolden(t *testing.T) {
	var g goldenAuto
	readGolden(t, "auto.json", &g)
	for _, c := range g.Cases {
		s := newSearch(c.Y, nil, c.M)
		f := s.run((*search).stepwise)
		target := c.R.AICc
		if c.SF.Order[1] == c.R.Order[1] && c.SF.Seasonal[1] == c.R.Seasonal[1] {
			target = min(target, c.SF.AICc)
		}
		if f.order.D != c.R.Order[1] || f.order.SD != c.R.Seasonal[1] {
			t.Errorf("%s: %s, but R chooses d=%d D=%d", c.Series, f.order, c.R.Order[1], c.R.Seasonal[1])
			continue
		}
		if f.aicc > target+.01 {
			t.Errorf("%s: %s has AICc %.3f, the better of R and statsforecast %.3f", c.Series, f.order, f.aicc, target)
		}
	}
}
