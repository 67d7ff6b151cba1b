package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend/claim"
)

// TestStory: at most ten sentences in each language, of which nothing is left open, and a page that opens with them.
func TestStory(t *testing.T) {
	d := sample(t, 60, 8)
	for _, l := range message.Langs {
		lines := Story(d, l)
		if len(lines) < 5 || len(lines) > 10 {
			t.Errorf("%s: %d sentences: %q", l, len(lines), lines)
		}
		for _, line := range lines {
			if strings.ContainsAny(line, "{}[]") || strings.Contains(line, "NaN") {
				t.Errorf("%s: %q", l, line)
			}
		}
	}
	var page bytes.Buffer
	if err := Write(&page, d); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	first, second := strings.Index(text, `id="trends"`), strings.Index(text, `id="total"`)
	if first < 0 || second < first {
		t.Errorf("trends at %d, the total at %d: the page must open with trends", first, second)
	}
	d.Story = nil
	if Story(d, message.English) != nil || LateTurns(d, 3) != nil {
		t.Error("a story of nothing")
	}
}

// TestWhy: each reason has words in each language, however large or small what it tells of.
func TestWhy(t *testing.T) {
	for _, l := range message.Langs {
		for _, kind := range []claim.ReasonKind{claim.Reverts, claim.Level, claim.Momentum, claim.YearAgo, claim.Market, claim.Unsteady} {
			for _, size := range []float64{-.9, -.3, 0, .3, 20} {
				for _, up := range []bool{true, false} {
					if w := Why(l, claim.Reason{Kind: kind, Change: size}, up); w == "" || strings.ContainsAny(w, "{}[]") {
						t.Errorf("%s %s %g: %q", l, kind, size, w)
					}
				}
			}
		}
		if got := Why(message.English, claim.Reason{Kind: claim.Reverts, Change: -.4}, true); !strings.HasPrefix(got, "fell 40%") {
			t.Errorf("%q", got)
		}
	}
}
