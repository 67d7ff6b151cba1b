package conform_test

import (
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

func TestEvents(t *testing.T) {
	sample := []float64{1, 2, 2, 3, 9}
	for text, want := range map[string]float64{"units>2": .4, "units >= 2": .8, "revenue<2": .2, "x<=2": .6, "销量≥9": .2, "units>1e3": 0, "units>-1": 1} {
		e, err := conform.ParseEvent(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Probability(sample); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s has probability %g, want %g", text, got, want)
		}
	}
	for _, text := range []string{"", "units", "units>", ">5", "units=5", "units>abc", "units>NaN", "units>1e999", "units>>5", "5>units"} {
		if _, err := conform.ParseEvent(text); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// Two series of two steps in four paths: sums by hand.
func TestSums(t *testing.T) {
	p := &tidewatch.Paths{IDs: []string{"a", "b"}, First: []int{5, 5}, Steps: 3, Samples: 2, Values: []float64{1, 2, 3, 4, 5, 6, math.NaN(), 0, 0, 0, 0, 0}}
	e, _ := conform.ParseEvent("units>5")
	sums, err := conform.Sums(p, 2, []float64{.25, .75}, []conform.Event{e}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(sums) != 1 || sums[0].ID != "a" || sums[0].First != 5 || sums[0].Mean != 6 || !slices.Equal(sums[0].Quantiles, []float64{3, 9}) || sums[0].Probabilities[0] != .5 {
		t.Errorf("sums %+v", sums)
	}
	if one, _ := conform.Sums(p, 1, nil, nil, nil); len(one) != 3 || one[2].First != 7 {
		t.Errorf("windows of one period: %+v", one)
	}
	if _, err := conform.Sums(p, 4, nil, nil, nil); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("a window beyond the horizon: %v", err)
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		text string
		freq tidewatch.Freq
		want int
	}{{"14d", tidewatch.Daily, 14}, {"2w", tidewatch.Daily, 14}, {"8", tidewatch.Weekly, 8}, {"14d", tidewatch.Weekly, 2}, {"1d", tidewatch.Hourly, 24},
		{"1Y", tidewatch.Monthly, 12}, {"3M", tidewatch.Quarterly, 1}, {"10d", tidewatch.Weekly, 0}, {"1M", tidewatch.Daily, 0}, {"-3", tidewatch.Daily, 0}, {"soon", tidewatch.Daily, 0}} {
		got, err := conform.Periods(c.text, c.freq)
		if got != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%s of %v: %d, %v; want %d", c.text, c.freq, got, err, c.want)
		}
	}
}
