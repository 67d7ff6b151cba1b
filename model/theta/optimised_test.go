package theta

import (
	"math"
	"testing"
)

var methods = map[string]Optimised{"OTM": {Theta: true}, "DSTM": {Dynamic: true}, "DOTM": {Dynamic: true, Theta: true}, "DynamicOptimizedTheta": {Dynamic: true, Theta: true}}

func near(got, want, tol float64) bool { return math.Abs(got-want) <= tol*math.Abs(want)+1e-9 }

func TestOptimisedGolden(t *testing.T) {
	var g struct {
		Series map[string]seasonal
		Cases  []struct {
			Series, Kind, Model string
			L0, Alpha, Theta    float64
			Resid_first5        []float64
			SSE                 float64
			Forecast            []float64
		}
	}
	read(t, "fiorucci.json", &g)
	for _, c := range g.Cases {
		s, m := g.Series[c.Series].series(c.Series), methods[c.Model]
		if c.Kind != "with_season_test" {
			s.Seasons = nil
		}
		given := fixed(m, s.Values, c.L0, c.Alpha, 1-1/c.Theta)
		sse := 0.0
		var errors []float64
		for i, v := range s.Values {
			e := given.step(v)
			errors = append(errors, e)
			if i >= burn {
				sse += e * e
			}
		}
		mean := make([]float64, len(c.Forecast))
		if c.Kind == "fixed" {
			given.Forecast(nil, mean, nil)
			for i, want := range c.Resid_first5 {
				if !near(errors[i], want, 1e-7) {
					t.Errorf("%s of %s: error %d is %g, not %g", c.Model, c.Series, i+1, errors[i], want)
				}
			}
			for h, want := range c.Forecast {
				if !near(mean[h], want, 1e-8) {
					t.Errorf("%s of %s: step %d is %g, not %g", c.Model, c.Series, h+1, mean[h], want)
				}
			}
			if !near(sse, c.SSE, 1e-8) {
				t.Errorf("%s of %s: squared errors %g, not %g", c.Model, c.Series, sse, c.SSE)
			}
			continue
		}
		fit, err := m.Fit(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := fit.(*state)
		if c.Kind == "opt_noseason" && f.squares > sse*(1+1e-4) {
			t.Errorf("%s of %s: squared errors %g, more than %g: α %g for %g, w %g for %g", c.Model, c.Series, f.squares, sse, f.alpha, c.Alpha, f.w, 1-1/c.Theta)
		}
		fit.Forecast(nil, mean, nil)
		for h, want := range c.Forecast {
			if !near(mean[h], want, 1e-2) {
				t.Errorf("%s of %s, %s: step %d is %g, not %g (squared errors %g, theirs %g)", c.Model, c.Series, c.Kind, h+1, mean[h], want, f.squares, sse)
				break
			}
		}
	}
}

// fixed is a state with given parameters before the first value.
func fixed(m Optimised, x []float64, l0, alpha, w float64) *state {
	f := &state{alpha: alpha, w: w, dynamic: m.Dynamic, level: l0, power: 1}
	if !m.Dynamic {
		p := newProfile(m, x, x)
		f.intercept, f.slope = p.lines[0].intercept, p.lines[0].slope
	}
	return f
}

// TestProfile: the squared errors by which α is searched for are those of the fitted recursion, and no other w and level do better.
func TestProfile(t *testing.T) {
	var g struct{ Series map[string]seasonal }
	read(t, "fiorucci.json", &g)
	for name, s := range g.Series {
		for _, m := range methods {
			p := newProfile(m, s.Y, s.Y)
			for _, alpha := range []float64{.1, .3, .7, .99} {
				sse, w, d := p.at(alpha)
				run := func(w, d float64) float64 {
					f := fixed(m, s.Y, s.Y[0]+d, alpha, w)
					sum := 0.0
					for i, v := range s.Y {
						if e := f.step(v); i >= burn {
							sum += e * e
						}
					}
					return sum
				}
				if got := run(w, d); !near(sse, got, 1e-6) {
					t.Errorf("%s of %s at α %g: squared errors %g, not %g", m, name, alpha, sse, got)
				}
				for _, try := range [][2]float64{{w, d + 1}, {w, d - 1}, {w + .01, d}, {w - .01, d}} {
					if (m.Theta || try[0] == w) && try[0] >= 0 && try[0] <= 1 && run(try[0], try[1]) < sse*(1-1e-9) {
						t.Errorf("%s of %s at α %g: w %g and d %g are better than %g and %g", m, name, alpha, try[0], try[1], w, d)
					}
				}
			}
		}
	}
}

func BenchmarkDOTM(b *testing.B) {
	y := make([]float64, 100)
	for i := range y {
		y[i] = 100 + float64(i) + 10*math.Sin(float64(i)*math.Pi/6) + math.Mod(float64(i*i), 7)
	}
	s := seasonal{12, y}.series("")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Optimised{Dynamic: true, Theta: true}).Fit(s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
