package explain

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Waterfall says why To differs from From. From plus the amounts of all steps is To, exactly: amounts are whole numbers of units of
// 10^-Decimals.
type Waterfall struct {
	ID       string // of the series, or of the node of a hierarchy
	Decimals int    // may be negative, for values beyond the exact whole numbers of a float64
	From, To int64
	Steps    []Step // in the order of [Order], then by name; no amount is zero
}

// Step is what one cause adds.
type Step struct {
	Cause  Cause
	Name   string // which one, where there can be several: a festival; "" = the only one
	Amount int64
}

// Value is an amount of the waterfall in units of the series.
func (w *Waterfall) Value(amount int64) float64 {
	if w.Decimals < 0 {
		return float64(amount) * math.Pow10(-w.Decimals)
	}
	return float64(amount) / math.Pow10(w.Decimals)
}

// Check reports a waterfall whose steps do not add up.
func (w *Waterfall) Check() error {
	at := w.From
	for _, s := range w.Steps {
		at += s.Amount
	}
	if at != w.To {
		return tidewatch.Errorf(tidewatch.CodeInternal, "the steps of %q add up to %d, not %d", w.ID, at, w.To)
	}
	return nil
}

// Of is the amount of all steps of a cause.
func (w *Waterfall) Of(c Cause) int64 {
	sum := int64(0)
	for _, s := range w.Steps {
		if s.Cause == c {
			sum += s.Amount
		}
	}
	return sum
}

const (
	exact        = 1 << 52 // below which whole numbers are exact in a float64, sums of two included
	mostDecimals = 6
)

// Decimals is how finely amounts can be told whose sizes sum to at most total: six decimals, fewer for large ones.
func Decimals(total float64) int {
	d := mostDecimals
	for d > -300 && total*math.Pow10(d) >= exact {
		d--
	}
	return d
}

// amount is v in units of 10^-decimals.
func amount(v float64, decimals int) int64 {
	if decimals < 0 {
		return int64(math.Round(v / math.Pow10(-decimals)))
	}
	return int64(math.Round(v * math.Pow10(decimals)))
}

// sum gathers a waterfall: amounts that are not yet rounded.
type sum struct {
	from, to float64
	steps    map[key]float64
}

type key struct {
	cause Cause
	name  string
}

func (s *sum) add(c Cause, name string, v float64) {
	if s.steps == nil {
		s.steps = map[key]float64{}
	}
	s.steps[key{c, name}] += v
}

// size is at least what any partial sum of the waterfall can come to.
func (s *sum) size() float64 {
	sizes := []float64{math.Abs(s.from), math.Abs(s.to)}
	for _, v := range s.steps {
		sizes = append(sizes, math.Abs(v))
	}
	slices.Sort(sizes) // the same sum in any order of the steps
	size := 0.0
	for _, v := range sizes {
		size += v
	}
	return size
}

// close rounds the amounts, and books what they leave over to the rest.
func (s *sum) close(id string, decimals int) (Waterfall, error) {
	w := Waterfall{ID: id, Decimals: decimals}
	if x := s.size(); math.IsNaN(x) || math.IsInf(x, 0) {
		return w, tidewatch.Errorf(tidewatch.CodeData, "series %q: what is compared is not known", id)
	}
	w.From, w.To = amount(s.from, decimals), amount(s.to, decimals)
	left := w.To - w.From
	most := -1
	for k, v := range s.steps {
		a := amount(v, decimals)
		left -= a
		if a != 0 {
			w.Steps = append(w.Steps, Step{k.cause, k.name, a})
		}
	}
	w.sort()
	for i, step := range w.Steps {
		if step.Cause != Rest && (most < 0 || abs(step.Amount) > abs(w.Steps[most].Amount)) {
			most = i
		}
	}
	// A few of the smallest units are the rounding of the steps themselves: they belong to the largest. More than that is a rest.
	if most >= 0 && abs(left) <= int64(len(s.steps)+2) && abs(left) < abs(w.Steps[most].Amount) {
		w.Steps[most].Amount += left
	} else {
		w.add(Step{Rest, "", left})
	}
	return w, nil
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// add adds a step to those of the same cause and name.
func (w *Waterfall) add(s Step) {
	i := slices.IndexFunc(w.Steps, func(have Step) bool { return have.Cause == s.Cause && have.Name == s.Name })
	if i < 0 {
		w.Steps = append(w.Steps, s)
	} else {
		w.Steps[i].Amount += s.Amount
	}
	w.Steps = slices.DeleteFunc(w.Steps, func(s Step) bool { return s.Amount == 0 })
	w.sort()
}

func (w *Waterfall) sort() {
	slices.SortFunc(w.Steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(slices.Index(Order, a.Cause), slices.Index(Order, b.Cause)), cmp.Compare(a.Name, b.Name))
	})
}

// Total is the waterfall of a node of a hierarchy: the sum of those of the series it is made of, cause by cause. All must have the same
// Decimals, from [Decimals] of all of them together.
func Total(id string, parts []Waterfall) (Waterfall, error) {
	w := Waterfall{ID: id}
	steps := map[key]int64{}
	for i, p := range parts {
		if i > 0 && p.Decimals != w.Decimals {
			return w, tidewatch.Errorf(tidewatch.CodeInternal, "waterfalls of %d and %d decimals cannot be summed", w.Decimals, p.Decimals)
		}
		w.Decimals = p.Decimals
		w.From, w.To = w.From+p.From, w.To+p.To
		for _, s := range p.Steps {
			steps[key{s.Cause, s.Name}] += s.Amount
		}
	}
	for k, v := range steps {
		if v != 0 {
			w.Steps = append(w.Steps, Step{k.cause, k.name, v})
		}
	}
	w.sort()
	return w, nil
}

// Against books to [Coherence] what the node's own numbers differ from the sum of its parts by, as forecasts that were not made to add up do.
func (w *Waterfall) Against(from, to float64) {
	own := Waterfall{From: amount(from, w.Decimals), To: amount(to, w.Decimals)}
	w.add(Step{Coherence, "", (own.To - w.To) - (own.From - w.From)})
	w.From, w.To = own.From, own.To
}

// Brief is the waterfall with the n largest steps, the others together as the rest; those of one cause are one step first.
func (w *Waterfall) Brief(n int) Waterfall {
	b := Waterfall{ID: w.ID, Decimals: w.Decimals, From: w.From, To: w.To}
	for _, s := range w.Steps {
		b.add(Step{Cause: s.Cause, Amount: s.Amount})
	}
	for _, s := range b.Steps { // a cause with a single name keeps it
		var names []string
		for _, have := range w.Steps {
			if have.Cause == s.Cause {
				names = append(names, have.Name)
			}
		}
		if len(names) == 1 {
			b.Steps[slices.Index(b.Steps, s)].Name = names[0]
		}
	}
	if len(b.Steps) <= n {
		return b
	}
	bySize := slices.Clone(b.Steps)
	slices.SortStableFunc(bySize, func(x, y Step) int { return cmp.Compare(abs(y.Amount), abs(x.Amount)) })
	for _, s := range bySize[n-1:] {
		b.add(Step{s.Cause, s.Name, -s.Amount})
		b.add(Step{Rest, "", s.Amount})
	}
	return b
}

// Rounded is the waterfall as people see it: in units of 10^-decimals, in such a way that it still adds up. Each running total is rounded, and
// a step is the difference of two of them, so that it is at most one unit of the last digit from its own value. Steps of nothing are
// dropped. It is w itself where w is no finer than that.
func (w *Waterfall) Rounded(decimals int) Waterfall {
	k := w.Decimals - decimals
	if k <= 0 {
		return *w
	}
	unit := int64(math.Pow10(min(k, 18)))
	round := func(a int64) int64 {
		if a < 0 {
			return -((unit/2 - a) / unit)
		}
		return (unit/2 + a) / unit
	}
	r := Waterfall{ID: w.ID, Decimals: decimals, From: round(w.From), To: round(w.To)}
	at := w.From
	for _, s := range w.Steps {
		if a := round(at+s.Amount) - round(at); a != 0 {
			r.Steps = append(r.Steps, Step{s.Cause, s.Name, a})
		}
		at += s.Amount
	}
	return r
}
