package frame

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestScaleInverse: what a window's scale does to a value it undoes, for all scalings and windows.
func TestScaleInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := Scaling(rapid.IntRange(int(ByLevel), int(ByLog)).Draw(t, "kind"))
		y := rapid.SliceOfN(rapid.Float64Range(1e-3, 1e6), 1, 40).Draw(t, "y")
		s := scaleOf(y, kind, kind == ByLog, rapid.IntRange(1, 12).Draw(t, "recent"), Scale{Size: 1})
		if !(s.Size > 0) {
			t.Fatalf("%+v", s)
		}
		for _, v := range y {
			if math.Log(v) > s.Loc+maxGrowth && s.Log {
				continue // bounded on purpose
			}
			if back := s.From(s.To(v)); math.Abs(back-v) > 1e-9*(math.Abs(v)+math.Abs(s.Loc)+s.Size) {
				t.Fatalf("%g comes back as %g by %+v", v, back, s)
			}
		}
	})
}

// TestUnknownWindow: a window without known values has the typical scale.
func TestUnknownWindow(t *testing.T) {
	typical := Scale{Loc: 3, Size: 2}
	if got := scaleOf([]float64{math.NaN(), math.NaN()}, BySpread, false, 1, typical); got != typical {
		t.Errorf("%+v", got)
	}
}
