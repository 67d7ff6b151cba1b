package report

import (
	"math"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// account is two values of history and two steps of a level of 10 with a promotion that adds at the first step and takes at the second.
func account(id string, promo float64) *tidewatch.Account {
	return &tidewatch.Account{ID: id, Known: 2, Parts: []tidewatch.Part{
		{Kind: tidewatch.LevelPart, Values: []float64{10, 10, 10, 10}},
		{Kind: tidewatch.SeasonPart, Values: []float64{9, 9, .01, -.01}},
		{Kind: tidewatch.CovariatePart, Name: "promo", Values: []float64{0, 0, promo, -promo / 2}},
	}}
}

func sampleDrivers() *Drivers {
	return NewDrivers([]*tidewatch.Account{account("a", 2), account("b", 4)}, 1, []DriversGroup{{Attribute: "kind", Value: "tea", Accounts: []int{0, 1}}})
}

// What moves a forecast is the mean size of a part over the steps, in shares of the forecast; categories are sums of their series.
func TestDrivers(t *testing.T) {
	d := sampleDrivers()
	if len(d.Parts) != 1 || d.Parts[0].Name != "promo" || len(d.Rows) != 2 || d.Series != 2 {
		t.Fatalf("%+v: want promo alone, as the season moves less than a hundredth, of a and of tea", d)
	}
	for k, want := range []DriversRow{{ID: "a", Mean: 10.5, Moves: []float64{3 / 21.}, Net: []float64{1 / 21.}}, {Value: "tea", Mean: 21.5, Moves: []float64{9 / 43.}, Net: []float64{3 / 43.}}} {
		got := d.Rows[k]
		if got.ID != want.ID || got.Value != want.Value || math.Abs(got.Mean-want.Mean) > 1e-12 || math.Abs(got.Moves[0]-want.Moves[0]) > 1e-12 || math.Abs(got.Net[0]-want.Net[0]) > 1e-12 {
			t.Errorf("row %d: %+v, want %+v", k, got, want)
		}
	}
	html := write(t, sample(t, 6, 7))
	for _, says := range []string{`id="drivers"`, "What moves the forecasts", "影响预测的因素", "By kind", "promo", "+4.8%", "14%"} {
		if !strings.Contains(html, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
}
