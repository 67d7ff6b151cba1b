package ets

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/reference"
	"pgregory.net/rapid"
)

// TestGradient: the backward recursions agree with finite differences, for every form, with unknown values.
func TestGradient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := Form{Error: rapid.SampledFrom([]Component{Additive, Multiplicative}).Draw(t, "error"), Trend: rapid.SampledFrom([]Component{None, Additive, Multiplicative}).Draw(t, "trend"),
			Season: rapid.SampledFrom([]Component{None, Additive, Multiplicative}).Draw(t, "season")}
		form.Damped = form.Trend != None && rapid.Bool().Draw(t, "damped")
		m := 4
		y := rapid.SliceOfN(rapid.Float64Range(0.5, 2), 12, 30).Draw(t, "y")
		y[rapid.IntRange(1, len(y)-1).Draw(t, "gap")] = math.NaN()
		f := newFilter(y, m)
		f.form = form
		s := newSpace(form, f, rapid.Float64Range(0, 5).Draw(t, "prior"))
		p := params{alpha: rapid.Float64Range(.05, .6).Draw(t, "alpha"), beta: .03, gamma: .1, phi: 1, level: 1, season: []float64{.05, -.05, .1, -.1}}
		if form.Damped {
			p.phi = .9
		}
		if form.Trend == Multiplicative {
			p.growth = 1.01
		}
		if form.Season == Multiplicative {
			for i := range p.season {
				p.season[i]++
			}
		}
		x, g, scratch := make([]float64, s.n), make([]float64, s.n), make([]float64, s.n)
		s.vector(&p, x)
		if math.IsInf(s.value(x, g), 1) {
			t.Skip("outside the domain")
		}
		for i := range x {
			const h = 1e-6
			at := x[i]
			x[i] = at + h
			up := s.value(x, scratch)
			x[i] = at - h
			down := s.value(x, scratch)
			x[i] = at
			if want := (up - down) / (2 * h); math.Abs(want-g[i]) > 1e-4*(1+math.Abs(want)) {
				t.Fatalf("%s: derivative %d is %g, differences give %g", form, i, g[i], want)
			}
		}
	})
}

type fixedCase struct {
	Series, Form            string
	M                       int
	Alpha, Beta, Gamma, Phi *float64
	L0                      float64   `json:"l0"`
	B0                      *float64  `json:"b0"`
	S0                      []float64 `json:"s0"`
	RLoglik                 float64   `json:"r_loglik"`
	Forecast                []float64
	Variance                []float64 `json:"fc_var"`
}

func or(v *float64, other float64) float64 {
	if v == nil {
		return other
	}
	return *v
}

// TestFixedParameters compares likelihood, forecasts and variances with statsmodels and the core of statsforecast.
func TestFixedParameters(t *testing.T) {
	var ref struct {
		Series map[string]struct{ Y []float64 }
		Cases  []fixedCase
	}
	reference.Read(t, "stat/ets_fixed.json", &ref)
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-7*(1+math.Abs(b)) }
	for _, c := range ref.Cases {
		form, err := ParseForm(c.Form)
		if err != nil {
			t.Fatal(err)
		}
		f := newFilter(ref.Series[c.Series].Y, max(1, c.M))
		f.form = form
		p := params{alpha: or(c.Alpha, 0), beta: or(c.Beta, 0), gamma: or(c.Gamma, 0), phi: or(c.Phi, 1), level: c.L0, growth: or(c.B0, 0), season: c.S0}
		if got := -f.likelihood(&p) / 2; !near(got, c.RLoglik) {
			t.Errorf("%s %s: log-likelihood %.10g, reference %.10g", c.Series, c.Form, got, c.RLoglik)
			continue
		}
		got := finish(f, fitted{form: form, p: p}, 1)
		got.variance = f.squares / float64(f.known)
		mean := make([]float64, len(c.Forecast))
		variance := got.variances(len(mean), mean)
		for h := range mean {
			if !near(mean[h], c.Forecast[h]) {
				t.Errorf("%s %s: step %d is %.10g, reference %.10g", c.Series, c.Form, h+1, mean[h], c.Forecast[h])
				break
			}
			if c.Variance != nil && !near(variance[h], c.Variance[h]) {
				t.Errorf("%s %s: variance of step %d is %.10g, reference %.10g", c.Series, c.Form, h+1, variance[h], c.Variance[h])
				break
			}
		}
	}
}

// TestSearch: on forty series of M3 the criterion is no worse than the better of R's and statsforecast's.
func TestSearch(t *testing.T) {
	var ref struct {
		Cases []struct {
			Series  string
			M       int
			Y       []float64
			AutoETS struct {
				Model string
				AICc  float64
			}
			R struct {
				Method string
				AICc   float64
			} `json:"r_ets"`
		}
	}
	reference.Read(t, "stat/auto_select.json", &ref)
	for _, c := range ref.Cases {
		y, scale, known, positive := prepare(c.Y)
		f := newFilter(y, c.M)
		best, ok := search(f, candidates(c.M > 1 && known >= 2*c.M, positive), 0)
		if !ok {
			t.Errorf("%s: nothing found", c.Series)
			continue
		}
		// The scale of the data adds 2 n log(scale) to -2 log L of either kind of error.
		got := best.score + 2*float64(known)*math.Log(scale)
		want := min(c.R.AICc, c.AutoETS.AICc)
		if got > want+0.01 {
			t.Errorf("%s (m=%d, n=%d): AICc %.4f of %s; R %.4f %s, statsforecast %.4f %s", c.Series, c.M, known, got, best.form, c.R.AICc, c.R.Method, c.AutoETS.AICc, c.AutoETS.Model)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	y := make([]float64, 115)
	for i := range y {
		y[i] = 100 + 0.5*float64(i) + 20*math.Sin(float64(i)*math.Pi/6) + 10*math.Sin(float64(i*i))
	}
	s := tidewatch.Series{Values: y, Seasons: []int{12}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Method{}).Fit(s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
