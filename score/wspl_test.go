package score_test

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch/score"
)

// Twice the pinball loss at the median is the absolute error, and scales are those of MASE.
func TestScaledPinball(t *testing.T) {
	train := []float64{0, 2, 1, 3} // mean absolute difference 5/3
	got := score.ScaledPinball(train, []float64{.5, .9}, []float64{4, 1}, []float64{2, 5, 1, 3})
	pinball := func(level, y, q float64) float64 { return max(level*(y-q), (level-1)*(y-q)) }
	want := (pinball(.5, 4, 2) + pinball(.9, 4, 5) + pinball(.5, 1, 1) + pinball(.9, 1, 3)) / 4 / (5. / 3)
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, want %g", got, want)
	}
	mean, levels := score.WSPL([][]float64{{.2}, {.1, .4}}, [][]float64{{1}, {.75, .25}})
	if math.Abs(mean-.1875) > 1e-12 || math.Abs(levels[1]-.175) > 1e-12 {
		t.Errorf("%g, %v, want .1875 and .2, .175", mean, levels)
	}
}
