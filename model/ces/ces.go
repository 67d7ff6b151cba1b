// Package ces is complex exponential smoothing (Svetunkov, Kourentzes & Ord 2022, Complex exponential smoothing, Naval Research Logistics 69).
//
// A complex smoothing parameter α0 + iα1 moves a level and, with it, the information that errors hold about what is not level, so that
// one model goes over smoothly from a stationary series to one with a trend. Seasons come in three ways: a level of its own for each
// phase (simple), an additive season with a real parameter (partial), or with a complex one (full).
package ces

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Kind is how the season enters.
type Kind byte

// The kinds; the zero Kind means "choose".
const (
	None    Kind = 'N'
	Simple  Kind = 'S'
	Partial Kind = 'P'
	Full    Kind = 'F'
)

// CES is complex exponential smoothing. Its zero value chooses the kind by the corrected Akaike criterion.
type CES struct{ Kind Kind }

func (m CES) String() string {
	if m.Kind == 0 {
		return "ces"
	}
	return "ces(" + string(rune(m.Kind)) + ")"
}

const longestSeason = 400

// Fit implements [fleet.Method]. It needs five known values, and two full seasons of values for a kind with a season.
func (m CES) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	f, known, err := m.choose(s)
	if err != nil {
		return nil, err
	}
	return f.model(known), nil
}

// choose finds the kind and its parameters; known is the number of known values.
func (m CES) choose(s tidewatch.Series) (*filter, int, error) {
	y, known := trimmed(s.Values)
	if known < 5 {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "complex exponential smoothing needs 5 known values")
	}
	period := s.Season()
	seasonal := period > 1 && period <= longestSeason && len(y) >= 2*period+4
	if m.Kind != 0 && m.Kind != None && !seasonal {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "%s needs a season and two full ones of values", m)
	}
	kinds := []Kind{m.Kind}
	switch {
	case m.Kind == 0 && seasonal:
		kinds = []Kind{None, Simple, Partial, Full}
	case m.Kind == 0:
		kinds = []Kind{None}
	}
	var best *filter
	least := math.Inf(1)
	for _, k := range kinds {
		f, ok := begin(y, k, period)
		if !ok {
			continue
		}
		f.search()
		if c := f.criterion(known); f.sse < math.Inf(1) && (c < least || best == nil) {
			best, least = f, c
		}
	}
	if best == nil {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeNumeric, "complex exponential smoothing found no parameters")
	}
	return best, known, nil
}

// trimmed is y from its first known value on, and how many are known.
func trimmed(y []float64) ([]float64, int) {
	first, known := len(y), 0
	for t := len(y) - 1; t >= 0; t-- {
		if y[t] == y[t] {
			first = t
			known++
		}
	}
	return y[first:], known
}

// model is one fitted series: its states after the last value.
type model struct {
	kind     Kind
	par      [4]float64 // α0, α1 and, for a season of its own, β0, β1
	level    []pair     // [phase]: one, or one a phase for the simple season
	season   []pair     // [phase], the next value's first
	variance float64
	gap      int
}

type pair struct{ a, b float64 }

func (m *model) clone() *model {
	c := *m
	c.level, c.season = append([]pair(nil), m.level...), append([]pair(nil), m.season...)
	return &c
}

// step takes in an error of the expected value at the first phase, and turns the phases by one.
func (m *model) step(e float64) {
	l := turned(m.par[0], m.par[1], m.level[0], e)
	copy(m.level, m.level[1:])
	m.level[len(m.level)-1] = l
	if m.season != nil {
		s := m.season[0]
		if m.kind == Partial {
			s.a += m.par[2] * e
		} else {
			s = turned(m.par[2], m.par[3], s, e)
		}
		copy(m.season, m.season[1:])
		m.season[len(m.season)-1] = s
	}
}

// turned is a complex state after an error: equation 9 of Svetunkov et al.
func turned(a0, a1 float64, p pair, e float64) pair {
	return pair{p.a - (1-a1)*p.b + (a0-a1)*e, p.a + (1-a0)*p.b + (a0+a1)*e}
}

func (m *model) next() float64 {
	v := m.level[0].a
	if m.season != nil {
		v += m.season[0].a
	}
	return v
}

// Forecast implements [fleet.Model]. The variance of step h is σ² (1 + Σ_{j<h} c_j²), c_j being what an error of 1 adds j steps later.
func (m *model) Forecast(levels, mean, q []float64) {
	sd := make([]float64, len(mean))
	plain := m.clone()
	hit := &model{kind: m.kind, par: m.par, level: make([]pair, len(m.level)), season: make([]pair, len(m.season))}
	if m.season == nil {
		hit.season = nil
	}
	hit.step(1)
	sum := 1.0
	for h := -m.gap; h < len(mean); h++ {
		if h >= 0 {
			mean[h] = plain.next()
			sd[h] = math.Sqrt(m.variance * sum)
			plain.step(0)
		}
		c := hit.next()
		sum += c * c
		hit.step(0)
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// Update implements [fleet.Updater].
func (m *model) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		if v == v {
			m.step(v - m.next())
			m.gap = 0
		} else {
			m.step(0)
			m.gap++
		}
	}
}

// Save implements [fleet.Saver].
func (m *model) Save(w *fleet.Writer) {
	w.Int(int(m.kind))
	for _, v := range m.par {
		w.Float(v)
	}
	w.Float(m.variance)
	w.Int(m.gap)
	for _, ring := range [][]pair{m.level, m.season} {
		flat := make([]float64, 0, 2*len(ring))
		for _, p := range ring {
			flat = append(flat, p.a, p.b)
		}
		w.Floats(flat)
	}
}

// Load implements [fleet.Loader].
func (CES) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &model{kind: Kind(r.Count(0, 255))}
	for i := range m.par {
		m.par[i] = r.Finite()
	}
	m.variance, m.gap = r.Finite(), r.Count(0, 100_000_000)
	for _, ring := range []*[]pair{&m.level, &m.season} {
		flat := r.FiniteFloats()
		for i := 0; i+1 < len(flat); i += 2 {
			*ring = append(*ring, pair{flat[i], flat[i+1]})
		}
	}
	own := m.kind == Partial || m.kind == Full
	if !own && m.kind != None && m.kind != Simple || own != (m.season != nil) || len(m.level) == 0 || m.kind != Simple && len(m.level) != 1 || !(m.variance >= 0) {
		r.Fail("the model file is damaged: the states are not those of complex exponential smoothing")
	}
	return m, r.Err()
}
