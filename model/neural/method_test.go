package neural

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/naive"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
)

// small is a configuration that trains in a moment.
func small(family string) Method {
	return Method{Config: Config{Family: family, Members: 2, Width: 16, Depth: 1, Steps: 60, Batch: 32, Rate: 5e-3}, Horizon: 6, Seed: 7, Workers: 1}
}

// waves is a panel of seasonal series with noise, of lengths from 5 to 90, some with unknown values.
func waves(t testing.TB, n int, covariates ...tidewatch.Covariate) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var series []tidewatch.Series
	for i := range n {
		s := tidewatch.Series{ID: fmt.Sprint("s", i), Start: i % 3, Values: make([]float64, 5+(i*37)%86)}
		level := math.Exp(4 * rng.Float64())
		for k := range s.Values {
			s.Values[k] = level * (2 + math.Sin(2*math.Pi*float64(s.Start+k)/7) + .1*rng.NormFloat64())
			if i%4 == 3 && k%11 == 5 {
				s.Values[k] = math.NaN()
			}
		}
		series = append(series, s)
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{7}, series, covariates...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fit(t testing.TB, m Method, p *tidewatch.Panel) tidewatch.Model {
	t.Helper()
	f, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func forecast(t testing.TB, m tidewatch.Model, a tidewatch.Ask) *tidewatch.Forecast {
	t.Helper()
	f, err := m.Forecast(context.Background(), a)
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFamilies trains every family on a panel with short, gappy and unknown series: workers change nothing, the season is learned,
// the horizon may be longer than trained, and a saved model forecasts the same.
func TestFamilies(t *testing.T) {
	p := waves(t, 24)
	for _, f := range Families() {
		t.Run(f.Name, func(t *testing.T) {
			m := small(f.Name)
			model := fit(t, m, p)
			ask := tidewatch.Ask{Steps: 15}
			want := forecast(t, model, ask)
			m.Workers = 3
			if got := forecast(t, fit(t, m, p), ask); !reflect.DeepEqual(want, got) {
				t.Error("the number of workers changes the forecast")
			}
			some := forecast(t, model, tidewatch.Ask{Steps: 15, Series: []int{5, 2}})
			for j, v := range want.Rows[5].Quantiles { // up to rounding: products of few rows go another way
				if got := some.Rows[0].Quantiles[j]; math.Abs(got-v) > 1e-5*(1+math.Abs(v)) {
					t.Errorf("a forecast depends on what else is asked: %g, alone %g", v, got)
				}
			}
			for k := range want.Rows {
				q := want.At(k, 14)
				if near := want.At(k, 0); q[len(q)-1]-q[0] <= 0 || near[len(near)-1]-near[0] <= 0 {
					t.Errorf("series %d: no spread", k)
				}
			}
			var w fleet.Writer
			model.(*Model).Save(&w)
			again, err := Load(fleet.NewReader(w.Bytes()), model.(*Model).Name(), 2)
			if err != nil {
				t.Fatal(err)
			}
			if got := forecast(t, again, ask); !reflect.DeepEqual(want, got) {
				t.Error("a saved model forecasts otherwise")
			}
		})
	}
}

// TestLearns: a network forecasts a wave far better than its mean does.
func TestLearns(t *testing.T) {
	p := waves(t, 24)
	m := small("nhits")
	m.Steps, m.Width = 400, 64
	f := forecast(t, fit(t, m, p.Before(6)), tidewatch.Ask{Steps: 6})
	own, flat := 0., 0.
	for i := range p.Len() {
		y := p.Series(i).Values
		if len(y) < 40 {
			continue
		}
		mean, n := 0., 0.
		for _, v := range y {
			if v == v {
				mean += v
				n++
			}
		}
		mean /= n
		for h := range 6 {
			if v := y[len(y)-6+h]; v == v {
				own += math.Abs(f.Rows[i].Mean[h]-v) / mean
				flat += math.Abs(mean-v) / mean
			}
		}
	}
	if own > flat/3 {
		t.Errorf("error %.3f, that of the mean %.3f", own, flat)
	}
}

// TestCovariates: demand that follows a plan known ahead is forecast from it, for a series without a past too, and a
// plan without promotions in its place gives the forecast without.
func TestCovariates(t *testing.T) {
	const n, length, horizon = 60, 80, 6
	rng := rand.New(rand.NewPCG(3, 4))
	plan := tidewatch.Covariate{Name: "promotion", Scope: tidewatch.ByCell, Ahead: true}
	seen := tidewatch.Covariate{Name: "visits", Values: make([]float32, length+horizon)}
	for k := range seen.Values {
		seen.Values[k] = float32(rng.NormFloat64())
	}
	kind := tidewatch.Covariate{Name: "kind", Scope: tidewatch.BySeries, Ahead: true, Labels: []string{"a", "b"}, Values: make([]float32, n+1)}
	var series []tidewatch.Series
	for i := range n + 1 {
		kind.Values[i] = float32(i % 2)
		s := tidewatch.Series{ID: fmt.Sprint(i), Values: make([]float64, length)}
		plan.Cells = append(plan.Cells, tidewatch.Cells{Offset: len(plan.Values), Len: length + horizon})
		for k := range length + horizon {
			plan.Values = append(plan.Values, float32(rng.IntN(2)))
			if k < length {
				s.Values[k] = 10 + 5*float64(plan.Values[len(plan.Values)-1]) + .1*rng.NormFloat64()
			}
		}
		if i == n { // not sold yet
			s.Start, s.Values = length, nil
		}
		series = append(series, s)
	}
	panel := func(covs ...tidewatch.Covariate) *tidewatch.Panel {
		p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series, covs...)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	m := small("dlinear")
	m.Steps = 800
	model := fit(t, m, panel(plan, seen, kind))
	ask := tidewatch.Ask{Steps: horizon}
	f := forecast(t, model, ask)
	for i := range n + 1 { // the new series too: all series have the same level
		for h := range horizon {
			if want := 10 + 5*float64(plan.Values[plan.Cells[i].Offset+length+h]); math.Abs(f.Rows[i].Mean[h]-want) > 1.5 {
				t.Errorf("series %d step %d: %.2f, want about %.1f", i, h, f.Rows[i].Mean[h], want)
			}
		}
	}
	what := plan
	what.Values = make([]float32, len(plan.Values))
	ask.Future = []tidewatch.Covariate{what}
	for h, v := range forecast(t, model, ask).Rows[0].Mean {
		if math.Abs(v-10) > 1.5 {
			t.Errorf("without the promotion step %d is %.2f, want about 10", h, v)
		}
	}
	var w fleet.Writer
	model.(*Model).Save(&w)
	again, err := Load(fleet.NewReader(w.Bytes()), model.(*Model).Name(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := forecast(t, again, tidewatch.Ask{Steps: horizon}); !reflect.DeepEqual(f, got) {
		t.Error("a saved model with covariates forecasts otherwise")
	}
}

// TestNoLookingAhead: what comes after a series' end changes nothing, in a panel that was cut.
func TestNoLookingAhead(t *testing.T) {
	p := waves(t, 12)
	m := small("dlinear")
	short, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), func() []tidewatch.Series {
		var s []tidewatch.Series
		for i := range p.Len() {
			s = append(s, p.Before(6).Series(i))
		}
		return s
	}())
	if err != nil {
		t.Fatal(err)
	}
	ask := tidewatch.Ask{Steps: 6}
	if !reflect.DeepEqual(forecast(t, fit(t, m, p.Before(6)), ask), forecast(t, fit(t, m, short), ask)) {
		t.Error("values after the cut change the forecast")
	}
}

// keep is a [fleet.Keep] in memory.
type keep struct {
	states map[fleet.Key][]byte
	saved  func(n int) // told how many there are
}

func (k *keep) Wants(int) bool               { return true }
func (k *keep) Load(key fleet.Key) []byte    { return k.states[key] }
func (k *keep) Save(key fleet.Key, b []byte) { k.states[key] = b; k.saved(len(k.states)) }

// TestKeep: a fit that was stopped after any network goes on from it to the same weights, and does not take the networks of other data.
func TestKeep(t *testing.T) {
	p := waves(t, 12)
	m := small("dlinear")
	m.Members = 2
	state := func(m Method) []byte {
		var w fleet.Writer
		fit(t, m, p).(*Model).Save(&w)
		return w.Bytes()
	}
	want := state(m)
	k := &keep{states: map[fleet.Key][]byte{}, saved: func(int) {}}
	m.Keep = k
	if !bytes.Equal(state(m), want) {
		t.Fatal("keeping networks changes them")
	}
	all := len(k.states)
	for stop := 1; stop < all; stop++ {
		k.states = map[fleet.Key][]byte{}
		ctx, cancel := context.WithCancel(t.Context())
		k.saved = func(n int) {
			if n == stop {
				cancel()
			}
		}
		if _, err := m.Fit(ctx, p); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after %d networks: %v", stop, err)
		}
		fresh := 0
		k.saved = func(int) { fresh++ }
		if !bytes.Equal(state(m), want) || fresh != all-stop {
			t.Errorf("stopped after %d of %d networks: %d were trained again, or to other weights", stop, all, fresh)
		}
	}
	before := len(k.states)
	fit(t, m, p.Before(6))
	if len(k.states) == before {
		t.Error("networks of other data were taken")
	}
}

// TestAdvance: a model brought to a later end forecasts from there, and the first stays as it was.
func TestAdvance(t *testing.T) {
	p := waves(t, 12)
	m := small("dlinear")
	early := fit(t, m, p.Before(6))
	ask := tidewatch.Ask{Steps: 6}
	before := forecast(t, early, ask)
	late, err := m.Advance(context.Background(), early, p)
	if err != nil {
		t.Fatal(err)
	}
	if f := forecast(t, late, ask); f.Rows[3].First != p.Series(3).End() || reflect.DeepEqual(f.Rows[3].Mean, before.Rows[3].Mean) {
		t.Error("the model was not brought to the end")
	}
	if !reflect.DeepEqual(before, forecast(t, early, ask)) {
		t.Error("Advance changes the model it starts from")
	}
}

func TestTooShort(t *testing.T) {
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil,
		[]tidewatch.Series{{ID: "a", Values: []float64{3}}, {ID: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	m := small("nhits")
	if _, err := m.Fit(context.Background(), p); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Errorf("error is %v", err)
	}
	m.Fallback = fleet.Lifted{Method: naive.Seasonal{}}
	f := forecast(t, fit(t, m, p), tidewatch.Ask{Steps: 2})
	if f.Rows[0].Mean[0] != 3 || len(f.Problems) != 2 || f.Problems[0].Method != "snaive" || !f.Rows[1].Abstains() {
		t.Errorf("%+v", f)
	}
}

// TestExtremes: constant, huge, tiny, negative and unknown series get a finite forecast or none.
func TestExtremes(t *testing.T) {
	var series []tidewatch.Series
	for name, f := range map[string]func(k int) float64{
		"constant": func(int) float64 { return 5 }, "zero": func(int) float64 { return 0 }, "huge": func(k int) float64 { return 1e90 * float64(k%3) },
		"tiny": func(k int) float64 { return 1e-90 * float64(k%5) }, "negative": func(k int) float64 { return -float64(k) },
		"unknown": func(int) float64 { return math.NaN() }, "spike": func(k int) float64 { return float64(k/59) * 1e6 },
	} {
		s := tidewatch.Series{ID: name, Values: make([]float64, 60)}
		for k := range s.Values {
			s.Values[k] = f(k)
		}
		series = append(series, s)
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []frame.Scaling{frame.Auto, frame.ByLevel, frame.BySpread, frame.ByLog} {
		m := small("nhits")
		m.Scaling = s
		forecast(t, fit(t, m, p), tidewatch.Ask{Steps: 6})
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := small("nhits")
	m.Steps = 100_000
	m.Progress = func(p Progress) {
		if p.Done > 0 && p.Total > p.Done && p.Members == 2 && p.Train > 0 {
			cancel()
		}
	}
	if _, err := m.Fit(ctx, waves(t, 12)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// TestGradients compares with finite differences, with features, masks and several levels.
func TestGradients(t *testing.T) {
	s := frame.Shape{Lags: 10, Steps: 6, Levels: 3, Masked: true, Past: 2, Future: 1, Static: 2}
	rng := rand.New(rand.NewPCG(5, 6))
	tensor := func(shape ...int) nn.Tensor {
		x := nn.Zeros(shape...)
		for i := range x.Data {
			x.Data[i] = float32(rng.NormFloat64())
		}
		return *x
	}
	b := &frame.Batch{Rows: 3, Y: tensor(3, 10), Mask: tensor(3, 10), Past: tensor(3, 10, 2), Future: tensor(3, 6, 1), Static: tensor(3, 2)}
	c := Config{Width: 8, Depth: 2}
	for _, f := range Families() {
		t.Run(f.Name, func(t *testing.T) {
			net := f.build(c.or(f.Default), s, rng)
			if n := f.weights(c.or(f.Default), s); n != nn.Count(net.Params()) {
				t.Errorf("weights says %d, there are %d", n, nn.Count(net.Params()))
			}
			dy := tensor(3, 6, 3)
			value := func() float64 {
				sum := 0.
				for i, v := range net.Forward(&nn.Pass{}, b).Data {
					sum += float64(v) * float64(dy.Data[i])
				}
				return sum
			}
			value()
			net.Backward(&nn.Pass{}, &dy)
			for _, p := range net.Params() {
				for range 4 {
					i := rng.IntN(len(p.Data))
					old, near := p.Data[i], false
					var want float64
					for _, h := range []float32{1e-3, 1e-4} { // a difference may cross the corner of a ReLU
						p.Data[i] = old + h
						up := value()
						p.Data[i] = old - h
						want = (up - value()) / float64(2*h)
						p.Data[i] = old
						near = near || math.Abs(want-float64(p.Grad[i])) < .02*(1+math.Abs(want))
					}
					if !near {
						t.Errorf("%s[%d]: gradient %g, differences give %g", p.Name, i, p.Grad[i], want)
					}
				}
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, name := range []string{"nhits", "nbeats(lags=24)", "dlinear(lags=3,members=1,width=8,depth=1,steps=10,batch=4,rate=0.001,drop=0.25,scale=log)"} {
		c, ok, err := Parse(name)
		if !ok || err != nil || c.String() != name {
			t.Errorf("%s: %v, %v, %v", name, c, ok, err)
		}
	}
	for _, name := range []string{"nhits(", "nhits()", "nhits(lags)", "nhits(lags=0)", "nhits(lags=2.5)", "nhits(depth=1000)", "nhits(rate=NaN)", "nhits(scale=x)", "nhits(x=1)", "nhits(lags=3))"} {
		if _, ok, err := Parse(name); !ok || tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	if _, ok, _ := Parse("snaive"); ok {
		t.Error("snaive is a network")
	}
}

// FuzzLoad: whatever a file holds, reading it ends without a crash, and what can be read forecasts.
func FuzzLoad(f *testing.F) {
	m := small("dlinear")
	m.Members, m.Steps = 1, 5
	var w fleet.Writer
	model := fit(f, m, waves(f, 4)).(*Model)
	model.Save(&w)
	f.Add(model.Name(), w.Bytes())
	f.Add("nhits(width=4096,depth=32)", w.Bytes())
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		m, err := Load(fleet.NewReader(b), name, 1)
		if err != nil {
			return
		}
		if _, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 2}); err != nil {
			t.Fatal(err)
		}
	})
}
