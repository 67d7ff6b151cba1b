package job

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// change is one what-if: what becomes of a covariate after the series' ends.
type change struct {
	name   string
	factor float64 // of its value; NaN where it is set to value
	value  float64
}

// parseChange reads "price=-10%", "price=+5%" or "promo=1".
func parseChange(s string) (change, error) {
	bad := tidewatch.Errorf(tidewatch.CodeUsage, "--what-if %s: write it as price=-10%%, or promo=1", s)
	name, to, ok := strings.Cut(s, "=")
	c := change{name: strings.TrimSpace(name), factor: math.NaN()}
	if !ok || c.name == "" {
		return c, bad
	}
	share, relative := strings.CutSuffix(strings.TrimSpace(to), "%")
	v, err := strconv.ParseFloat(share, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || relative && v < -100 {
		return c, bad
	}
	if c.value = v; relative {
		c.factor = 1 + v/100
	}
	return c, nil
}

// whatIf is the covariates as they would be after the ends of the series, and what there is to say of them. A change leaves the support of the data
// where a series never saw such a value: what is forecast there is an extrapolation.
func (r *run) whatIf(p *tidewatch.Panel) ([]tidewatch.Covariate, error) {
	var out []tidewatch.Covariate
	for _, text := range r.config.WhatIf {
		c, err := parseChange(text)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(p.Covariates(), func(cov tidewatch.Covariate) bool { return cov.Name == c.name })
		if at < 0 || !p.Covariates()[at].Ahead || p.Covariates()[at].Labels != nil {
			var names []string
			for _, cov := range p.Covariates() {
				if cov.Ahead && cov.Labels == nil {
					names = append(names, cov.Name)
				}
			}
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--what-if %s: %q is not a number that is known ahead; there are %s", text, c.name, strings.Join(append(names, "none other"), ", "))
		}
		cov, outside := changed(p, at, c, r.config.Horizon)
		out = append(out, cov)
		r.note(message.NoteOf("note.whatIf", text))
		if outside > 0 {
			r.note(message.NoteOf("note.outside", outside, p.Len(), c.name))
		}
	}
	return out, nil
}

// note adds a note to the record and the report.
func (r *run) note(n message.Note) {
	r.result.Record.Notes = append(r.result.Record.Notes, n)
	if q := r.result.Data.Quality; q != nil {
		q.Notes = append(q.Notes, n)
	}
}

// changed is covariate number at of p with the change made to the steps after each series' end, a value that is not known there being taken
// as the last one known; and for how many series that leaves the range of what they have seen.
func changed(p *tidewatch.Panel, at int, c change, steps int) (cov tidewatch.Covariate, outside int) {
	cov = tidewatch.Covariate{Name: c.name, Scope: tidewatch.ByCell, Ahead: true}
	for i := range p.Len() {
		s := p.Series(i)
		low, high, last := math.Inf(1), math.Inf(-1), math.NaN()
		for t := s.Start; t < s.End(); t++ {
			if v := s.Covariate(at, t); v == v {
				low, high, last = min(low, v), max(high, v), v
			}
		}
		cov.Cells = append(cov.Cells, tidewatch.Cells{Start: s.End(), Offset: len(cov.Values), Len: steps})
		out := false
		for h := range steps {
			v := s.Covariate(at, s.End()+h)
			if v == v {
				last = v
			}
			if v = last * c.factor; math.IsNaN(c.factor) {
				v = c.value
			}
			const slack = 1e-6 // covariates are float32
			out = out || v < low-slack*math.Abs(low) || v > high+slack*math.Abs(high)
			cov.Values = append(cov.Values, float32(v))
		}
		if out {
			outside++
		}
	}
	return cov, outside
}
