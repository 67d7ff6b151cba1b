package hierarchy

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Method is a way to make forecasts add up.
type Method string

// The methods. Those of the trace minimisation differ in what they take the base forecasts' errors to be.
const (
	BottomUp       Method = "bu"     // the sums of the bottom series' forecasts
	TopDown        Method = "td"     // the coarsest nodes' forecasts, split as the forecasts below them are (Athanasopoulos, Ahmed & Hyndman 2009)
	TopDownAverage Method = "tdavg"  // the same, split as past values were (Gross & Sohl 1990, proportions of averages)
	MiddleOut      Method = "mo"     // a level's forecasts: summed above it, split below it as TopDown does
	Size           Method = "size"   // errors with variances that fall as nodes have more bottom series: the higher a node, the more it is trusted
	OLS            Method = "ols"    // errors all alike
	Structural     Method = "struct" // errors with variances as the number of bottom series in a node
	WLS            Method = "wls"    // errors with variances of their own
	Shrink         Method = "mint"   // errors that also hang together, as past errors did, shrunk
	ERM            Method = "erm"    // no model of errors: what would have been best for past ones (Ben Taieb & Koo 2019)
	Auto           Method = "auto"   // the best of several at past origins: see [Coherent]
)

// Methods are all methods, as a person may name them; MiddleOut may be followed by its level: "mo:store".
func Methods() []Method {
	return []Method{Auto, BottomUp, TopDown, TopDownAverage, MiddleOut, Size, OLS, Structural, WLS, Shrink, ERM}
}

// ParseMethod reads a method and, of MiddleOut, its level.
func ParseMethod(s string) (m Method, level string, err error) {
	name, level, _ := strings.Cut(s, ":")
	m = Method(name)
	if !slices.Contains(Methods(), m) || level != "" && m != MiddleOut {
		var names []string
		for _, m := range Methods() {
			names = append(names, string(m))
		}
		hint := ""
		if near := tidewatch.Nearest(name, names); near != "" {
			hint = fmt.Sprintf(" (did you mean %s?)", near)
		}
		return "", "", tidewatch.Errorf(tidewatch.CodeUsage, "--reconcile %s is not known%s: use one of %s, or mo:LEVEL", s, hint, strings.Join(names, ", "))
	}
	return m, level, nil
}

// Past is base forecasts that have been made of all nodes at earlier origins, and what came: samples are steps and origins in a row.
type Past struct {
	Forecast, Actual [][]float64 // [node][sample], NaN where unknown
}

// errors are Actual less Forecast.
func (p *Past) errors() [][]float64 {
	e := make([][]float64, len(p.Forecast))
	for v := range e {
		e[v] = make([]float64, len(p.Forecast[v]))
		for k, f := range p.Forecast[v] {
			e[v][k] = p.Actual[v][k] - f
		}
	}
	return e
}

// Variances are the mean squared errors of past forecasts, [node]; infinite where none is known.
func (p *Past) Variances() []float64 {
	variance := make([]float64, len(p.Forecast))
	for v, errors := range p.errors() {
		sum, n := 0.0, 0.0
		for _, d := range errors {
			if d == d {
				sum += d * d
				n++
			}
		}
		variance[v] = math.Inf(1)
		if n > 0 {
			variance[v] = sum / n
		}
	}
	return variance
}

// Known is what a reconciler may learn from. Only what its method needs must be there.
type Known struct {
	// Variance [node] of the base forecasts' errors, for WLS and Shrink: at past origins, or what the forecasts say of themselves
	// ([Spread]). Infinite: the node has no forecast. nil = from Past.
	Variance []float64
	Past     *Past  // for Shrink and ERM; of TopDownAverage the actual values
	Level    string // of MiddleOut; "" = the one in the middle
}

// projection makes coherent values of the bottom series, b, of base forecasts of all nodes, y. NaN above the bottom is no forecast; at
// the bottom there is none.
type projection interface {
	project(y, b []float64, s *scratch)
}

// Reconciler makes base forecasts of a hierarchy add up. It is safe for concurrent use.
type Reconciler struct {
	h       *Hierarchy
	method  Method
	project projection
	scratch func() *scratch
}

// NewReconciler prepares a method other than Auto.
func NewReconciler(h *Hierarchy, m Method, known Known) (*Reconciler, error) {
	r := &Reconciler{h: h, method: m, scratch: (&weighted{h: h}).scratch}
	needsPast := m == Shrink || m == ERM || m == TopDownAverage || m == WLS && known.Variance == nil
	if needsPast && (known.Past == nil || len(known.Past.Forecast) != h.Len() || len(known.Past.Actual) != h.Len() || len(known.Past.Forecast[0]) < 2) {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "reconciling by %s learns from forecasts at past origins, and the history is too short for any", m)
	}
	variance := make([]float64, h.Len())
	switch m {
	case OLS:
		for v := range variance {
			variance[v] = 1
		}
	case Structural:
		for v := range variance {
			variance[v] = float64(h.size[v])
		}
	case Size:
		for v := range variance {
			variance[v] = 1 / float64(h.size[v])
		}
	case WLS, Shrink:
		copy(variance, known.Variance)
		if known.Variance == nil {
			copy(variance, known.Past.Variances())
		}
		bounded(variance, h.Bottom())
	}
	var err error
	switch m {
	case BottomUp:
		r.project = bottomUp{h}
	case TopDown, TopDownAverage, MiddleOut:
		r.project, err = newSplit(h, m, known)
	case Size, OLS, Structural, WLS:
		r.project, err = newWeighted(h, variance)
	case Shrink:
		r.project, err = newCorrelated(h, variance, known.Past.errors())
	case ERM:
		r.project = newERM(h, known.Past)
	default:
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "no reconciler is called %q", m)
	}
	return r, err
}

// bounded makes bottom series without a forecast certain: they are zero.
func bounded(variance []float64, bottom int) {
	for v := bottom; v < len(variance); v++ {
		if math.IsInf(variance[v], 1) {
			variance[v] = 0
		}
	}
}

// Method is what the reconciler was made for.
func (r *Reconciler) Method() Method { return r.method }

// Values makes y [node] coherent, in place. NaN is no forecast: above the bottom it has no say, at the bottom it counts as 0. If nonNegative,
// no value is below 0: those of the bottom that would be are 0, and what that adds to their groups is taken from the others there,
// in proportion, coarse groups first and the finest last.
func (r *Reconciler) Values(y []float64, nonNegative bool) {
	r.values(y, nonNegative, false, r.scratch(), nil, nil)
}

// values is Values. If scale too, bottom series are multiplied until sums are as the projection has them, not added to, so that what is zero
// stays zero: of a path of a series that often sells nothing, that is most of it. Bottom series that are idle ([Hierarchy.idle]) are zero.
func (r *Reconciler) values(y []float64, nonNegative, scale bool, s *scratch, b []float64, idle []bool) {
	n := r.h.Bottom()
	if b == nil {
		b = make([]float64, len(y)-n)
	}
	for i, v := range y[n:] {
		if v != v {
			y[n+i] = 0
		}
	}
	r.project.project(y, b, s)
	for i, is := range idle {
		if is {
			b[i], y[n+i] = 0, 0
		}
	}
	if nonNegative && scale {
		for i, v := range b { // y becomes what the sums are to be, b what is to be scaled to it
			b[i], y[n+i] = max(y[n+i], 0), v
		}
		r.h.Sum(y)
		copy(s.e, y)
		copy(y[n:], b)
		r.h.scale(y, s.e)
		return
	}
	copy(y[n:], b)
	r.h.Sum(y)
	if nonNegative {
		r.h.raise(y, s.e)
	}
}

// idle is the bottom series in nodes that are sure to be zero, such as a market on a day on which it is closed: where nothing is below zero, so are they.
// It is nil where there are none. Zeros of the bottom are left to the reconciler.
func (h *Hierarchy) idle(zero func(node int) bool) []bool {
	var idle []bool
	for l, level := range h.levels {
		none := make([]bool, len(level.Nodes))
		any := false
		for g := range none {
			none[g] = zero(h.first[l] + g)
			any = any || none[g]
		}
		if !any {
			continue
		}
		if idle == nil {
			idle = make([]bool, h.Len()-h.Bottom())
		}
		for i, g := range level.Of {
			idle[i] = idle[i] || g >= 0 && none[g]
		}
	}
	return idle
}

// sweeps is how often the groups are gone through to take away what raising negative values to zero has added.
const sweeps = 2

// raise makes a coherent y non-negative. target is scratch.
func (h *Hierarchy) raise(y, target []float64) {
	b := y[h.Bottom():]
	if slices.Min(b) >= 0 {
		return
	}
	copy(target, y)
	for i, v := range b {
		b[i] = max(v, 0)
	}
	h.scale(y, target)
}

// scale multiplies the bottom of y, which is not negative, group by group until its sums are those of target as nearly as sweeps make them
// (iterative proportional fitting: Deming & Stephan 1940). Groups of which nothing is left stay zero.
func (h *Hierarchy) scale(y, target []float64) {
	b := y[h.Bottom():]
	for range sweeps {
		for l, level := range h.levels {
			sum := y[h.first[l]:h.first[l+1]]
			clear(sum)
			for i, g := range level.Of {
				if g >= 0 {
					sum[g] += b[i]
				}
			}
			for g, v := range sum { // from sums to factors
				sum[g] = 1
				if v > 0 {
					sum[g] = max(target[h.first[l]+g], 0) / v
				}
			}
			for i, g := range level.Of {
				if g >= 0 {
					b[i] *= sum[g]
				}
			}
		}
	}
	h.Sum(y)
}

// bottomUp keeps the bottom.
type bottomUp struct{ h *Hierarchy }

func (p bottomUp) project(y, b []float64, _ *scratch) { copy(b, y[p.h.Bottom():]) }
