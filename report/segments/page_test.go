package segments_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report/segments"
)

// TestPage: the page names every segment in its language, escapes names, is the same twice, and runs no script.
func TestPage(t *testing.T) {
	grid := tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	var series []tidewatch.Series
	for i := range 12 {
		s := tidewatch.Series{ID: "<script>" + string(rune('a'+i))}
		for m := range 36 {
			v := 10.0
			if m%12 == 11 && i%2 == 0 || m%12 == 5 && i%2 == 1 {
				v = 40
			}
			if i == 0 && m == 3 {
				v = math.NaN()
			}
			s.Values = append(s.Values, v+float64((i*7+m*3)%5)/4)
		}
		series = append(series, s)
	}
	p, err := tidewatch.NewPanel(grid, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	f, err := segment.Find(t.Context(), segment.Shapes(p), segment.Config{K: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range message.Langs {
		var first, again bytes.Buffer
		for _, w := range []*bytes.Buffer{&first, &again} {
			if err := segments.Write(w, segments.Data{Lang: l, Found: f, Names: map[string]string{"<script>b": "a & b"}, Command: "tidewatch segments"}); err != nil {
				t.Fatal(err)
			}
		}
		page := first.String()
		if page != again.String() {
			t.Error("the page differs from one time to the next")
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "NaN") || strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "[segment") {
			t.Error("the page holds what it must not")
		}
		for a := range f.Segments {
			if !strings.Contains(page, f.Segments[a].Name(l)) {
				t.Errorf("%s: segment %q is not named", l, f.Segments[a].Name(l))
			}
		}
		if n := strings.Count(page, `class="line`); n != 2 {
			t.Errorf("%d small pictures", n)
		}
	}
}
