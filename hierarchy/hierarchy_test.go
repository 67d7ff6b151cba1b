package hierarchy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

// crossed is a small M5: items in departments, stores in states, and their crossings, some series of which do not exist.
func crossed(items, stores int, rng *rand.Rand) *Hierarchy {
	var bottom []string
	texts := map[string][]string{}
	for i := range items {
		for s := range stores {
			if rng.IntN(6) == 0 && len(bottom) > 0 {
				continue
			}
			item, store := fmt.Sprint("i", i), fmt.Sprint("s", s)
			dept, state := fmt.Sprint("d", i%3), fmt.Sprint("t", s/2)
			bottom = append(bottom, item+"/"+store)
			for name, text := range map[string]string{"item": item, "store": store, "dept": dept, "state": state, "state+dept": state + dept, "state+item": state + item} {
				texts[name] = append(texts[name], text)
			}
		}
	}
	levels := []Level{Total("total", len(bottom))}
	for _, name := range []string{"state", "store", "dept", "state+dept", "item", "state+item"} {
		levels = append(levels, Group(name, texts[name], func(text string) string { return name + "=" + text }))
	}
	h, err := New(bottom, levels...)
	if err != nil {
		panic(err)
	}
	return h
}

// ragged is a tree whose leaves lie at different depths.
func ragged(n int, rng *rand.Rand) *Hierarchy {
	bottom, a, b := make([]string, n), make([]string, n), make([]string, n)
	for i := range n {
		bottom[i] = fmt.Sprint("x", i)
		if i%4 != 3 {
			a[i] = fmt.Sprint("a", i%3)
			if rng.IntN(3) > 0 {
				b[i] = fmt.Sprint(a[i], i%2)
			}
		}
	}
	h, err := New(bottom, Total("total", n), Group("b", b, func(s string) string { return "b=" + s }), Group("a", a, func(s string) string { return "a=" + s }))
	if err != nil {
		panic(err)
	}
	return h
}

// summing is the matrix S.
func summing(h *Hierarchy) *mat.Dense {
	m := h.Len() - h.Bottom()
	s := mat.NewDense(h.Len(), m, nil)
	y := make([]float64, h.Len())
	for i := range m {
		clear(y)
		y[h.Bottom()+i] = 1
		h.Sum(y)
		s.SetCol(i, y)
	}
	return s
}

// dense is (S' W^-1 S)^-1 S' W^-1 y by matrices.
func dense(h *Hierarchy, w *mat.Dense, y []float64) []float64 {
	s := summing(h)
	var inverse, sw, sws, right, b mat.Dense
	if err := inverse.Inverse(w); err != nil {
		panic(err)
	}
	sw.Mul(s.T(), &inverse)
	sws.Mul(&sw, s)
	right.Mul(&sw, mat.NewDense(len(y), 1, y))
	if err := b.Solve(&sws, &right); err != nil {
		panic(err)
	}
	out := make([]float64, h.Len())
	for i := range h.Len() - h.Bottom() {
		out[h.Bottom()+i] = b.At(i, 0)
	}
	h.Sum(out)
	return out
}

func noise(n int, rng *rand.Rand) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 10 + 5*rng.NormFloat64()
	}
	return y
}

func agree(t interface{ Errorf(string, ...any) }, what string, got, want []float64, tolerance float64) {
	for v := range got {
		if !(math.Abs(got[v]-want[v]) <= tolerance*(1+math.Abs(want[v]))) {
			t.Errorf("%s: node %d is %.10g, want %.10g", what, v, got[v], want[v])
			return
		}
	}
}

func shapes(rng *rand.Rand) map[string]*Hierarchy {
	return map[string]*Hierarchy{"crossed": crossed(2+rng.IntN(6), 2+rng.IntN(4), rng), "ragged": ragged(4+rng.IntN(20), rng)}
}

// The messages on the tree, and the system of what crosses it, give what matrices give.
func TestWeightedIsLeastSquares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for name, h := range shapes(rng) {
			variance := make([]float64, h.Len())
			w := mat.NewDense(h.Len(), h.Len(), nil)
			for v := range variance {
				variance[v] = math.Exp(2 * rng.NormFloat64())
				w.Set(v, v, variance[v])
			}
			y := noise(h.Len(), rng)
			want := dense(h, w, y)
			r, err := NewReconciler(h, WLS, Known{Variance: variance})
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Clone(y)
			r.Values(got, false)
			agree(t, name, got, want, 1e-7)

			sparse := r.project.(*weighted)
			e, delta, s := make([]float64, h.Len()), make([]float64, h.Len()-h.Bottom()), sparse.scratch()
			h.differ(y, e)
			sparse.move(e, delta, s)
			right := make([]float64, len(sparse.nodes))
			for k := range right {
				right[k] = rng.NormFloat64()
			}
			direct := mat.NewVecDense(max(len(right), 1), nil)
			if len(right) == 0 {
				continue
			}
			if err := sparse.solve.SolveVecTo(direct, mat.NewVecDense(len(right), slices.Clone(right))); err != nil {
				t.Fatal(err)
			}
			sparse.conjugate(right, s)
			agree(t, name+" by conjugate gradients", right, direct.RawVector().Data, 1e-5)
		}
	})
}

// MinT-shrink without ever making its matrix gives what the matrix gives.
func TestShrinkIsTraceMinimisation(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for trial := range 20 {
		for name, h := range shapes(rng) {
			n, samples := h.Len(), 6+rng.IntN(30)
			past := &Past{}
			common := noise(samples, rng)
			for range n {
				f, a := noise(samples, rng), make([]float64, samples)
				for k := range f {
					a[k] = f[k] + common[k] - 10 + 3*rng.NormFloat64()
				}
				past.Forecast, past.Actual = append(past.Forecast, f), append(past.Actual, a)
			}
			y := noise(n, rng)
			r, err := NewReconciler(h, Shrink, Known{Past: past})
			if err != nil {
				t.Fatal(err)
			}
			lambda, variance, x := shrunkPairwise(past)
			if got := r.project.(*correlated).shrunk; math.Abs(got-lambda) > 1e-9 {
				t.Fatalf("trial %d, %s: shrinkage %g, pair by pair %g", trial, name, got, lambda)
			}
			w := mat.NewDense(n, n, nil)
			for i := range n {
				for j := range n {
					c := (1 - lambda) * dot(x[i], x[j]) / float64(samples)
					if i == j {
						c = 1
					}
					w.Set(i, j, c*math.Sqrt(variance[i]*variance[j]))
				}
			}
			got := slices.Clone(y)
			r.Values(got, false)
			agree(t, name, got, dense(h, w, y), 1e-6)
		}
	}
}

func shrunkPairwise(p *Past) (lambda float64, variance []float64, x [][]float64) {
	variance, x = p.Variances(), standardised(p.errors())
	t := float64(len(x[0]))
	num, den := 0.0, 0.0
	for i := range x {
		for j := range x {
			if i == j {
				continue
			}
			mean, spread := 0.0, 0.0
			for k := range x[i] {
				mean += x[i][k] * x[j][k] / t
			}
			for k := range x[i] {
				d := x[i][k]*x[j][k] - mean
				spread += d * d
			}
			num += t / ((t - 1) * (t - 1) * (t - 1)) * spread
			den += mean * mean
		}
	}
	return min(max(num/den, 0), 1), variance, x
}

func TestEveryMethodAddsUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for name, h := range shapes(rng) {
		past := &Past{}
		for range h.Len() {
			past.Forecast, past.Actual = append(past.Forecast, noise(12, rng)), append(past.Actual, noise(12, rng))
		}
		past.Forecast[2][3], past.Actual[h.Bottom()][1] = math.NaN(), math.NaN()
		for _, m := range Methods()[1:] {
			r, err := NewReconciler(h, m, Known{Past: past})
			if err != nil {
				t.Fatal(err)
			}
			for _, nonNegative := range []bool{false, true} {
				y := noise(h.Len(), rng)
				for v := range y {
					if v%5 == 0 {
						y[v] -= 12
					}
				}
				coherentAlready := slices.Clone(y)
				h.Sum(coherentAlready)
				y[1] = math.NaN() // a node without a forecast
				y[h.Bottom()+1] = math.NaN()
				r.Values(y, nonNegative)
				sums := slices.Clone(y)
				h.Sum(sums)
				agree(t, name+" "+string(m), y, sums, 1e-12)
				for v, x := range y {
					if math.IsNaN(x) || nonNegative && x < 0 {
						t.Errorf("%s %s: node %d is %g", name, m, v, x)
					}
				}
				if m != ERM && m != TopDownAverage && m != TopDown && m != MiddleOut {
					same := slices.Clone(coherentAlready)
					r.Values(same, false)
					agree(t, name+" "+string(m)+" of what adds up", same, coherentAlready, 1e-9)
				}
			}
		}
	}
}

// Worked by hand: a total of A and B, all errors alike. What does not add up, 12-(4+5) = 3, is shared evenly by three.
func TestByHand(t *testing.T) {
	h, err := New([]string{"A", "B"}, Total("total", 2))
	if err != nil {
		t.Fatal(err)
	}
	past := &Past{Forecast: [][]float64{{9, 9}, {4, 4}, {5, 5}}, Actual: [][]float64{{8, 8}, {2, 2}, {6, 6}}}
	for _, c := range []struct {
		m    Method
		want []float64
	}{{BottomUp, []float64{9, 4, 5}}, {OLS, []float64{11, 5, 6}}, {Structural, []float64{10.5, 4.75, 5.75}},
		{TopDown, []float64{12, 12 * 4. / 9, 12 * 5. / 9}}, {TopDownAverage, []float64{12, 3, 9}}, {MiddleOut, []float64{12, 12 * 4. / 9, 12 * 5. / 9}},
		// errors of 1, 2 and 1: variances 1, 4, 1; the weights of the difference are 4/6 and 1/6.
		{WLS, []float64{11.5, 6, 5.5}}} {
		r, err := NewReconciler(h, c.m, Known{Past: past})
		if err != nil {
			t.Fatal(err)
		}
		y := []float64{12, 4, 5}
		r.Values(y, true)
		agree(t, string(c.m), y, c.want, 1e-12)
	}
	// A certain node stays; of two that contradict each other the bottom does.
	for _, c := range []struct{ variance, want []float64 }{
		{[]float64{0, 1, 1}, []float64{12, 5.5, 6.5}}, {[]float64{1, 0, 1}, []float64{10.5, 4, 6.5}}, {[]float64{0, 0, 0}, []float64{9, 4, 5}},
		{[]float64{math.Inf(1), 1, 2}, []float64{9, 4, 5}}, {[]float64{1, math.Inf(1), 1}, []float64{10.5, 4, 6.5}},
	} {
		r, err := NewReconciler(h, WLS, Known{Variance: c.variance})
		if err != nil {
			t.Fatal(err)
		}
		y := []float64{12, 4, 5}
		r.Values(y, false)
		agree(t, fmt.Sprint(c.variance), y, c.want, 1e-12)
	}
}

func TestRaiseKeepsTotals(t *testing.T) {
	h, _ := New([]string{"a", "b", "c", "d"}, Total("total", 4), Group("g", []string{"x", "x", "y", "y"}, func(s string) string { return s }))
	y := []float64{0, 0, 0, -2, 6, 3, 1}
	h.Sum(y)
	h.raise(y, make([]float64, len(y)))
	agree(t, "raised", y, []float64{8, 4, 4, 0, 4, 3, 1}, 1e-12)
}

func TestErrors(t *testing.T) {
	id := func(s string) string { return s }
	for name, build := range map[string]func() (*Hierarchy, error){
		"twice":   func() (*Hierarchy, error) { return New([]string{"a", "a"}) },
		"node":    func() (*Hierarchy, error) { return New([]string{"a", "b"}, Group("g", []string{"a", "b"}, id)) },
		"short":   func() (*Hierarchy, error) { return New([]string{"a", "b"}, Group("g", []string{"x"}, id)) },
		"nowhere": func() (*Hierarchy, error) { return New([]string{"a"}, Level{"g", []string{"x"}, []int32{7}}) },
		"empty":   func() (*Hierarchy, error) { return New([]string{"a"}, Level{"g", []string{"x"}, []int32{-1}}) },
	} {
		if _, err := build(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	h, _ := New([]string{"a", "b"}, Total("total", 2))
	for _, m := range []Method{Shrink, ERM, TopDownAverage, WLS} {
		if _, err := NewReconciler(h, m, Known{}); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
			t.Errorf("%s without a past: %v", m, err)
		}
	}
	for text, ok := range map[string]bool{"mint": true, "mo:store": true, "mo": true, "wsl": false, "ols:3": false, "": false} {
		if _, _, err := ParseMethod(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := NewReconciler(h, MiddleOut, Known{Level: "nothing"}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Error("an unknown level was taken")
	}
}

func TestPanelSums(t *testing.T) {
	h, _ := New([]string{"a", "b", "c"}, Total("total", 3), Group("g", []string{"x", "x", ""}, func(s string) string { return s }))
	nan := math.NaN()
	p, err := tidewatch.NewPanel(daily(), []int{7}, []tidewatch.Series{{ID: "a", Start: 2, Values: []float64{1, 2, 3}}, {ID: "b", Values: []float64{1, nan, 1, 1, 1}},
		{ID: "c", Start: 1, Values: []float64{5, 5}}})
	if err != nil {
		t.Fatal(err)
	}
	all, ended, err := h.Panel(p)
	if err != nil || !slices.Equal(ended, []string{"c"}) {
		t.Fatal(ended, err)
	}
	for v, want := range [][]float64{{1, nan, 7, 3, 4}, {1, nan, 2, 3, 4}, {1, 2, 3}, {1, nan, 1, 1, 1}, {5, 5, 0, 0}} {
		s := all.Series(v)
		if fmt.Sprint(s.Values) != fmt.Sprint(want) || s.End() != 5 {
			t.Errorf("%s is %v to %d, want %v to 5", s.ID, s.Values, s.End(), want)
		}
	}
	if len(p.Series(2).Values) != 2 {
		t.Error("the bottom panel was changed")
	}
}

func daily() tidewatch.Grid {
	return tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
}
