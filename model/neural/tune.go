package neural

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/score"
)

// Tuning is a search for the configuration that forecasts the end of a panel best, by successive halving: many configurations are
// trained for a little, the best third of them for longer, and so on. Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
// Hyperparameter Optimization" (2016). Work is counted, not timed, so that the same seed finds the same configuration anywhere.
type Tuning struct {
	Families []string // nil = all
	Horizon  int
	Seed     uint64
	Workers  int
	// Work is what may be spent, in trainings of the first family's default network (one member, all its steps); 0 = 20.
	Work     float64
	Progress func(done, total int) // told after every training
}

// Trial is a configuration with what was measured.
type Trial struct {
	Config Config
	Round  int     // from 1; later rounds train longer
	Steps  int     // trained for
	Loss   float64 // mean scaled pinball loss (SQL, as in a backtest) of the last horizon of all series
	Work   float64 // that its training took, in the unit of Tuning.Work
}

// halving is how many configurations compete for each that goes on.
const halving = 3

// Run returns the best configuration and all trials, in the order they were made.
func (t Tuning) Run(ctx context.Context, p *tidewatch.Panel) (Config, []Trial, error) {
	if t.Families == nil {
		for _, f := range Families() {
			t.Families = append(t.Families, f.Name)
		}
	}
	t.Work = cmp.Or(t.Work, 20)
	known := p.Before(t.Horizon)
	space, err := t.candidates(known)
	if err != nil {
		return Config{}, nil, err
	}
	rounds := 1
	for n := len(space); n > 1; n = (n + halving - 1) / halving {
		rounds++
	}
	reference := familyOf(t.Families[0]).Default
	reference.Family = t.Families[0]
	unit := t.effort(reference, known) * float64(reference.Steps)
	total := 0
	for n, r := len(space), 0; r < rounds; n, r = (n+halving-1)/halving, r+1 {
		total += n
	}
	var trials []Trial
	for round := 1; ; round++ {
		effort := 0. // of a step of each
		for _, c := range space {
			effort += t.effort(c, known)
		}
		share := t.Work * unit / float64(rounds)
		var made []Trial
		for _, c := range space {
			steps := max(parts, min(4*c.Steps, int(share/effort)))
			trial, err := t.try(ctx, p, known, c, steps)
			if err != nil {
				return Config{}, trials, err
			}
			trial.Round, trial.Work = round, t.effort(c, known)*float64(steps)/unit
			made = append(made, trial)
			trials = append(trials, trial)
			if t.Progress != nil {
				t.Progress(len(trials), total)
			}
		}
		slices.SortStableFunc(made, func(a, b Trial) int { return cmp.Compare(a.Loss, b.Loss) })
		if round == rounds {
			best := made[0].Config
			best.Members = 0 // as many as usual
			best.Steps = made[0].Steps
			return best, trials, nil
		}
		made = made[:(len(made)+halving-1)/halving]
		space = space[:0]
		for _, m := range made {
			space = append(space, m.Config)
		}
	}
}

// candidates are each family's default and random configurations around it, nine a family, but not more than there is work for.
func (t Tuning) candidates(p *tidewatch.Panel) ([]Config, error) {
	rng := rand.New(rand.NewPCG(t.Seed, 3))
	unit := max(t.Horizon, usualSeason(p))
	longest := max(unit, typicalLength(p)-t.Horizon)
	pick := func(of ...int) int { return of[rng.IntN(len(of))] }
	var all []Config
	each := max(2, min(9, int(3*t.Work)/len(t.Families)))
	for _, name := range t.Families {
		f := familyOf(name)
		if f == nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "there is no family of networks named %q; there are %v", name, names())
		}
		for k := range each {
			c := f.Default
			c.Family, c.Members = name, 1
			if k > 0 {
				c.Lags = min(longest, maxLags, max(4, unit*pick(3, 4, 6, 8, 12)/2))
				c.Width = max(1, c.Width*pick(1, 2, 4)/2)
				c.Depth = max(1, c.Depth+pick(-1, 0, 1))
				c.Rate = math.Round(c.Rate*math.Pow(2, 3*rng.Float64()-1.5)*1e5) / 1e5
				c.Drop = []float64{0, .1, .2}[rng.IntN(3)]
				c.Base = []frame.Base{frame.SeasonBase, frame.TrendBase, frame.TrendBase}[rng.IntN(3)]
				if c.Base == frame.TrendBase {
					c.Mirror = []float64{0, .5}[rng.IntN(2)]
				}
				c.Scaling = []frame.Scaling{frame.Auto, frame.Auto, frame.BySpread}[rng.IntN(3)]
			}
			all = append(all, c)
		}
	}
	return all, nil
}

func names() []string {
	var all []string
	for _, f := range Families() {
		all = append(all, f.Name)
	}
	return all
}

// effort is the multiplications of one training step of a configuration, up to a common factor.
func (t Tuning) effort(c Config, p *tidewatch.Panel) float64 {
	f := familyOf(c.Family)
	c = c.or(f.Default)
	s := frame.Shape{Lags: c.lags(p, t.Horizon)[0], Steps: t.Horizon, Levels: len(levels)}
	uses := 1 // how often a weight meets a window
	switch c.Family {
	case "lstm", "tcn":
		uses = s.Lags
	case "patchtst":
		uses = patchOptions(c, s).Patches(s.Lags)
	}
	head := s.Steps * s.Levels * c.Width
	return float64(c.Batch) * float64(uses*max(1, f.weights(c, s)-head)+head)
}

// try trains one network without the last horizon and scores its forecast of that.
func (t Tuning) try(ctx context.Context, p, known *tidewatch.Panel, c Config, steps int) (Trial, error) {
	m := Method{Config: c, Horizon: t.Horizon, Seed: t.Seed, Workers: t.Workers}
	full := c.or(familyOf(c.Family).Default)
	full.Steps = steps
	w := full.windows(known, frame.Shape{Lags: full.lags(known, t.Horizon)[0], Steps: t.Horizon, Levels: len(levels)}, 0, nil)
	if w.Trainable() == 0 {
		return Trial{}, tidewatch.Errorf(tidewatch.CodeTooShort, "no series is long enough to train on without its last %d values: tune with a shorter --horizon", t.Horizon)
	}
	net, err := m.train(ctx, full, job{windows: w, steps: steps, seed: t.Seed})
	if err != nil {
		return Trial{}, err
	}
	model := &Model{method: m, config: full, panel: known, horizon: t.Horizon, members: []member{{w, net}}}
	f, err := model.Forecast(ctx, tidewatch.Ask{Steps: t.Horizon, Levels: levels})
	if err != nil {
		return Trial{}, err
	}
	tally := score.NewTally(levels)
	season := 1
	if s := p.Seasons(); len(s) > 0 {
		season = s[0]
	}
	for i := range p.Len() {
		if f.Rows[i].Abstains() {
			continue
		}
		y, n := p.Series(i).Demand(), len(known.Series(i).Values)
		scale := score.MASEScale(y[:n], season)
		if math.IsNaN(scale) { // shorter than two seasons
			scale = score.MASEScale(y[:n], 1)
		}
		tally.Series(scale, score.RMSSEScale(y[:n]))
		for h, v := range y[n:] {
			tally.Cell(v, f.Rows[i].Mean[h], f.At(i, h))
		}
	}
	loss := tally.Summary().SQL
	if math.IsNaN(loss) {
		return Trial{}, tidewatch.Errorf(tidewatch.CodeData, "the last %d values of the series tell nothing: none is known, or all series are constant", t.Horizon)
	}
	return Trial{Config: c, Steps: steps, Loss: loss}, nil
}
