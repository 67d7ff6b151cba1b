package selection

import (
	"context"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// member is a candidate fitted for the series that need it.
type member struct {
	model tidewatch.Model // nil where no series does
	row   []int           // [series of the panel] in the fitted panel, -1 where it was not fitted; nil: fitted on all
	pick  []int           // series of the panel that were fitted
}

// fitMember fits a one-series method on the needed series only, and any other method on the whole panel, from which it learns.
func fitMember(ctx context.Context, p *tidewatch.Panel, method tidewatch.Method, needed func(i int) bool) (member, error) {
	m, any := placeMember(p, method, needed)
	if !any {
		return m, nil
	}
	if m.pick != nil {
		p = p.Select(m.pick)
	}
	var err error
	m.model, err = method.Fit(ctx, p)
	return m, err
}

// placeMember is a member without its model, and whether any series needs it.
func placeMember(p *tidewatch.Panel, method tidewatch.Method, needed func(i int) bool) (m member, any bool) {
	var pick []int
	row := make([]int, p.Len())
	for i := range row {
		row[i] = -1
		if needed(i) {
			row[i] = len(pick)
			pick = append(pick, i)
		}
	}
	if _, local := method.(fleet.Lifted); local && len(pick) < p.Len() {
		m.row, m.pick = row, pick
	}
	return m, len(pick) > 0
}

// answer is a forecast of some of the rows asked for.
type answer struct {
	forecast *tidewatch.Forecast
	row      []int  // [row asked for] in forecast, -1 where it is not there; nil: all are, in order
	finite   []bool // [row of forecast]
}

// newAnswer is an answer of all the rows that row tells.
func newAnswer(ctx context.Context, f *tidewatch.Forecast, row []int) (answer, error) {
	a := answer{forecast: f, row: row, finite: make([]bool, len(f.Rows))}
	return a, fleet.Each(ctx, len(f.Rows), 0, func(k int) {
		r := &f.Rows[k]
		a.finite[k] = !r.Abstains() && allFinite(r.Quantiles) && allFinite(r.Mean)
	})
}

func allFinite(values []float64) bool {
	for _, v := range values {
		if v-v != 0 { // of infinities and NaN it is NaN
			return false
		}
	}
	return true
}

func (m member) forecast(ctx context.Context, a tidewatch.Ask, series int) (answer, error) {
	if m.model == nil {
		return answer{}, nil
	}
	var row []int
	if m.row != nil {
		row = make([]int, a.Rows(series))
		var ask []int
		for k := range row {
			row[k] = -1
			if r := m.row[a.Row(k)]; r >= 0 {
				row[k] = len(ask)
				ask = append(ask, r)
			}
		}
		if len(ask) == 0 {
			return answer{}, nil
		}
		a.Series = ask
		a.Future = covariatesOf(a.Future, m.pick)
	}
	f, err := m.model.Forecast(ctx, a)
	if err != nil {
		return answer{}, err
	}
	return newAnswer(ctx, f, row)
}

// covariatesOf is the covariates of some of the series, from those of all.
func covariatesOf(all []tidewatch.Covariate, series []int) []tidewatch.Covariate {
	var out []tidewatch.Covariate
	for _, c := range all {
		switch c.Scope {
		case tidewatch.BySeries:
			values := make([]float32, len(series))
			for k, i := range series {
				values[k] = c.Values[i]
			}
			c.Values = values
		case tidewatch.ByCell:
			cells := make([]tidewatch.Cells, len(series))
			for k, i := range series {
				cells[k] = c.Cells[i]
			}
			c.Cells = cells
		}
		out = append(out, c)
	}
	return out
}

// at is the row of the forecast for the k-th row asked for, -1 if there is none.
func (a answer) at(k int) int {
	if a.forecast == nil {
		return -1
	}
	if a.row == nil {
		return k
	}
	return a.row[k]
}

// usable reports whether the k-th row asked for can be combined: it is there, it was not made by a simpler method, and it is finite.
func (a answer) usable(k int) bool {
	at := a.at(k)
	return at >= 0 && a.finite[at]
}
