package train

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/loss"
	"github.com/tidewatch/tidewatch/nn/optim"
)

// waves is a small forecaster: the next value of a noisy sine from the last twelve.
type waves struct {
	nn.Sequential
	x, y []float32
}

const window = 12

func newWaves(x, y []float32) *waves {
	rng := rand.New(rand.NewPCG(1, 1))
	return &waves{Sequential: nn.Sequential{
		nn.NewLSTM("lstm", 1, 8, 2, .1, rng), &nn.LastStep{}, nn.NewLayerNorm("norm", 8, 1e-5), nn.NewDense("out", 8, 1, rng),
	}, x: x, y: y}
}

func (w *waves) Loss(p *nn.Pass, samples []int) (sum, total float64) {
	x, y := make([]float32, 0, len(samples)*window), make([]float32, 0, len(samples))
	for _, i := range samples {
		x = append(x, w.x[i*window:(i+1)*window]...)
		y = append(y, w.y[i])
	}
	out := w.Forward(p, nn.Of(x, len(samples), window, 1))
	grad := nn.Zeros(out.Shape...)
	sum, total = loss.MSE(grad.Data, out.Data, y, nil)
	if p.Train {
		w.Backward(p, grad)
	}
	return sum, total
}

func data(n int) (x, y []float32) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range n {
		phase := rng.Float64() * 7
		for t := range window {
			x = append(x, float32(math.Sin(phase+float64(t)/2)+.05*rng.NormFloat64()))
		}
		y = append(y, float32(math.Sin(phase+window/2.)))
	}
	return x, y
}

func split(n int) (train, validation []int) {
	for i := range n {
		if i%5 == 0 {
			validation = append(validation, i)
		} else {
			train = append(train, i)
		}
	}
	return train, validation
}

func fit(t *testing.T, cfg Config, stopAfter int, resume string) (*Trainer, error) {
	t.Helper()
	x, y := data(205)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	old := cfg.Progress
	cfg.Progress = func(p Progress) {
		if old != nil {
			old(p)
		}
		if p.Epoch == stopAfter {
			cancel()
		}
	}
	tr, err := New(cfg, func() Network { return newWaves(x, y) })
	if err != nil {
		t.Fatal(err)
	}
	if resume != "" {
		if err := tr.Resume(resume); err != nil {
			t.Fatal(err)
		}
	}
	a, b := split(205)
	return tr, tr.Fit(ctx, a, b)
}

func weights(t *Trainer) []float32 {
	var w []float32
	for _, p := range t.params {
		w = append(w, p.Data...)
	}
	return w
}

func config() Config {
	return Config{Epochs: 6, Batch: 33, Seed: 5, Rate: optim.Constant(.02), ClipNorm: 1, EMA: .5}
}

func TestFitLearns(t *testing.T) {
	var seen []Progress
	cfg := config()
	cfg.Epochs = 20
	cfg.Progress = func(p Progress) { seen = append(seen, p) }
	tr, err := fit(t, cfg, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	first, last := seen[0].Validation, seen[len(seen)-1].Validation
	if last > .05 || last > first/4 {
		t.Errorf("validation loss %g at first, %g at last", first, last)
	}
	_, validation := split(205)
	best := math.Inf(1)
	for _, p := range seen {
		best = math.Min(best, p.Validation)
	}
	if got := tr.Evaluate(validation); math.Abs(got-best) > 1e-9 {
		t.Errorf("the weights kept give %g, the best epoch had %g", got, best)
	}
}

// TestWorkers: the same bits at any number of workers.
func TestWorkers(t *testing.T) {
	one, err := fit(t, config(), 0, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 3, 8} {
		cfg := config()
		cfg.Workers = workers
		many, err := fit(t, cfg, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(weights(one), weights(many)) {
			t.Errorf("%d workers give other weights", workers)
		}
	}
}

// TestResume: stopped after any epoch and taken up again, training ends in the same bits.
func TestResume(t *testing.T) {
	for _, opt := range []func() optim.Optimizer{func() optim.Optimizer { return &optim.Adam{} }, func() optim.Optimizer { return &optim.SGD{Momentum: .9} }} {
		cfg := config()
		cfg.Optimizer = opt()
		whole, err := fit(t, cfg, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, epoch := range []int{1, 4} {
			cfg := config()
			cfg.Checkpoint = filepath.Join(t.TempDir(), "c.safetensors")
			cfg.Optimizer = opt()
			if _, err := fit(t, cfg, epoch, ""); !errors.Is(err, context.Canceled) {
				t.Fatalf("stopping gave %v", err)
			}
			cfg.Optimizer = opt()
			resumed, err := fit(t, cfg, 0, cfg.Checkpoint)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(weights(whole), weights(resumed)) {
				t.Errorf("resumed after epoch %d: other weights", epoch)
			}
		}
	}
}

func TestResumeRefuses(t *testing.T) {
	cfg := config()
	cfg.Epochs = 1
	cfg.Checkpoint = filepath.Join(t.TempDir(), "c.safetensors")
	if _, err := fit(t, cfg, 0, ""); err != nil {
		t.Fatal(err)
	}
	x, y := data(10)
	cfg.Seed++
	tr, err := New(cfg, func() Network { return newWaves(x, y) })
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Resume(cfg.Checkpoint); err == nil || !strings.Contains(err.Error(), "seed") {
		t.Errorf("another seed: %v", err)
	}
}

func TestEarlyStopping(t *testing.T) {
	cfg := config()
	cfg.Rate, cfg.Patience, cfg.Epochs = optim.Constant(0), 2, 50
	epochs := 0
	cfg.Progress = func(Progress) { epochs++ }
	if _, err := fit(t, cfg, 0, ""); err != nil || epochs != 3 { // the first is best, then two without better
		t.Errorf("%d epochs, %v", epochs, err)
	}
}

func TestNaNStops(t *testing.T) {
	x, y := data(20)
	x[100] = float32(math.NaN())
	cfg := config()
	tr, err := New(cfg, func() Network { return newWaves(x, y) })
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(weights(tr))
	samples, _ := split(20)
	err = tr.Fit(t.Context(), samples, nil)
	if err == nil || !strings.Contains(err.Error(), "learning rate") {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(before, weights(tr)) {
		t.Error("the weights were changed")
	}
}
