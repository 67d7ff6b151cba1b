// Package change finds where series turn: at which points their level changed (offline, exactly; and online, as values arrive), when a
// share burst, which values do not belong, and which of all that is a lasting shift, a spike or a festival that comes back every year.
package change

import (
	"math"
)

// Points are the places at which the segments of least cost end, the length of x the last of them: the segmentation that minimises the sum
// of the costs of its segments and a penalty for each, no segment shorter than the given length. It is exact (PELT: Killick, Fearnhead &
// Eckley 2012); a start is dropped only for ends that the argument holds for, those at least shortest later. x must hold no unknown values.
func Points(x []float64, c Cost, penalty float64, shortest int) []int {
	n := len(x)
	shortest = max(1, shortest)
	if n < 2*shortest {
		return []int{n}
	}
	cost := c.over(x)
	best := make([]float64, n+1) // of x up to an end
	last := make([]int, n+1)     // start of its last segment
	drop := make([]int, n+1)     // end from which on a start is of no use; 0 = none yet
	best[0] = -penalty
	starts, costs := []int{0}, make([]float64, 0, n+1)
	for end := shortest; end <= n; end++ {
		if s := end - shortest; s >= shortest {
			starts = append(starts, s)
		}
		best[end] = math.Inf(1)
		kept := starts[:0]
		costs = costs[:0]
		for _, s := range starts {
			if drop[s] > 0 && end >= drop[s] {
				continue
			}
			v := best[s] + cost(s, end)
			kept, costs = append(kept, s), append(costs, v)
			if v += penalty; v < best[end] {
				best[end], last[end] = v, s
			}
		}
		starts = kept
		for k, s := range starts {
			if drop[s] == 0 && costs[k] > best[end]+1e-12*math.Abs(best[end]) {
				drop[s] = end + shortest
			}
		}
	}
	var ends []int
	for e := n; e > 0; e = last[e] {
		ends = append([]int{e}, ends...)
	}
	return ends
}

// Cost is what a segment costs: how little its values have in common. Costs of parts never add up to more than that of the whole.
type Cost interface {
	// over prepares for x. The function it returns is the cost of x[s:t]; for one s, t must not fall between calls.
	over(x []float64) func(s, t int) float64
}

// Squared is Σ (x - mean)²: changes of the mean. One wild value makes a segment of its own.
type Squared struct{}

func (Squared) over(x []float64) func(s, t int) float64 {
	centre := 0.
	for _, v := range x {
		centre += v / float64(len(x))
	}
	sum, square := make([]float64, len(x)+1), make([]float64, len(x)+1)
	for i, v := range x {
		v -= centre
		sum[i+1], square[i+1] = sum[i]+v, square[i]+v*v
	}
	return func(s, t int) float64 {
		d := sum[t] - sum[s]
		return max(0, square[t]-square[s]-d*d/float64(t-s))
	}
}

// Normal is the segment's length times log(variance + 1e-6): changes of the mean or the variance of normal values.
type Normal struct{}

func (Normal) over(x []float64) func(s, t int) float64 {
	square := Squared{}.over(x)
	return func(s, t int) float64 {
		n := float64(t - s)
		return n * math.Log(square(s, t)/n+1e-6)
	}
}

// Absolute is Σ |x - median|: changes of the median, which single wild values do not move.
type Absolute struct{}

func (Absolute) over(x []float64) func(s, t int) float64 {
	segments := make([]*halves, len(x))
	return func(s, t int) float64 {
		h := segments[s]
		if h == nil {
			h = &halves{}
			segments[s] = h
		}
		for n := len(h.low) + len(h.high); n < t-s; n++ {
			h.add(x[s+n])
		}
		return h.spread()
	}
}

// Ranks compares where values stand among all values, at about 4 log n of them, by the likelihood of being below each (Haynes, Fearnhead &
// Eckley 2017, "A computationally efficient nonparametric approach for changepoint detection"): any lasting change of the distribution,
// counts with many zeros included; wild values count as large, however wild.
type Ranks struct{}

func (Ranks) over(x []float64) func(s, t int) float64 {
	n := len(x)
	sorted := sortedCopy(x)
	k := min(n, int(math.Ceil(4*math.Log(float64(n)))))
	c := math.Log(float64(2*n - 1))
	// below[i*k+j] is twice the number of x[:i] below the j-th value, equal ones counted once.
	below := make([]int32, (n+1)*k)
	values := make([]float64, k)
	for j := range values {
		p := 1 / (1 + math.Exp(c-2*c/float64(k)*(float64(j)+.5)))
		values[j] = sorted[min(n-1, int(p*float64(n)))]
	}
	for i, v := range x {
		for j, q := range values {
			add := int32(0)
			switch {
			case v < q:
				add = 2
			case v == q:
				add = 1
			}
			below[(i+1)*k+j] = below[i*k+j] + add
		}
	}
	logs := make([]float64, 2*n+1) // m/2 log(m/2)
	for m := 1; m <= 2*n; m++ {
		logs[m] = float64(m) / 2 * math.Log(float64(m)/2)
	}
	scale := 2 * c / float64(k)
	return func(s, t int) float64 {
		whole := int32(2 * (t - s))
		sum := float64(k) * logs[whole]
		a, b := below[s*k:s*k+k], below[t*k:t*k+k]
		for j, v := range b {
			m := v - a[j]
			sum -= logs[m] + logs[whole-m]
		}
		return scale * sum
	}
}

// Penalty is the penalty of [Ranks] per segment for n values: 2 log n (Schwarz 1978) times a strictness, 1 being usual.
func Penalty(n int, strictness float64) float64 { return strictness * 2 * math.Log(float64(n)) }
