// Command clean measures what cleaning does to the error of forecasts: real series are damaged, cleaned or not, and forecast; and the
// same without damage. It prints a table in Markdown:
//
//	go run ./bench/clean -dir SETS
//	go run ./bench/clean -dir SETS -holdout 1 -plans 'none;auto;outliers(hampel)'   # inside the training part: for choosing
//
// The sets are those of ../shared/bench/prepare.py. Errors are those of what really came, which is never damaged. Of the relative
// changes, those against the first plan, below 0 is better.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/bench/sets"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/score"
	"github.com/tidewatch/tidewatch/selection"
)

func main() {
	dir := flag.String("dir", "sets", "folder of the sets")
	names := flag.String("sets", "m3_yearly,m3_quarterly,m3_monthly,nn3,tourism_monthly,m4_hourly,m5_sample", "sets, by comma")
	kinds := flag.String("damage", "clean,rows,spikes,gaps,zeros,shift", "kinds of damage, by comma")
	plans := flag.String("plans", "none;auto", "plans of cleaning, by semicolon")
	method := flag.String("method", "auto", "auto, auto:light, or a method's name")
	most := flag.Int("series", 300, "series of each set, an even sample")
	holdout := flag.Int("holdout", 0, "forecast inside the training part: 1 = its last horizon, 2 = the one before, ...")
	seed := flag.Uint64("seed", 1, "of the damage")
	flag.Parse()
	if err := run(*dir, strings.Split(*names, ","), strings.Split(*kinds, ","), strings.Split(*plans, ";"), *method, *most, *holdout, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "clean:", err)
		os.Exit(1)
	}
}

func run(dir string, names, kinds, plans []string, method string, most, holdout int, seed uint64) error {
	fmt.Println("| damage | set | series | cleaning | changed | MASE | SQL | cov80 | MASE vs first | SQL vs first |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	sums := map[string]*total{}
	for _, name := range names {
		s, err := sets.Load(filepath.Join(dir, name), most, holdout)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			if damages[kind] == nil {
				return fmt.Errorf("damage %q is not known", kind)
			}
			p, err := damaged(s.Train, kind, s.MASESeason, seed)
			if err != nil {
				return err
			}
			var first score.Summary
			for k, plan := range plans {
				p, rows := p, 0
				if kind == rowDamage {
					if p, rows, err = resettled(p, plan, seed); err != nil {
						return err
					}
				}
				r, changed, err := judge(s, p, plan, method)
				if err != nil {
					return err
				}
				changed += float64(rows) / float64(cells(p))
				if k == 0 {
					first = r
				}
				mase, sql := r.MASE/first.MASE-1, r.SQL/first.SQL-1
				fmt.Printf("| %s | %s | %d | %s | %.2f %% | %.3f | %.4f | %.3f | %+.1f %% | %+.1f %% |\n", kind, s.Name, r.Series, plan, 100*changed, r.MASE, r.SQL, r.Cov80, 100*mase, 100*sql)
				key := kind + " | all | | " + plan
				if sums[key] == nil {
					sums[key] = &total{}
				}
				sums[key].add(mase, sql)
			}
		}
	}
	for _, kind := range kinds {
		for _, plan := range plans {
			key := kind + " | all | | " + plan
			t := sums[key]
			fmt.Printf("| %s | | | | | %+.2f %% | %+.2f %% |\n", key, 100*t.mase/t.n, 100*t.sql/t.n)
		}
	}
	return nil
}

// total is the mean change over sets.
type total struct{ mase, sql, n float64 }

func (t *total) add(mase, sql float64) { t.mase, t.sql, t.n = t.mase+mase, t.sql+sql, t.n+1 }

// judge forecasts p after a plan, and scores it against what came. changed is the share of values that the plan changed.
func judge(s *sets.Set, p *tidewatch.Panel, plan, method string) (sum score.Summary, changed float64, err error) {
	steps, err := clean.Parse(plan)
	if err != nil {
		return sum, 0, err
	}
	inner, err := methodOf(s, method)
	if err != nil {
		return sum, 0, err
	}
	ctx := context.Background()
	fit, err := clean.Method{Plan: steps, Method: inner, Paths: conform.Sample}.Fit(ctx, p)
	if err != nil {
		return sum, 0, err
	}
	f, err := fit.Forecast(ctx, tidewatch.Ask{Steps: s.Steps})
	if err != nil {
		return sum, 0, err
	}
	if err := f.Check(); err != nil {
		return sum, 0, err
	}
	for _, done := range fit.(*clean.Model).Cleaned().Series {
		changed += float64(len(done.Changes))
	}
	t := score.NewTally(f.Levels)
	for i := range f.Rows {
		r := &f.Rows[i]
		y := s.Train.Series(i).Values
		t.Series(score.MASEScale(y, s.MASESeason), score.RMSSEScale(y))
		truth := backtest.Actuals(s.Whole, s.Train, i, f.Steps)
		for h := 0; h < len(truth) && !r.Abstains(); h++ {
			t.Cell(truth[h], r.Mean[h], f.At(i, h))
		}
	}
	return t.Summary(), changed / float64(cells(p)), nil
}

// cells is how many values p has.
func cells(p *tidewatch.Panel) (n int) {
	for i := range p.Len() {
		n += len(p.Series(i).Values)
	}
	return n
}

func methodOf(s *sets.Set, name string) (tidewatch.Method, error) {
	if kind, preset, _ := strings.Cut(name, ":"); kind == "auto" {
		return selection.Auto{Horizon: s.Steps, Preset: selection.Preset(preset)}, nil
	}
	return model.Panel(name, 0, 0)
}
