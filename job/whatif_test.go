package job

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

func TestParseChange(t *testing.T) {
	for text, want := range map[string]change{"price=-10%": {"price", .9, -10}, " price = +5 %": {}, "promo=1": {"promo", math.NaN(), 1}} {
		got, err := parseChange(text)
		if want.name == "" {
			if err == nil {
				t.Errorf("%s: %+v", text, got)
			}
			continue
		}
		if err != nil || got.name != want.name || got.value != want.value || !(got.factor == want.factor || got.factor != got.factor && want.factor != want.factor) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "price", "price=", "=1", "price=cheap", "price=-101%", "price=NaN", "price=Inf%"} {
		if _, err := parseChange(text); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A tenth off is within what the first series has seen, and not within what the second has, whose price is held beyond what is known.
func TestChangedSaysWhatLeavesTheSupport(t *testing.T) {
	price := tidewatch.Covariate{Name: "price", Scope: tidewatch.ByCell, Ahead: true, Values: []float32{8, 10, 10, 10, 5, 5, 5},
		Cells: []tidewatch.Cells{{Offset: 0, Len: 4}, {Offset: 4, Len: 3}}}
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, nil, []tidewatch.Series{{ID: "a", Values: []float64{1, 2, 3}}, {ID: "b", Values: []float64{1, 2, 3}}}, price)
	if err != nil {
		t.Fatal(err)
	}
	cov, outside := changed(p, 0, change{"price", .9, -10}, 2)
	if outside != 1 || len(cov.Values) != 4 || cov.Values[0] != 9 || cov.Values[3] != 4.5 || cov.Cells[1] != (tidewatch.Cells{Start: 3, Offset: 2, Len: 2}) {
		t.Errorf("%d outside, %+v", outside, cov)
	}
}
