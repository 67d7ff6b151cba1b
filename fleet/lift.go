package fleet

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// Lifted is a one-series method over panels: a [tidewatch.Method]. Its models implement [tidewatch.Updater] and [tidewatch.Sampler]
// where the models of the method (and of the fallback, where it was needed) do.
//
// Series are fitted in parallel; the result is the same at any number of workers. Values beyond 1e±100 are scaled by a power of two
// before a method sees them and back after, so that no method overflows on squares.
type Lifted struct {
	Method   Method
	Fallback Method // forecasts the series that Method cannot fit; nil: they have no forecast
	Seed     uint64 // of everything random in fitting
	Workers  int    // 0 = as many as there are processors
	Keep     Keep   // where the fitted series of a large panel are kept; nil = nowhere
}

func (l Lifted) String() string { return l.Method.String() }

// Fit implements [tidewatch.Method].
func (l Lifted) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	f := &Fitted{method: l.Method, fallback: l.Fallback, name: l.Method.String(), seed: l.Seed, workers: l.Workers, grid: p.Grid(), rows: make([]row, p.Len())}
	var err error
	if l.Keep != nil && l.Keep.Wants(p.Len()) {
		err = l.fitKept(ctx, f, p)
	} else {
		err = each(ctx, p.Len(), l.Workers, func(i int, g generator) { f.rows[i] = l.fit(p.Series(i), g) })
	}
	if err != nil {
		return nil, err
	}
	return f.able(), nil
}

func (l Lifted) fit(s tidewatch.Series, g generator) row {
	r := row{id: s.ID, end: s.End(), by: byMethod}
	s.Values = s.Demand()
	if r.exp = exponent(s.Values); r.exp != 0 {
		s.Values = scaled(s.Values, -r.exp)
	}
	var err error
	if r.model, err = try(l.Method, s, g.seed(l.Seed, s.ID)); err == nil {
		return r
	}
	r.problem = &tidewatch.Problem{ID: s.ID, Code: tidewatch.CodeOf(err), Reason: err.Error()}
	r.by = byNothing
	if l.Fallback != nil {
		if r.model, err = try(l.Fallback, s, g.seed(l.Seed, s.ID)); err == nil {
			r.by, r.problem.Method = byFallback, l.Fallback.String()
		}
	}
	return r
}

// try fits one series; a defect of the method is an error of this series, not the end of the others.
func try(m Method, s tidewatch.Series, rng *rand.Rand) (fit Model, err error) {
	defer func() {
		if v := recover(); v != nil {
			fit, err = nil, tidewatch.Errorf(tidewatch.CodeInternal, "%s failed on series %q: %v", m, s.ID, v)
		}
	}()
	if fit, err = m.Fit(s, rng); err == nil && fit == nil {
		err = tidewatch.Errorf(tidewatch.CodeInternal, "%s returned no model", m)
	}
	if err != nil {
		return nil, err // and not a nil pointer in an interface
	}
	return fit, nil
}

const extreme = 330 // 2^330 is about 1e99

// exponent is the power of two to divide values of extreme magnitude by; 0 for ordinary ones.
func exponent(y []float64) int {
	top := 0.0
	for _, v := range y {
		if v = math.Abs(v); v > top {
			top = v
		}
	}
	if _, e := math.Frexp(top); top > 0 && (e > extreme || e < -extreme) {
		return e
	}
	return 0
}

// scaled is y * 2^e, a copy. Results beyond the largest float64 become the largest.
func scaled(y []float64, e int) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = clamp(math.Ldexp(v, e))
	}
	return out
}

func clamp(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.Copysign(math.MaxFloat64, v)
	}
	return v
}

type maker int8

const (
	byMethod maker = iota
	byFallback
	byNothing
)

// row is one series of a fitted panel.
type row struct {
	id      string
	end     int // grid index after the last value seen
	by      maker
	exp     int // the model lives in units of 2^exp
	model   Model
	problem *tidewatch.Problem // why it is not byMethod
}

// Fitted is a fitted panel of one-series models.
type Fitted struct {
	method, fallback Method
	name             string // of method
	seed             uint64 // of the fit; 0 in a model read from a file
	workers          int
	grid             tidewatch.Grid
	rows             []row
}

// Of is the fitted panel behind a model that [Lifted] or [Load] made.
func Of(m tidewatch.Model) (*Fitted, bool) {
	b, ok := m.(interface{ base() *Fitted })
	if !ok {
		return nil, false
	}
	return b.base(), true
}

func (f *Fitted) base() *Fitted { return f }

// Len is the number of series.
func (f *Fitted) Len() int { return len(f.rows) }

// Series is the model of series i, nil where the history could not support one, and its scale: the model's unit is 2^exp.
func (f *Fitted) Series(i int) (m Model, exp int) { return f.rows[i].model, f.rows[i].exp }

// Forecast implements [tidewatch.Model].
func (f *Fitted) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(len(f.rows))
	if err != nil {
		return nil, err
	}
	fc := f.blank(a)
	problems := make([]*tidewatch.Problem, len(fc.Rows))
	err = each(ctx, len(fc.Rows), f.workers, func(k int, _ generator) {
		problems[k] = f.rows[a.Row(k)].forecast(f, fc, k)
	})
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		if p != nil {
			fc.Problems = append(fc.Problems, *p)
		}
	}
	return fc, nil
}

// blank is the forecast of the rows a asks about, before it is filled in.
func (f *Fitted) blank(a tidewatch.Ask) *tidewatch.Forecast {
	fc := &tidewatch.Forecast{Grid: f.grid, Steps: a.Steps, Levels: append([]float64(nil), a.Levels...), Rows: make([]tidewatch.ForecastRow, a.Rows(len(f.rows)))}
	width := a.Steps * (1 + len(a.Levels))
	cells := make([]float64, width*len(fc.Rows))
	for k := range fc.Rows {
		r, c := &f.rows[a.Row(k)], cells[k*width:(k+1)*width:(k+1)*width]
		fc.Rows[k] = tidewatch.ForecastRow{ID: r.id, First: r.end, Mean: c[:a.Steps:a.Steps], Quantiles: c[a.Steps:]}
	}
	return fc
}

// forecast fills row k of fc, or empties it and says why.
func (r *row) forecast(f *Fitted, fc *tidewatch.Forecast, k int) (p *tidewatch.Problem) {
	out := &fc.Rows[k]
	switch r.by {
	case byMethod:
		out.Method = f.name
	case byFallback:
		out.Method = r.problem.Method
	case byNothing:
		out.Mean, out.Quantiles = nil, nil
		return r.problem
	}
	defer func() {
		if v := recover(); v != nil {
			p = r.abstain(out, tidewatch.CodeInternal, fmt.Sprintf("%s failed to forecast: %v", out.Method, v))
		}
	}()
	r.model.Forecast(fc.Levels, out.Mean, out.Quantiles)
	if r.exp != 0 {
		copy(out.Mean, scaled(out.Mean, r.exp))
		copy(out.Quantiles, scaled(out.Quantiles, r.exp))
	}
	one := tidewatch.Forecast{Steps: fc.Steps, Levels: fc.Levels, Rows: fc.Rows[k : k+1 : k+1]}
	if err := one.Check(); err != nil {
		return r.abstain(out, tidewatch.CodeOf(err), err.Error())
	}
	return r.problem
}

func (r *row) abstain(out *tidewatch.ForecastRow, code tidewatch.Code, reason string) *tidewatch.Problem {
	out.Mean, out.Quantiles = nil, nil
	return &tidewatch.Problem{ID: r.id, Code: code, Reason: reason}
}
