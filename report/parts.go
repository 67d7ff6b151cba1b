package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/trend"
)

// parts is what the total is made of: the sums over the horizon of the parts of each grouping that adds up to it.
type parts struct {
	Span, Level     both
	Total           both
	TotalRange      both
	Groups          []partGroup
	Kept            *both // how often such intervals held before; nil = not tested
	Added, Narrower both  // what the intervals of the parts would make if they were added, and the total's own
	Wrong           bool  // whether the added ones are shown
}

type partGroup struct {
	Element string
	Name    both
	Rows    []partRow
	Rest    *partRow // all others together; nil = none
}

type partRow struct {
	Row     *row
	Name    both // of the rest
	Next    both
	Range   both
	Share   both
	Picture template.HTML
}

// How many parts of a grouping are shown, and how near to the total their sum must be for a grouping to be shown.
const (
	mostParts = 10
	partsNear = 1e-3
)

// partsSection is the total with its interval, and the contributions of its parts.
func (p *page) partsSection() (part, error) {
	total := p.total()
	if total == nil || total.move == nil || !(total.move.Next.Mean > 0) {
		return part{}, nil
	}
	next := total.move.Next
	out := &parts{Span: p.Span(), Level: percent(highLevel-lowLevel, 0), Total: p.size(next.Mean), TotalRange: say("to", compact(next.Low), compact(next.High))}
	names, members := p.groups()
	for _, name := range names {
		g, added, ok := p.partGroup(name, members[name], next)
		if !ok {
			continue
		}
		g.Element = fmt.Sprintf("parts%d", len(out.Groups))
		out.Groups = append(out.Groups, g)
		if wide := added[1] - added[0]; !out.Wrong && len(members[name]) > 1 && wide > 1.05*(next.High-next.Low) {
			out.Wrong = true
			out.Added, out.Narrower = say("to", compact(added[0]), compact(added[1])), percent(1-(next.High-next.Low)/wide, 0)
		}
	}
	if len(out.Groups) == 0 {
		return part{}, nil
	}
	if a := p.data.Accuracy; a != nil {
		if share := a.Inside(lowLevel, highLevel); !math.IsNaN(share) {
			text := say("parts.kept", out.Level, percent(share, 0), a.Origins)
			out.Kept = &text
		}
	}
	return part{Data: out}, nil
}

// partGroup is the table of a grouping, if its parts make the total; added is the sum of their intervals.
func (p *page) partGroup(name string, rows []*row, total trend.Interval) (g partGroup, added [2]float64, ok bool) {
	sum, most := 0.0, 0.0
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return r.move == nil })
	for _, r := range rows {
		n := r.move.Next
		sum, most = sum+n.Mean, max(most, n.High)
		added[0], added[1] = added[0]+n.Low, added[1]+n.High
	}
	if len(rows) < 2 || !(math.Abs(sum-total.Mean) <= partsNear*total.Mean) {
		return g, added, false
	}
	g.Name = named("group.", name)
	rest, others := 0.0, 0
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(b.move.Next.Mean, a.move.Next.Mean) })
	for _, r := range rows {
		n := r.move.Next
		if len(g.Rows) == mostParts && len(rows) > mostParts+1 {
			rest, others = rest+n.Mean, others+1
			continue
		}
		g.Rows = append(g.Rows, partRow{Row: r, Next: p.size(n.Mean), Range: say("to", compact(n.Low), compact(n.High)), Share: percent(n.Mean/total.Mean, 1), Picture: stretch(n, most)})
	}
	if others > 0 {
		g.Rest = &partRow{Name: say("parts.rest", others), Next: p.size(rest), Share: percent(rest/total.Mean, 1)}
	}
	return g, added, true
}

// stretch draws a sum, as a bar from zero, with its interval as a line over its end.
func stretch(n trend.Interval, most float64) template.HTML {
	const width, height = 170., 16.
	at := func(v float64) float64 { return math.Round(10*width*max(v, 0)/max(most, 1e-300)) / 10 }
	return template.HTML(fmt.Sprintf(`<svg class="stretch" viewBox="0 0 %g %g" width="%g" height="%g" aria-hidden="true" focusable="false">`+
		`<rect x="0" y="3" width="%g" height="10" rx="2" fill="var(--band2)"/><path d="M%g 8H%gM%g 4v8M%g 4v8" stroke="var(--median)" stroke-width="1.5" fill="none"/></svg>`,
		width, height, width, height, at(n.Mean), at(n.Low), at(n.High), at(n.Low), at(n.High)))
}
