package job

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
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
		Progress: func(done, total int) { r.watch.tell(Scoring, int64(done), int64(total)) }}
	b, err := backtest.Run(r.ctx, r.result.Data.Panel, methods, plan)
	if err != nil {
		return err
	}
	r.result.Backtest = b
	for m, name := range b.Methods {
		one := scoreOf(name, b.Overall[m])
		one.Equal = Number(b.Skill[m].P)
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
