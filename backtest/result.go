package backtest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/score"
)

// Result is what a backtest found. Its slices run in the order of Methods, of the panel's series, of windows (earliest first) and of
// steps ahead.
type Result struct {
	Methods   []string // names; Methods[Baseline] is the seasonal naive forecast
	Baseline  int
	IDs       []string
	Plan      Plan
	Overall   []score.Summary   // [method]
	BySeries  [][]score.Summary // [method][series]; no cells where a series was too short at every origin
	ByWindow  [][]score.Summary // [method][window]
	ByHorizon [][]score.Summary // [method][step]
	StepSQL   [][]Interval      // [method][step], of the SQL of ByHorizon; StepWQL of its WQL
	StepWQL   [][]Interval
	Coverage  [][]score.Coverage // [method][level]
	Abstained []int              // [method] forecasts of a series at an origin that the history could not support
	Fallbacks []int              // [method] forecasts of a series at an origin that a simpler method had to make
	Skill     []Skill            // [method]
	Measures  []Measures         // [method]
}

// Skill is by how much a method beats the seasonal naive forecast: 1 - SQL / SQL of the baseline, over the series that both forecast,
// with a 95 % interval: from a bootstrap over series or, where fewer than eight have a scale, over windows and steps in blocks. P is how likely
// so large a difference would be if both were equally good (Diebold & Mariano 1995). NaN where there is too little to compare.
type Skill struct{ Value, Low, High, P float64 }

// Interval is a 95 % confidence interval: a jackknife over groups of series ([score.Jackknife]). NaN where there are too few series.
type Interval struct{ Low, High float64 }

// Run backtests the methods beside the seasonal naive forecast, which is added if it is not among them.
func Run(ctx context.Context, p *tidewatch.Panel, methods []tidewatch.Method, plan Plan) (*Result, error) {
	plan, err := plan.Check()
	if err != nil {
		return nil, err
	}
	r := &Result{Plan: plan, IDs: make([]string, p.Len())}
	for i := range r.IDs {
		r.IDs[i] = p.ID(i)
	}
	methods, r.Baseline = withBaseline(methods)
	var tallies []*tallies
	for _, m := range methods {
		r.Methods = append(r.Methods, m.String())
		tallies = append(tallies, newTallies(p.Len(), plan))
	}
	err = Each(ctx, p, methods, plan, func(t Try) error {
		ts := tallies[t.Method]
		ts.add(p, t)
		ts.judged.tiers(p, t, plan)
		return ts.judged.energies(ctx, p, t, plan)
	})
	if err != nil {
		return nil, err
	}
	for _, t := range tallies {
		r.Overall = append(r.Overall, t.all.Summary())
		r.BySeries = append(r.BySeries, summaries(t.series))
		r.ByWindow = append(r.ByWindow, summaries(t.windows))
		r.ByHorizon = append(r.ByHorizon, t.bySteps())
		r.StepSQL = append(r.StepSQL, t.intervals(func(s score.Summary) float64 { return s.SQL }))
		r.StepWQL = append(r.StepWQL, t.intervals(func(s score.Summary) float64 { return s.WQL }))
		r.Coverage = append(r.Coverage, t.all.Coverage())
		r.Abstained = append(r.Abstained, t.abstained)
		r.Fallbacks = append(r.Fallbacks, t.fallbacks)
	}
	if r.Overall[r.Baseline].Cells == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort,
			"no series has a known value within %d periods of its end after enough history to forecast from: ask for fewer windows or a shorter horizon", plan.Back(0))
	}
	for m := range methods {
		s := skill(r.BySeries[m], r.BySeries[r.Baseline], plan.Seed)
		s.inTime(tallies[m].judged.losses(), tallies[r.Baseline].judged.losses(), plan, r.BySeries[r.Baseline])
		r.Skill = append(r.Skill, s)
		r.Measures = append(r.Measures, tallies[m].judged.measures(plan))
	}
	return r, nil
}

// withBaseline adds the seasonal naive forecast to the methods if it is missing, and says where it is.
func withBaseline(methods []tidewatch.Method) ([]tidewatch.Method, int) {
	base := Baseline()
	for i, m := range methods {
		if m.String() == base.String() {
			return methods, i
		}
	}
	return append(slices.Clone(methods), base), len(methods)
}

// tallies of one method.
type tallies struct {
	all                  *score.Tally
	series, windows      []*score.Tally
	steps                [][]*score.Tally // [step][group of series]
	judged               *judged
	ends                 [4]int // numbers of the levels that end central intervals
	abstained, fallbacks int
}

// stepGroups is how many groups of series the intervals by step are found from: every twentieth series is in the same.
const stepGroups = 20

func newTallies(series int, plan Plan) *tallies {
	many := func(n int) []*score.Tally {
		ts := make([]*score.Tally, n)
		for i := range ts {
			ts[i] = score.NewTally(plan.Levels)
		}
		return ts
	}
	ts := &tallies{all: score.NewTally(plan.Levels), series: many(series), windows: many(plan.Windows)}
	ts.judged, ts.ends = newJudged(plan), centralEnds(plan.Levels)
	for range plan.Horizon {
		ts.steps = append(ts.steps, many(min(series, stepGroups)))
	}
	return ts
}

func (ts *tallies) add(p *tidewatch.Panel, t Try) {
	f := t.Forecast
	ts.fallbacks += len(f.Problems)
	for i := range f.Rows {
		if f.Rows[i].Abstains() {
			ts.abstained++
			continue
		}
		known := t.Known.Series(i)
		train := known.Demand()
		mase, rmsse := score.MASEScale(train, score.ScaleLag(len(train), known.Season())), score.RMSSEScale(train)
		into := []*score.Tally{ts.all, ts.series[i], ts.windows[t.Window]}
		for _, tally := range into {
			tally.Series(mase, rmsse)
		}
		for h, y := range Actuals(p, t.Known, i, f.Steps) {
			step := ts.steps[h][i%stepGroups]
			step.Series(mase, rmsse)
			at := t.Window*f.Steps + h
			ts.judged.moments[at].crps.add(score.CRPSOfQuantiles(f.Levels, y, f.At(i, h)) / mase)
			ts.judged.cell(at, f, i, h, y, mase, ts.ends)
			for _, tally := range append(into, step) {
				tally.Cell(y, f.Rows[i].Mean[h], f.At(i, h))
			}
		}
	}
	for _, pr := range f.Problems {
		if pr.Method == "" {
			ts.fallbacks--
		}
	}
}

// bySteps are the summaries of each step over all groups.
func (ts *tallies) bySteps() []score.Summary {
	s := make([]score.Summary, len(ts.steps))
	for h, groups := range ts.steps {
		s[h] = score.Merge(groups).Summary()
	}
	return s
}

func (ts *tallies) intervals(of func(score.Summary) float64) []Interval {
	in := make([]Interval, len(ts.steps))
	for h, groups := range ts.steps {
		in[h].Low, in[h].High = score.Jackknife(groups, of)
	}
	return in
}

func summaries(ts []*score.Tally) []score.Summary {
	s := make([]score.Summary, len(ts))
	for i, t := range ts {
		s[i] = t.Summary()
	}
	return s
}

// skill of a method against the baseline, with the percentile bootstrap over series (Efron & Tibshirani 1993, ch. 13).
func skill(method, base []score.Summary, seed uint64) Skill {
	const draws = 500
	var a, b []float64
	for i := range method {
		if x, y := method[i].SQL, base[i].SQL; !math.IsNaN(x) && !math.IsNaN(y) {
			a, b = append(a, x), append(b, y)
		}
	}
	if len(a) < 2 {
		return Skill{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	rng := rand.New(rand.NewPCG(seed, uint64(len(a))))
	ratio := func(pick func(int) int) float64 {
		x, y := 0.0, 0.0
		for i := range a {
			k := pick(i)
			x, y = x+a[k], y+b[k]
		}
		if y == 0 {
			return 0
		}
		return 1 - x/y
	}
	sample := make([]float64, draws)
	for d := range sample {
		sample[d] = ratio(func(int) int { return rng.IntN(len(a)) })
	}
	q := tidewatch.SampleQuantiles(sample, []float64{.025, .975})
	return Skill{ratio(func(i int) int { return i }), q[0], q[1], math.NaN()}
}
