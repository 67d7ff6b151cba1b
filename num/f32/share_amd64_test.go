//go:build amd64 && !purego

package f32

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkShareOfPeak measures products beside the loop of multiply-adds in registers, turn about in bursts of milliseconds, so
// that both see the same processor: the median over the bursts of the share of the peak.
func BenchmarkShareOfPeak(b *testing.B) {
	if use != &avx512 {
		b.Skip("no AVX-512")
	}
	for _, s := range []struct {
		m, n, k int
		form    string
		ft      [2]int
	}{
		{1024, 1024, 1024, "AB", [2]int{0, 0}}, {1024, 1024, 1024, "ABt", [2]int{0, 1}}, {2048, 2048, 2048, "AB", [2]int{}},
		{960, 960, 960, "AB", [2]int{}},
		{2048, 256, 256, "ABt", [2]int{0, 1}}, {2048, 1024, 256, "ABt", [2]int{0, 1}}, {2048, 256, 1024, "ABt", [2]int{0, 1}},
		{1056, 768, 768, "ABt", [2]int{0, 1}}, {1056, 3072, 768, "ABt", [2]int{0, 1}}, {1056, 768, 3072, "ABt", [2]int{0, 1}},
		{256, 512, 512, "ABt", [2]int{0, 1}}, {512, 512, 256, "AtB", [2]int{1, 0}},
		{32, 200, 50, "AB", [2]int{0, 0}}, {32, 200, 50, "ABt", [2]int{0, 1}}, {64, 64, 32, "ABt", [2]int{0, 1}}, {64, 32, 64, "AB", [2]int{0, 0}},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		x, y := view(rng, s.m, s.k, s.ft[0]), view(rng, s.k, s.n, s.ft[1])
		c := Dense(make([]float32, s.m*s.n), s.m, s.n)
		flop := 2 * float64(s.m*s.n*s.k)
		b.Run(fmt.Sprintf("%dx%dx%d%s", s.m, s.k, s.n, s.form), func(b *testing.B) {
			repeat := max(1, int(3e8/flop))
			var shares []float64
			rate := func(flop float64, f func()) float64 {
				before := cpuTime(b)
				f()
				return flop / float64(cpuTime(b)-before)
			}
			for start := time.Now(); len(shares) < 5 || time.Since(start) < 400*time.Millisecond; {
				peak := rate(200_000*24*2*16, func() { peakAVX512(200_000) })
				shares = append(shares, rate(flop*float64(repeat), func() {
					for range repeat {
						Mul(c, x, y, false)
					}
				})/peak)
			}
			for b.Loop() {
			}
			slices.Sort(shares)
			b.ReportMetric(100*shares[len(shares)/2], "%peak")
			b.ReportMetric(0, "ns/op")
		})
	}
}
