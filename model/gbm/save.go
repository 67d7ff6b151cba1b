package gbm

import (
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/tree"
)

// Save writes the model: how it was made, its trees, and the panel it forecasts, whose features need all of it.
func (m *Model) Save(w *fleet.Writer) error {
	savePanel(w, m.panel)
	f := m.fitter
	for _, v := range []int{f.Horizon, f.Block, f.Span, f.Draws, f.Rows, f.Rounds, f.Leaves, f.MinRows, f.Bins} {
		w.Int(v)
	}
	for _, v := range []float64{f.Rate, f.Features, f.Bagging, f.Power, f.Anchor} {
		w.Float(v)
	}
	saveTexts(w, f.Parts)
	w.Bool(f.Parts != nil)
	saveTexts(w, f.Omit)
	w.Bool(f.Groups)
	w.Bool(f.Percent)
	w.Text(string(f.target))
	w.Text(string(f.Target))
	w.Int(int(f.Seed >> 32))
	w.Int(int(f.Seed & math.MaxUint32))
	w.Int(f.gate)
	w.Int(f.rows)
	w.Bool(f.described)
	b, err := f.builder(m.panel, nil)
	if err != nil {
		return err
	}
	var names []string
	for _, x := range b.Features() {
		names = append(names, x.Name)
	}
	saveTexts(w, names)
	w.Int(len(m.parts))
	for _, p := range m.parts {
		w.Text(p.by)
		w.Int(len(p.models))
		for _, k := range p.of {
			w.Int(k)
		}
		for _, models := range p.models {
			if err := saveTrees(w, models); err != nil {
				return err
			}
		}
	}
	w.Bool(m.anchor != nil)
	if m.anchor != nil {
		w.Int(len(m.anchor.factor))
		for _, v := range m.anchor.factor {
			w.Floats(v)
		}
		for _, g := range m.anchor.of {
			w.Int(int(g))
		}
	}
	w.Bool(m.spread != nil)
	if m.spread == nil {
		return nil
	}
	if err := saveTrees(w, m.spread.widths); err != nil {
		return err
	}
	w.Floats(m.spread.bounds)
	w.Float(m.spread.bias)
	w.Int(len(m.spread.pools))
	for _, p := range m.spread.pools {
		w.Floats(p)
	}
	return nil
}

func saveTexts(w *fleet.Writer, v []string) {
	w.Int(len(v))
	for _, s := range v {
		w.Text(s)
	}
}

func saveTrees(w *fleet.Writer, models []*tree.Model) error {
	w.Int(len(models))
	for _, m := range models {
		b, err := m.MarshalBinary()
		if err != nil {
			return err
		}
		w.Text(string(b))
	}
	return nil
}

// Load reads what [Model.Save] wrote. Whatever r holds, it ends without a crash or an allocation much larger than r.
func Load(r *fleet.Reader, workers int) (*Model, error) {
	p, err := loadPanel(r)
	if err != nil {
		return nil, err
	}
	f := &fitter{end: p.End()}
	for _, v := range []*int{&f.Horizon, &f.Block, &f.Span, &f.Draws, &f.Rows, &f.Rounds, &f.Leaves, &f.MinRows, &f.Bins} {
		*v = r.Count(0, everything)
	}
	for _, v := range []*float64{&f.Rate, &f.Features, &f.Bagging, &f.Power, &f.Anchor} {
		*v = r.Finite()
	}
	f.Parts = loadTexts(r)
	if !r.Bool() {
		f.Parts = nil
	}
	f.Omit = loadTexts(r)
	f.Groups, f.Percent = r.Bool(), r.Bool()
	f.target, f.Target = Target(r.Text()), Target(r.Text())
	f.Seed = uint64(r.Count(0, math.MaxUint32))<<32 | uint64(r.Count(0, math.MaxUint32))
	f.gate, f.rows, f.described, f.Workers = r.Count(-1, len(p.Covariates())-1), r.Count(0, math.MaxInt), r.Bool(), workers
	names := loadTexts(r)
	if r.Err() != nil {
		return nil, r.Err()
	}
	f.keep = min(1, float64(f.Rows)/float64(max(f.rows, 1)))
	switch {
	case f.target != Count && f.target != Log && f.target != Ratio:
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: a target %q", string(f.target))
	case f.Horizon < 1 || f.Block < 1 || f.Horizon > tidewatch.MaxSteps:
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: a horizon of %d in blocks of %d", f.Horizon, f.Block)
	}
	if f.Method, err = f.withDefaults(p); err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %w", err)
	}
	m := &Model{fitter: f, panel: p}
	if err := m.sameFeatures(names); err != nil {
		return nil, err
	}
	m.loadParts(r, len(names))
	if r.Bool() {
		m.loadAnchor(r)
	}
	if r.Bool() {
		m.loadSpread(r, len(names)+1)
	}
	if r.Err() == nil && (len(m.parts) > 0) != (m.spread != nil) {
		r.Fail("the model file is damaged: it has trees and no distribution, or a distribution and no trees")
	}
	if r.Err() == nil && r.Left() > 0 {
		r.Fail("the model file is damaged: %d bytes are left over", r.Left())
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	return m, nil
}

// sameFeatures refuses a model whose trees learnt from other features than this program makes.
func (m *Model) sameFeatures(names []string) error {
	b, err := m.builder(m.panel, nil)
	if err != nil {
		return tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %w", err)
	}
	made := b.Features()
	for k := range max(len(made), len(names)) {
		if k >= len(made) || k >= len(names) || made[k].Name != names[k] {
			return tidewatch.Errorf(tidewatch.CodeModel, "the model learnt from %d features and this program makes %d, or others: fit the model again", len(names), len(made))
		}
	}
	return nil
}

func loadTexts(r *fleet.Reader) (out []string) {
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		out = append(out, r.Text())
	}
	return out
}

// loadTrees reads models of one output over so many features.
func loadTrees(r *fleet.Reader, features int) (out []*tree.Model) {
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		m, err := tree.UnmarshalModel([]byte(r.Text()))
		switch {
		case r.Err() != nil:
		case err != nil:
			r.Fail("the model file is damaged: %w", err)
		case m.Features() != features || m.Outputs() != 1:
			r.Fail("the model file is damaged: trees over %d features with %d outputs, not %d and 1", m.Features(), m.Outputs(), features)
		default:
			out = append(out, m)
		}
	}
	return out
}

func (m *Model) loadParts(r *fleet.Reader, features int) {
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		p := partition{by: r.Text()}
		models := r.Count(1, max(1, m.panel.Len()))
		for range m.panel.Len() {
			if r.Err() != nil {
				return
			}
			p.of = append(p.of, r.Count(0, models-1))
		}
		for range models {
			trees := loadTrees(r, features)
			if r.Err() == nil && trees == nil {
				r.Fail("the model file is damaged: a part has no trees")
			}
			if r.Err() != nil {
				return
			}
			p.models = append(p.models, trees)
		}
		m.parts = append(m.parts, p)
	}
}

func (m *Model) loadAnchor(r *fleet.Reader) {
	a := &anchor{}
	groups := r.Count(1, max(1, r.Left()))
	for k := 0; k < groups && r.Err() == nil; k++ {
		v := r.FiniteFloats()
		if r.Err() == nil && len(v) == 0 {
			r.Fail("the model file is damaged: a total without a forecast")
		}
		a.factor = append(a.factor, v)
	}
	for i := 0; i < m.panel.Len() && r.Err() == nil; i++ {
		a.of = append(a.of, int32(r.Count(0, groups-1)))
	}
	m.anchor = a
}

func (m *Model) loadSpread(r *fleet.Reader, features int) {
	s := &spread{widths: loadTrees(r, features), bounds: r.FiniteFloats(), bias: r.Finite()}
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		p := r.FiniteFloats()
		if r.Err() == nil && len(p) != len(grid) {
			r.Fail("the model file is damaged: %d levels of %d", len(p), len(grid))
		}
		s.pools = append(s.pools, p)
	}
	if r.Err() == nil && len(s.widths) > 0 && len(s.pools) != len(s.bounds)+1 {
		r.Fail("the model file is damaged: %d pools between %d bounds", len(s.pools), len(s.bounds))
	}
	m.spread = s
}
