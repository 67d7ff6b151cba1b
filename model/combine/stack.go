package combine

import (
	"math/rand/v2"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Stack is a weighted mean of the members' forecasts, quantile by quantile. The weights are not negative and sum to one: those that
// would have left the least squared error at past origins inside the series (stacked regressions: Breiman 1996, Machine Learning 24), as far
// as weights from the other origins did better than equal ones at each. Too short a history gives equal weights. A member that cannot fit a
// series is left out of it.
type Stack struct {
	Name    string // how it was named, if by less than its members
	Members []fleet.Method
}

func (m Stack) String() string {
	if m.Name != "" {
		return m.Name
	}
	names := make([]string, len(m.Members))
	for i, x := range m.Members {
		names[i] = x.String()
	}
	return "stack(" + strings.Join(names, ",") + ")"
}

const (
	stackOrigins = 4  // a horizon apart
	leastHorizon = 4  // of a season
	mostHorizon  = 24 // of a season
	leastHistory = 12 // values before the earliest origin, and two seasons at least
)

// Fit implements [fleet.Method]. It fails where every member does, with the first one's reason.
func (m Stack) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	fit, err := Median(m).Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := &stack{members: fit.(*median).members}
	f.weight = m.weights(s, f.members, rng)
	return f, nil
}

// weights are those of the members that could be fitted.
func (m Stack) weights(s tidewatch.Series, members []fleet.Updater, rng *rand.Rand) []float64 {
	var able []int
	for i, x := range members {
		if x != nil {
			able = append(able, i)
		}
	}
	weight := make([]float64, len(members))
	best := equal(len(able))
	if origins := m.errors(s, able, rng); len(origins) > 1 {
		best = gated(origins, len(able))
	}
	for k, i := range able {
		weight[i] = best[k]
	}
	return weight
}

func equal(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 / float64(n)
	}
	return w
}

// errors are [origin][step][member] those of the members' means; nil where they cannot be had.
func (m Stack) errors(s tidewatch.Series, able []int, rng *rand.Rand) [][][]float64 {
	horizon := min(max(s.Season(), leastHorizon), mostHorizon)
	count := min(stackOrigins, (len(s.Values)-max(leastHistory, 2*s.Season()))/horizon)
	if count < 2 || len(able) < 2 {
		return nil
	}
	scale := 0.0
	for _, v := range s.Values {
		if v == v {
			scale = max(scale, v, -v)
		}
	}
	origins := make([][][]float64, count)
	first := s.End() - count*horizon
	for k, i := range able {
		known := s.Until(first)
		fit, err := m.Members[i].Fit(known, rng)
		if err != nil {
			return nil
		}
		u := fit.(fleet.Updater) // as that of the whole series is
		mean := make([]float64, horizon)
		for o := range origins {
			from := len(known.Values)
			if o > 0 {
				known = s.Until(first + o*horizon)
				u.Update(known, from)
				from = len(known.Values)
			}
			u.Forecast(nil, mean, nil)
			if origins[o] == nil {
				origins[o] = make([][]float64, horizon)
			}
			for h, v := range s.Values[from : from+horizon] {
				if v != v {
					continue
				}
				if origins[o][h] == nil {
					origins[o][h] = make([]float64, len(able))
				}
				e := (v - mean[h]) / max(scale, 1e-300)
				if e-e != 0 || e*e > 1e12 {
					return nil
				}
				origins[o][h][k] = e
			}
		}
	}
	return origins
}

// gated goes from equal weights towards the best ones as far as that helped at origins left out: not, half, or all the way.
func gated(origins [][][]float64, n int) []float64 {
	even := equal(n)
	var loss [3]float64
	for o := range origins {
		w := leastSquares(origins, o, n)
		for _, e := range origins[o] {
			for k := range loss {
				sum := 0.0
				for i := range e {
					sum += (even[i] + float64(k)/2*(w[i]-even[i])) * e[i]
				}
				loss[k] += sum * sum
			}
		}
	}
	far := 0
	for k := range loss {
		if loss[k] < .98*loss[far] {
			far = k
		}
	}
	w := leastSquares(origins, -1, n)
	for i := range w {
		w[i] = even[i] + float64(far)/2*(w[i]-even[i])
	}
	return w
}

// leastSquares are the weights, not negative and summing to one, of the least squared error at all origins but one: by moving weight from the
// member that raises it most to the one that lowers it most.
func leastSquares(origins [][][]float64, without, n int) []float64 {
	g := make([]float64, n*n)
	trace := 0.0
	for o := range origins {
		for _, e := range origins[o] {
			for i := range e {
				for j := range e {
					if o != without {
						g[i*n+j] += e[i] * e[j]
					}
				}
			}
		}
	}
	for i := range n {
		trace += g[i*n+i] / float64(n)
	}
	w := equal(n)
	if !(trace > 0) {
		return w
	}
	for i := range n {
		g[i*n+i] += ridge * trace
	}
	grad := make([]float64, n)
	for range 200 {
		up, down := 0, -1
		for i := range grad {
			grad[i] = 0
			for j := range w {
				grad[i] += g[i*n+j] * w[j]
			}
			if grad[i] < grad[up] {
				up = i
			}
			if w[i] > 0 && (down < 0 || grad[i] > grad[down]) {
				down = i
			}
		}
		slope := grad[down] - grad[up]
		if slope <= 1e-9*trace {
			break
		}
		step := w[down]
		if curve := g[up*n+up] - 2*g[up*n+down] + g[down*n+down]; curve > 0 {
			step = min(step, slope/curve)
		}
		w[up] += step
		w[down] -= step
	}
	return w
}

// ridge keeps members that err alike from being told apart by chance, in mean squared errors of the members.
const ridge = .05

type stack struct {
	members []fleet.Updater // nil where a member could not fit
	weight  []float64
}

// Update implements [fleet.Updater]. The weights stay.
func (f *stack) Update(s tidewatch.Series, from int) { (&median{f.members}).Update(s, from) }

// Forecast implements [fleet.Model].
func (f *stack) Forecast(levels, mean, q []float64) {
	width := len(mean) + len(q)
	sum, all := make([]float64, width), 0.0
	one := make([]float64, width)
	var last []float64 // of a member that counts, where none that is finite does
	for i, m := range f.members {
		if m == nil || f.weight[i] == 0 && last != nil {
			continue
		}
		m.Forecast(levels, one[:len(mean)], one[len(mean):])
		if last == nil {
			last = append([]float64(nil), one...)
		}
		if f.weight[i] == 0 || !finite(one) {
			continue
		}
		for k, v := range one {
			sum[k] += f.weight[i] * v
		}
		all += f.weight[i]
	}
	if all == 0 {
		sum, all = last, 1
	}
	for k, v := range sum {
		if v /= all; k < len(mean) {
			mean[k] = v
		} else {
			q[k-len(mean)] = v
		}
	}
}

// Save implements [fleet.Saver].
func (f *stack) Save(w *fleet.Writer) {
	w.Floats(f.weight)
	(&median{f.members}).Save(w)
}

// Load implements [fleet.Loader].
func (m Stack) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &stack{weight: r.FiniteFloats()}
	if len(f.weight) != len(m.Members) {
		r.Fail("the model file is damaged: %d weights of %d members", len(f.weight), len(m.Members))
		return nil, r.Err()
	}
	sum := 0.0
	for _, w := range f.weight {
		if w < 0 || w > 1 {
			r.Fail("the model file is damaged: a weight of %g", w)
		}
		sum += w
	}
	if r.Err() == nil && !(sum > 0) {
		r.Fail("the model file is damaged: no weights")
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	fit, err := Median(m).Load(r)
	if err != nil {
		return nil, err
	}
	f.members = fit.(*median).members
	return f, nil
}

// Explain implements [fleet.Explainer]: the weighted parts of the members.
func (m Stack) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := fit.(*stack)
	var accounts []*tidewatch.Account
	var weight []float64
	var forms []string
	for i, x := range m.Members {
		if f.members[i] == nil || f.weight[i] == 0 {
			continue
		}
		a, err := fleet.Explain(x, s, steps, rng)
		if err != nil {
			return nil, err
		}
		accounts, weight, forms = append(accounts, a), append(weight, f.weight[i]), append(forms, a.Form)
	}
	out := tidewatch.Mix(accounts, weight)
	out.Form = strings.Join(forms, ", ")
	return out, nil
}
