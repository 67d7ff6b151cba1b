package hierarchy

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkM5 reconciles 28 steps of a hierarchy of the size and shape of the M5 competition's, 42,840 nodes, by variances of which some
// are zero.
func BenchmarkM5(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const items, stores = 3049, 10
	var bottom []string
	texts := map[string][]string{}
	for i := range items {
		for s := range stores {
			item, dept, cat := fmt.Sprint("i", i), fmt.Sprint("d", i%7), fmt.Sprint("c", i%7/3)
			store, state := fmt.Sprint("s", s), fmt.Sprint("t", min(s/4, 2))
			bottom = append(bottom, item+"/"+store)
			for name, text := range map[string]string{"state": state, "store": store, "cat": cat, "dept": dept, "state+cat": state + cat, "state+dept": state + dept,
				"store+cat": store + cat, "store+dept": store + dept, "item": item, "state+item": state + item} {
				texts[name] = append(texts[name], text)
			}
		}
	}
	levels := []Level{Total("total", len(bottom))}
	for _, name := range []string{"state", "store", "cat", "dept", "state+cat", "state+dept", "store+cat", "store+dept", "item", "state+item"} {
		levels = append(levels, Group(name, texts[name], func(text string) string { return name + "=" + text }))
	}
	h, err := New(bottom, levels...)
	if err != nil || h.Len() != 42_840 {
		b.Fatal(h.Len(), err)
	}
	variance, y := make([]float64, h.Len()), make([]float64, h.Len())
	for v := range y {
		y[v] = float64(h.Size(v)) * (1 + .1*rng.NormFloat64())
		if v%300 != 0 {
			variance[v] = float64(h.Size(v)) * rng.Float64()
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReconciler(h, WLS, Known{Variance: variance})
		if err != nil {
			b.Fatal(err)
		}
		for range 28 {
			r.Values(append([]float64(nil), y...), true)
		}
	}
}
