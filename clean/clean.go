// Package clean repairs series, and transforms them, before they are forecast: rows out of order, beside their stamps, or twice at one; gaps,
// outliers, level shifts, noise; differencing,
// scaling, powers; principal components of covariates.
//
// A [Step] has a name and does one thing to one series. Three steps are done to rows, before they are values on a grid: see [RowSteps]. A [Plan] is steps in order. What a plan does to a panel is counted and listed,
// cell by cell ([Change]), and can be taken back ([Undo]). [Method] wraps a forecasting method so that it sees the cleaned series: it
// cleans what it is given to fit and nothing else, so that at an origin of the past no later value can reach a repair, and values that
// come later are judged as they came. Forecasts of transformed series are turned back ([Inverse]).
package clean

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Step is one thing done to a series. The zero value of a field is its documented default.
type Step interface {
	// String is the step as [Parse] reads it, such as "outliers(hampel)".
	String() string
	// Apply does the step to one series, as a function of it alone. It must not write to the values of s. An error says why the step cannot be done to
	// this series, which then stays as it is.
	Apply(s Subject) (Outcome, error)
}

// Subject is the series a step is done to. Its Values are the demand: NaN where unknown, or where the item was not available.
type Subject struct {
	tidewatch.Series
	// Event marks periods in which something known happened, such as a festival or a promotion: an unusual value there is no outlier, no
	// gap and no shift. nil = none; otherwise as long as Values.
	Event []bool
}

// event reports whether something known happened in period t of the series.
func (s Subject) event(t int) bool { return s.Event != nil && s.Event[t] }

// Outcome is what a step made of a series.
type Outcome struct {
	Values []float64                // one a period; Subject.Values itself where nothing changed
	Why    func(t int) message.Note // why value t was changed, asked only for those that were
	Back   Inverse                  // of a transform: how forecasts are turned back. nil for a repair, after which forecasts stand as they are
	Shifts []int                    // periods at which the level shifts, for methods to model
}

// Change is one value that a step changed. NaN is unknown.
type Change struct {
	Step          string // its String
	At            int    // on the grid
	Before, After float64
	Why           message.Note
}

// Skip is a step that could not be done to a series, or a transform that was, and why or how.
type Skip struct {
	Step string
	Why  message.Note
}

// Treated is what a plan did to one series.
type Treated struct {
	ID      string
	Changes []Change // step by step, in time order within each
	Applied []Skip   // transforms that were done, and with what
	Skipped []Skip
	Shifts  []int // on the grid, ascending: level shifts left for methods to model

	back []Inverse // of the transforms, in the order they were done
}

// Plan is steps in the order they are done. The empty plan does nothing.
type Plan []Step

// String lists the steps as [Parse] reads them.
func (p Plan) String() string {
	if len(p) == 0 {
		return "none"
	}
	var names []string
	for _, s := range p {
		names = append(names, s.String())
	}
	return strings.Join(names, ",")
}

// Series does the plan to one series and returns its new values, one a period, and what was done. Where the item was not available,
// values stay as they are and take no part.
func (p Plan) Series(s tidewatch.Series, event []bool) ([]float64, Treated) {
	return p.series(s, event, true)
}

// series does the plan; every is whether to list what transforms change, too, which is all of it.
func (p Plan) series(s tidewatch.Series, event []bool, every bool) ([]float64, Treated) {
	done := Treated{ID: s.ID}
	subject := Subject{Series: s, Event: event}
	subject.Values = s.Demand()
	for _, step := range p {
		out, err := step.Apply(subject)
		if err != nil {
			done.Skipped = append(done.Skipped, Skip{step.String(), reason(err)})
			continue
		}
		if out.Back != nil {
			done.back = append(done.back, out.Back)
			done.Applied = append(done.Applied, Skip{step.String(), out.Why(0)})
		}
		name := ""
		for t, after := range out.Values {
			if out.Back != nil && !every {
				break
			}
			before := subject.Values[t]
			if before == after || before != before && after != after || s.Unavailable != nil && s.Unavailable[t] {
				continue
			}
			if name == "" {
				name = step.String()
			}
			done.Changes = append(done.Changes, Change{name, s.Start + t, before, after, out.Why(t)})
		}
		for _, t := range out.Shifts {
			done.Shifts = append(done.Shifts, s.Start+t)
		}
		subject.Values = out.Values
	}
	slices.Sort(done.Shifts)
	values := slices.Clone(subject.Values)
	for t := range values {
		if s.Unavailable != nil && s.Unavailable[t] {
			values[t] = s.Values[t]
		}
	}
	return values, done
}

// Undo takes changes back, the last first, in values that begin at index start of the grid: what is left is what was there before,
// bit for bit. It fails if the values are not those the changes led to.
func Undo(values []float64, start int, changes []Change) error {
	for k := len(changes) - 1; k >= 0; k-- {
		c := changes[k]
		t := c.At - start
		if t < 0 || t >= len(values) {
			return tidewatch.Errorf(tidewatch.CodeData, "a change at period %d lies outside the series, which has periods %d to %d", c.At, start, start+len(values)-1)
		}
		if v := values[t]; v != c.After && !(v != v && c.After != c.After) {
			return tidewatch.Errorf(tidewatch.CodeData, "period %d holds %g, not the %g that %s made: the values are not those the changes led to", c.At, v, c.After, c.Step)
		}
		values[t] = c.Before
	}
	return nil
}

// known counts the values that are known.
func known(y []float64) int {
	n := 0
	for _, v := range y {
		if v == v {
			n++
		}
	}
	return n
}

// whole reports whether all known values are whole numbers, none below 0: counts, which repairs leave counts.
func whole(y []float64) bool {
	for _, v := range y {
		if v == v && (v < 0 || v != math.Trunc(v)) {
			return false
		}
	}
	return true
}

// like returns v as a value of a series such as y: whole where all of y are counts, not below 0 where none of y is.
type like struct{ whole, positive bool }

func likeOf(y []float64) like {
	l := like{whole(y), true}
	for _, v := range y {
		if v < 0 {
			l.positive = false
		}
	}
	return l
}

func (l like) value(v float64) float64 {
	if l.whole {
		v = math.Round(v)
	}
	if l.positive {
		v = max(0, v)
	}
	return v
}

// cannot is an error that says in either language why a step could not be done.
func cannot(code tidewatch.Code, key string, args ...any) error {
	n := message.NoteOf(key, args...)
	return told{tidewatch.Errorf(code, "%s", n.String()), n}
}

// told is an error and what is said of it.
type told struct {
	error
	note message.Note
}

// Unwrap makes the code of the error known.
func (t told) Unwrap() error { return t.error }

// reason is what is said of an error.
func reason(err error) message.Note {
	var t told
	if errors.As(err, &t) {
		return t.note
	}
	return message.Plain(err.Error())
}

// always is a reason that is the same for every value.
func always(key string, args ...any) func(int) message.Note {
	n := message.NoteOf(key, args...)
	return func(int) message.Note { return n }
}
