package conform

import (
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// TestConfineNeedsTwoSeasons: of a series with one pair of values a season apart, that pair alone must not bound the quantiles.
func TestConfineNeedsTwoSeasons(t *testing.T) {
	y := make([]float64, 53)
	for i := range y {
		y[i] = 1000 * float64((i*7919)%13)
	}
	y[52] = y[0] + 1
	s := tidewatch.Series{ID: "a", Values: y, Seasons: []int{52}}
	if reach := furthest(s); reach < 25*1000 {
		t.Errorf("quantiles may lie only %g from the median of values up to %g", reach, slices.Max(y))
	}
}
