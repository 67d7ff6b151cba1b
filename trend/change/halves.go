package change

import (
	"container/heap"
	"slices"
)

// halves are the values of a growing segment, the smaller and the larger half, for its median.
type halves struct {
	low, high       floats // low holds negated values; both are heaps, and low has as many as high or one more
	lowSum, highSum float64
}

func (h *halves) add(v float64) {
	if len(h.low) == 0 || v <= -h.low[0] {
		heap.Push(&h.low, -v)
		h.lowSum += v
	} else {
		heap.Push(&h.high, v)
		h.highSum += v
	}
	switch {
	case len(h.low) > len(h.high)+1:
		v := -heap.Pop(&h.low).(float64)
		heap.Push(&h.high, v)
		h.lowSum, h.highSum = h.lowSum-v, h.highSum+v
	case len(h.high) > len(h.low):
		v := heap.Pop(&h.high).(float64)
		heap.Push(&h.low, -v)
		h.lowSum, h.highSum = h.lowSum+v, h.highSum-v
	}
}

// spread is the sum of the distances from the median.
func (h *halves) spread() float64 {
	middle := -h.low[0]
	return max(0, middle*float64(len(h.low)-len(h.high))-h.lowSum+h.highSum)
}

type floats []float64

func (f floats) Len() int           { return len(f) }
func (f floats) Less(i, j int) bool { return f[i] < f[j] }
func (f floats) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *floats) Push(v any)        { *f = append(*f, v.(float64)) }
func (f *floats) Pop() any {
	v := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return v
}

func sortedCopy(x []float64) []float64 { return slices.Sorted(slices.Values(x)) }
