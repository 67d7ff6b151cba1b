package neural

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural/frame"
)

// Method trains networks on a panel and forecasts with them: a [tidewatch.Method].
type Method struct {
	Config
	Horizon  int              // steps to train for; 0 = one season, at least 8. Further steps are forecast from forecasts
	Seed     uint64           // of weights and windows
	Workers  int              // 0 = as many as there are processors; results do not depend on it
	Fallback tidewatch.Method // forecasts where no series is long enough to train on; nil: that is an error
	Progress func(Progress)   // told after every pass over part of the steps; nil: nobody
	Keep     fleet.Keep       // where the trained networks of a large panel are kept; nil = nowhere

	done *shelf // of Keep, for the panel of a fit
}

// Progress is how far training is.
type Progress struct {
	Member, Members   int     // which network, from 1; 0 is the one that finds how long to train
	Step              int     // of this network; it begins anew with every network
	Done, Total       int     // training steps of all networks
	Train, Validation float64 // mean loss, in the windows' scale; NaN where there is none
	Left              time.Duration
}

// levels are the quantiles that networks are trained for.
var levels = tidewatch.DefaultLevels()

// Levels are the quantile levels that networks are trained for; other levels are interpolated, or continue with a normal tail.
func Levels() []float64 { return slices.Clone(levels) }

func (m Method) workers() int {
	if m.Workers > 0 {
		return m.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// horizon is Horizon or its default.
func (m Method) horizon(p *tidewatch.Panel) int {
	if m.Horizon > 0 {
		return m.Horizon
	}
	if s := p.Seasons(); len(s) > 0 {
		return max(8, s[0])
	}
	return 8
}

// Fit implements [tidewatch.Method]: it trains the networks.
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	f := familyOf(m.Family)
	if f == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "there is no family of networks named %q", m.Family)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := m.or(f.Default)
	horizon := min(m.horizon(p), maxTrained)
	out := &Model{method: m, config: c, panel: p, horizon: horizon}
	watch := newWatch(m.Progress, c)
	m.done = m.shelf(p)
	lags := c.lags(p, horizon)
	c, err := m.choose(ctx, p, c, lags[0], horizon, watch)
	if err != nil {
		return nil, err
	}
	out.config = c
	steps, err := m.scout(ctx, p, c, lags[0], horizon, watch)
	if err != nil {
		return nil, err
	}
	watch.next(steps * c.Members)
	for k := range c.Members {
		w := c.windows(p, frame.Shape{Lags: lags[k], Steps: horizon, Levels: len(levels)}, k, nil)
		if w.Trainable() == 0 {
			return m.fallback(ctx, p)
		}
		net, err := m.train(ctx, c, job{windows: w, steps: steps, seed: m.Seed<<8 ^ uint64(k), told: watch.tell})
		if err != nil {
			return nil, err
		}
		out.members = append(out.members, member{w, net})
		watch.next(steps * (c.Members - k - 1))
	}
	return out, nil
}

// scaling is that of member k. Where logarithms fit the data, every second network does without them: the two err in different ways.
func (c Config) scaling(p *tidewatch.Panel, k int) frame.Scaling {
	if c.Scaling != frame.Auto {
		return c.Scaling
	}
	s := frame.Choose(p)
	if s == frame.ByLog && k%2 == 1 {
		return frame.BySpread
	}
	return s
}

// maxTrained bounds the steps that a network forecasts at once.
const maxTrained = 1000

// lags are the members' window lengths: around Config.Lags, or around what horizon, season and the lengths of the series ask for.
func (c Config) lags(p *tidewatch.Panel, horizon int) []int {
	unit := max(horizon, usualSeason(p))
	var choices []int
	if c.Lags > 0 {
		choices = []int{c.Lags, max(1, c.Lags*3/4), c.Lags * 5 / 4}
	} else {
		longest := max(unit, typicalLength(p)-horizon)
		for _, k := range []int{2, 3, 4} {
			choices = append(choices, min(k*unit, longest))
		}
		if week := natural(p); week > choices[0] && week < longest {
			choices = []int{week, week + horizon, min(longest, 2*week)}
		}
	}
	all := make([]int, c.Members)
	for k := range all {
		all[k] = min(choices[k%len(choices)], maxLags)
	}
	return all
}

const maxLags = 10_000

// usualSeason is the longest season of the panel, 1 if there is none.
func usualSeason(p *tidewatch.Panel) int {
	m := 1
	if s := p.Seasons(); len(s) > 0 {
		m = s[len(s)-1]
	}
	return min(m, maxLags)
}

// natural is a cycle that values of a frequency usually have beside the seasons found: a week of hours, four weeks of days.
func natural(p *tidewatch.Panel) int {
	switch f := p.Grid().Freq; f.Unit {
	case tidewatch.Hour:
		return 168 / f.N
	case tidewatch.Day:
		return 28 / f.N
	}
	return 0
}

// typicalLength is the median length of the series.
func typicalLength(p *tidewatch.Panel) int {
	n := make([]int, p.Len())
	for i := range n {
		n[i] = len(p.Series(i).Values)
	}
	if len(n) == 0 {
		return 0
	}
	slices.Sort(n)
	return n[len(n)/2]
}

// Advance brings a model that this method fitted on an earlier part of p to the end of p: it sees the later values, but has not learned
// from them.
func (m Method) Advance(ctx context.Context, old tidewatch.Model, p *tidewatch.Panel) (tidewatch.Model, error) {
	o, ok := old.(*Model)
	if !ok || o.panel.Len() != p.Len() {
		return m.Fit(ctx, p)
	}
	n := &Model{method: o.method, config: o.config, panel: p, horizon: o.horizon}
	for _, k := range o.members {
		n.members = append(n.members, member{k.windows.On(p), k.net})
	}
	return n, nil
}

// fallback forecasts where there is nothing to train on.
func (m Method) fallback(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	why := tidewatch.Errorf(tidewatch.CodeTooShort, "%s needs a series with at least %d values before a value to forecast", m.Family, minKnown)
	if m.Fallback == nil {
		return nil, why
	}
	inner, err := m.Fallback.Fit(ctx, p)
	if err != nil {
		return nil, err
	}
	return &untrained{inner, tidewatch.Problem{Code: tidewatch.CodeTooShort, Reason: why.Error(), Method: m.Fallback.String()}}, nil
}

const minKnown = 3

// untrained is the fallback's model, which says so.
type untrained struct {
	tidewatch.Model
	why tidewatch.Problem
}

// Forecast implements [tidewatch.Model].
func (u *untrained) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	f, err := u.Model.Forecast(ctx, a)
	if err != nil {
		return nil, err
	}
	var problems []tidewatch.Problem
	abstains := map[string]tidewatch.Problem{}
	for _, p := range f.Problems {
		abstains[p.ID] = p
	}
	for k := range f.Rows {
		p, ok := abstains[f.Rows[k].ID]
		if !ok {
			p = u.why
			p.ID = f.Rows[k].ID
		}
		problems = append(problems, p)
	}
	f.Problems = problems
	return f, nil
}

// member is one trained network.
type member struct {
	windows *frame.Windows
	net     frame.Net // its weights; it is copied to be run
}
