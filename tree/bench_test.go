package tree

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkAccumulate adds rows to the histogram of a block; the metric is the time of one addition.
func BenchmarkAccumulate(b *testing.B) {
	for _, lanes := range []int{7, 8, 14, 16} {
		for _, every := range []int{1, 8} {
			b.Run(fmt.Sprintf("lanes=%d/every=%d", lanes, every), func(b *testing.B) {
				const n = 1 << 20
				rng := rand.New(rand.NewPCG(1, 1))
				bl := block{lanes: make([]lane, lanes), stride: 8 + 8*((lanes-1)/8)}
				for i := range lanes {
					bl.lanes[i].start = int32(laneBins * i)
				}
				bl.data = make([]uint8, n*bl.stride+paddingAtEnd)
				for i := range bl.data {
					bl.data[i] = uint8(rng.IntN(256))
				}
				rows, gh := padded(n/every), padded(n/every)
				for i := range rows {
					rows[i], gh[i] = uint32(i*every+rng.IntN(every)), rng.Uint32()
				}
				hist := make([]int64, laneBins*lanes)
				b.ResetTimer()
				for range b.N {
					bl.accumulate(hist, rows, gh)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)*lanes), "ns/add")
			})
		}
	}
}

// BenchmarkPartition divides rows; the metric is the time of one row.
func BenchmarkPartition(b *testing.B) {
	const n = 1 << 20
	rng := rand.New(rand.NewPCG(1, 1))
	column := make([]uint8, n+paddingAtEnd)
	for i := range column {
		column[i] = uint8(rng.IntN(256))
	}
	var s sides
	for i := range 128 {
		s[i] = 1<<32 - 1
	}
	rows, gh, right, rightGH := padded(n), padded(n), padded(n), padded(n)
	for range b.N {
		for i := range rows {
			rows[i] = uint32(i)
		}
		partition(column, &s, rows, gh, right, rightGH)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

// BenchmarkTrain grows trees of 31 leaves on 200,000 rows; the metric is the rate of rows times trees.
func BenchmarkTrain(b *testing.B) {
	d := sample(200_000, 1)
	ds, err := NewDataset(context.Background(), d)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Train(context.Background(), ds, Config{Rounds: 10, Threads: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(200_000*10*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkPredict scores rows with 100 trees of 31 leaves.
func BenchmarkPredict(b *testing.B) {
	d := sample(50_000, 1)
	_, m := mustTrain(b, d, Config{})
	for b.Loop() {
		if _, err := m.Predict(context.Background(), d.X, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(50_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkExplain divides scores of 100 trees of 31 leaves.
func BenchmarkExplain(b *testing.B) {
	d := sample(2000, 1)
	_, m := mustTrain(b, d, Config{})
	for b.Loop() {
		if _, err := m.Explain(context.Background(), d.X, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
