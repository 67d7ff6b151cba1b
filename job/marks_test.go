package job

import (
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// TestMarks: of China's year a report marks each holiday and sale once, sales from the first day of their presale, and no day of make-up work.
func TestMarks(t *testing.T) {
	cal, err := calendar.New("CN")
	if err != nil {
		t.Fatal(err)
	}
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(grid, []int{7}, []tidewatch.Series{{ID: "a", Values: make([]float64, 360)}})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, e := range marks(cal, p, 5) {
		found[e.English]++
		if e.English == "Singles' Day (11.11)" {
			if !e.Promotion || !e.Major || e.Last.Format(time.DateOnly) != "2025-11-11" || e.First.Month() != time.October {
				t.Errorf("Singles' Day: %+v", e)
			}
		}
		if e.First.After(e.Last) || e.Chinese == "" {
			t.Errorf("%+v", e)
		}
	}
	for _, name := range []string{"Singles' Day (11.11)", "618", "Spring Festival holiday", "National Day holiday", "Qixi (Chinese Valentine's Day)"} {
		if n := found[name]; n < 1 || n > 2 { // some are in two parts
			t.Errorf("%s is marked %d times; marked are %v", name, n, found)
		}
	}
	for _, name := range []string{"Spring Festival (Chinese New Year)", "618 presale", "National Day holiday (working day)"} {
		if found[name] != 0 {
			t.Errorf("%s is marked", name)
		}
	}
	if marks(nil, p, 5) != nil {
		t.Error("marks without a calendar")
	}
}
