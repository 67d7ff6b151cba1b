package hierarchy_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/hierarchy"
)

// anxious forecasts the mean of the past; in its paths what moves a whole horizon is by so many times what it is.
type anxious struct{ times float64 }

func (a anxious) String() string { return "anxious" }

func (a anxious) Fit(_ context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	return anxiousModel{a, p}, nil
}

type anxiousModel struct {
	anxious
	p *tidewatch.Panel
}

func (m anxiousModel) mean(i int) float64 {
	sum := 0.0
	y := m.p.Series(i).Values
	for _, v := range y {
		sum += v / float64(len(y))
	}
	return sum
}

func (m anxiousModel) Forecast(_ context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.p.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.p, a)
	for k := range f.Rows {
		mean := m.mean(a.Row(k))
		for h := range f.Steps {
			f.Rows[k].Mean[h] = mean
			for l, p := range f.Levels {
				f.At(k, h)[l] = mean * (.8 + .4*p)
			}
		}
	}
	return f, nil
}

// Sample draws paths in which a horizon is higher or lower as a whole, all series alike.
func (m anxiousModel) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	f, err := m.Forecast(ctx, a)
	if err != nil {
		return nil, err
	}
	paths := tidewatch.NewPaths(f, n)
	rng := rand.New(rand.NewPCG(a.Seed, 1))
	for k := range n {
		move := lasting * m.times * rng.NormFloat64()
		for i := range paths.IDs {
			for h := range f.Steps {
				paths.Path(i, k)[h] = max(0, f.Rows[i].Mean[h]*(1+move+.02*rng.NormFloat64()))
			}
		}
	}
	return paths, nil
}

const lasting = .08 // standard deviation of what moves a whole horizon

func TestWidthsOfSums(t *testing.T) {
	const horizon, horizons = 14, 30
	rng := rand.New(rand.NewPCG(1, 2))
	series := make([]tidewatch.Series, 6)
	for i := range series {
		series[i] = tidewatch.Series{ID: fmt.Sprint("s", i), Values: make([]float64, horizon*horizons)}
	}
	for b := range horizons {
		move := lasting * rng.NormFloat64()
		for i := range series {
			for h := range horizon {
				series[i].Values[b*horizon+h] = 100 * float64(i+1) * (1 + move + .02*rng.NormFloat64())
			}
		}
	}
	bottom, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(series))
	for i := range ids {
		ids[i] = series[i].ID
	}
	h, err := hierarchy.New(ids, hierarchy.Total("total", len(ids)),
		hierarchy.Group("half", []string{"a", "a", "a", "b", "b", "b"}, func(s string) string { return "half=" + s }))
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := h.Panel(bottom)
	if err != nil {
		t.Fatal(err)
	}
	for _, times := range []float64{.6, 1, 2} {
		c := hierarchy.Coherent{Base: anxious{times}, Hierarchy: h, Reconcile: hierarchy.OLS, Horizon: horizon, Seed: 3}
		w, err := c.LearnWidths(t.Context(), p, 24)
		if err != nil || w == nil {
			t.Fatalf("%v, %v: nothing was learnt", w, err)
		}
		model, err := c.Base.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		paths, err := model.(anxiousModel).Sample(t.Context(), tidewatch.Ask{Steps: horizon, Seed: 9}, 400)
		if err != nil {
			t.Fatal(err)
		}
		r, err := hierarchy.NewReconciler(h, hierarchy.OLS, hierarchy.Known{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Paths(t.Context(), paths, true); err != nil {
			t.Fatal(err)
		}
		clear(paths.Path(h.Bottom(), 0)) // what is nothing stays nothing
		for v, of := range [][]int{{3, 4, 5, 6, 7, 8}, {3, 4, 5}, {6, 7, 8}} {
			for step := range horizon {
				paths.Path(v, 0)[step] = 0
				for _, b := range of {
					paths.Path(v, 0)[step] += paths.Path(b, 0)[step]
				}
			}
		}
		before := deviationOfSum(t, paths, 0)
		if err := w.Apply(t.Context(), h, paths); err != nil {
			t.Fatal(err)
		}
		after := deviationOfSum(t, paths, 0)
		// Learnt of 24 origins, most of the way from times to 1 is gone.
		if want := lasting * math.Pow(times, 4./28); math.Abs(after/want-1) > .25 {
			t.Errorf("%g times: the total's sum deviates by %.3f, before %.3f; it should by about %.3f\n%v", times, after, before, want, w)
		}
		for step, x := range paths.Path(h.Bottom(), 0) {
			if x != 0 {
				t.Fatalf("nothing became %g", x)
			}
			for k := range paths.Samples {
				if total, a, b := paths.Path(0, k)[step], paths.Path(1, k)[step], paths.Path(2, k)[step]; math.Abs(total-a-b) > 1e-6*total {
					t.Fatalf("%g + %g add up to %g", a, b, total)
				}
			}
		}
	}
	if w, err := (hierarchy.Coherent{Base: anxious{1}, Hierarchy: h, Horizon: 10 * horizon}).LearnWidths(t.Context(), p, 8); err != nil || w != nil {
		t.Errorf("%v, %v: three horizons teach no width", w, err)
	}
}

// deviationOfSum is the standard deviation of the sum of a node's paths, as a share of their mean.
func deviationOfSum(t *testing.T, p *tidewatch.Paths, v int) float64 {
	t.Helper()
	x, err := p.Sum([]int{v}, 0, p.Steps)
	if err != nil {
		t.Fatal(err)
	}
	mean, square := 0.0, 0.0
	for _, y := range x {
		mean, square = mean+y/float64(len(x)), square+y*y/float64(len(x))
	}
	return math.Sqrt(square-mean*mean) / mean
}

func TestWhatIsSureToBeNothingIsNothingBelow(t *testing.T) {
	h, err := hierarchy.New([]string{"a", "b", "c"}, hierarchy.Total("total", 3),
		hierarchy.Group("group", []string{"x", "x", "y"}, func(s string) string { return s }))
	if err != nil {
		t.Fatal(err)
	}
	f := &tidewatch.Forecast{Steps: 2, Rows: make([]tidewatch.ForecastRow, h.Len())}
	for v, mean := range [][]float64{{0, 9}, {0, 0}, {0, 8}, {1, 1}, {2, 2}, {3, 6}} {
		f.Rows[v] = tidewatch.ForecastRow{ID: h.ID(v), Mean: mean}
	}
	r, err := hierarchy.NewReconciler(h, hierarchy.OLS, hierarchy.Known{})
	if err != nil {
		t.Fatal(err)
	}
	means, err := r.Means(t.Context(), f, true)
	if err != nil {
		t.Fatal(err)
	}
	for v, x := range means[0] {
		if x != 0 {
			t.Errorf("the market is closed, and %s is %g", h.ID(v), x)
		}
	}
	if m := means[1]; m[1] != 0 || m[3] != 0 || m[4] != 0 || m[5] <= 0 || m[0] != m[5] {
		t.Errorf("group x is sure to be nothing, and the forecast is %v", m)
	}
}
