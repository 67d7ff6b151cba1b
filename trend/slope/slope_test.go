package slope

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/internal/reference"
)

type input map[string]struct{ Values []float64 }

// inputs are the series of the references, without the file's header.
func inputs(t *testing.T) input {
	t.Helper()
	var raw map[string]json.RawMessage
	reference.Read(t, "trend/series.json", &raw)
	in := input{}
	for name, b := range raw {
		if name[0] != '_' {
			s := in[name]
			if err := json.Unmarshal(b, &s); err != nil {
				t.Fatal(err)
			}
			in[name] = s
		}
	}
	return in
}

func near(t *testing.T, what string, got float64, want *float64, tol float64) {
	t.Helper()
	switch {
	case want == nil:
		if got == got {
			t.Errorf("%s = %g, want not known", what, got)
		}
	case !(math.Abs(got-*want) <= tol*max(1, math.Abs(*want))):
		t.Errorf("%s = %.12g, want %.12g", what, got, *want)
	}
}

// TestTheilSen: scipy 1.17.1, stats.theilslopes; relative 1e-9.
func TestTheilSen(t *testing.T) {
	type line struct{ Slope, Intercept, Lo, Hi *float64 }
	var g struct {
		Series map[string]struct {
			A line `json:"theil_separate"`
			B line `json:"theil_90"`
		}
	}
	reference.Read(t, "trend/theil_sen.json", &g)
	in := inputs(t)
	for name, want := range g.Series {
		for level, w := range map[float64]line{.95: want.A, .9: want.B} {
			l := TheilSen(in[name].Values, level)
			near(t, name+" slope", l.Slope, w.Slope, 1e-9)
			near(t, name+" intercept", l.Intercept, w.Intercept, 1e-9)
			near(t, name+" low", l.Low, w.Lo, 1e-9)
			near(t, name+" high", l.High, w.Hi, 1e-9)
		}
	}
}

type kendall struct {
	P, Z, Tau, S *float64
	Variance     *float64 `json:"var_s"`
	Slope        *float64
	Error        string
}

func (w kendall) check(t *testing.T, what string, got Test) {
	t.Helper()
	if w.S == nil {
		return
	}
	near(t, what+" S", got.S, w.S, 0)
	near(t, what+" variance", got.Variance, w.Variance, 1e-9)
	near(t, what+" z", got.Z, w.Z, 1e-9)
	near(t, what+" tau", got.Tau, w.Tau, 1e-9)
	near(t, what+" p", got.P, w.P, 1e-10)
}

// TestKendall: pymannkendall 1.4.3; relative 1e-9.
func TestKendall(t *testing.T) {
	var g struct {
		Series map[string]struct {
			Original kendall
			All      kendall `json:"hamed_rao_lag_all"`
			One      kendall `json:"hamed_rao_lag1"`
			Three    kendall `json:"hamed_rao_lag3"`
			Period   int     `json:"seasonal_period"`
			Seasonal kendall
		}
	}
	reference.Read(t, "trend/mann_kendall.json", &g)
	in := inputs(t)
	for name, w := range g.Series {
		y := in[name].Values
		w.Original.check(t, name, MannKendall(y))
		if all := HamedRao(y, 0); w.All.Z == nil { // the variance is negative: the reference has it, the test has none
			if all.Z == all.Z || all.P == all.P {
				t.Errorf("%s: z %g without a variance", name, all.Z)
			}
		} else {
			w.All.check(t, name+" all lags", all)
		}
		w.One.check(t, name+" one lag", HamedRao(y, 1))
		w.Three.check(t, name+" three lags", HamedRao(y, 3))
		w.Seasonal.check(t, name+" seasonal", Seasonal(y, w.Period))
		near(t, name+" seasonal slope", SeasonalSlope(y, w.Period), w.Seasonal.Slope, 1e-9)
	}
}

// TestKendallEdges: pymannkendall 1.4.3 on constants, ties, gaps and few values.
func TestKendallEdges(t *testing.T) {
	var g struct{ Cases map[string]json.RawMessage }
	reference.Read(t, "trend/mann_kendall_edge.json", &g)
	for name, b := range g.Cases {
		var c struct {
			X        []*float64
			Original kendall
			HamedRao kendall `json:"hamed_rao"`
			Seasonal kendall `json:"seasonal_4"`
		}
		if json.Unmarshal(b, &c) != nil {
			continue // of several series
		}
		var y []float64
		for _, v := range c.X {
			if v == nil {
				y = append(y, math.NaN())
			} else {
				y = append(y, *v)
			}
		}
		c.Original.check(t, name, MannKendall(y))
		c.HamedRao.check(t, name+" Hamed-Rao", HamedRao(y, 0))
		c.Seasonal.check(t, name+" seasonal", Seasonal(y, 4))
	}
}

// TestAdjust: statsmodels 0.15.0, multipletests fdr_bh; absolute 1e-10.
func TestAdjust(t *testing.T) {
	var g struct {
		Vectors map[string]struct {
			P  []float64
			BH struct{ Adjusted []float64 } `json:"fdr_bh"`
		}
	}
	reference.Read(t, "trend/pvalues.json", &g)
	for name, v := range g.Vectors {
		for i, got := range Adjust(append(slices.Clone(v.P), math.NaN()))[:len(v.P)] {
			near(t, name, got, &v.BH.Adjusted[i], 1e-10)
		}
	}
}

// TestFalseDiscoveries: of thousands of series without a trend, whose values depend on each other, hardly any is said to have one.
func TestFalseDiscoveries(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var p []float64
	for i := range 2000 {
		y := make([]float64, 60)
		for k := 1; k < len(y); k++ {
			y[k] = .3*y[k-1] + rng.NormFloat64()
		}
		if i < 200 { // these have one
			for k := range y {
				y[k] += .06 * float64(k)
			}
		}
		p = append(p, Dependent(y, TheilSen(y, .95).Slope).P)
	}
	found, wrong := 0, 0
	for i, q := range Adjust(p) {
		if q <= .1 {
			found++
			if i >= 200 {
				wrong++
			}
		}
	}
	if found < 100 || float64(wrong) > .12*float64(found) {
		t.Errorf("%d found of 200, %d of them wrongly", found, wrong)
	}
}

func TestSlopeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), 3, 40).Draw(t, "y")
		a, c := rapid.Float64Range(.5, 2).Draw(t, "times"), rapid.Float64Range(-5, 5).Draw(t, "slope")
		l := TheilSen(y, .8)
		moved := make([]float64, len(y))
		for i := range y {
			moved[i] = a*y[i] + c*float64(i)
		}
		if m := TheilSen(moved, .8); math.Abs(m.Slope-(a*l.Slope+c)) > 1e-7*max(1, math.Abs(m.Slope)) {
			t.Fatalf("slope %g, want %g", m.Slope, a*l.Slope+c)
		}
		if !(l.Low <= l.Slope && l.Slope <= l.High) {
			t.Fatalf("%+v", l)
		}
		x := slices.Clone(y)
		k := rapid.IntRange(0, len(y)-1).Draw(t, "k")
		if got := nth(x, k); got != slices.Sorted(slices.Values(y))[k] {
			t.Fatalf("value %d of %v: %g", k, y, got)
		}
	})
}

func TestTooShort(t *testing.T) {
	for _, y := range [][]float64{nil, {1}, {math.NaN(), 1, math.NaN()}} {
		if l := TheilSen(y, .95); l.Slope == l.Slope {
			t.Errorf("%v has slope %g", y, l.Slope)
		}
		if k := HamedRao(y, 0); k.P == k.P {
			t.Errorf("%v has p %g", y, k.P)
		}
	}
	if k := Seasonal([]float64{1, 2, 3}, 3); k.P == k.P {
		t.Errorf("one value a phase has p %g", k.P)
	}
}

func BenchmarkTheilSen104(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 104)
	for i := range y {
		y[i] = float64(rng.IntN(20))
	}
	for b.Loop() {
		HamedRaoAround(y, TheilSen(y, .8).Slope, 0)
	}
}
