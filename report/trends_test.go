package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
	turning "github.com/tidewatch/tidewatch/trend/change"
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

// TestOccurred: what stands apart is told in words of each language, the largest first, and nothing of what lies long back.
func TestOccurred(t *testing.T) {
	d := sample(t, 60, 8)
	p := &d.Story.Profiles[len(d.Story.Profiles)-1]
	end := d.Panel.End()
	for i := range d.Story.Profiles {
		if x := &d.Story.Profiles[i]; x.Claim != nil && strings.HasPrefix(x.ID, "2") {
			p = x
			break
		}
	}
	p.Turns = []turning.Turn{{Kind: turning.Shift, From: end - 60, To: end - 5, Before: 1, After: 1e9}, {Kind: turning.Bursting, From: end - 8, To: end - 6, Before: 1e7, After: 4e7},
		{Kind: turning.Shift, From: end - 5, To: end, Before: 9e6, After: 1e6}, {Kind: turning.Spike, From: end - 30, To: end - 29, Before: 1, After: 1e9}}
	p.Unusual = []trend.Unusual{{From: end - 1, To: end, Band: turning.Band{Value: 5, Expected: 50, Low: 30, High: 80, P: 1e-5}}}
	list := Occurred(d, 2)
	if len(list) != 2 || list[0].Kind != turning.Bursting || list[1].Kind != turning.Shift || list[1].Ratio() > .2 {
		t.Errorf("%+v", list)
	}
	for _, l := range message.Langs {
		for _, kind := range []turning.Kind{turning.Shift, turning.Spike, turning.Festival, turning.Bursting, ""} {
			for _, after := range []float64{1, 9} {
				if kind == turning.Bursting && after < 5 {
					continue
				}
				if w := (Occurrence{Kind: kind, Before: 5, After: after, Low: 3, High: 7, P: .001}).What(l); w == "" || strings.ContainsAny(w, "{}[]") {
					t.Errorf("%s %q: %q", l, kind, w)
				}
			}
		}
	}
	p.Turns = nil
	found := false
	for _, x := range Occurred(d, 1000) {
		found = found || x.ID == p.ID && x.Kind == "" && x.P == 1e-5 && x.After == 5
	}
	if !found {
		t.Error("the value outside its band is not told")
	}
	if s := Shares(d, 3); len(s) > 6 {
		t.Errorf("%d shares", len(s))
	}
	if list := Trending(d, 3); len(list) == 0 || list[0].ID != d.Total {
		t.Errorf("trends %+v", list)
	}
}
