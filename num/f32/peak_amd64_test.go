//go:build amd64 && !purego

package f32

import "testing"

// BenchmarkPeak measures the rate of multiply-adds in registers: what BenchmarkMul is to be compared with.
func BenchmarkPeak(b *testing.B) {
	for _, set := range available() {
		f, lanes := peakAVX512, 16.
		switch set.name {
		case "avx2":
			f, lanes = peakAVX2, 8
		case "portable":
			continue
		}
		b.Run(set.name, func(b *testing.B) {
			before := cpuTime(b)
			for b.Loop() {
				f(1000)
			}
			b.ReportMetric(1000*24*2*lanes*float64(b.N)/(cpuTime(b)-before).Seconds()/1e9, "GFLOP/cpu-s")
		})
	}
}
