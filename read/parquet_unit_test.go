package read

import (
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

// TestParquetUnits: a stamp of today is the same in every unit that Parquet has, and one that no unit can hold is out of range.
func TestParquetUnits(t *testing.T) {
	want := time.Date(2026, 11, 23, 5, 6, 7, 0, time.UTC)
	for unit, n := range map[int64]int64{1e6: want.UnixMilli(), 1e3: want.UnixMicro(), 1: want.UnixNano()} {
		l := parquetLeaf{kind: parquet.Int64, micros: unit}
		if s, st, ok := l.moment(parquet.Int64Value(n)); !ok || st != fine || s.micros != want.UnixMicro() {
			t.Errorf("%d units of %d ns are %v (status %d)", n, unit, time.UnixMicro(s.micros).UTC(), st)
		}
		if _, st, _ := l.moment(parquet.Int64Value(1<<63 - 1)); st != outOfRange {
			t.Errorf("the largest number of units of %d ns has status %d", unit, st)
		}
	}
}
