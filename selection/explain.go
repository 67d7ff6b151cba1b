package selection

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Explain implements [tidewatch.Explainer]: the weighted parts of the members, and what calibration moves.
func (m *Model) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	if f.Rows[0].Abstains() {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has no forecast", p.ID(i))
	}
	g, row := m.groups[m.member[i]], m.row[i]
	var accounts []*tidewatch.Account
	var weight []float64
	var forms []string
	sum := 0.0
	for k, member := range g.members {
		w := g.weight[row][k]
		if w == 0 || member.model == nil {
			continue
		}
		at, panel := row, g.panel
		if member.row != nil {
			at, panel = member.row[row], g.panel.Select(member.pick)
		}
		a, err := conform.Account(ctx, member.model, panel, at, steps)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // a member that could not forecast the series has no part in it
			continue
		}
		accounts, weight = append(accounts, a), append(weight, w)
		form := a.Form
		if form == "" {
			form = a.Method
		}
		forms = append(forms, form)
		sum += w
	}
	if accounts == nil { // the seasonal naive forecast, where nothing else could
		a, err := conform.Account(ctx, g.members[g.floor].model, g.floorPanel(), g.floorRow(row), steps)
		if err != nil {
			return nil, err
		}
		accounts, weight, sum = append(accounts, a), []float64{1}, 1
		forms = append(forms, a.Method)
	}
	for k := range weight {
		weight[k] /= sum
	}
	out := tidewatch.Mix(accounts, weight)
	out.Form = mixture(forms, weight)
	first := accounts[0]
	out.ID, out.First, out.Known = p.ID(i), p.Series(i).Start, first.Known
	if len(accounts) == 1 {
		out.Parameters = first.Parameters
	}
	conform.Settle(out, f)
	return out, nil
}

func (g *group) floorPanel() *tidewatch.Panel {
	if m := g.members[g.floor]; m.row != nil {
		return g.panel.Select(m.pick)
	}
	return g.panel
}

func (g *group) floorRow(row int) int {
	if m := g.members[g.floor]; m.row != nil {
		return m.row[row]
	}
	return row
}

// mixture tells the weights of a combination: "60 % ETS(A,N,A) + 40 % STM".
func mixture(forms []string, weight []float64) string {
	if len(forms) == 1 {
		return forms[0]
	}
	var b strings.Builder
	for k, f := range forms {
		if k > 0 {
			b.WriteString(" + ")
		}
		fmt.Fprintf(&b, "%.0f %% %s", 100*weight[k], f)
	}
	return b.String()
}
