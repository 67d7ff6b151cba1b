package trend

import (
	"slices"
	"testing"
)

// TestFading: a series that stopped fades; one that only waits for its season, one that is small as ever and one that begins do not.
func TestFading(t *testing.T) {
	const steps, weeks = 4, 70
	stopped, waiting, steady, fresh := flat(weeks, 100), flat(weeks, 0), flat(weeks, 3), flat(weeks, 0)
	for k := weeks - steps; k < weeks; k++ {
		stopped[k] = 1
	}
	for k := range waiting { // sells in autumn; the coming weeks were as quiet a year ago
		if m := k % 52; m > 30 && m < 45 {
			waiting[k] = 100
		}
	}
	fresh[weeks-1], fresh[weeks-2] = 5, 5
	p, paths := panel(t, [][]float64{stopped, waiting, steady, fresh}, steps, 20, func(i, _, _ int) float64 { return []float64{1, 0, 3, 5}[i] })
	moves, err := Measure(p, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := Fading(p, moves, steps, 5)
	if len(got) != 1 || got[0].ID != p.ID(0) || got[0].Usual != 400 || got[0].Recent.From != 4 || got[0].Last != weeks-1 {
		t.Errorf("fading: %+v", got)
	}
	if len(Fading(p, moves, steps, 0)) != 0 {
		t.Error("more than were asked for")
	}
	slices.Reverse(moves)
	if again := Fading(p, moves, steps, 5); len(again) != 1 || again[0].ID != got[0].ID {
		t.Error("the order of the moves matters")
	}
}
