package loss

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/tidewatch/tidewatch/nn/safetensors"
	"gonum.org/v1/gonum/stat/distuv"
)

func read(t *testing.T, f *safetensors.File, name string) []float32 {
	t.Helper()
	x, err := f.Float32s(name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func open(t *testing.T, name string) *safetensors.File {
	t.Helper()
	f, err := safetensors.Open(filepath.Join("..", "testdata", name+".io.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestFixture compares with PyTorch; tolerance as in ../testdata/README.md.
func TestFixture(t *testing.T) {
	f := open(t, "core_losses")
	pred, y, mask := read(t, f, "pred"), read(t, f, "y"), read(t, f, "mask")
	var levels []float64
	for _, q := range read(t, f, "quantiles") {
		levels = append(levels, float64(q))
	}
	middle := make([]float32, len(y))
	for i := range middle {
		middle[i] = pred[3*i+1]
	}
	for _, c := range []struct {
		name   string
		f      Func
		pred   []float32
		weight []float32
	}{
		{"pinball", Pinball(levels), pred, nil}, {"pinball_masked", Pinball(levels), pred, mask},
		{"mae", MAE, middle, nil}, {"mse", MSE, middle, nil}, {"huber1", Huber(1), middle, nil},
	} {
		grad := make([]float32, len(c.pred))
		sum, total := c.f(grad, c.pred, y, c.weight)
		if want := read(t, f, c.name)[0]; math.Abs(sum/total-float64(want)) > 1e-6 {
			t.Errorf("%s = %g, want %g", c.name, sum/total, want)
		}
		for i, want := range read(t, f, c.name+".grad") {
			if math.Abs(float64(grad[i])/total-float64(want)) > 1e-6 {
				t.Errorf("%s: gradient %d = %g, want %g", c.name, i, float64(grad[i])/total, want)
			}
		}
	}
}

func TestCrossEntropyFixture(t *testing.T) {
	f := open(t, "core_softmax_ce")
	classes, err := f.Ints("target")
	if err != nil {
		t.Fatal(err)
	}
	x := read(t, f, "x")
	grad := make([]float32, len(x))
	sum, total := CrossEntropy(grad, x, classes)
	if want := read(t, f, "loss")[0]; math.Abs(sum/total-float64(want)) > 4e-6 {
		t.Errorf("%g, want %g", sum/total, want)
	}
	for i, want := range read(t, f, "grad.x") {
		if math.Abs(float64(grad[i])/total-float64(want)) > 1e-6 {
			t.Errorf("gradient %d = %g, want %g", i, float64(grad[i])/total, want)
		}
	}
}

// TestGradients compares with central differences, in weighted observations with an unknown target among them.
func TestGradients(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, c := range map[string]struct {
		f     Func
		width int
	}{
		"mse": {MSE, 1}, "mae": {MAE, 1}, "huber": {Huber(.7), 1}, "pinball": {Pinball([]float64{.1, .5, .9}), 3},
		"negative binomial": {NegativeBinomial, 2}, "student t": {StudentT, 3},
	} {
		const n = 40
		pred, target, weight := make([]float32, n*c.width), make([]float32, n), make([]float32, n)
		for i := range pred {
			pred[i] = float32(2 * rng.NormFloat64())
		}
		for i := range target {
			target[i], weight[i] = float32(rng.IntN(6)), float32(rng.IntN(3))
		}
		target[3] = float32(math.NaN())
		grad, other := make([]float32, len(pred)), make([]float32, len(pred))
		sum, total := c.f(grad, pred, target, weight)
		if math.IsNaN(sum) || total <= 0 {
			t.Fatalf("%s: %g of %g", name, sum, total)
		}
		for i := range pred {
			const h = 1e-2
			old := pred[i]
			pred[i] = old + h
			up, _ := c.f(other, pred, target, weight)
			pred[i] = old - h
			down, _ := c.f(other, pred, target, weight)
			pred[i] = old
			if want := (up - down) / (2 * h); math.Abs(want-float64(grad[i])) > 2e-3*(1+math.Abs(want)) {
				t.Errorf("%s: gradient %d = %g, differences give %g (pred %g, y %g)", name, i, grad[i], want, old, target[i/c.width])
			}
		}
	}
}

// TestLikelihoods compares with gonum's distributions.
func TestLikelihoods(t *testing.T) {
	grad := make([]float32, 3)
	inverse := func(y float64) float32 { return float32(math.Log(math.Expm1(y))) }
	got, _ := StudentT(grad, []float32{.5, inverse(2), inverse(3)}, []float32{3}, nil)
	if want := -(distuv.StudentsT{Mu: .5, Sigma: 2, Nu: 5}).LogProb(3); math.Abs(got-want) > 1e-5 {
		t.Errorf("Student t: %g, want %g", got, want)
	}
	const mu, alpha = 3, .5
	mass := 0.
	for y := range 200 {
		nll, _ := NegativeBinomial(grad[:2], []float32{inverse(mu), inverse(alpha)}, []float32{float32(y)}, nil)
		mass += math.Exp(-nll)
	}
	if math.Abs(mass-1) > 1e-5 {
		t.Errorf("negative binomial: probabilities sum to %g", mass)
	}
	r := 1 / alpha
	if nll, _ := NegativeBinomial(grad[:2], []float32{inverse(mu), inverse(alpha)}, []float32{0}, nil); math.Abs(nll-r*math.Log1p(alpha*mu)) > 1e-5 {
		t.Errorf("negative binomial: P(0) = %g", math.Exp(-nll))
	}
}
