package model_test

import (
	"fmt"
	"iter"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
)

// TestManyShortSeries: short series stream through with memory that does not grow with their number: a million with TIDEWATCH_LONG=1.
func TestManyShortSeries(t *testing.T) {
	total, block := 40_000, 2000
	if os.Getenv("TIDEWATCH_LONG") != "" {
		total = 1_000_000
	}
	panels := func() iter.Seq2[*tidewatch.Panel, error] {
		return func(yield func(*tidewatch.Panel, error) bool) {
			grid := tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
			for from := 0; from < total; from += block {
				list := make([]tidewatch.Series, block)
				for i := range list {
					y := make([]float64, 24)
					for t := range y {
						y[t] = float64((from + i + t*t) % 17)
					}
					list[i] = tidewatch.Series{ID: fmt.Sprint(from + i), Values: y}
				}
				if !yield(tidewatch.NewPanel(grid, []int{12}, list)) {
					return
				}
			}
		}
	}
	local, err := model.Local("ses")
	if err != nil {
		t.Fatal(err)
	}
	held := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	rows, early := 0, int64(0)
	for f, err := range fleet.Stream(t.Context(), fleet.Lifted{Method: local, Fallback: model.Fallback()}, tidewatch.Ask{Steps: 6}, panels()) {
		if err != nil {
			t.Fatal(err)
		}
		for k := range f.Rows {
			if !f.Rows[k].Abstains() {
				rows++
			}
		}
		if rows == total/4 {
			early = held()
		}
	}
	late := held()
	t.Logf("%d series: %.1f MB held after a quarter, %.1f MB after all", rows, float64(early)/1e6, float64(late)/1e6)
	if rows != total || late > early+2_000_000 {
		t.Errorf("%d of %d series were forecast; %d bytes were held after a quarter, %d after all", rows, total, early, late)
	}
}
