package arima

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// simulate draws n values of a model with σ = 1, after a run-in.
func simulate(rng *rand.Rand, o Order, coef []float64, n int) []float64 {
	k := newFilter(o.shape(), 0)
	k.set(o.parts(coef))
	const before = 500
	w, e := make([]float64, before+n), make([]float64, before+n)
	for t := range w {
		e[t] = rng.NormFloat64()
		w[t] = e[t]
		for _, j := range k.ar {
			if j <= t {
				w[t] += k.phi[j] * w[t-j]
			}
		}
		for _, j := range k.ma {
			if j <= t {
				w[t] += k.theta[j] * e[t-j]
			}
		}
	}
	y := make([]float64, n)
	(&Model{order: o}).integrate(nil, w[before:], y)
	return y
}

func mustFit(t testing.TB, m Method, s tidewatch.Series) *Model {
	t.Helper()
	f, err := m.fit(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRecovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		o    Order
		coef []float64
	}{
		{Order{P: 2, Constant: true}, []float64{.5, .3}},
		{Order{P: 1, D: 1, Q: 1}, []float64{.6, .4}},
		{Order{D: 1, Q: 1, SD: 1, SQ: 1, Season: 12}, []float64{-.4, -.6}},
		{Order{P: 1, SP: 1, Season: 7, SD: 1}, []float64{.7, -.4}},
	} {
		const n, runs = 400, 20
		sum := make([]float64, len(c.coef))
		for range runs {
			y := simulate(rng, c.o, c.coef, n)
			m := mustFit(t, Method{Form: &c.o}, tidewatch.Series{ID: "x", Values: y, Seasons: []int{max(2, c.o.Season)}})
			for i, v := range m.coef {
				sum[i] += v / runs
			}
			if math.Abs(m.Sigma2()-1) > .3 {
				t.Errorf("%s: variance %g, want 1", c.o, m.Sigma2())
			}
		}
		for i, want := range c.coef {
			if math.Abs(sum[i]-want) > .05 {
				t.Errorf("%s: coefficient %d is %.3f on average, want %.3f", c.o, i, sum[i], want)
			}
		}
	}
}

// TestCovers: the intervals of automatic models hold what comes as often as they say.
func TestCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	o := Order{D: 1, Q: 1, SD: 1, SQ: 1, Season: 4}
	levels := []float64{.05, .95}
	const n, h, runs = 120, 8, 120
	in := 0
	for range runs {
		y := simulate(rng, o, []float64{-.4, -.5}, n+h)
		m := mustFit(t, Method{}, tidewatch.Series{ID: "x", Values: y[:n], Seasons: []int{4}})
		mean, q := make([]float64, h), make([]float64, 2*h)
		m.Forecast(levels, mean, q)
		for i, v := range y[n:] {
			if v >= q[2*i] && v <= q[2*i+1] {
				in++
			}
		}
	}
	if share := float64(in) / (runs * h); share < .83 || share > .96 {
		t.Errorf("%.3f of the values are in the 90 %% interval", share)
	}
}

// TestUpdate: an updated model is what filtering everything with the same coefficients gives, unknown values included.
func TestUpdate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, o := range []Order{{P: 1, D: 1, Q: 1, Constant: true}, {D: 1, Q: 1, SD: 1, SQ: 1, Season: 4}, {P: 2, Constant: true}, {SP: 1, Season: 4, Constant: true}} {
		coef := make([]float64, o.coefficients())
		for i := range coef {
			coef[i] = .3
		}
		y := simulate(rng, o, coef, 90)
		y[20], y[71], y[75] = math.NaN(), math.NaN(), math.NaN()
		s := tidewatch.Series{ID: "x", Values: y, Seasons: []int{4}}
		m := mustFit(t, Method{Form: &o}, s.Until(70))
		scale := m.scale
		x := partials(t, o, m.coef)
		m.Update(s.Until(74), 70)
		m.Update(s, 74)

		z := make([]float64, len(y))
		for i := range z {
			z[i] = y[i] / scale
		}
		p, _ := newProblem(z, regressors(z, nil, o), o)
		whole := &Model{order: o, scale: scale}
		if o.Constant {
			whole.terms = []term{constant(o)}
			whole.ahead = make([][]float64, 1)
		}
		whole.begin(fit{order: o, x: x}, z, regressors(z, nil, o), p)
		whole.sigma2, whole.count = m.sigma2, m.count
		var a, b [2][6]float64
		m.moments(a[0][:], a[1][:])
		whole.moments(b[0][:], b[1][:])
		for i := range a[0] {
			if math.Abs(a[0][i]-b[0][i]) > 1e-7 || math.Abs(a[1][i]/b[1][i]-1) > 1e-7 {
				t.Errorf("%s: updated to %v, want %v", o, a, b)
				break
			}
		}
	}
}

// TestFitted: the errors of the one-step forecasts are the innovations, and a last value is fitted as it would have been forecast.
func TestFitted(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	o := Order{P: 1, D: 1, Q: 1, Constant: true}
	y := simulate(rng, o, []float64{.5, .3}, 200)
	for i := range y {
		y[i] += float64(i)
	}
	y[50], y[51] = math.NaN(), math.NaN()
	s := tidewatch.Series{ID: "x", Values: y}
	m := mustFit(t, Method{Form: &o}, s.Until(199))
	mean, q := make([]float64, 1), make([]float64, 1)
	m.Forecast([]float64{.5}, mean, q)
	fitted := m.Fitted(s)
	if math.Abs(fitted[199]-mean[0]) > 1e-6 {
		t.Errorf("the last value is fitted by %g, and was forecast as %g", fitted[199], mean[0])
	}
	sum, n := 0.0, 0.0
	for i, f := range fitted {
		if i == 0 {
			if f == f {
				t.Error("a value is fitted before there is one to difference by")
			}
			continue
		}
		if f != f {
			t.Fatalf("value %d is not fitted", i)
		}
		if v := y[i]; v == v {
			sum += (v - f) * (v - f)
			n++
		}
	}
	if v := sum / n / m.Sigma2(); v < .9 || v > 1.1 {
		t.Errorf("the errors have a variance %g times that of the innovations", v)
	}
}

// TestManyGaps: with many unknown values most are filled in, and σ² still counts the known ones alone.
func TestManyGaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 1))
	o := Order{P: 1, Constant: true}
	y := simulate(rng, o, []float64{.6}, 600)
	known := 0
	for i := range y {
		if rng.IntN(5) < 2 {
			y[i] = math.NaN()
		} else {
			y[i] += 50
			known++
		}
	}
	m := mustFit(t, Method{Form: &o}, tidewatch.Series{ID: "x", Values: y})
	if math.Abs(m.coef[0]-.6) > .12 || math.Abs(m.Sigma2()-1) > .2 || math.Abs(float64(m.count-known)) > 2 {
		t.Errorf("φ %g, variance %g from %d of %d values", m.coef[0], m.Sigma2(), m.count, known)
	}
	for i, f := range m.Fitted(tidewatch.Series{Values: y}) {
		if i > 0 && math.Abs(f-50) > 8 {
			t.Fatalf("value %d is fitted by %g", i, f)
		}
	}
	for i := range y {
		if i > 10 {
			y[i] = math.NaN()
		}
	}
	y[599] = 50
	if m, err := (Method{}).fit(tidewatch.Series{ID: "x", Values: y}); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Errorf("a dozen known values among 600: %v, %v", m, err)
	}
}

// TestLong: where orders are compared on the last values, all of them still fit the order chosen.
func TestLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	o := Order{P: 1, Q: 1}
	y := simulate(rng, o, []float64{.7, .3}, 2*mostValues)
	y[mostValues] = math.NaN()
	m := mustFit(t, Method{}, tidewatch.Series{ID: "x", Values: y})
	if m.count != len(y)-1 || math.Abs(m.Sigma2()-1) > .05 {
		t.Errorf("%s from %d values with variance %g", m.Order(), m.count, m.Sigma2())
	}
}

func daily(t testing.TB, y []float64, covariates ...tidewatch.Covariate) tidewatch.Series {
	t.Helper()
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(grid, []int{7}, []tidewatch.Series{{ID: "x", Values: y}}, covariates...)
	if err != nil {
		t.Fatal(err)
	}
	return p.Series(0)
}

// TestCovariates: a price known ahead moves the forecast by its coefficient; one that does not matter is left out.
func TestCovariates(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	const n, h = 150, 10
	o := Order{P: 1, Constant: true}
	y := simulate(rng, o, []float64{.5}, n)
	price, noise := make([]float32, n+h), make([]float32, n+h)
	for i := range price {
		price[i] = float32(10 + rng.IntN(3))
		noise[i] = float32(rng.NormFloat64())
	}
	price[n] = 100
	for i := range y {
		y[i] += 50 - 4*float64(price[i])
	}
	m := mustFit(t, Method{}, daily(t, y, tidewatch.Covariate{Name: "price", Ahead: true, Values: price}))
	names, beta := m.Regressors()
	if len(names) != 2 || names[1] != "price" || math.Abs(beta[1]+4) > .4 {
		t.Fatalf("regressors %v %v, want price -4", names, beta)
	}
	mean, q := make([]float64, h), make([]float64, h)
	m.Forecast([]float64{.5}, mean, q)
	if math.Abs(mean[0]-(50-400)) > 40 || math.Abs(mean[1]-(50-4*float64(price[n+1]))) > 4 {
		t.Errorf("forecast %v", mean)
	}
	for i := range y {
		y[i] += 4 * float64(price[i])
	}
	m = mustFit(t, Method{}, daily(t, y, tidewatch.Covariate{Name: "noise", Ahead: true, Values: noise}))
	if names, _ := m.Regressors(); len(names) > 1 {
		t.Errorf("regressors %v: noise stayed in", names)
	}
}

// TestSample: paths have the moments that are forecast.
func TestSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	o := Order{D: 1, Q: 1, SD: 1, SQ: 1, Season: 4}
	y := simulate(rng, o, []float64{-.4, -.6}, 40)
	m := mustFit(t, Method{Form: &o}, tidewatch.Series{ID: "x", Values: y})
	const h, n = 9, 20000
	mean, variance := make([]float64, h), make([]float64, h)
	m.moments(mean, variance)
	for i := range variance {
		variance[i] *= m.freedom() / (m.freedom() - 2)
	}
	out := make([]float64, n*h)
	m.Sample(rng, h, out)
	for i := range h {
		s, ss := 0.0, 0.0
		for k := range n {
			v := out[k*h+i] - mean[i]
			s += v / n
			ss += v * v / n
		}
		if math.Abs(s) > 4*math.Sqrt(variance[i]/n) || math.Abs(ss/variance[i]-1) > .06 {
			t.Errorf("step %d: paths are off by %g, with variance %g, want %g", i+1, s, ss, variance[i])
		}
	}
}

func TestNames(t *testing.T) {
	for _, o := range []Order{{P: 2, D: 1, Q: 1, SD: 1, SQ: 1, Season: 12}, {Constant: true}, {P: 1}, {D: 1, Constant: true}, {P: 1, SP: 1, Constant: true}} {
		if err := o.check(); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range [][]string{{"1"}, {"1", "2"}, {"1", "2", "x"}, {"1", "3", "1"}, {"1", "1", "1", "0", "1", "1", "[1"}, {"1", "1", "1", "[12"},
		{"1", "1", "1", "1", "1", "1", "1"}, {"0", "2", "1", "drift"}, {"0", "1", "1", "drift", "zero"}, {"-1", "0", "0"}, {"10", "0", "0"}, {"1", "0", "0", "2", "0", "0", "[5000"}} {
		if m, err := Parse(bad); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%v: %v %v", bad, m, err)
		}
	}
	m, err := Parse([]string{"2", "1", "1", "drift", "0", "0", "1", "[12"})
	if err != nil || m.String() != "arima(2,1,1,drift)(0,0,1)[12]" {
		t.Error(m, err)
	}
}

func TestStudentQuantile(t *testing.T) {
	for _, n := range []float64{3, 4, 5, 7, 12, 30, 100, 3000} {
		exact := distuv.StudentsT{Sigma: 1, Nu: n}
		for _, p := range []float64{.001, .01, .025, .1, .3, .45, .5, .6, .8, .95, .975, .999} {
			want := exact.Quantile(p)
			if got := studentQuantile(p, n); math.Abs(got-want) > 2e-4*(1+math.Abs(want)) {
				t.Errorf("%g of t with %g degrees of freedom: %g, want %g", p, n, got, want)
			}
		}
	}
}

// FuzzFit: a finite forecast or a reason, always.
func FuzzFit(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, uint8(0))
	f.Add([]byte{0, 0, 0, 255, 0, 0, 0, 0, 200, 200, 0, 0, 0, 0, 255, 254}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, kind uint8) {
		if len(b) > 64 {
			b = b[:64]
		}
		y := make([]float64, len(b))
		for i, v := range b {
			switch {
			case v == 255:
				y[i] = math.NaN()
			case v == 254:
				y[i] = 1e99
			case v == 253:
				y[i] = 1e-99
			default:
				y[i] = float64(v) - 100
			}
		}
		s := tidewatch.Series{ID: "x", Values: y, Seasons: []int{4}}
		methods := []Method{{}, {Full: true}, {Form: &Order{P: 1, D: 1, Q: 1, SP: 1, SD: 1, SQ: 1}}, {Form: &Order{P: 3, Constant: true}}}
		m, err := methods[int(kind)%len(methods)].fit(s)
		if err != nil {
			if c := tidewatch.CodeOf(err); c == tidewatch.CodeInternal {
				t.Fatal(err)
			}
			return
		}
		mean, q := make([]float64, 10), make([]float64, 20)
		m.Forecast([]float64{.1, .9}, mean, q)
		for i := range mean {
			if !(math.Abs(mean[i]) < math.MaxFloat64) || !(q[2*i] <= q[2*i+1]) || math.IsInf(q[2*i], 0) || math.IsInf(q[2*i+1], 0) {
				t.Fatalf("%v: %v %v", y, mean, q)
			}
		}
	})
}

// FuzzLoad: whatever is read, loading ends with a model that forecasts or an error.
func FuzzLoad(f *testing.F) {
	m := mustFit(f, Method{}, tidewatch.Series{ID: "x", Values: []float64{1, 5, 2, 6, 3, 7, 4, math.NaN(), 5, 9, 6, 11}, Seasons: []int{2}})
	var w fleet.Writer
	m.Save(&w)
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Method{}.Load(fleet.NewReader(b))
		if err != nil {
			return
		}
		m.Forecast([]float64{.5}, make([]float64, 5), make([]float64, 5))
		m.(*Model).Update(tidewatch.Series{Values: []float64{1, math.NaN(), 2}}, 0)
	})
}

func BenchmarkFit(b *testing.B) {
	rng := rand.New(rand.NewPCG(6, 1))
	for _, c := range []struct {
		name string
		n, m int
	}{{"yearly", 25, 1}, {"quarterly", 45, 4}, {"monthly", 110, 12}, {"weekly", 400, 52}, {"hourly", 960, 24}, {"hourly168", 960, 168}} {
		o := Order{D: 1, Q: 1, SD: 1, SQ: 1, Season: c.m}
		coef := []float64{-.4, -.6}
		if c.m == 1 {
			o, coef = Order{D: 1, Q: 1}, coef[:1]
		}
		y := simulate(rng, o, coef, c.n)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustFit(b, Method{}, tidewatch.Series{ID: "x", Values: y, Seasons: []int{c.m}})
			}
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 1))
	o := Order{D: 1, Q: 1, SD: 1, SQ: 1, Season: 12}
	s := tidewatch.Series{ID: "x", Values: simulate(rng, o, []float64{-.4, -.6}, 121)}
	m := mustFit(b, Method{Form: &o}, s.Until(120))
	b.ReportAllocs()
	for b.Loop() {
		m.Update(s, 120)
	}
}
