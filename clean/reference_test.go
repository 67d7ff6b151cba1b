package clean

import (
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/reference"
)

// All series of trend/anomaly.json (scipy 1.17.1, statsmodels 0.15.0; Hampel and GESD own numpy): medians and deviations within 1e-10, flags exact.
func TestAnomaliesAreThoseOfReference(t *testing.T) {
	var g struct {
		Series map[string]struct {
			X      []float64
			Median float64
			MAD    float64      `json:"mad_normal_scipy"`
			Hampel []int        `json:"own_hampel_h5_3"`
			Rows   [][3]float64 `json:"own_gesd_rows"`
			GESD   int          `json:"own_gesd_n_outliers"`
		}
	}
	reference.Read(t, "trend/anomaly.json", &g)
	for name, c := range g.Series {
		if m := median(c.X); !close(m, c.Median, 1e-10*max(1, m)) {
			t.Errorf("%s: median %g, want %g", name, m, c.Median)
		}
		if d := deviation(c.X, c.Median); !close(d, c.MAD, 1e-4*max(1e-12, c.MAD)) { // 1.4826 for 1/Φ⁻¹(3/4)
			t.Errorf("%s: deviation %g, want %g", name, d, c.MAD)
		}
		var flags []int
		slide(c.X, 5, func(t int, w *window) {
			if m := middle(w.x); math.Abs(c.X[t]-m) > 3*1.4826*w.around(m) {
				flags = append(flags, t)
			}
		})
		if !slices.Equal(flags, c.Hampel) {
			t.Errorf("%s: Hampel %v, want %v", name, flags, c.Hampel)
		}
		got := ESD(c.X, len(c.Rows), .05)
		if len(got) != c.GESD {
			t.Errorf("%s: %d outliers by GESD, want %d", name, len(got), c.GESD)
			continue
		}
		for i, at := range got {
			if c.X[at] != c.X[int(c.Rows[i][0])] { // equal values may come in another order
				t.Errorf("%s: outlier %d is %d, want %g", name, i, at, c.Rows[i][0])
			}
		}
	}
	if len(g.Series) < 9 {
		t.Errorf("only %d series", len(g.Series))
	}
}

// Scaling, Box-Cox and filling by mean and median of learn/preprocessing.json (scikit-learn 1.9.1): within 1e-9, powers within 1e-3.
func TestPreprocessingIsThatOfReference(t *testing.T) {
	var g struct {
		X                        [][]float64
		Standard, MinMax, Robust [][]float64
		BoxCox                   struct{ Lambdas []float64 } `json:"box_cox"`
		Missing                  [][]*float64                `json:"X_missing"`
		Mean                     [][]float64                 `json:"impute_mean"`
		Median                   [][]float64                 `json:"impute_median"`
	}
	reference.Read(t, "learn/preprocessing.json", &g)
	column := func(rows [][]float64, c int) (y []float64) {
		for _, r := range rows {
			y = append(y, r[c])
		}
		return y
	}
	apply := func(s Step, y []float64) []float64 {
		out, err := s.Apply(Subject{Series: tidewatch.Series{Values: y}})
		if err != nil {
			t.Fatal(err)
		}
		return out.Values
	}
	same := func(what string, got, want []float64) {
		for i, w := range want {
			if !close(got[i], w, 1e-9*max(1, math.Abs(w))) {
				t.Errorf("%s: value %d is %.12g, want %.12g", what, i, got[i], w)
			}
		}
	}
	for c := range g.X[0] {
		for by, want := range map[Scaling][][]float64{Standard: g.Standard, MinMax: g.MinMax, RobustIQR: g.Robust} {
			same(string(by), apply(Scale{by}, column(g.X, c)), column(want, c))
		}
	}
	for c, want := range g.BoxCox.Lambdas {
		if got := (BoxCox{By: MLE, Low: -8, High: 8}).Choose(column(g.X, c), 1); !close(got, want, 1e-3) {
			t.Errorf("column %d: λ %g, want %g", c, got, want)
		}
	}
	for c := range g.Missing[0] {
		var y []float64
		for _, r := range g.Missing {
			v := math.NaN()
			if r[c] != nil {
				v = *r[c]
			}
			y = append(y, v)
		}
		if whole(y) {
			continue // counts stay counts, which scikit-learn does not know
		}
		same("mean", apply(Gaps{By: Mean}, y), column(g.Mean, c))
		same("median", apply(Gaps{By: Median}, y), column(g.Median, c))
	}
}
