package neural

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/loss"
	"github.com/tidewatch/tidewatch/nn/optim"
	"github.com/tidewatch/tidewatch/nn/train"
	"gonum.org/v1/gonum/stat"
)

// Training in parts, after each of which the network is validated.
const (
	parts     = 20  // of the steps
	patience  = 8   // parts without a better validation, after which training ends
	fewest    = 5   // parts that are trained in any case
	often     = 4   // times that a window may be shown without harm
	tolerance = .02 // of validations that count as equal
	warmup    = .05 // share of the steps in which the rate rises
	clip      = 1   // limit of the gradients' norm
	shards    = 2   // parts of a batch; results depend on it, so it is the same on every machine
)

// job is the training of one network.
type job struct {
	windows    *frame.Windows
	validation []frame.At // none: train to the end
	steps      int
	part       int // steps between validations; 0 = Config.part
	seed       uint64
	told       func(train.Progress) // nil: nobody
}

// scout trains a network without the last values of some series and finds in how many steps those are forecast best: what is left to
// train is trained on everything for as long. It is all of c.Steps where no series is long enough to tell, and where training shows no window
// often: then there is nothing to be learned by heart, and a validation can only mislead.
func (m Method) scout(ctx context.Context, p *tidewatch.Panel, c Config, lags, horizon int, watch *watch) (steps int, err error) {
	shape := frame.Shape{Lags: lags, Steps: horizon, Levels: len(levels)}
	seed := m.Seed<<8 ^ 0xff
	held, validation := hold(p, shape, seed, max(16, p.Len()/10))
	w := c.windows(p, shape, 0, held)
	if len(validation) == 0 || w.Trainable() == 0 || c.Steps*c.Batch < often*w.Count() {
		return c.Steps, nil
	}
	var losses []float64
	_, err = m.train(ctx, c, job{windows: w, validation: validation, steps: c.Steps, seed: seed, told: func(p train.Progress) {
		losses = append(losses, p.Validation)
		watch.tell(p)
	}})
	return c.part() * max(fewest, enough(losses)), err
}

// trials are the bases to choose from, with the share of windows that are mirrored.
var trials = []struct {
	base   frame.Base
	mirror float64
}{{frame.SeasonBase, 0}, {frame.TrendBase, 0}, {frame.TrendBase, .5}}

// trialShare is the share of the steps that trials are trained for.
const trialShare = .25

// choose settles the base: short trials forecast the last values of the series, which they have not seen, and the best is taken. Where values
// are scaled by their level, or no series is long enough to tell, that is the season without mirrored windows.
func (m Method) choose(ctx context.Context, p *tidewatch.Panel, c Config, lags, horizon int, watch *watch) (Config, error) {
	if c.Base != frame.AutoBase {
		return c, nil
	}
	c.Base = frame.SeasonBase
	shape := frame.Shape{Lags: lags, Steps: horizon, Levels: len(levels)}
	seed := m.Seed<<8 ^ 0xfe
	held, validation := hold(p, shape, seed, maxValidation)
	if c.scaling(p, 0) == frame.ByLevel || len(validation) < leastValidation {
		return c, nil
	}
	best, chosen := math.Inf(1), c
	for k, t := range trials {
		try := c
		try.Base, try.Mirror, try.Steps = t.base, max(c.Mirror, t.mirror), max(1, int(trialShare*float64(c.Steps)))
		w := try.windows(p, shape, 0, held)
		if w.Trainable() == 0 {
			return c, nil
		}
		watch.total = watch.done + (len(trials)-k)*try.Steps + (c.Members+1)*c.Steps
		last := math.Inf(1)
		_, err := m.train(ctx, try, job{windows: w, steps: try.Steps, seed: seed, part: try.Steps, told: func(p train.Progress) {
			if !math.IsNaN(p.Validation) {
				last = p.Validation
			}
			watch.tell(p)
		}, validation: validation})
		if err != nil {
			return c, err
		}
		watch.done, watch.step = watch.done+watch.step, 0
		if last < best {
			best, chosen = last, try
			chosen.Steps = c.Steps
		}
	}
	return chosen, nil
}

// leastValidation is the fewest series that can tell one base from another.
const leastValidation = 8

// windows are those of member k.
func (c Config) windows(p *tidewatch.Panel, shape frame.Shape, k int, held []int) *frame.Windows {
	w := frame.New(p, shape, c.scaling(p, k), c.Base, held)
	w.Mirror = c.Mirror
	return w
}

// enough is the last part whose validation, averaged with its neighbours', is within tolerance of the best: one validation is noisy, and
// training that still does no harm is not cut short.
func enough(losses []float64) int {
	smooth := make([]float64, len(losses))
	best, part := math.Inf(1), parts
	for i := range losses {
		near := losses[max(0, i-1):min(len(losses), i+2)]
		smooth[i] = stat.Mean(near, nil)
		best = min(best, smooth[i])
	}
	for i, v := range smooth {
		if v <= best*(1+tolerance) {
			part = i + 1
		}
	}
	return part
}

// part is the number of steps between validations.
func (c Config) part() int { return max(1, c.Steps/parts) }

// train trains a network, unless that was done before.
func (m Method) train(ctx context.Context, c Config, j job) (frame.Net, error) {
	if j.told == nil {
		j.told = func(train.Progress) {}
	}
	if net, ok := m.done.load(c, j); ok {
		return net, nil
	}
	f := familyOf(m.Family)
	var told []train.Progress
	build := func() train.Network {
		return &learner{Net: f.build(c, j.windows.Shape, rand.New(rand.NewPCG(j.seed, 1))), windows: j.windows, validation: j.validation, loss: loss.Pinball(levels)}
	}
	part := cmp.Or(j.part, c.part())
	warm := max(1, int(warmup*float64(j.steps)))
	t, err := train.New(train.Config{
		Epochs: max(1, j.steps/part), Batch: c.Batch, Shards: shards, Workers: m.workers(), Optimizer: &optim.Adam{}, ClipNorm: clip,
		Rate: optim.Warmup(warm, optim.Cosine(c.Rate, c.Rate/100, j.steps-warm)), Patience: patience, Seed: j.seed, Progress: func(p train.Progress) { told = append(told, p); j.told(p) },
	}, build)
	if err != nil {
		return nil, err
	}
	samples, valid := make([]int, part*c.Batch), make([]int, len(j.validation))
	for i := range valid {
		valid[i] = i
	}
	if err := t.Fit(ctx, samples, valid); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "%s: %w", m.Family, err)
	}
	net := t.Network().(*learner).Net
	m.done.save(c, j, net, told)
	return net, nil
}

// hold chooses the series, so many if there are, whose last values are kept from training, to validate by.
func hold(p *tidewatch.Panel, shape frame.Shape, seed uint64, want int) (held []int, validation []frame.At) {
	held = make([]int, p.Len())
	for _, i := range rand.New(rand.NewPCG(seed, 2)).Perm(p.Len()) {
		n := len(p.Series(i).Values)
		if len(validation) == want || len(validation) > maxValidation {
			break
		}
		if n < shape.Lags/2+2*shape.Steps || n < 3*shape.Steps {
			continue
		}
		held[i] = shape.Steps
		validation = append(validation, frame.At{Series: i, Position: n - shape.Steps})
	}
	return held, validation
}

const maxValidation = 2000

// learner is a network with the windows it learns from: a [train.Network].
type learner struct {
	frame.Net
	windows    *frame.Windows
	validation []frame.At
	loss       loss.Func
	batch      frame.Batch
	grad       nn.Tensor
}

// Loss implements [train.Network]: in training, windows are drawn; otherwise samples number those to validate by.
func (l *learner) Loss(p *nn.Pass, samples []int) (sum, total float64) {
	if p.Train {
		l.windows.Draw(&l.batch, len(samples), p.Rand)
	} else {
		at := make([]frame.At, len(samples))
		for i, k := range samples {
			at[i] = l.validation[k]
		}
		l.windows.Fill(&l.batch, at)
	}
	y := l.Forward(p, &l.batch)
	if cap(l.grad.Data) < len(y.Data) {
		l.grad.Data = make([]float32, len(y.Data))
	}
	l.grad.Data = l.grad.Data[:len(y.Data)]
	l.grad.Shape = append(l.grad.Shape[:0], y.Shape...)
	sum, total = l.loss(l.grad.Data, y.Data, l.batch.Target, nil)
	if p.Train {
		l.Backward(p, &l.grad)
	}
	return sum, total
}

// watch tells of the progress of all networks: the scout, which is number 0, and the members.
type watch struct {
	f       func(Progress)
	member  int
	members int
	done    int // steps of the networks before
	step    int // of this one
	total   int
	start   time.Time
}

func newWatch(f func(Progress), c Config) *watch {
	return &watch{f: f, members: c.Members, total: (c.Members + 1) * c.Steps, start: time.Now()}
}

func (w *watch) tell(p train.Progress) {
	w.step = p.Step
	if w.f == nil {
		return
	}
	done := w.done + p.Step
	left := time.Duration(float64(time.Since(w.start)) * float64(w.total-done) / float64(max(1, done)))
	w.f(Progress{Member: w.member, Members: w.members, Step: p.Step, Done: done, Total: w.total, Train: p.Train, Validation: p.Validation, Left: left})
}

// next counts a network that is done.
func (w *watch) next(stepsLeft int) {
	w.member++
	w.done, w.step = w.done+w.step, 0
	w.total = w.done + stepsLeft
}
