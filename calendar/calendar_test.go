package calendar

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-5e9, 5e9).Draw(t, "seconds"), 0).UTC()
		d := DayOf(at)
		if got := d.Time(); got.After(at) || at.Sub(got) >= 24*time.Hour || d.Weekday() != at.Weekday() {
			t.Fatalf("%v is on %v, a %v", at, d, d.Weekday())
		}
		if back, err := ParseDay(d.String()); err != nil || back != d {
			t.Fatalf("%v reads as %v, %v", d, back, err)
		}
	})
	east := time.Date(2026, 1, 1, 2, 0, 0, 0, time.FixedZone("", 8*3600))
	if d := DayOf(east); d.String() != "2026-01-01" {
		t.Errorf("a day is counted in its own zone, got %v", d)
	}
}

func TestLunarRoundTrip(t *testing.T) {
	var last LunarDate
	for d := Date(2000, 1, 1); d <= Date(2050, 12, 31); d++ {
		l, ok := d.Lunar()
		if !ok {
			t.Fatalf("%v has no lunar date", d)
		}
		if back, ok := l.Solar(); !ok || back != d {
			t.Fatalf("%v is %+v, which is %v", d, l, back)
		}
		if d > Date(2000, 1, 1) && l.Day != last.Day+1 && (l.Day != 1 || last.Day < 29) {
			t.Fatalf("%+v follows %+v", l, last)
		}
		last = l
	}
	for _, l := range []LunarDate{{Year: 2025, Month: 5, Day: 1, Leap: true}, {Year: 2025, Month: 13, Day: 1}, {Year: 2060, Month: 1, Day: 1}, {Year: 2025, Month: 2, Day: 30}} {
		if d, ok := l.Solar(); ok {
			t.Errorf("%+v does not exist, yet is %v", l, d)
		}
	}
}

// Every event of every region and year must be named, lie near its year, and be told once.
func TestEventsAreSound(t *testing.T) {
	used := map[string]bool{}
	for _, region := range Regions() {
		off := 0
		for y := 1995; y <= 2055; y++ {
			list, ok := events(region, y)
			if !ok {
				t.Fatal(region)
			}
			type once struct {
				key   string
				kind  Kind
				first Day
			}
			seen := map[once]bool{}
			for _, e := range list {
				used[e.Key] = true
				switch {
				case names[e.Key].english == "" || names[e.Key].chinese == "" || e.English == "" || e.Chinese == "":
					t.Errorf("%s %q has no name", region, e.Key)
				case e.Days() < 1 || e.Days() > 31 || e.Last < Date(y-1, 12, 25) || e.First > Date(y+1, 3, 1):
					t.Errorf("%s %d: %+v", region, y, e)
				case seen[once{e.Key, e.Kind, e.First}]:
					t.Errorf("%s %d: %s stands twice on %v", region, y, e.Key, e.First)
				case !slices.Contains(Kinds, e.Kind):
					t.Errorf("%s: kind %q", e.Key, e.Kind)
				}
				seen[once{e.Key, e.Kind, e.First}] = true
				if e.Off {
					off += e.Days()
				}
			}
		}
		if off < 60*5 {
			t.Errorf("%s has only %d days off in 61 years", region, off)
		}
	}
	for key := range names {
		if !used[key] {
			t.Errorf("%q is named but never an event", key)
		}
	}
}

func TestNewKnowsNames(t *testing.T) {
	for in, want := range map[string]string{"cn": "CN", " DE-BY": "DE-BY", "UK": "GB", "uk-eng": "GB-ENG"} {
		c, err := New(in)
		if err != nil || c.Regions()[0] != want {
			t.Errorf("%q: %v %v", in, c, err)
		}
	}
	for _, bad := range []string{"", "XX", "DE-XX", "US-CA", "CHN"} {
		if _, err := New(bad); err == nil {
			t.Errorf("%q is no region", bad)
		}
	}
}

// A span of days gets exactly the events of the longer span that touch it.
func TestEventsOfASpan(t *testing.T) {
	c, err := New("CN", "US", "GB-SCT")
	if err != nil {
		t.Fatal(err)
	}
	all := c.Events(Date(2000, 1, 1), Date(2050, 12, 31))
	rapid.Check(t, func(t *rapid.T) {
		from := Date(2000, 1, 1) + Day(rapid.IntRange(0, 18000).Draw(t, "from"))
		to := from + Day(rapid.IntRange(0, 600).Draw(t, "days"))
		var want []Event
		for _, e := range all {
			if e.First <= to && e.Last >= from {
				want = append(want, e)
			}
		}
		if got := c.Events(from, to); !slices.Equal(got, want) {
			t.Fatalf("%v to %v: %d events, want %d", from, to, len(got), len(want))
		}
	})
}
