// Package train fits networks: batches in parallel, validation, early stopping, checkpoints that resume to the same bits.
//
// A batch is cut into a fixed number of shards, each computed by its own copy of the network, and the gradients are added in the
// order of the shards: the result depends on the seed and the number of shards, never on the number of workers.
package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/optim"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Network is what a Trainer fits.
type Network interface {
	Params() []*nn.Param
	// Loss runs the network over samples, which it knows by number, and returns the weighted sum of their losses and the sum
	// of weights. With p.Train it also adds the gradient of that sum to the parameters' gradients.
	Loss(p *nn.Pass, samples []int) (sum, total float64)
}

// Config says how to train. Zero fields have the documented default.
type Config struct {
	Epochs     int             // passes over the samples; needed
	Batch      int             // samples a step; 32
	Shards     int             // parts of a batch that are computed apart; 2. It changes rounding, as the batch size does
	Workers    int             // goroutines; 1. It does not change results
	Optimizer  optim.Optimizer // nil: Adam
	Rate       optim.Schedule  // nil: constant .001
	ClipNorm   float64         // limit of the gradients' norm; 0: none
	EMA        float64         // decay of averaged weights, which then are validated and kept; 0: none
	Patience   int             // stop after so many epochs without a better validation loss; 0: never
	Seed       uint64
	Checkpoint string         // file written after every epoch; empty: none
	Progress   func(Progress) // called after every epoch; nil: not
}

// Progress is the state after an epoch.
type Progress struct {
	Epoch, Epochs int
	Step          int
	Train         float64 // mean loss over the epoch's batches
	Validation    float64 // mean loss over the validation samples; NaN without
	Best          bool    // the best validation loss so far
	Elapsed       time.Duration
}

// Trainer fits one network.
type Trainer struct {
	cfg    Config
	nets   []Network
	params []*nn.Param // of nets[0]; the other networks share the weights
	all    [][]*nn.Param
	ema    *optim.EMA

	step      int
	bestLoss  float64
	best      [][]float32 // weights of the best epoch, nil before the first
	bad       int         // epochs since then
	epochLoss float64     // of the epoch under way: sum over steps
}

// New builds the network once for each shard. build must return equal networks, initial weights included, or leave the
// weights to Load: the first one's weights are used.
func New(cfg Config, build func() Network) (*Trainer, error) {
	if cfg.Epochs < 1 {
		return nil, errors.New("train: Config.Epochs must be at least 1")
	}
	cfg.Batch, cfg.Shards, cfg.Workers = or(cfg.Batch, 32), or(cfg.Shards, 2), or(cfg.Workers, 1)
	cfg.Shards = min(cfg.Shards, cfg.Batch)
	if cfg.Optimizer == nil {
		cfg.Optimizer = &optim.Adam{}
	}
	if cfg.Rate == nil {
		cfg.Rate = optim.Constant(.001)
	}
	t := &Trainer{cfg: cfg, bestLoss: math.Inf(1)}
	for range cfg.Shards {
		net := build()
		t.nets = append(t.nets, net)
		t.all = append(t.all, net.Params())
	}
	t.params = t.all[0]
	for _, replica := range t.all[1:] {
		nn.Share(t.params, replica)
	}
	if cfg.EMA > 0 {
		t.ema = &optim.EMA{Decay: cfg.EMA}
	}
	return t, nil
}

func or(x, otherwise int) int {
	if x <= 0 {
		return otherwise
	}
	return x
}

// Network is the network that holds the weights.
func (t *Trainer) Network() Network { return t.nets[0] }

// shards runs the networks over parts of the samples by up to cfg.Workers goroutines.
func (t *Trainer) shards(samples []int, pass func(shard int) *nn.Pass) (sum, total float64) {
	n := len(t.nets)
	sums, totals := make([]float64, n), make([]float64, n)
	run := func(i int) {
		if part := samples[len(samples)*i/n : len(samples)*(i+1)/n]; len(part) > 0 {
			sums[i], totals[i] = t.nets[i].Loss(pass(i), part)
		}
	}
	workers := min(t.cfg.Workers, n)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				run(i)
			}
		})
	}
	wg.Wait()
	for i := range n {
		sum += sums[i]
		total += totals[i]
	}
	return sum, total
}

// Step trains on one batch and returns its mean loss before the step. A loss that is no number leaves the weights as they were.
func (t *Trainer) Step(samples []int) (float64, error) {
	inner := max(1, t.cfg.Workers/len(t.nets))
	t.shareStatistics()
	for _, params := range t.all {
		nn.ZeroGrad(params)
	}
	sum, total := t.shards(samples, func(shard int) *nn.Pass {
		source := rand.NewPCG(t.cfg.Seed, uint64(t.step)<<16|uint64(shard)<<1|1)
		return &nn.Pass{Train: true, Rand: rand.New(source), Workers: inner}
	})
	loss := sum / total
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		if total == 0 {
			return loss, fmt.Errorf("train: step %d: no sample of the batch has a known target", t.step)
		}
		return loss, fmt.Errorf("train: step %d: the loss is %g: lower the learning rate, clip the gradients (ClipNorm), or look for huge values in the data", t.step, loss)
	}
	for i, p := range t.params {
		for _, replica := range t.all[1:] {
			if g := replica[i].Grad; g != nil {
				f32.Add(p.Gradient(), p.Gradient(), g)
			}
		}
		f32.Affine(p.Grad, float32(1/total), p.Grad, 0)
	}
	if t.cfg.ClipNorm > 0 {
		optim.ClipNorm(t.params, t.cfg.ClipNorm)
	}
	t.cfg.Optimizer.Step(t.params, t.cfg.Rate(t.step))
	if t.ema != nil {
		t.ema.Update(t.params)
	}
	t.step++
	return loss, nil
}

// shareStatistics gives every copy of the network the fixed parameters of the first, whose shard decides them.
func (t *Trainer) shareStatistics() {
	for i, p := range t.params {
		for _, replica := range t.all[1:] {
			if p.Fixed {
				copy(replica[i].Data, p.Data)
			}
		}
	}
}

// Evaluate returns the mean loss over samples, without training.
func (t *Trainer) Evaluate(samples []int) float64 {
	t.shareStatistics()
	var sum, total float64
	inner := max(1, t.cfg.Workers/len(t.nets))
	for from := 0; from < len(samples); from += 8 * t.cfg.Batch {
		s, n := t.shards(samples[from:min(len(samples), from+8*t.cfg.Batch)], func(int) *nn.Pass { return &nn.Pass{Workers: inner} })
		sum += s
		total += n
	}
	return sum / total
}

// Fit trains on samples until the epochs are over, the validation loss no longer falls (see Patience), or ctx ends; then the
// weights are the best of those validated, or the last without validation. After Resume it goes on where the checkpoint was.
func (t *Trainer) Fit(ctx context.Context, samples, validation []int) error {
	if len(samples) == 0 {
		return errors.New("train: no samples to train on")
	}
	start := time.Now()
	steps := (len(samples) + t.cfg.Batch - 1) / t.cfg.Batch
	for t.step < t.cfg.Epochs*steps {
		if t.cfg.Patience > 0 && t.bad >= t.cfg.Patience {
			break
		}
		epoch, at := t.step/steps, t.step%steps
		if at == 0 {
			t.epochLoss = 0
		}
		order := rand.New(rand.NewPCG(t.cfg.Seed, uint64(epoch)<<1)).Perm(len(samples))
		for ; at < steps; at++ {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("train: stopped in epoch %d of %d: %w", epoch+1, t.cfg.Epochs, err)
			}
			part := order[at*t.cfg.Batch : min(len(samples), (at+1)*t.cfg.Batch)]
			batch := make([]int, len(part))
			for i, k := range part {
				batch[i] = samples[k]
			}
			loss, err := t.Step(batch)
			if err != nil {
				return err
			}
			t.epochLoss += loss
		}
		p := Progress{Epoch: epoch + 1, Epochs: t.cfg.Epochs, Step: t.step, Train: t.epochLoss / float64(steps), Validation: math.NaN()}
		if len(validation) > 0 {
			p.Validation = t.validate(validation)
			p.Best = t.bad == 0
		}
		if t.cfg.Checkpoint != "" {
			if err := t.Save(t.cfg.Checkpoint); err != nil {
				return err
			}
		}
		if t.cfg.Progress != nil {
			p.Elapsed = time.Since(start)
			t.cfg.Progress(p)
		}
	}
	switch {
	case t.best != nil:
		for i, p := range t.params {
			copy(p.Data, t.best[i])
		}
	case t.ema != nil:
		t.swap()
	}
	return nil
}

// swap exchanges weights and averaged weights.
func (t *Trainer) swap() {
	if t.ema == nil {
		return
	}
	for i, a := range t.ema.Averages() {
		p := t.params[i].Data
		for j, v := range a.Data {
			a.Data[j], p[j] = p[j], v
		}
	}
}

// validate evaluates and remembers the best weights.
func (t *Trainer) validate(samples []int) float64 {
	t.swap()
	defer t.swap()
	loss := t.Evaluate(samples)
	if loss >= t.bestLoss || math.IsNaN(loss) {
		t.bad++
		return loss
	}
	t.bestLoss, t.bad = loss, 0
	if t.best == nil {
		t.best = make([][]float32, len(t.params))
	}
	for i, p := range t.params {
		t.best[i] = append(t.best[i][:0], p.Data...)
	}
	return loss
}
