//go:build unix

package aggregate_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
)

// BenchmarkDailySeries makes 5,000 daily series of two years: of 3.65 million ready rows, series by series and day by day, and of as many
// order lines, day by day. It also gives the seconds of processor time that one run takes.
func BenchmarkDailySeries(b *testing.B) {
	const items, days = 5000, 730
	first := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	stamps := make([]string, days)
	for d := range stamps {
		stamps[d] = first.AddDate(0, 0, d).Format("2006-01-02")
	}
	bySeries, byDay, orders := new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	bySeries.WriteString("id,time,value\n")
	byDay.WriteString("id,time,value\n")
	orders.WriteString("order_id,ordered_at,sku,quantity,price\n")
	for i := range items {
		for d := range days {
			fmt.Fprintf(bySeries, "item%d,%s,%d\n", i, stamps[d], (i+d)%17)
		}
	}
	for d := range days {
		for i := range items {
			fmt.Fprintf(byDay, "item%d,%s,%d\n", i, stamps[d], (i+d)%17)
			fmt.Fprintf(orders, "%d,%s 10:30:00,item%d,%d,9.99\n", d*items+i, stamps[d], i, 1+(i+d)%7)
		}
	}
	for _, c := range []struct {
		name string
		text []byte
	}{{"series", bySeries.Bytes()}, {"days", byDay.Bytes()}, {"orders", orders.Bytes()}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			before := processorTime()
			for b.Loop() {
				in, err := read.OpenSources(b.Context(), []read.Source{read.Bytes("x.csv", c.text)}, read.Options{})
				if err != nil {
					b.Fatal(err)
				}
				p, _, err := aggregate.Build(b.Context(), in, aggregate.Config{Freq: tidewatch.Daily, KeepUnfinished: true})
				if err != nil || p.Len() != items || len(p.Series(0).Values) != days {
					b.Fatal(p.Len(), err)
				}
			}
			b.ReportMetric((processorTime()-before)/float64(b.N), "cpu-s/op")
		})
	}
}

// processorTime is what the process has used, in seconds.
func processorTime() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}
