package aggregate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/read"
)

func rowSteps(t *testing.T, text string) clean.RowSteps {
	t.Helper()
	p, err := clean.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p.Rows()
}

// jittered writes n values, period by period, each up to so long beside its stamp.
func jittered(n int, first time.Time, period, jitter time.Duration) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range n {
		at := first.Add(time.Duration(i)*period + time.Duration((2*rng.Float64()-1)*float64(jitter)))
		fmt.Fprintf(&b, "a,%s,%d\n", at.Format("2006-01-02 15:04:05"), i)
	}
	return b.String()
}

// Irregular stamps: the frequency is that of their usual distance, its stamps stand among them, and every row comes to its own.
func TestIrregularStamps(t *testing.T) {
	for name, c := range map[string]struct {
		first          time.Time
		period, jitter time.Duration
		freq           tidewatch.Freq
		stamp          string
	}{
		"midnight":  {time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), 24 * time.Hour, 3 * time.Hour, tidewatch.Daily, "2024-01-01 00:00"},
		"afternoon": {time.Date(2024, 1, 1, 15, 0, 0, 0, time.UTC), 24 * time.Hour, 3 * time.Hour, tidewatch.Daily, "2024-01-01 15:00"},
		"hours":     {time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Hour, 10 * time.Minute, tidewatch.Hourly, "2024-01-01 00:00"},
		"sundays":   {time.Date(2024, 1, 7, 12, 0, 0, 0, time.UTC), 7 * 24 * time.Hour, 20 * time.Hour, tidewatch.Weekly, ""},
	} {
		text := jittered(200, c.first, c.period, c.jitter)
		in, _ := open(t, text, read.Options{})
		if _, _, err := Build(t.Context(), in, Config{}); tidewatch.CodeOf(err) != tidewatch.CodeData || !strings.Contains(err.Error(), "--clean stamps") {
			t.Errorf("%s: without the step: %v", name, err)
		}
		p, s, rejects := build(t, text, read.Options{}, Config{Rows: rowSteps(t, "stamps")})
		if p.Grid().Freq != c.freq || len(p.Series(0).Values) != 200 || len(rejects) > 0 {
			t.Errorf("%s: frequency %v, %d values, %d refused", name, p.Grid().Freq, len(p.Series(0).Values), len(rejects))
			continue
		}
		for i, v := range p.Series(0).Values {
			if v != float64(i) {
				t.Errorf("%s: value %d is %g", name, i, v)
				break
			}
		}
		if got := p.Grid().Stamp(p.Series(0).Start).Format("2006-01-02 15:04"); c.stamp != "" && got != c.stamp {
			t.Errorf("%s: the first stamp is %s", name, got)
		}
		if len(s.Repaired) < 150 || s.Repaired[0].Why.Key != "why.freq" {
			t.Errorf("%s: %d changes are listed", name, len(s.Repaired))
		}
	}
}

// Rows of a period are added up where that is said, and only there.
func TestRowsOfAPeriod(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range 48 {
		fmt.Fprintf(&b, "a,%s,1\n", time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"))
	}
	for steps, want := range map[string]string{"none": "not added up", "stamps(period)": "say how the rows", "stamps(period),duplicates(sum)": ""} {
		in, _ := open(t, b.String(), read.Options{})
		p, _, err := Build(t.Context(), in, Config{Freq: tidewatch.Daily, Rows: rowSteps(t, steps)})
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", steps, err)
		case want == "":
			expect(t, text(p), "D [7]\na 2024-01-01 24 24\n")
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v", steps, err)
		}
	}
}
