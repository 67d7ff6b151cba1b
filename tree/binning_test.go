package tree

import (
	"context"
	"testing"
)

// All rows decide the bins unless fewer are asked for: what few of them see, bins of a sample can miss.
func TestBinRows(t *testing.T) {
	const rows = 50_000
	x, y := make([]float64, rows), make([]float64, rows)
	for i := range x {
		x[i] = float64(i % 200)
		if i%500 == 7 { // 100 rows beyond the others
			x[i] = 300 + float64(i%3)
		}
	}
	edges := func(most int) int {
		ds, err := NewDataset(context.Background(), Data{X: Columns[float64]([][]float64{x}), Target: y, BinRows: most})
		if err != nil {
			t.Fatal(err)
		}
		return len(ds.features[0].edges)
	}
	if all, few := edges(0), edges(150); all != 202 || few >= all {
		t.Errorf("%d edges between 203 values, and %d where 150 rows decide", all, few)
	}
	if _, err := NewDataset(context.Background(), Data{X: Columns[float64]([][]float64{x}), Target: y, BinRows: -1}); err == nil {
		t.Error("a number of rows below 0 was taken")
	}
}
