package tidewatch

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func genGrid(t *rapid.T) Grid {
	zone := rapid.SampledFrom([]string{"UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Asia/Kolkata"}).Draw(t, "zone")
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	f := Freq{rapid.IntRange(1, 6).Draw(t, "n"), Unit(rapid.IntRange(int(Hour), int(Year)).Draw(t, "unit"))}
	a := time.Date(rapid.IntRange(1900, 2100).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day"), 0, 0, 0, 0, loc)
	return Grid{f, a}
}

// TestGridRoundTrip: the index of a stamp is its number, and stamps ascend.
func TestGridRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := genGrid(t)
		i := rapid.IntRange(-2000, 2000).Draw(t, "i")
		if got := g.Index(g.Stamp(i)); got != i {
			t.Fatalf("%v from %v: index of stamp %d (%v) is %d", g.Freq, g.Anchor, i, g.Stamp(i), got)
		}
		if !g.Stamp(i).Before(g.Stamp(i + 1)) {
			t.Fatalf("%v from %v: stamp %d is %v, the next %v", g.Freq, g.Anchor, i, g.Stamp(i), g.Stamp(i+1))
		}
	})
}

// TestGridIndexContains: every moment belongs to the period that begins last before it.
func TestGridIndexContains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := genGrid(t)
		at := g.Anchor.Add(time.Duration(rapid.IntRange(-50000, 50000).Draw(t, "hours")) * time.Hour)
		i := g.Index(at)
		if g.monthEnd() {
			return
		}
		if g.Stamp(i).After(at) || !g.Stamp(i+1).After(at) {
			t.Fatalf("%v from %v: %v has index %d, from %v to %v", g.Freq, g.Anchor, at, i, g.Stamp(i), g.Stamp(i+1))
		}
	})
}

func TestGridCalendar(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string, loc *time.Location) time.Time {
		v, err := time.ParseInLocation("2006-01-02", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		freq   Freq
		anchor string
		i      int
		want   string
	}{
		{Monthly, "2024-01-31", 1, "2024-02-29"}, // month ends stay month ends
		{Monthly, "2024-02-29", 1, "2024-03-31"},
		{Monthly, "2024-01-30", 1, "2024-02-29"}, // a day the month lacks becomes its last
		{Monthly, "2024-01-30", 2, "2024-03-30"},
		{Quarterly, "2023-03-31", 1, "2023-06-30"},
		{Yearly, "2024-02-29", 1, "2025-02-28"},
		{Freq{2, Week}, "2024-01-01", 3, "2024-02-12"},
		{Daily, "2024-03-30", 2, "2024-04-01"}, // over the spring change
	} {
		g := Grid{c.freq, day(c.anchor, london)}
		if got := g.Stamp(c.i); !got.Equal(day(c.want, london)) {
			t.Errorf("%v from %s: stamp %d is %v, not %s", c.freq, c.anchor, c.i, got, c.want)
		}
	}
	g := Grid{Monthly, day("2024-01-31", time.UTC)}
	if got := g.Index(day("2024-02-10", time.UTC)); got != 1 {
		t.Errorf("10 February on a month-end grid from January has index %d, not 1", got)
	}
}

func TestParseFreq(t *testing.T) {
	for in, want := range map[string]Freq{"h": Hourly, "6h": {6, Hour}, "D": Daily, "weekly": Weekly, "2W": {2, Week}, "MS": Monthly, "Q": Quarterly, "Y": Yearly} {
		if got, err := ParseFreq(in); err != nil || got != want {
			t.Errorf("ParseFreq(%q) = %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "0D", "fortnight", "-1D", "99999999999999999999D"} {
		if got, err := ParseFreq(in); err == nil {
			t.Errorf("ParseFreq(%q) = %v, want an error", in, got)
		}
	}
	for f, want := range map[Freq]int{Hourly: 24, {6, Hour}: 4, {5, Hour}: 1, Daily: 7, Weekly: 52, Monthly: 12, Quarterly: 4, Yearly: 1} {
		if got := f.Season(); got != want {
			t.Errorf("season of %v is %d, not %d", f, got, want)
		}
	}
}

// TestLongHourlyGrid: centuries of hours are more than a time.Duration holds.
func TestLongHourlyGrid(t *testing.T) {
	g := Grid{Hourly, time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)}
	at := time.Date(2199, 12, 31, 23, 0, 0, 0, time.UTC)
	if i := g.Index(at); !g.Stamp(i).Equal(at) || i != 4382903 {
		t.Errorf("index %d is %v", i, g.Stamp(i))
	}
}

func TestFloor(t *testing.T) {
	at := time.Date(2024, 8, 15, 13, 45, 30, 5, time.UTC) // a Thursday
	for f, want := range map[Freq]string{Hourly: "2024-08-15 13:00", Daily: "2024-08-15 00:00", Weekly: "2024-08-12 00:00", Monthly: "2024-08-01 00:00",
		Quarterly: "2024-07-01 00:00", Yearly: "2024-01-01 00:00"} {
		if got := f.Floor(at).Format("2006-01-02 15:04"); got != want {
			t.Errorf("floor of %v to %v is %s, not %s", at, f, got, want)
		}
	}
}
