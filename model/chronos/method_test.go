package chronos

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/nn"
)

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for to, from := range map[string]string{"config.json": "config.json", "model.safetensors": "weights.safetensors"} {
		b, err := os.ReadFile(filepath.Join("testdata", from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func panel(t *testing.T, n int) *tidewatch.Panel {
	t.Helper()
	freq, err := tidewatch.ParseFreq("D")
	if err != nil {
		t.Fatal(err)
	}
	series := make([]tidewatch.Series, n)
	for i := range series {
		series[i].ID = string(rune('a'+i%26)) + string(rune('a'+i/26))
		for k := range 20 + i {
			series[i].Values = append(series[i].Values, 1e3*float64(i)+math.Sin(float64(k))*float64(1+i))
		}
	}
	for k := range series[3].Values {
		series[3].Values[k] = math.NaN()
	}
	series[5].Values[4] = math.NaN()
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: freq, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMethod(t *testing.T) {
	dir, p := folder(t), panel(t, 70)
	var first *tidewatch.Forecast
	for _, workers := range []int{1, 2, 7} {
		m, err := Method{Dir: dir, Workers: workers}.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 11})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Check(); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = f
			} else if !reflect.DeepEqual(first, f) {
				t.Fatalf("%d workers: another forecast", workers)
			}
		}
		one, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 11, Series: []int{40, 3}})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range one.Rows[0].Mean { // alone, a series is padded otherwise: the last bits differ
			if w := first.Rows[40].Mean[i]; math.Abs(v-w) > 1e-4*math.Abs(w) {
				t.Fatalf("alone %g, among others %g", v, w)
			}
		}
		if !one.Rows[1].Abstains() || len(one.Problems) != 1 || one.Problems[0].Code != tidewatch.CodeTooShort {
			t.Fatalf("a series without known values: %+v", one.Problems)
		}
	}
}

func TestTail(t *testing.T) {
	levels, values := []float64{.1, .5, .9}, []float64{-1.2815515655446004, 0, 2 * 1.2815515655446004}
	for q, want := range map[float64]float64{.025: -1.959963984540054, .975: 2 * 1.959963984540054, .3: -1.2815515655446004 / 2} {
		if got := fleet.Tail(levels, values, q); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g: %g, want %g", q, got, want)
		}
	}
	if !slices.IsSorted(levels) || math.Abs(fleet.MeanOf(levels, []float64{-1, 0, 1})) > 1e-12 {
		t.Error("mean of a symmetric distribution")
	}
}

// TestPacked: models in bfloat16 and in whole numbers forecast nearly the same, in less memory.
func TestPacked(t *testing.T) {
	dir, p := folder(t), panel(t, 12)
	whole, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	forecast := func(how nn.Packing) *tidewatch.Forecast {
		m, err := Method{Dir: dir, Packing: how, Workers: 2}.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 5})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := forecast(nn.Float32)
	for how, limit := range map[nn.Packing]struct{ off, memory float64 }{nn.BFloat16: {.005, .6}, nn.Int8: {.02, .4}} {
		b, err := OpenPacked(dir, how)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(nn.Bytes(b.Params())) / float64(nn.Bytes(whole.Params())); got > limit.memory {
			t.Errorf("%s takes %.2f of the memory", how, got)
		}
		sum, spread := 0., 0.
		for k, r := range forecast(how).Rows {
			if r.Abstains() {
				continue
			}
			n := len(want.Levels)
			for j, v := range r.Quantiles {
				sum += math.Abs(v - want.Rows[k].Quantiles[j])
				from := j / n * n
				spread += want.Rows[k].Quantiles[from+n-1] - want.Rows[k].Quantiles[from]
			}
		}
		if off := sum / spread; off > limit.off || off == 0 {
			t.Errorf("%s: off by %.4f of the spread", how, off)
		}
	}
}
