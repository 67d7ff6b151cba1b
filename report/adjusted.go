package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/message"
)

// Adjusted is what planners changed about the forecast, beside the forecast itself.
type Adjusted struct {
	Adjustments []Adjustment // in the order they were noted
	Series      []AdjustedSeries
	Scores      []adjust.Score // of an earlier forecast's adjustments, now that data are in, all together first; nil = not asked for
	Scored      string         // the file they were read from
}

// Adjustment is one planner's change.
type Adjustment struct {
	Number   int
	ID       string
	From, To string // days, 2006-01-02
	Change   string // as it was written, such as +20%
	Who, Why string
	At       time.Time
	Gone     int  // the line that took it back; 0 = it is in force
	Unused   bool // it is about no period of this forecast
}

// AdjustedSeries is a series that adjustments changed. A step they did not change is NaN.
type AdjustedSeries struct {
	ID         string
	Model, Sum float64   // means summed over all steps: as the model has them, and with the adjustments
	Median     []float64 // [step] with the adjustments
}

// maxAdjusted is how many adjusted series have a chart, and how many adjustments are listed.
const (
	maxAdjusted    = 6
	maxAdjustments = 200
)

// adjusted is Data.Adjusted for the page.
type adjusted struct {
	Charts  []adjustedChart
	Hidden  int // adjusted series without a chart
	Entries []adjustedRow
	More    int // adjustments that are not listed
	Scores  []adjustedScore
	Scored  string
}

type adjustedChart struct {
	*chart
	Name   both
	Change both // from what to what
}

type adjustedRow struct {
	Number, Change, Who, Why string
	Name, Days, At, State    both
	Gone                     bool
}

type adjustedScore struct {
	Name  both
	Cells []both
	Gain  both
	Good  bool
}

// adjustSection is what planners changed: the changed series beside the model's forecast, who changed them and why, and how such changes did.
func (p *page) adjustSection() (part, error) {
	d := p.data.Adjusted
	if d == nil || len(d.Adjustments)+len(d.Scores) == 0 {
		return part{}, nil
	}
	out := &adjusted{Scored: d.Scored}
	at := map[string]*row{}
	for i := range p.rows {
		at[p.rows[i].id] = &p.rows[i]
	}
	for _, s := range d.Series {
		r := at[s.ID]
		if r == nil || r.forecast.Abstains() {
			continue
		}
		p.adjustedBy[r.at] = s.Median
		if len(out.Charts) == maxAdjusted {
			out.Hidden++
			continue
		}
		c := p.chart(r, fmt.Sprintf("adjusted%d", r.at))
		by := plain("")
		if s.Model > 0 {
			by = each(func(l message.Lang) string { return l.Change(s.Sum/s.Model - 1) })
		}
		out.Charts = append(out.Charts, adjustedChart{c, p.called(r, s.ID), say("adjust.fromTo", compact(s.Model), compact(s.Sum), by)})
		p.AdjustedCharts = append(p.AdjustedCharts, c)
	}
	for _, a := range d.Adjustments {
		if len(out.Entries) == maxAdjustments {
			out.More++
			continue
		}
		e := adjustedRow{Number: strconv.Itoa(a.Number), Name: p.called(at[a.ID], a.ID), Change: strings.Replace(a.Change, "-", "−", 1), Who: a.Who, Why: a.Why, Gone: a.Gone > 0 || a.Unused,
			Days: plain(a.From), At: each(func(l message.Lang) string { return l.Moment(a.At.UTC()) })}
		if a.To != a.From {
			e.Days = say("adjust.days", a.From, a.To)
		}
		switch {
		case a.Gone > 0:
			e.State = say("adjust.stateGone", strconv.Itoa(a.Gone))
		case a.Unused:
			e.State = say("adjust.stateUnused")
		default:
			e.State = say("adjust.stateUsed")
		}
		out.Entries = append(out.Entries, e)
	}
	for _, s := range d.Scores {
		row := adjustedScore{Name: plain(strconv.Itoa(s.Number)), Good: s.Gain() > 0, Gain: plain("–"), Cells: []both{count(s.Cells)}}
		if s.Number == 0 {
			row.Name = say("adjust.all")
		}
		for _, v := range []float64{s.Model, s.Adjusted, s.ModelBias, s.AdjustedBias} {
			row.Cells = append(row.Cells, value(v))
		}
		if g := s.Gain(); !math.IsNaN(g) && !math.IsInf(g, 0) {
			row.Gain = each(func(l message.Lang) string { return l.Change(g) })
		}
		out.Scores = append(out.Scores, row)
	}
	return part{Data: out}, nil
}

// called is the name of a series: of its row, which may be nil, or its id.
func (p *page) called(r *row, id string) both {
	switch {
	case r == nil:
		return plain(id)
	case p.data.Total != "" && id == p.data.Total:
		return named("group.", r.name)
	}
	return plain(r.name)
}

// AdjustedOf are the series that adjustments changed, for the page and the terminal: a is the adjusted forecast.
func AdjustedOf(a adjust.Adjusted, book *adjust.Book) *Adjusted {
	out := &Adjusted{}
	for k, numbers := range a.Numbers {
		model, now := a.Model.Rows[k], a.Forecast.Rows[k]
		s := AdjustedSeries{ID: now.ID, Median: make([]float64, a.Model.Steps)}
		changed := false
		for h := range a.Model.Steps {
			s.Median[h] = math.NaN()
			if len(numbers[h]) > 0 {
				s.Median[h], changed = a.Forecast.Quantile(k, h, .5), true
			}
		}
		if changed {
			for h := range a.Model.Steps {
				s.Model, s.Sum = s.Model+model.Mean[h], s.Sum+now.Mean[h]
			}
			out.Series = append(out.Series, s)
		}
	}
	slices.SortStableFunc(out.Series, func(a, b AdjustedSeries) int {
		return cmp.Compare(math.Abs(b.Sum-b.Model), math.Abs(a.Sum-a.Model))
	})
	for _, e := range book.Entries {
		if e.Withdraws == 0 {
			out.Adjustments = append(out.Adjustments, Adjustment{e.Number, e.ID, e.From.String(), e.To.String(), e.Change.String(), e.By, e.Why, e.At, e.Gone,
				slices.Contains(a.Unused, e.Number)})
		}
	}
	return out
}
