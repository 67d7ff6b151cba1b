// Package modeltest is the one suite that every one-series method must pass.
package modeltest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Claims are properties that not every method has.
type Claims struct {
	Scales  bool // c·y is forecast as c times the forecast of y, c > 0
	Shifts  bool // y+c is forecast as the forecast of y plus c
	Refit   bool // an update gives what fitting all the values gives
	Counts  bool // of whole numbers not below zero, every quantile is one too
	MinSize int  // known values needed for a forecast; 0 = 1
	Demand  bool // only values not below zero can be fitted
}

// Run runs the suite.
func Run(t *testing.T, m fleet.Method, c Claims) {
	t.Helper()
	t.Run("any series", func(t *testing.T) { anySeries(t, m, c) })
	t.Run("workers", func(t *testing.T) { workers(t, m) })
	t.Run("alone", func(t *testing.T) { alone(t, m) })
	t.Run("cancel", func(t *testing.T) { cancelled(t, m) })
	t.Run("asks", func(t *testing.T) { asks(t, m) })
	t.Run("no reference", func(t *testing.T) { noReference(t, m) })
	t.Run("future", func(t *testing.T) { future(t, m) })
	t.Run("save", func(t *testing.T) { save(t, m) })
	t.Run("update", func(t *testing.T) { update(t, m, c) })
	t.Run("equivariance", func(t *testing.T) { equivariance(t, m, c) })
	t.Run("explain", func(t *testing.T) { explain(t, m) })
	t.Run("samples", func(t *testing.T) { samples(t, m) })
}

func fit(t *testing.T, m fleet.Method, p *tidewatch.Panel, workers int) tidewatch.Model {
	t.Helper()
	f, err := fleet.Lifted{Method: m, Seed: 7, Workers: workers}.Fit(context.Background(), p)
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	return f
}

func forecast(t *testing.T, f tidewatch.Model, steps int) *tidewatch.Forecast {
	t.Helper()
	fc, err := f.Forecast(context.Background(), tidewatch.Ask{Steps: steps, Seed: 3})
	if err != nil {
		t.Fatalf("forecast: %v", err)
	}
	return fc
}

func knownValues(s tidewatch.Series) (n int, whole, below bool) {
	whole = true
	for _, v := range s.Demand() {
		if v == v {
			n++
			whole = whole && v >= 0 && v == math.Trunc(v)
			below = below || v < 0
		}
	}
	return n, whole, below
}

func anySeries(t *testing.T, m fleet.Method, c Claims) {
	p := Panel(t)
	fc := forecast(t, fit(t, m, p, 1), 30)
	if err := fc.Check(); err != nil {
		t.Error(err)
	}
	reason := map[string]tidewatch.Problem{}
	for _, pr := range fc.Problems {
		reason[pr.ID] = pr
	}
	for k := range fc.Rows {
		r, s := &fc.Rows[k], p.Series(k)
		n, whole, below := knownValues(s)
		pr, bad := reason[r.ID]
		switch {
		case r.ID != s.ID || r.First != s.End():
			t.Errorf("row %d is %q from %d, not %q from %d", k, r.ID, r.First, s.ID, s.End())
		case r.Abstains() && !bad:
			t.Errorf("series %q has no forecast and no reason", r.ID)
		case r.Abstains() && n >= max(1, c.MinSize) && !(c.Demand && below):
			t.Errorf("series %q of %d known values has no forecast: %s", r.ID, n, pr.Reason)
		case !r.Abstains() && n == 0:
			t.Errorf("series %q without a known value has a forecast", r.ID)
		case !r.Abstains() && r.Method != m.String():
			t.Errorf("series %q was forecast by %q, not %q", r.ID, r.Method, m)
		}
		if c.Counts && whole && !r.Abstains() {
			for i, q := range r.Quantiles {
				if q < 0 || q != math.Trunc(q) {
					t.Errorf("series %q, a count: quantile %d is %g", r.ID, i, q)
					break
				}
			}
		}
	}
	for id, pr := range reason {
		if pr.Code == tidewatch.CodeInternal || pr.Code == "" || pr.Reason == "" {
			t.Errorf("series %q: %q %s", id, pr.Code, pr.Reason)
		}
	}
}

func same(t *testing.T, what string, a, b *tidewatch.Forecast) {
	t.Helper()
	close(t, what, a, b, func(x float64) float64 { return x }, 0)
}

// close checks that b is a with f applied to each number, to a relative tolerance of the row's range.
func close(t *testing.T, what string, a, b *tidewatch.Forecast, f func(float64) float64, tol float64) {
	t.Helper()
	if len(a.Rows) != len(b.Rows) {
		t.Fatalf("%s: %d rows, not %d", what, len(b.Rows), len(a.Rows))
	}
	for k := range a.Rows {
		x, y := a.Rows[k], b.Rows[k]
		if x.ID != y.ID || x.First != y.First || x.Method != y.Method || x.Abstains() != y.Abstains() {
			t.Errorf("%s: row %v differs from %v", what, y, x)
			continue
		}
		size := 0.0
		for _, v := range x.Quantiles {
			size = max(size, math.Abs(f(v)))
		}
		check := func(name string, u, v []float64) {
			for i := range u {
				if d := math.Abs(f(u[i]) - v[i]); d > tol*size || d != d {
					t.Errorf("%s: series %q: %s %d is %g, not %g", what, x.ID, name, i, v[i], f(u[i]))
					return
				}
			}
		}
		check("mean", x.Mean, y.Mean)
		check("quantile", x.Quantiles, y.Quantiles)
	}
	if fmt.Sprint(a.Problems) != fmt.Sprint(b.Problems) {
		t.Errorf("%s: problems %v differ from %v", what, b.Problems, a.Problems)
	}
}

func workers(t *testing.T, m fleet.Method) {
	p := Panel(t)
	one := forecast(t, fit(t, m, p, 1), 12)
	same(t, "7 workers", one, forecast(t, fit(t, m, p, 7), 12))
	same(t, "once more", one, forecast(t, fit(t, m, p, 1), 12))
}

// alone: a series' forecast does not depend on the others of its panel.
func alone(t *testing.T, m fleet.Method) {
	p := Panel(t)
	all := forecast(t, fit(t, m, p, 2), 8)
	for i := range p.Len() {
		one := forecast(t, fit(t, m, p.Select([]int{i}), 1), 8)
		part := *all
		part.Rows, part.Problems = all.Rows[i:i+1], nil
		for _, pr := range all.Problems {
			if pr.ID == p.ID(i) {
				part.Problems = append(part.Problems, pr)
			}
		}
		same(t, "alone", &part, one)
	}
}

func cancelled(t *testing.T, m fleet.Method) {
	p := Panel(t)
	f := fit(t, m, p, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (fleet.Lifted{Method: m}).Fit(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("fit after the end of its context: %v", err)
	}
	if _, err := f.Forecast(ctx, tidewatch.Ask{Steps: 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("forecast after the end of its context: %v", err)
	}
}

// asks: a shorter horizon, fewer levels or fewer series give parts of the whole answer.
func asks(t *testing.T, m fleet.Method) {
	p := Panel(t)
	f := fit(t, m, p, 2)
	whole := forecast(t, f, 15)
	for _, a := range []tidewatch.Ask{{Steps: 0}, {Steps: -1}, {Steps: 1e9}, {Steps: 1, Levels: []float64{.5, .5}}, {Steps: 1, Levels: []float64{1}}, {Steps: 1, Series: []int{p.Len()}}} {
		if _, err := f.Forecast(context.Background(), a); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("ask %v: error %v", a, err)
		}
	}
	part, err := f.Forecast(context.Background(), tidewatch.Ask{Steps: 4, Levels: []float64{.1, .5}, Series: []int{6, 2}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	at := map[float64]int{}
	for l, q := range whole.Levels {
		at[q] = l
	}
	for k, i := range []int{6, 2} {
		for h := range 4 {
			if part.Rows[k].Mean[h] != whole.Rows[i].Mean[h] {
				t.Errorf("series %q: the mean of step %d depends on what is asked", p.ID(i), h+1)
			}
			for l, q := range part.Levels {
				if got, want := part.At(k, h)[l], whole.At(i, h)[at[q]]; got != want {
					t.Errorf("series %q: quantile %g of step %d is %g or %g, by what is asked", p.ID(i), q, h+1, got, want)
				}
			}
		}
	}
}

// noReference: a model does not change when the memory it was fitted on does.
func noReference(t *testing.T, m fleet.Method) {
	p := Panel(t)
	for i := range p.Len() {
		s := p.Series(i)
		s.Values = append([]float64(nil), s.Demand()...)
		f, err := m.Fit(s, fleet.Rand(1, s.ID))
		if err != nil {
			continue
		}
		levels := []float64{.1, .9}
		a, b := make([]float64, 15), make([]float64, 15)
		f.Forecast(levels, a[:5], a[5:])
		for j := range s.Values {
			s.Values[j] = -999
		}
		f.Forecast(levels, b[:5], b[5:])
		for j := range a {
			if a[j] != b[j] && a[j] == a[j] {
				t.Errorf("series %q: the model refers to the series", s.ID)
				break
			}
		}
	}
}

// future: what comes after the origin has no influence.
func future(t *testing.T, m fleet.Method) {
	p := Panel(t)
	var other []tidewatch.Series
	for i := range p.Len() {
		s := p.Series(i)
		s.Values = append([]float64(nil), s.Values...)
		for j := len(s.Until(40).Values); j < len(s.Values); j++ {
			s.Values[j] = 1e6 * float64(j)
		}
		other = append(other, s)
	}
	changed, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), other)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "another future", forecast(t, fit(t, m, p.Until(40), 1), 6), forecast(t, fit(t, m, changed.Until(40), 1), 6))
}

func save(t *testing.T, m fleet.Method) {
	loader, ok := m.(fleet.Loader)
	if !ok {
		t.Fatalf("models of %s cannot be saved: it is no fleet.Loader", m)
	}
	p := Panel(t)
	f := fit(t, m, p.Until(50), 2)
	fitted, _ := fleet.Of(f)
	var w fleet.Writer
	if err := fitted.Save(&w); err != nil {
		t.Fatal(err)
	}
	g, err := fleet.Load(fleet.NewReader(w.Bytes()), m, nil, 2)
	if err != nil {
		t.Fatalf("loading what was saved: %v", err)
	}
	same(t, "loaded", forecast(t, f, 15), forecast(t, g, 15))
	for _, u := range []tidewatch.Model{f, g} {
		if err := u.(tidewatch.Updater).Update(context.Background(), p); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "loaded and updated", forecast(t, f, 15), forecast(t, g, 15))

	// Damaged states are an error or, where the damage makes another valid state, a model; never a crash.
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range fitted.Len() {
		fit, _ := fitted.Series(i)
		if fit == nil {
			continue
		}
		var w fleet.Writer
		fit.(fleet.Saver).Save(&w)
		for cut := range w.Bytes() {
			if _, err := loader.Load(fleet.NewReader(w.Bytes()[:cut])); err == nil {
				t.Errorf("series %q: a state cut to %d of %d bytes was read", p.ID(i), cut, len(w.Bytes()))
				break
			}
		}
		for range 200 {
			b := append([]byte(nil), w.Bytes()...)
			b[rng.IntN(len(b))] = byte(rng.IntN(256))
			if x, err := loader.Load(fleet.NewReader(b)); err == nil {
				x.Forecast([]float64{.1, .9}, make([]float64, 3), make([]float64, 6))
			}
		}
	}
}

func update(t *testing.T, m fleet.Method, c Claims) {
	p := Panel(t)
	to := func(end int) *tidewatch.Panel { return p.Until(end) }
	f, ok := fit(t, m, to(50), 2).(tidewatch.Updater)
	if !ok {
		t.Fatalf("models of %s cannot be updated", m)
	}
	g := fit(t, m, to(50), 2).(tidewatch.Updater)
	ctx := context.Background()
	for _, end := range []int{51, 60, p.End()} {
		if err := f.Update(ctx, to(end)); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Update(ctx, to(p.End())); err != nil {
		t.Fatal(err)
	}
	stepwise := forecast(t, f, 6)
	if err := stepwise.Check(); err != nil {
		t.Error(err)
	}
	close(t, "an update at once", stepwise, forecast(t, g, 6), func(x float64) float64 { return x }, 1e-9)
	refit := forecast(t, fit(t, m, p, 2), 6)
	for k := range refit.Rows {
		if refit.Rows[k].First != stepwise.Rows[k].First {
			t.Errorf("series %q: an updated model forecasts from %d, not %d", refit.Rows[k].ID, stepwise.Rows[k].First, refit.Rows[k].First)
		}
		if c.Refit && len(to(50).Series(k).Values) > 10 && !stepwise.Rows[k].Abstains() && p.ID(k) != "exponential" {
			one := func(f *tidewatch.Forecast) *tidewatch.Forecast {
				return &tidewatch.Forecast{Steps: f.Steps, Levels: f.Levels, Rows: f.Rows[k : k+1]}
			}
			close(t, "update against refit", one(refit), one(stepwise), func(x float64) float64 { return x }, 1e-9)
		}
	}
	if err := f.Update(ctx, to(20)); err == nil {
		t.Error("an update to an earlier time was taken")
	}
	if err := f.Update(ctx, p.Select([]int{0, 1})); err == nil {
		t.Error("an update with fewer series was taken")
	}
}

func equivariance(t *testing.T, m fleet.Method, c Claims) {
	p := Panel(t)
	var plain []int
	for i := range p.Len() {
		switch p.ID(i) {
		case "seasonal", "growing", "walk", "noise", "counts", "holes", "late start", "constant", "fourteen", "step":
			plain = append(plain, i)
		}
	}
	p = p.Select(plain)
	moved := func(f func(float64) float64) *tidewatch.Panel {
		var list []tidewatch.Series
		for i := range p.Len() {
			s := p.Series(i)
			y := make([]float64, len(s.Values))
			for j, v := range s.Values {
				y[j] = f(v)
			}
			s.Values = y
			list = append(list, s)
		}
		q, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), list)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	ahead := func(p *tidewatch.Panel) *tidewatch.Forecast {
		f := forecast(t, fit(t, m, p, 1), 9)
		f.Problems = nil // their words may quote values
		return f
	}
	base := ahead(p)
	if c.Scales {
		f := func(v float64) float64 { return 1024 * v }
		close(t, "scaled", base, ahead(moved(f)), f, 1e-6)
	}
	if c.Shifts {
		f := func(v float64) float64 { return v + 500 }
		close(t, "shifted", base, ahead(moved(f)), f, 1e-5)
	}
}

// samples: where a method draws its own paths, their quantiles agree with those it forecasts.
func samples(t *testing.T, m fleet.Method) {
	p := Panel(t).Select([]int{0, 2, 3, 4, 6})
	f, ok := fit(t, m, p, 2).(tidewatch.Sampler)
	if !ok {
		t.Skipf("%s has no paths of its own", m)
	}
	const n, steps = 4000, 5
	a := tidewatch.Ask{Steps: steps, Seed: 5}
	paths, err := f.Sample(context.Background(), a, n)
	if err != nil {
		t.Fatal(err)
	}
	fc := forecast(t, f, steps)
	for k := range fc.Rows {
		for h := range steps {
			x := make([]float64, n)
			for i := range x {
				x[i] = paths.Path(k, i)[h]
			}
			below := 0
			lo, hi := fc.Quantile(k, h, .1), fc.Quantile(k, h, .9)
			for _, v := range x {
				if v >= lo && v <= hi {
					below++
				}
			}
			if share := float64(below) / n; share < .74 {
				t.Errorf("series %q, step %d: %.2f of the paths are between the quantiles .1 and .9", fc.Rows[k].ID, h+1, share)
			}
		}
	}
}
