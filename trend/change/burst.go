package change

import (
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// Burst is a stretch in which something was more frequent than usual.
type Burst struct {
	From, To int     // first and last place
	Weight   float64 // by how much (in log-likelihood) it is better explained by the higher rate
}

// Bursts are the bursts of a share (Kleinberg 2002, "Bursty and hierarchical structure in streams", two states, batched arrivals): part[t]
// of whole[t] events are of a kind; the usual rate is that of all together, a burst's is times as high, and going up costs gamma log n. The
// states of least cost are found exactly (Viterbi 1967). Periods without events say nothing.
func Bursts(part, whole []float64, times, gamma float64) []Burst {
	n := len(part)
	r, d := 0., 0.
	for t := range n {
		r, d = r+part[t], d+whole[t]
	}
	if !(r > 0 && d > r) {
		return nil
	}
	rates := [2]float64{r / d, min(times*r/d, .99999)}
	cost := func(t, state int) float64 {
		if whole[t] == 0 {
			return 0
		}
		p := rates[state]
		return -combin.LogGeneralizedBinomial(whole[t], part[t]) - part[t]*math.Log(p) - (whole[t]-part[t])*math.Log1p(-p)
	}
	costs := make([]float64, 2*n)
	for t := range n {
		costs[2*t], costs[2*t+1] = cost(t, 0), cost(t, 1)
	}
	states, _ := viterbi(costs, 2, gamma*math.Log(float64(n)))
	var bursts []Burst
	for t, s := range states {
		if s == 0 {
			continue
		}
		if t == 0 || states[t-1] == 0 {
			bursts = append(bursts, Burst{From: t})
		}
		b := &bursts[len(bursts)-1]
		b.To = t
		b.Weight += costs[2*t] - costs[2*t+1]
	}
	return bursts
}

// GapStates are the states of a stream of events at ascending times, one a gap (Kleinberg 2002, section 2, infinite automaton): state i
// has the rate base^i times the mean one, and going up by one costs gamma log n. It is nil for fewer than two different times.
func GapStates(times []float64, base, gamma float64) []int {
	n := len(times) - 1
	if n < 1 || !(times[n] > times[0]) {
		return nil
	}
	least := math.Inf(1)
	for t := range n {
		if g := times[t+1] - times[t]; g > 0 {
			least = min(least, g)
		}
	}
	whole := times[n] - times[0]
	k := int(math.Ceil(1 + math.Log(whole)/math.Log(base) + math.Log(1/least)/math.Log(base)))
	k = max(1, k)
	costs := make([]float64, n*k)
	for t := range n {
		for i := range k {
			rate := math.Pow(base, float64(i)) * float64(n) / whole
			costs[t*k+i] = rate*(times[t+1]-times[t]) - math.Log(rate)
		}
	}
	states, _ := viterbi(costs, k, gamma*math.Log(float64(n)))
	return states
}

// viterbi is the sequence of states of least cost, and that cost; costs are [time][state], going up costs up a state, down nothing. It
// begins in state 0. Of equals the lower state is taken.
func viterbi(costs []float64, k int, up float64) ([]int, float64) {
	n := len(costs) / k
	from := make([]int, n*k)
	best := make([]float64, k)
	for i := range best {
		best[i] = math.Inf(1)
	}
	best[0] = 0
	next := make([]float64, k)
	for t := range n {
		for j := range k {
			next[j] = math.Inf(1)
			for i, b := range best {
				if v := b + up*float64(max(0, j-i)); v < next[j] {
					next[j], from[t*k+j] = v, i
				}
			}
			next[j] += costs[t*k+j]
		}
		best, next = next, best
	}
	state, least := 0, best[0]
	for j, b := range best {
		if b < least {
			state, least = j, b
		}
	}
	states := make([]int, n)
	for t := n - 1; t >= 0; t-- {
		states[t] = state
		state = from[t*k+state]
	}
	return states, least
}
