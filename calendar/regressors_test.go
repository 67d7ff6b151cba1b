package calendar

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

func grid(freq tidewatch.Freq, anchor string) tidewatch.Grid {
	t, err := time.Parse(time.DateOnly, anchor)
	if err != nil {
		panic(err)
	}
	return tidewatch.Grid{Freq: freq, Anchor: t}
}

func column(t *testing.T, all []tidewatch.Covariate, name string) []float32 {
	t.Helper()
	for _, c := range all {
		if c.Name == name {
			return c.Values
		}
	}
	t.Fatalf("no column %s", name)
	return nil
}

func TestDailyCovariates(t *testing.T) {
	c, err := New("US")
	if err != nil {
		t.Fatal(err)
	}
	g := grid(tidewatch.Daily, "2026-01-01")
	all := c.Covariates(g, 0, 365, Regressors{Months: true, Paydays: []int{15, -1}, Weekdays: true})
	on := func(name string) (days []string) {
		for i, v := range column(t, all, name) {
			if v != 0 {
				days = append(days, g.Stamp(i).Format("01-02"))
			}
		}
		return days
	}
	for name, want := range map[string]string{
		"thanksgiving": "11-26", "thanksgiving-2": "11-24", "thanksgiving+1": "11-27", "independence-day-us": "07-04",
		"independence-day-us-substitute": "07-03", "christmas-7": "12-18", "easter": "04-05",
		// 15 February 2026 is a Sunday, and 16 February a holiday; 15 March, 15 August and 15 November are weekends, 31 January and 31 May as well.
		"payday": "01-15 01-30 02-13 02-27 03-13 03-31 04-15 04-30 05-15 05-29 06-15 06-30 07-15 07-31 08-14 08-31 09-15 09-30 10-15 10-30 11-13 11-30 12-15 12-31",
	} {
		if got := strings.Join(on(name), " "); got != want {
			t.Errorf("%s: on %s, want %s", name, got, want)
		}
	}
	if n := len(on("month-end")); n != 36 {
		t.Errorf("%d days end a month", n)
	}
	if d := column(t, all, "weekday"); d[0] != 4 { // 2026-01-01 is a Thursday
		t.Errorf("weekday %v", d[0])
	}
}

// On longer grids the shares of an event over all periods are 1, and the days of a period are told apart wholly.
func TestLongerGrids(t *testing.T) {
	c, err := New("CN", "DE-BY")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []tidewatch.Grid{grid(tidewatch.Weekly, "2020-01-06"), grid(tidewatch.Monthly, "2020-01-01"), grid(tidewatch.Monthly, "2020-01-31"),
		grid(tidewatch.Quarterly, "2020-01-01"), grid(tidewatch.Freq{N: 2, Unit: tidewatch.Week}, "2020-01-01"), grid(tidewatch.Freq{N: 3, Unit: tidewatch.Day}, "2020-01-01")} {
		n := g.Index(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
		all := c.Covariates(g, 0, n, Regressors{Months: true})
		for _, name := range []string{"CN:spring-festival", "DE-BY:easter", "CN:singles-day"} {
			sum := 0.0
			for _, v := range column(t, all, name) {
				sum += float64(v)
			}
			if math.Abs(sum-4) > 1e-3 {
				t.Errorf("%v: %s adds up to %v in four years", g.Freq, name, sum)
			}
		}
		f := newFreeDays(c.Events(Date(2019, 1, 1), Date(2025, 1, 1)))
		for i := range n {
			days := column(t, all, "working-days")[i] + column(t, all, "saturdays")[i] + column(t, all, "sundays")[i]
			free := 0.0
			for d := p(g, i); d < p(g, i+1); d++ {
				if f.is(d) && !d.weekend() {
					free++
				}
			}
			if float64(days)+free != float64(p(g, i+1)-p(g, i)) {
				t.Fatalf("%v: period %d has %v days, %v free, of %v", g.Freq, i, days, free, p(g, i+1)-p(g, i))
			}
		}
	}
}

func p(g tidewatch.Grid, i int) Day { return newPeriods(g, i, i+1).from(0) }

// What a calendar says of a period does not depend on what is asked beside it.
func TestCovariatesOfASpan(t *testing.T) {
	c, err := New("CN")
	if err != nil {
		t.Fatal(err)
	}
	grids := []tidewatch.Grid{grid(tidewatch.Hourly, "2023-12-01"), grid(tidewatch.Daily, "2023-01-01"), grid(tidewatch.Weekly, "2020-01-06"), grid(tidewatch.Monthly, "2010-01-31")}
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom(grids).Draw(t, "grid")
		first := rapid.IntRange(0, 50).Draw(t, "first")
		end := first + rapid.IntRange(1, 120).Draw(t, "n")
		whole := map[string]tidewatch.Covariate{}
		for _, cov := range c.Covariates(g, 0, 200, Regressors{Months: true}) {
			whole[cov.Name] = cov
		}
		for _, cov := range c.Covariates(g, first, end, Regressors{Months: true}) {
			for i, v := range cov.Values {
				if w := whole[cov.Name].Values[first+i]; w != v {
					t.Fatalf("%v: %s at %v is %v, and %v in a longer span", g.Freq, cov.Name, g.Stamp(first+i), v, w)
				}
			}
		}
	})
}

func TestReadEvents(t *testing.T) {
	list, err := ReadEvents(strings.NewReader("\xef\xbb\xbfname, first,last,chinese,region,off,lead,lag\n# a comment\nPrime Day,2026-07-14,2026-07-17,会员日,US,no,3,5\nBirthday,06-18\nStocktaking,12-31,01-01,盘点,,yes,0,0\n"), "own.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1+2*(LastYear-FirstYear+1) {
		t.Errorf("%d events", len(list))
	}
	de, err := New("DE")
	if err != nil {
		t.Fatal(err)
	}
	us, err := New("US")
	if err != nil {
		t.Fatal(err)
	}
	count := func(c *Calendar) map[string]Event {
		m := map[string]Event{}
		for _, e := range c.With(list).Events(Date(2026, 1, 1), Date(2026, 12, 31)) {
			if e.Kind == Own {
				m[e.Key+e.First.String()] = e
			}
		}
		return m
	}
	if n := count(de); len(n) != 3 {
		t.Errorf("DE has %v", n)
	}
	got := count(us)
	if e := got["Prime Day2026-07-14"]; len(got) != 4 || e.Days() != 4 || e.Lead != 3 || e.Lag != 5 || e.Chinese != "会员日" || e.Off {
		t.Errorf("US has %v", got)
	}
	if e := got["Stocktaking2025-12-31"]; e.Days() != 2 || !e.Off {
		t.Errorf("%+v", e)
	}
	for text, want := range map[string]string{
		"":                          "own.csv: no events",
		"nam,first\n":               "did you mean name?",
		"name,last\n":               "no column first",
		"name,first\nx,yesterday\n": `own.csv: line 2: column first: "yesterday" is no date`,
		"name,first\n,2026-01-01\n": "line 2: column name is empty",
		"name,first,last\nx,2026-01-02,2026-01-01\n":         "is before",
		"name,first,region\nx,2026-01-02,XX\n":               `column region: "XX"`,
		"name,first,off\nx,2026-01-02,perhaps\ny,13-01,no\n": "line 3",
		"name,first,lead\nx,2026-01-02,-1\n":                 "column lead",
		"name,first,last\nx,2026-01-01,2026-12-31\n":         "days are no event",
		"name,first,name\nx,2026-01-01,2026-12-31\n":         "stands twice",
		"name,first\n\"x,2026-01-01\n":                       "own.csv:",
	} {
		_, err := ReadEvents(strings.NewReader(text), "own.csv")
		if err == nil || !strings.Contains(err.Error(), want) || tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add("name,first,last,chinese,region,off,lead,lag\nPrime Day,2026-07-14,2026-07-17,会员日,US,no,3,5\nB,06-18\n")
	f.Add("name,first\nx,02-29\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadEvents(strings.NewReader(text), "f")
		if err != nil && tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Errorf("%v", err)
		}
		for _, e := range list {
			if e.Days() < 1 || e.Days() > maxSpan || e.Key == "" || e.Lead < 0 || e.Lag > maxSpan {
				t.Errorf("%+v", e)
			}
		}
	})
}
