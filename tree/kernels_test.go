package tree

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestKernelsAgree compares the vector and assembly kernels with the portable ones.
func TestKernelsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		n, lanes := rapid.IntRange(1, 200).Draw(t, "rows"), rapid.IntRange(1, 16).Draw(t, "lanes")
		b := block{lanes: make([]lane, lanes), stride: 8 + 8*((lanes-1)/8)}
		b.data = make([]uint8, 300*b.stride+paddingAtEnd)
		for i := range b.data {
			b.data[i] = uint8(rng.Uint32())
		}
		rows, gh := padded(n), padded(n)
		for i := range rows {
			rows[i], gh[i] = uint32(rng.IntN(300)), rng.Uint32()
		}
		one, two := make([]int64, lanes*laneBins), make([]int64, lanes*laneBins)
		b.accumulate(one, rows, gh)
		b.accumulatePortable(two, rows, gh)
		if !slices.Equal(one, two) {
			t.Fatal("histograms differ")
		}
		column := make([]uint8, 300+paddingAtEnd)
		var s sides
		for i := range column {
			column[i] = uint8(rng.Uint32())
		}
		for i := range s {
			s[i] = -(rng.Uint32() & 1)
		}
		var results [2][]uint32
		for i := range results {
			r, g, right, rightGH := append(slices.Clone(rows), make([]uint32, 16)...)[:n], append(slices.Clone(gh), make([]uint32, 16)...)[:n], padded(n), padded(n)
			if i == 1 {
				defer withoutVectors()()
			}
			left := partition(column, &s, r, g, right, rightGH)
			results[i] = slices.Concat(r[:left], right[:n-left], g[:left], rightGH[:n-left])
		}
		if !slices.Equal(results[0], results[1]) {
			t.Fatal("partitions differ")
		}
	})
}

func TestSearchAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edges := rapid.SliceOfNDistinct(rapid.Float64Range(-3, 3), 0, 255, rapid.ID[float64]).Draw(t, "edges")
		slices.Sort(edges)
		values := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-4, 4), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.Inf(-1))), 70, 70).Draw(t, "values")
		copy(values, edges)
		s := newSearch(edges)
		dst := make([]uint8, len(values))
		for i := range 2 {
			if i == 1 {
				defer withoutVectors()()
			}
			s.below(dst, values)
			for j, x := range values {
				want := 0
				for _, e := range edges {
					if e < x {
						want++
					}
				}
				if int(dst[j]) != want {
					t.Fatalf("pass %d: %d edges below %v, not %d", i, dst[j], x, want)
				}
			}
		}
	})
}

// TestBinsHoldTheirShare checks the bins of samples with many and with few distinct values.
func TestBinsHoldTheirShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		distinctValues := rapid.IntRange(1, 3000).Draw(t, "distinct")
		max := rapid.IntRange(2, 255).Draw(t, "bins")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		values := make([]float64, 5000)
		for i := range values {
			values[i] = math.Exp(float64(rng.IntN(distinctValues)) / 300)
			if rng.IntN(3) == 0 {
				values[i] = 0
			}
		}
		f := numericFeature(slices.Clone(values), max, minRowsInBin)
		if f.bins != len(f.edges)+2 || len(f.edges) > max-1 || !slices.IsSorted(f.edges) {
			t.Fatalf("%d bins, %d edges, at most %d bins wanted", f.bins, len(f.edges), max)
		}
		s := newSearch(f.edges)
		bins := make([]uint8, len(values))
		s.below(bins, values)
		count, zero := make([]int, len(f.edges)+1), make([]int, len(f.edges)+1)
		for i, b := range bins {
			count[b]++
			if values[i] == 0 {
				zero[b]++
			}
		}
		for b, c := range count {
			if c < minRowsInBin {
				t.Fatalf("bin %d holds %d rows", b, c)
			}
			if distinctValues > 1000 && max > 10 && c-zero[b] > 3*len(values)/max {
				t.Fatalf("bin %d of %d holds %d rows of %d", b, len(count), c, len(values))
			}
		}
	})
}
