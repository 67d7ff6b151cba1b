package job

import (
	"context"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

const explainCommand = "explain"

// Explained is one series' forecast and what it is made of.
type Explained struct {
	*Result
	Series   tidewatch.Series
	Account  *tidewatch.Account
	Forecast *tidewatch.Forecast // of that series only
	Changed  *Changed            // why it differs from what it is compared with; nil where there is too little to compare with
	Why      error               // that there is none
}

// Explain fits the method of c on the whole input, because a choice rests on all series, and accounts for the forecast of the series
// id; if the input has but one series, id may be "". It says why the sum differs from the one it is compared with. It writes no file.
func Explain(ctx context.Context, c Config, id string, why Why, o Outputs, w Watch) (*Explained, error) {
	if err := why.check(); err != nil {
		return nil, err
	}
	r, err := begin(ctx, explainCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return nil, err
	}
	p := r.result.Data.Panel
	i, err := find(p, id)
	if err != nil {
		return nil, err
	}
	r.enter(Fitting)
	model, err := r.method.Fit(ctx, p)
	if err != nil {
		return nil, err
	}
	r.enter(Forecasting)
	ask := tidewatch.Ask{Steps: c.Horizon, Levels: r.config.Levels, Seed: c.Seed, Series: []int{i}}
	f, err := model.Forecast(ctx, ask)
	if err != nil {
		return nil, err
	}
	if f.Rows[0].Abstains() {
		why := "it has too little history"
		if len(f.Problems) > 0 {
			why = f.Problems[0].Reason
		}
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has no forecast to explain: %s", p.ID(i), why)
	}
	a, err := conform.Account(ctx, model, p, i, c.Horizon)
	if err != nil {
		return nil, err
	}
	e := &Explained{Result: r.result, Series: p.Series(i), Account: a, Forecast: f}
	if why.Against != "before" && why.Against != "year" {
		e.Changed, err = r.revision(ctx, f, i, why.Against)
		return e, err
	}
	r.enter(Sampling)
	move, err := r.move(model, ask)
	if err != nil {
		return nil, err
	}
	e.Changed, e.Why = r.change(a, i, why, move)
	return e, nil
}

// find is the place of the series with the given id.
func find(p *tidewatch.Panel, id string) (int, error) {
	ids := make([]string, p.Len())
	for i := range ids {
		if ids[i] = p.ID(i); ids[i] == id {
			return i, nil
		}
	}
	switch {
	case id == "" && len(ids) == 1:
		return 0, nil
	case id == "" && len(ids) > 0:
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "which of the %d series? Name one with --id, such as --id %s", len(ids), ids[0])
	}
	for _, known := range ids { // an id such as country=Germany, named by its value alone
		if strings.HasSuffix(known, "="+id) {
			return 0, tidewatch.Errorf(tidewatch.CodeUsage, "there is no series %q among the %d; did you mean %s?", id, len(ids), known)
		}
	}
	hint := ""
	if near := tidewatch.Nearest(id, ids); near != "" {
		hint = "; did you mean " + near + "?"
	} else if len(ids) > 0 {
		hint = ", such as " + ids[0]
	}
	return 0, tidewatch.Errorf(tidewatch.CodeUsage, "there is no series %q among the %d%s", id, len(ids), hint)
}
