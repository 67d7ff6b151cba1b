package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/trend"
)

// The parts of a total are shown where they make it, and their intervals are never added silently.
func TestParts(t *testing.T) {
	d := sample(t, 4, 8)
	write := func() string {
		var b bytes.Buffer
		if err := Write(&b, d); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	d.Moves[1].Next.Mean *= 1.1
	if strings.Contains(write(), `id="parts"`) {
		t.Error("parts that do not make the total are shown as its parts")
	}
	n := 0
	for i := range d.Labels {
		if d.Labels[i].Group == "country" {
			n++
		}
	}
	for i := range d.Moves {
		switch m := &d.Moves[i]; {
		case m.ID == d.Total:
			m.Next = trend.Interval{Mean: 100 * float64(n), Median: 100 * float64(n), Low: 95 * float64(n), High: 105 * float64(n)}
		case strings.HasPrefix(m.ID, "country/"):
			m.Next = trend.Interval{Mean: 100, Median: 100, Low: 80, High: 120}
		}
	}
	html := write()
	for _, want := range []string{`id="parts"`, "What the total is made of", "总量的构成", "16.7%", "75% narrower", "窄75%", "480 to 720"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
