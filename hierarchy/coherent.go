package hierarchy

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
)

// Coherent is a method whose forecasts of all nodes of a hierarchy add up, with their quantiles and sample paths. It is fitted on the panel
// of all nodes ([Hierarchy.Panel]). A zero field is its default.
type Coherent struct {
	Base      tidewatch.Method // forecasts every node by itself
	Hierarchy *Hierarchy
	Reconcile Method // "" = OLS
	Level     string // of MiddleOut
	Horizon   int    // steps of the past origins that Auto, ERM and the widths of sums look at; 0 = one season, at least 8, and no widths
	Seed      uint64 // of what is random there
	Learn     int    // past origins that teach how wide sums over time are ([Widths]); 0 = none
}

// String is the base method's name: what is reconciled is still its forecast.
func (c Coherent) String() string { return c.Base.String() }

// pastOrigins is how many past origins Auto and ERM learn from.
const pastOrigins = 3

type coherentModel struct {
	Coherent
	panel       *tidewatch.Panel
	inner       tidewatch.Model
	known       Known
	nonNegative bool
	widths      *Widths

	last sync.Mutex // guards paths: the last ones made, which a forecast and a sample of the same ask share
	of   tidewatch.Ask
	f    *tidewatch.Forecast
	p    *tidewatch.Paths
}

// Fit fits the base method on all nodes, and learns what the way to reconcile needs.
func (c Coherent) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	h := c.Hierarchy
	if p.Len() != h.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d nodes", p.Len(), h.Len())
	}
	if c.Reconcile == "" {
		c.Reconcile = OLS
	}
	m := &coherentModel{Coherent: c, panel: p, known: Known{Level: c.Level}, nonNegative: c.nonNegative(p)}
	var err error
	switch c.Reconcile {
	case Auto:
		m.Reconcile, err = c.choose(ctx, p, m.nonNegative)
	case ERM:
		m.known.Past, err = c.past(ctx, p)
	case TopDownAverage:
		m.known.Past = history(p)
	}
	if err != nil {
		return nil, err
	}
	if c.Learn > 0 {
		if m.widths, err = m.LearnWidths(ctx, p, c.Learn); err != nil {
			return nil, err
		}
	}
	if m.Reconcile == Shrink {
		m.known.Past = Residuals(p, residualPeriods(p))
	}
	m.inner, err = c.Base.Fit(ctx, p)
	return m, err
}

// residualPeriods is how many past periods tell how errors hang together: eight seasons, 60 to 240.
func residualPeriods(p *tidewatch.Panel) int {
	season := 1
	if s := p.Seasons(); len(s) > 0 {
		season = s[0]
	}
	longest := 0
	for v := range p.Len() {
		longest = max(longest, len(p.Series(v).Values))
	}
	return max(2, min(longest, max(60, min(8*season, 240))))
}

// history is the actual values of all nodes, for what needs no forecasts.
func history(p *tidewatch.Panel) *Past {
	n := max(2, min(p.End(), residualPeriods(p)))
	past := &Past{Forecast: make([][]float64, p.Len()), Actual: make([][]float64, p.Len())}
	for v := range p.Len() {
		s := p.Series(v)
		past.Actual[v], past.Forecast[v] = make([]float64, n), make([]float64, n)
		for k := range n {
			past.Actual[v][k] = math.NaN()
			if t := p.End() - n + k - s.Start; t >= 0 && t < len(s.Values) {
				past.Actual[v][k] = s.Values[t]
			}
		}
	}
	return past
}

func (c Coherent) plan(p *tidewatch.Panel, windows int) backtest.Plan {
	plan := conform.Origins(p, c.Horizon, windows)
	plan.Seed, plan.Calendar = c.Seed, true
	return plan
}

// past is the base method's forecasts at past origins.
func (c Coherent) past(ctx context.Context, p *tidewatch.Panel) (*Past, error) {
	past := &Past{Forecast: make([][]float64, p.Len()), Actual: make([][]float64, p.Len())}
	plan := c.plan(p, pastOrigins)
	err := backtest.Each(ctx, p, []tidewatch.Method{c.Base}, plan, func(t backtest.Try) error {
		for v := range p.Len() {
			past.Actual[v] = append(past.Actual[v], backtest.Actuals(p, t.Known, v, plan.Horizon)...)
			if row := t.Forecast.Rows[v]; row.Abstains() {
				past.Forecast[v] = append(past.Forecast[v], slices.Repeat([]float64{math.NaN()}, plan.Horizon)...)
			} else {
				past.Forecast[v] = append(past.Forecast[v], row.Mean...)
			}
		}
		return nil
	})
	return past, err
}

// choose tries the methods that need no forecasts of the past at rolling origins. It takes the one whose squared errors, relative to the
// base forecasts', are least in the geometric mean over levels and origins (Davydenko & Fildes 2013), where a level that became worse counts
// twice: no level is to pay for the others.
func (c Coherent) choose(ctx context.Context, p *tidewatch.Panel, nonNegative bool) (Method, error) {
	candidates := []Method{OLS, BottomUp, TopDown, Size, Structural, WLS, Shrink}
	levels := len(c.Hierarchy.levels) + 1
	score := make([][]float64, len(candidates)) // [candidate][level] sums of logs
	for k := range score {
		score[k] = make([]float64, levels)
	}
	plan := c.plan(p, pastOrigins)
	err := backtest.Each(ctx, p, []tidewatch.Method{c.Base}, plan, func(t backtest.Try) error {
		actual := make([][]float64, p.Len())
		for v := range actual {
			actual[v] = backtest.Actuals(p, t.Known, v, plan.Horizon)
		}
		squared := func(at func(v, step int) float64) []float64 {
			sums := make([]float64, levels)
			for l := range sums {
				from, to := c.Hierarchy.Nodes(l)
				for v := from; v < to; v++ {
					for step, y := range actual[v] {
						if e := y - at(v, step); e == e && !t.Forecast.Rows[v].Abstains() {
							sums[l] += e * e
						}
					}
				}
			}
			return sums
		}
		base := squared(func(v, step int) float64 {
			if row := t.Forecast.Rows[v]; !row.Abstains() {
				return row.Mean[step]
			}
			return math.NaN()
		})
		for k, m := range candidates {
			known := Known{Variance: Spread(t.Forecast)}
			if m == Shrink {
				known.Past = Residuals(t.Known, residualPeriods(t.Known))
			}
			r, err := NewReconciler(c.Hierarchy, m, known)
			if err != nil {
				return err
			}
			means, err := r.Means(ctx, t.Forecast, nonNegative)
			if err != nil {
				return err
			}
			for l, s := range squared(func(v, step int) float64 { return means[step][v] }) {
				if s > 0 && base[l] > 0 {
					score[k][l] += math.Log(s / base[l])
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	best, least := 0, math.Inf(1)
	for k := range candidates {
		sum := 0.0
		for _, s := range score[k] {
			sum += s + max(s, 0)
		}
		if sum < least-1e-9 {
			best, least = k, sum
		}
	}
	return candidates[best], nil
}

// Choose is the method that Auto takes for a panel of all nodes.
func (c Coherent) Choose(ctx context.Context, p *tidewatch.Panel) (Method, error) {
	return c.choose(ctx, p, c.nonNegative(p))
}

// nonNegative reports whether no bottom series was ever below zero.
func (c Coherent) nonNegative(p *tidewatch.Panel) bool {
	for v := c.Hierarchy.Bottom(); v < c.Hierarchy.Len(); v++ {
		if !conform.SupportOf(p.Series(v).Values).NonNegative {
			return false
		}
	}
	return true
}

// Samples is how many sample paths carry the uncertainty of so many values ahead: as many as keep their cells below 40 million, from 100 to 500.
func Samples(values int) int { return min(max(40_000_000/max(values, 1), 100), 500) }

// coherent is the forecast of all nodes at the levels asked for, and its paths.
func (m *coherentModel) coherent(ctx context.Context, a tidewatch.Ask, samples int) (*tidewatch.Forecast, *tidewatch.Paths, error) {
	m.last.Lock()
	defer m.last.Unlock()
	if m.p != nil && m.of.Steps == a.Steps && m.of.Seed == a.Seed && a.Future == nil && m.p.Samples == samples && slices.Equal(m.of.Levels, a.Levels) {
		return m.f, m.p, nil
	}
	full := a
	full.Series, full.Levels = nil, conform.Grid()
	base, err := m.inner.Forecast(ctx, full)
	if err != nil {
		return nil, nil, err
	}
	known := m.known
	known.Variance = Spread(base)
	r, err := NewReconciler(m.Hierarchy, m.Reconcile, known)
	if err != nil {
		return nil, nil, err
	}
	if err := together(base); err != nil {
		return nil, nil, err
	}
	paths, err := BasePaths(ctx, m.inner, m.panel, base, full, samples)
	if err != nil {
		return nil, nil, err
	}
	before, err := Spreads(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	if err := r.Paths(ctx, paths, m.nonNegative); err != nil {
		return nil, nil, err
	}
	after, err := Spreads(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	asked := *base
	asked.Levels = a.Levels
	support := make([]conform.Support, m.panel.Len())
	for v := range support {
		support[v] = conform.SupportOf(m.panel.Series(v).Demand())
	}
	f, err := r.Forecast(ctx, &asked, paths, m.nonNegative, func(v int, q []float64) {
		mean := 0.0
		support[v].Fit(&mean, q)
	})
	if err != nil {
		return nil, nil, err
	}
	Shape(f, base, before, after, support)
	if err := m.widths.Apply(ctx, m.Hierarchy, paths); err != nil {
		return nil, nil, err
	}
	m.of, m.f, m.p = a, f, paths
	return f, paths, nil
}

// BasePaths draws joint paths of all nodes, which do not add up yet, of a model of them fitted on p, and of its forecast f at the levels of
// [conform.Grid].
func BasePaths(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, samples int) (*tidewatch.Paths, error) {
	switch m := m.(type) {
	case *mixedModel:
		return m.paths(ctx, f, a, samples)
	case tidewatch.Sampler:
		return conform.Sample(ctx, m, p, a, samples)
	}
	return conform.Reorder(ctx, p, f, a, samples)
}

// Forecast implements [tidewatch.Model].
func (m *coherentModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f, _, err := m.coherent(ctx, a, Samples(m.panel.Len()*a.Steps))
	if err != nil || a.Series == nil {
		return f, err
	}
	part := *f
	part.Rows, part.Problems = nil, nil
	asked := map[string]bool{}
	for _, i := range a.Series {
		part.Rows = append(part.Rows, f.Rows[i])
		asked[f.Rows[i].ID] = true
	}
	for _, p := range f.Problems {
		if asked[p.ID] {
			part.Problems = append(part.Problems, p)
		}
	}
	return &part, nil
}

// Sample implements [tidewatch.Sampler]: in every path every node is the sum of its bottom series. The paths of all series are the model's
// own and must not be changed.
func (m *coherentModel) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	_, paths, err := m.coherent(ctx, a, n)
	if err != nil || a.Series == nil {
		return paths, err
	}
	cells := paths.Samples * paths.Steps
	part := &tidewatch.Paths{Grid: paths.Grid, Steps: paths.Steps, Samples: paths.Samples}
	for _, i := range a.Series {
		part.IDs, part.First = append(part.IDs, paths.IDs[i]), append(part.First, paths.First[i])
		part.Values = append(part.Values, paths.Values[i*cells:(i+1)*cells]...)
	}
	return part, nil
}

// Reconciled says how m, a model fitted by a [Coherent], reconciles: what Auto chose; false if m is none.
func Reconciled(m tidewatch.Model) (Method, bool) {
	if c, ok := m.(*coherentModel); ok {
		return c.Reconcile, true
	}
	return "", false
}
