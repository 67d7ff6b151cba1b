package job

import (
	"context"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/score"
)

// score tests the method, and those it was chosen from, on the past.
func (r *run) score() error {
	r.enter(Scoring)
	methods, err := r.others()
	if err != nil {
		return err
	}
	for m := range methods {
		methods[m] = r.coherent(methods[m])
	}
	methods = append([]tidewatch.Method{r.method}, methods...)
	plan := backtest.Plan{Horizon: r.config.Horizon, Windows: r.config.Windows, Step: r.config.Step, Levels: r.config.Levels, Seed: r.config.Seed,
		Paths: r.scoredPaths, Tiers: r.tiers(),
		Progress: func(done, total int) { r.watch.tell(Scoring, int64(done), int64(total)) }}
	b, err := backtest.Run(r.ctx, r.result.Data.Panel, methods, plan)
	if err != nil {
		return err
	}
	r.result.Backtest = b
	for m, name := range b.Methods {
		one := scoreOf(name, b.Overall[m])
		one.Equal = Number(b.Skill[m].P)
		one.measured(b.Measures[m], b.Plan.Tiers)
		r.result.Record.Scores = append(r.result.Record.Scores, one)
	}
	r.result.Data.Accuracy = accuracy(b)
	r.clock.lap(Scoring)
	return nil
}

func scoreOf(method string, s score.Summary) Score {
	return Score{Method: method, Forecasts: s.Series, Cells: s.Cells, SQL: Number(s.SQL), WQL: Number(s.WQL), MASE: Number(s.MASE), RMSSE: Number(s.RMSSE),
		SMAPE: Number(s.SMAPE), Cov80: Number(s.Cov80), Cov95: Number(s.Cov95), Calib: Number(s.Calib), CRPS: Number(s.CRPS), MSIS: Number(s.MSIS)}
}

// scoredSamples is how many sample paths a method is judged by.
const scoredSamples = 100

// scoredPaths draws the paths that methods are judged by.
func (r *run) scoredPaths(ctx context.Context, m tidewatch.Model, known *tidewatch.Panel, a tidewatch.Ask) (*tidewatch.Paths, error) {
	n := scoredSamples
	if _, coherent := hierarchy.Reconciled(m); coherent {
		n = hierarchy.Samples(known.Len() * a.Steps) // those of its forecast, which are there already
	}
	return conform.Sample(ctx, m, known, a, n)
}

// tiers are the levels of the hierarchy, if the series are one.
func (r *run) tiers() []backtest.Tier {
	if r.hierarchy == nil {
		return nil
	}
	var tiers []backtest.Tier
	for l := range len(r.hierarchy.Levels()) + 1 {
		name := "bottom"
		if l < len(r.hierarchy.Levels()) {
			name = r.hierarchy.Levels()[l].Name
		}
		from, to := r.hierarchy.Nodes(l)
		tiers = append(tiers, backtest.Tier{Name: name, From: from, To: to})
	}
	return tiers
}

// measured adds what distributions were measured by.
func (s *Score) measured(m backtest.Measures, tiers []backtest.Tier) {
	of := func(e backtest.Estimate) Estimate { return Estimate{Number(e.Value), Number(e.Low), Number(e.High)} }
	s.CRPSOfTime, s.Interval80, s.Interval95 = of(m.CRPS), of(m.Interval80), of(m.Interval95)
	s.Energy, s.Uneven = of(m.Energy), of(m.Uneven)
	for _, v := range m.PIT {
		s.PIT = append(s.PIT, Number(v))
	}
	if tiers == nil {
		return
	}
	s.WRMSSE = &WRMSSE{Mean: of(m.WRMSSE)}
	for l, t := range tiers {
		s.WRMSSE.Levels = append(s.WRMSSE.Levels, LevelScore{t.Name, Number(m.Tiers[l])})
	}
}

// accuracy is what a report shows of b. The first method is the one whose forecast it shows.
func accuracy(b *backtest.Result) *report.Accuracy {
	a := &report.Accuracy{Origins: b.Plan.Windows, Chosen: b.Methods[0], Naive: b.Methods[b.Baseline]}
	a.Skill = report.Estimate{Value: b.Skill[0].Value, Low: b.Skill[0].Low, High: b.Skill[0].High}
	for _, s := range b.BySeries[0] {
		if s.Cells > 0 {
			a.Series++
		}
	}
	for _, c := range b.Coverage[0] {
		a.Coverage = append(a.Coverage, report.Coverage{Level: c.Level, Observed: c.Nearest()})
	}
	for m, name := range b.Methods {
		s := b.Overall[m]
		ms := report.MethodScore{Method: name, SQL: s.SQL, WQL: s.WQL, MASE: s.MASE, RMSSE: s.RMSSE}
		of := func(e backtest.Estimate) report.Estimate {
			return report.Estimate{Value: e.Value, Low: e.Low, High: e.High}
		}
		ms.CRPS, ms.Interval80, ms.Interval95 = of(b.Measures[m].CRPS), of(b.Measures[m].Interval80), of(b.Measures[m].Interval95)
		ms.Energy, ms.Uneven, ms.WRMSSE, ms.Equal = of(b.Measures[m].Energy), of(b.Measures[m].Uneven), of(b.Measures[m].WRMSSE), b.Skill[m].P
		for h, step := range b.ByHorizon[m] {
			ms.BySteps = append(ms.BySteps, report.StepScore{Step: h + 1,
				SQL: report.Estimate{Value: step.SQL, Low: b.StepSQL[m][h].Low, High: b.StepSQL[m][h].High},
				WQL: report.Estimate{Value: step.WQL, Low: b.StepWQL[m][h].Low, High: b.StepWQL[m][h].High}})
		}
		a.Methods = append(a.Methods, ms)
	}
	slices.SortStableFunc(a.Methods, func(x, y report.MethodScore) int {
		switch {
		case x.SQL < y.SQL:
			return -1
		case x.SQL > y.SQL:
			return 1
		}
		return 0
	})
	return a
}
