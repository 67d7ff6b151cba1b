package cleaning_test

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report/cleaning"
)

// TestPage: the page shows what changed and nothing else, escapes names, is the same twice, and runs no script.
func TestPage(t *testing.T) {
	grid := tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	var y, calm []float64
	for i := range 48 {
		y = append(y, 100+10*math.Sin(float64(i)*2.4))
		calm = append(calm, 50+math.Sin(float64(i)))
	}
	y[20] = 5000
	p, err := tidewatch.NewPanel(grid, nil, []tidewatch.Series{{ID: "<script>alert(1)</script>", Values: y}, {ID: "calm", Values: calm}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := clean.Default().Apply(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range message.Langs {
		d := cleaning.Data{Lang: lang, Before: p, Cleaned: c, Counts: c.Counts(clean.Default()), Command: "tidewatch clean --in x.csv"}
		var a, b bytes.Buffer
		if err := cleaning.Write(&a, d); err != nil {
			t.Fatal(err)
		}
		if err := cleaning.Write(&b, d); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: twice the same page differs, %v", lang, err)
		}
		page := a.String()
		if strings.Contains(page, "<script") || strings.Contains(page, "calm") || !strings.Contains(page, "&lt;script&gt;") || strings.Count(page, "<svg") != 1 ||
			strings.Count(page, "<circle") != 1 || !strings.Contains(page, "5,000") || regexp.MustCompile(`\[(clean|repair)\.`).MatchString(page) {
			t.Errorf("%s: %s", lang, page)
		}
	}
	for _, k := range clean.Steps() {
		if !message.Has("repair." + k.Name) {
			t.Errorf("the catalogue does not say what %s does", k.Name)
		}
	}
}
