package clean

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tidewatch/tidewatch"
)

// Events reports whether something known happened to a series at index t of the grid: a festival, a promotion. It is called concurrently.
type Events func(s tidewatch.Series, t int) bool

// Cleaned is a panel that a plan was done to.
type Cleaned struct {
	Panel  *tidewatch.Panel // the same series in the same order, with their covariates
	Series []Treated        // what was done, one a series
	Rows   []RowChange      // what was done to rows before they became values, by those who read them

	columns []columns // covariates that were made of others, step by step
}

// columns is a step that works on covariates instead of values: fitted on a panel, it makes new columns of old ones.
type columns interface {
	make(covariates []tidewatch.Covariate, n int) []tidewatch.Covariate
}

// columnStep is a step that works on the covariates of a panel.
type columnStep interface {
	Step
	fit(p *tidewatch.Panel) (columns, error)
}

// Apply does the plan to every series of p. A period counts as an event where events, which may be nil, says so, and where a covariate known
// ahead does: one between 0 and 1 that is 0 in most periods (a promotion, the share of a week that is a festival), from an eighth on. The result
// is the same at any number of processors.
func (p Plan) Apply(ctx context.Context, panel *tidewatch.Panel, events Events) (*Cleaned, error) {
	return p.apply(ctx, panel, events, true)
}

// Repairs is [Plan.Apply] with one difference: of transforms, which change every value, it lists what they are and not what they change.
func (p Plan) Repairs(ctx context.Context, panel *tidewatch.Panel, events Events) (*Cleaned, error) {
	return p.apply(ctx, panel, events, false)
}

func (p Plan) apply(ctx context.Context, panel *tidewatch.Panel, events Events, every bool) (*Cleaned, error) {
	n := panel.Len()
	c := &Cleaned{Series: make([]Treated, n)}
	series := make([]tidewatch.Series, n)
	marks := markers(panel)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				s := panel.Series(i)
				values, done := p.series(s, happened(s, marks, events), every)
				series[i] = tidewatch.Series{ID: s.ID, Start: s.Start, Values: values, Unavailable: s.Unavailable}
				c.Series[i] = done
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	covariates := panel.RowCovariates()
	var err error
	if c.Panel, err = tidewatch.NewPanel(panel.Grid(), panel.Seasons(), series, covariates...); err != nil {
		return nil, err
	}
	if more := c.shifts(panel, 0); len(more) > 0 {
		covariates = append(covariates, more...)
		if c.Panel, err = tidewatch.NewPanel(panel.Grid(), panel.Seasons(), series, covariates...); err != nil {
			return nil, err
		}
	}
	for _, step := range p {
		if s, ok := step.(columnStep); ok {
			made, err := s.fit(c.Panel)
			if err != nil {
				return nil, err
			}
			c.columns = append(c.columns, made)
			covariates = made.make(covariates, n)
			if c.Panel, err = tidewatch.NewPanel(panel.Grid(), panel.Seasons(), series, covariates...); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// markers are the covariates that mark events.
func markers(p *tidewatch.Panel) []int {
	var at []int
	for k, c := range p.Covariates() {
		marks := c.Ahead && c.Scope != tidewatch.BySeries && (c.Labels == nil || len(c.Labels) == 2)
		zeros, all := 0, 0
		for _, v := range c.Values {
			if v == v {
				all++
			}
			marks = marks && (v >= 0 && v <= 1 || v != v)
			if v == 0 {
				zeros++
			}
		}
		if marks && 2*zeros > all {
			at = append(at, k)
		}
	}
	return at
}

// eventful is the share of a period that makes it one with an event: a day of a week, four of a month.
const eventful = 1. / 8

// happened marks the periods of s that have an event; nil if there are none.
func happened(s tidewatch.Series, marks []int, events Events) []bool {
	if len(marks) == 0 && events == nil {
		return nil
	}
	out := make([]bool, len(s.Values))
	for t := range out {
		out[t] = events != nil && events(s, s.Start+t)
		for _, k := range marks {
			out[t] = out[t] || s.Covariate(k, s.Start+t) >= eventful
		}
	}
	return out
}

// shifts are the covariates of level shifts that are left to the methods: each is 1 before its shift and 0 after, so that nothing need
// be known of the future but zeros, of which there are ahead more.
func (c *Cleaned) shifts(p *tidewatch.Panel, ahead int) []tidewatch.Covariate {
	most := 0
	for _, t := range c.Series {
		most = max(most, len(t.Shifts))
	}
	var out []tidewatch.Covariate
	for k := range most {
		cov := tidewatch.Covariate{Name: "level shift " + string(rune('1'+k)), Scope: tidewatch.ByCell, Ahead: true}
		for i, done := range c.Series {
			s := p.Series(i)
			cov.Cells = append(cov.Cells, tidewatch.Cells{Start: s.Start, Offset: len(cov.Values), Len: len(s.Values) + ahead})
			for t := range len(s.Values) + ahead {
				v := float32(0)
				if k < len(done.Shifts) && s.Start+t < done.Shifts[k] {
					v = 1
				}
				cov.Values = append(cov.Values, v)
			}
		}
		out = append(out, cov)
	}
	return out
}

// Count is how much one step did.
type Count struct {
	Step    string `json:"step"`
	Series  int    `json:"series"`            // that it changed
	Values  int    `json:"values"`            // that it changed
	Applied int    `json:"applied,omitempty"` // series that were transformed by it
	Skipped int    `json:"skipped,omitempty"` // series it could not be done to
	Shifts  int    `json:"shifts,omitempty"`  // that were left to the methods to model
}

// Counts sums up what each step of the plan did.
func (c *Cleaned) Counts(p Plan) []Count {
	counts := make([]Count, len(p))
	at := map[string]int{}
	for k := len(p) - 1; k >= 0; k-- {
		counts[k].Step = p[k].String()
		at[counts[k].Step] = k
		if h, ok := p[k].(Shifts); ok && h.Model {
			for _, s := range c.Series {
				counts[k].Shifts += len(s.Shifts)
			}
		}
	}
	lastID := map[int]string{}
	for _, r := range c.Rows {
		k, ok := at[r.Step]
		if !ok || r.ID == "" {
			continue
		}
		counts[k].Values++
		if counts[k].Series == 0 || lastID[k] != r.ID {
			counts[k].Series++
			lastID[k] = r.ID
		}
	}
	for _, s := range c.Series {
		last := ""
		for _, change := range s.Changes {
			k := &counts[at[change.Step]]
			k.Values++
			if change.Step != last {
				k.Series++
				last = change.Step
			}
		}
		for _, a := range s.Applied {
			counts[at[a.Step]].Applied++
		}
		for _, skip := range s.Skipped {
			counts[at[skip.Step]].Skipped++
		}
	}
	return counts
}
