package clean

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// golden is testdata/golden.json, whose header names sources and tolerances. null is NaN.
type golden struct {
	Scale struct {
		X                        [][]float64
		Standard, MinMax, Robust [][]float64
	}
	BoxCox []struct {
		M             int
		Y             []float64
		Guerrero, MLE float64
	}
	Outliers []struct {
		Name   string
		X      []float64
		Hampel []int
		GESD   [][3]float64
		GESDn  int `json:"gesd_n"`
	}
	PCA struct {
		Rows           [][]float64
		Mean, Variance []float64
		Ratio          []float64
		Components     [][]float64
	}
	Kalman []struct {
		Y            []*float64
		Level, Slope float64
		Smoothed     []float64
	}
}

func load(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func close(got, want, tol float64) bool { return math.Abs(got-want) <= tol }

func TestScaleGolden(t *testing.T) {
	g := load(t).Scale
	for by, want := range map[Scaling][][]float64{Standard: g.Standard, MinMax: g.MinMax, RobustIQR: g.Robust} {
		for c := range 5 {
			var y []float64
			for _, row := range g.X {
				y = append(y, row[c])
			}
			out, err := Scale{by}.Apply(Subject{Series: tidewatch.Series{Values: y}})
			if err != nil {
				t.Fatal(err)
			}
			back := out.Back.(Pointwise)
			for i, v := range out.Values {
				if !close(v, want[i][c], 1e-9*max(1, math.Abs(want[i][c]))) || !close(back.Value(v), y[i], 1e-12*y[i]) {
					t.Fatalf("%s: value %d of column %d is %g, want %g; back %g, was %g", by, i, c, v, want[i][c], back.Value(v), y[i])
				}
			}
		}
	}
}

func TestBoxCoxGolden(t *testing.T) {
	cases := load(t).BoxCox
	for i, c := range cases {
		if got := (BoxCox{Low: -.9, High: 2}).Choose(c.Y, c.M); !close(got, c.Guerrero, 1e-3) {
			t.Errorf("series %d: Guerrero's λ %g, want %g", i, got, c.Guerrero)
		}
		if got := (BoxCox{By: MLE, Low: -3, High: 8}).Choose(c.Y, c.M); !close(got, c.MLE, 1e-3) {
			t.Errorf("series %d: the likeliest λ is %g, want %g", i, got, c.MLE)
		}
	}
	if len(cases) < 5 {
		t.Fatal("too few cases")
	}
}

func TestESDGolden(t *testing.T) {
	for _, c := range load(t).Outliers {
		got := ESD(c.X, len(c.GESD), .05)
		var want []int
		for _, row := range c.GESD[:c.GESDn] {
			want = append(want, int(row[0]))
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", c.Name, got, want)
			continue
		}
		for i := range got { // equal values may come in another order
			if c.X[got[i]] != c.X[want[i]] {
				t.Errorf("%s: %v, want %v", c.Name, got, want)
				break
			}
		}
		for i, row := range c.GESD {
			if l := esdLimit(len(c.X), i+1, .05); !close(l, row[2], 1e-8*row[2]) {
				t.Errorf("%s: λ%d = %.12g, want %.12g", c.Name, i+1, l, row[2])
			}
		}
	}
}

func TestHampelGolden(t *testing.T) {
	for _, c := range load(t).Outliers {
		var got []int
		slide(c.X, 5, func(t int, w *window) {
			m := middle(w.x)
			if math.Abs(c.X[t]-m) > 3*1.4826*w.around(m) {
				got = append(got, t)
			}
		})
		if !slices.Equal(got, c.Hampel) {
			t.Errorf("%s: %v, want %v", c.Name, got, c.Hampel)
		}
	}
}

func TestPCAGolden(t *testing.T) {
	g := load(t).PCA
	rows := mat.NewDense(len(g.Rows), 4, slices.Concat(g.Rows...))
	c, err := FitPCA(rows, 4, false)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range g.Components {
		sign := 0.0
		for i, w := range want {
			sign += w * c.Loadings.At(i, j)
		}
		for i, w := range want {
			if !close(c.Loadings.At(i, j)*math.Copysign(1, sign), w, 1e-8) {
				t.Errorf("component %d, loading %d: %g, want ±%g", j, i, c.Loadings.At(i, j), w)
			}
		}
		if !close(c.Explained[j], g.Ratio[j], 1e-9) || !close(c.Mean[j], g.Mean[j], 1e-9) {
			t.Errorf("component %d explains %g, want %g; mean %g, want %g", j, c.Explained[j], g.Ratio[j], c.Mean[j], g.Mean[j])
		}
	}
	// The variance of the scores is that of the components.
	var ss float64
	for _, r := range g.Rows {
		s := c.Scores(r)
		ss += s[0] * s[0]
	}
	if v := ss / float64(len(g.Rows)-1); !close(v, g.Variance[0], 1e-8) {
		t.Errorf("variance of the first scores %g, want %g", v, g.Variance[0])
	}
}

func TestKalmanGolden(t *testing.T) {
	for k, c := range load(t).Kalman {
		y := make([]float64, len(c.Y))
		for i, v := range c.Y {
			y[i] = math.NaN()
			if v != nil {
				y[i] = *v
			}
		}
		got := Trend{c.Level, c.Slope}.Smooth(y)
		for i, w := range c.Smoothed {
			if !close(got[i], w, 1e-4*max(1, math.Abs(w))) {
				t.Fatalf("case %d: level %d is %g, want %g", k, i, got[i], w)
			}
		}
		if best := FitTrend(y); best.filter(y, nil) > (Trend{c.Level, c.Slope}).filter(y, nil)+1e-6 {
			t.Errorf("case %d: the fitted variances %+v are less likely than those given", k, best)
		}
	}
}
