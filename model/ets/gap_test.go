package ets

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// TestLongGap: however long nothing is known at the end, fitting and updating agree, and the forecast stays finite and affordable.
func TestLongGap(t *testing.T) {
	y := make([]float64, 40, 40+3*longestGap)
	for i := range y {
		y[i] = 100 + 10*math.Sin(float64(i)) + float64(i)
	}
	before, err := Method{}.Fit(tidewatch.Series{Values: y}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * longestGap {
		y = append(y, math.NaN())
	}
	s := tidewatch.Series{Values: y}
	after, err := Method{}.Fit(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	before.(fleet.Updater).Update(s, 40)
	if a, b := before.(*model).gap, after.(*model).gap; a != longestGap || b != longestGap {
		t.Errorf("gaps are %d and %d, not %d", a, b, longestGap)
	}
	mean, q := make([]float64, 2), make([]float64, 4)
	after.Forecast([]float64{.1, .9}, mean, q)
	for _, v := range append(mean, q...) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("forecast %v, %v", mean, q)
		}
	}
}
