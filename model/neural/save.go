package neural

import (
	"encoding/binary"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural/frame"
)

// Name is the method's name with all that its networks were built and trained with: what [Load] needs beside the state.
func (m *Model) Name() string { return m.config.String() }

// Save writes the networks and, of the panel, what they look at: the last values of each series, and covariates beside and ahead of them.
func (m *Model) Save(w *fleet.Writer) {
	lags := 0
	for _, k := range m.members {
		lags = max(lags, k.windows.History())
	}
	w.Int(m.horizon)
	m.savePanel(w, lags)
	for _, k := range m.members {
		k.windows.Save(w)
		saveWeights(w, k.net)
	}
}

func saveWeights(w *fleet.Writer, net frame.Net) {
	for _, p := range net.Params() {
		b := make([]byte, 0, 4*len(p.Data))
		for _, v := range p.Data {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		w.Text(string(b))
	}
}

// loadWeights fills a network; what is wrong is the reader's error.
func loadWeights(r *fleet.Reader, net frame.Net) {
	for _, p := range net.Params() {
		b := r.Text()
		if r.Err() == nil && len(b) != 4*len(p.Data) {
			r.Fail("the model file is damaged: %d bytes for %d weights", len(b), len(p.Data))
		}
		if r.Err() != nil {
			return
		}
		for i := range p.Data {
			p.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32([]byte(b[4*i : 4*i+4])))
		}
	}
}

func (m *Model) savePanel(w *fleet.Writer, lags int) {
	p := m.panel
	fleet.SaveGrid(w, p.Grid())
	covs := p.Covariates()
	w.Int(len(covs))
	for _, c := range covs {
		w.Text(c.Name)
		w.Bool(c.Scope == tidewatch.BySeries)
		w.Bool(c.Ahead)
		w.Bool(c.Labels != nil)
		w.Int(len(c.Labels))
		for _, l := range c.Labels {
			w.Text(l)
		}
	}
	w.Int(p.Len())
	for i := range p.Len() {
		s := p.Series(i)
		y := s.Demand()
		y = y[max(0, len(y)-lags):]
		w.Text(s.ID)
		w.Int(s.End() - len(y))
		w.Floats(y)
		for k, c := range covs {
			if c.Scope == tidewatch.BySeries {
				w.Float(s.Covariate(k, s.End()))
				continue
			}
			for t := s.End() - len(y); t < s.End()+m.horizon; t++ {
				w.Float(s.Covariate(k, t))
			}
		}
	}
}

// Load reads what [Model.Save] wrote; name is [Model.Name]. Whatever r holds, it ends without a crash or a large allocation.
func Load(r *fleet.Reader, name string, workers int) (tidewatch.Model, error) {
	c, ok, err := Parse(name)
	if !ok || err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: networks named %q", name)
	}
	f := familyOf(c.Family)
	m := &Model{method: Method{Config: c, Workers: workers}, config: c.or(f.Default), horizon: r.Count(1, maxTrained)}
	m.method.Horizon = m.horizon
	if m.panel, err = loadPanel(r, m.horizon); err != nil {
		return nil, err
	}
	for range m.config.Members {
		w := frame.Load(r, m.panel, frame.Shape{Steps: m.horizon, Levels: len(levels)})
		if r.Err() != nil {
			return nil, r.Err()
		}
		if n := f.weights(m.config, w.Shape); n < 0 || n > r.Left()/4 {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is cut short or damaged: a network of %d weights", n)
		}
		net := f.build(m.config, w.Shape, nil)
		if loadWeights(r, net); r.Err() != nil {
			return nil, r.Err()
		}
		m.members = append(m.members, member{w, net})
	}
	if r.Left() > 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %d bytes are left over", r.Left())
	}
	return m, nil
}

// loadPanel reads the ends of the series. Covariates that vary with time become cells of each series.
func loadPanel(r *fleet.Reader, horizon int) (*tidewatch.Panel, error) {
	grid := fleet.LoadGrid(r)
	n := r.Count(0, r.Left())
	var covs []tidewatch.Covariate
	for k := 0; k < n && r.Err() == nil; k++ {
		c := tidewatch.Covariate{Name: r.Text(), Scope: tidewatch.ByCell}
		if r.Bool() {
			c.Scope = tidewatch.BySeries
		}
		c.Ahead = r.Bool()
		if r.Bool() {
			c.Labels = []string{}
		}
		for labels := r.Count(0, r.Left()); labels > 0 && r.Err() == nil; labels-- {
			c.Labels = append(c.Labels, r.Text())
		}
		covs = append(covs, c)
	}
	const far = 1_000_000_000
	var series []tidewatch.Series
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		s := tidewatch.Series{ID: r.Text(), Start: r.Count(-far, far), Values: r.Floats()}
		for k := range covs {
			c := &covs[k]
			if c.Scope == tidewatch.BySeries {
				c.Values = append(c.Values, float32(r.Float()))
				continue
			}
			cells := tidewatch.Cells{Start: s.Start, Offset: len(c.Values), Len: len(s.Values) + horizon}
			if cells.Len > r.Left()/8 {
				r.Fail("the model file is cut short or damaged: %d values of %q", cells.Len, c.Name)
				break
			}
			for range cells.Len {
				c.Values = append(c.Values, float32(r.Float()))
			}
			c.Cells = append(c.Cells, cells)
		}
		series = append(series, s)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	p, err := tidewatch.NewPanel(grid, nil, series, covs...)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %w", err)
	}
	return p, nil
}
