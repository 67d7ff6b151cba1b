package read

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeFormats(t *testing.T) {
	for text, want := range map[string]string{
		"2024-05-31":                       "2024-05-31T00:00:00Z year-month-day",
		"2024/5/1":                         "2024-05-01T00:00:00Z year-month-day",
		"2024.05.31":                       "2024-05-31T00:00:00Z year-month-day",
		"2024-05-31 13:05":                 "2024-05-31T13:05:00Z year-month-day",
		"2024-05-31 24:00":                 "2024-06-01T00:00:00Z year-month-day",
		"2024-05-31T13:05:09.25":           "2024-05-31T13:05:09.25Z year-month-day",
		"2024-05-31T13:05:09Z":             "2024-05-31T13:05:09Z year-month-day zoned",
		"2024-05-31T13:05:09+08:00":        "2024-05-31T05:05:09Z year-month-day zoned",
		"2024-05-31 13:05:09 -0530":        "2024-05-31T18:35:09Z year-month-day zoned",
		"2019-10-01 00:00:00 UTC":          "2019-10-01T00:00:00Z year-month-day zoned",
		"2019-11-24 00:03:13.442536+00:00": "2019-11-24T00:03:13.442536Z year-month-day zoned",
		"31/12/2024":                       "2024-12-31T00:00:00Z day/month/year",
		"31.12.24 8:05":                    "2024-12-31T08:05:00Z day/month/year",
		"12/31/2010 8:26 PM":               "2010-12-31T20:26:00Z month/day/year",
		"12/31/2010 12:26 AM":              "2010-12-31T00:26:00Z month/day/year",
		"1511544070":                       "2017-11-24T17:21:10Z unix seconds zoned",
		"1396860669.277":                   "2014-04-07T08:51:09.277Z unix seconds zoned",
		"1511544070123":                    "2017-11-24T17:21:10.123Z unix milliseconds zoned",
		"1511544070123456":                 "2017-11-24T17:21:10.123456Z unix microseconds zoned",
		"1511544070123456789":              "2017-11-24T17:21:10.123456Z unix nanoseconds zoned",
		"20240531":                         "2024-05-31T00:00:00Z yyyymmdd",
		"20240531 13:05":                   "2024-05-31T13:05:00Z yyyymmdd",
		"20240531T130509Z":                 "2024-05-31T13:05:09Z yyyymmdd zoned",
		"202405311305":                     "2024-05-31T13:05:00Z yyyymmdd",
		"1 Dec 2010":                       "2010-12-01T00:00:00Z month in words",
		"Dec 1, 2010 8:26 AM":              "2010-12-01T08:26:00Z month in words",
		"01-Dec-10":                        "2010-12-01T00:00:00Z month in words",
		"December 2010":                    "2010-12-01T00:00:00Z month in words",
		"Wed, 01 Dec 2010 08:26:00 GMT":    "2010-12-01T08:26:00Z month in words zoned",
		"2024年5月31日":                       "2024-05-31T00:00:00Z 年月日",
		"2024年5月31日 13:05":                 "2024-05-31T13:05:00Z 年月日",
		"2024年05月31日13时05分09秒":             "2024-05-31T13:05:09Z 年月日",
		"2024年5月":                          "2024-05-01T00:00:00Z 年月日",
		"2024-05":                          "2024-05-01T00:00:00Z year-month",
		"2024M05":                          "2024-05-01T00:00:00Z year-month",
		"05/2024":                          "2024-05-01T00:00:00Z month/year",
		"202405":                           "2024-05-01T00:00:00Z yyyymm",
		"2024Q2":                           "2024-04-01T00:00:00Z year-quarter",
		"2024-Q4":                          "2024-10-01T00:00:00Z year-quarter",
		"Q1 2024":                          "2024-01-01T00:00:00Z year-quarter",
		"2024-W01":                         "2024-01-01T00:00:00Z year-week (ISO 8601)",
		"2020W53":                          "2020-12-28T00:00:00Z year-week (ISO 8601)",
		"2024":                             "2024-01-01T00:00:00Z year",
	} {
		f, _ := pickFormat([][]byte{[]byte(text)}, true)
		if f == nil {
			t.Errorf("%q: no format reads it", text)
			continue
		}
		s, st := f.parse([]byte(text))
		got := time.UnixMicro(s.micros).UTC().Format(time.RFC3339Nano) + " " + f.name
		if s.zoned {
			got += " zoned"
		}
		if st != fine || got != want {
			t.Errorf("%q is %s (%d), not %s", text, got, st, want)
		}
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	for text, want := range map[string]status{
		"2023-02-30": noSuchDay, "2023-02-29": noSuchDay, "2024-13-01": noSuchDay, "2024-00-10": noSuchDay, "2024-01-00": noSuchDay,
		"2024-01-01 25:00": noSuchDay, "2024-01-01 12:60": noSuchDay, "2024-01-01 24:01": noSuchDay,
		"0000-01-01": outOfRange, "9999-12-31": outOfRange, "1600-01-01": outOfRange,
		"2024-01-01x": notTime, "2024-01": notTime, "yesterday": notTime, "2024-01-01 12": notTime, "2024-1-1-1": notTime, "2024-01-01 10:00 CET": notTime,
	} {
		if _, st := parseYMD([]byte(text)); st != want {
			t.Errorf("%q: status %d, not %d", text, st, want)
		}
	}
	for _, text := range []string{"", " ", "x", "Mai 2024", "32 Dec 2024", "2024W60", "2021W53", "2024Q5", "99999999999999999999", "-5", "1e300", "20240532", "Dec", "Dec Dec 2024"} {
		for _, f := range timeFormats {
			if s, st := f.parse([]byte(text)); st == fine {
				t.Errorf("%s reads %q as %v", f.name, text, time.UnixMicro(s.micros).UTC())
			}
		}
	}
}

// TestDayAndMonth: a column is read the way in which its dates lie close together.
func TestDayAndMonth(t *testing.T) {
	column := func(layout string, step func(time.Time) time.Time, n int) (out [][]byte) {
		at := time.Date(2010, 12, 1, 0, 0, 0, 0, time.UTC)
		for range n {
			out = append(out, []byte(at.Format(layout)))
			at = step(at)
		}
		return out
	}
	hour := func(t time.Time) time.Time { return t.Add(time.Hour) }
	day := func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }
	month := func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	for _, c := range []struct {
		layout string
		step   func(time.Time) time.Time
		n      int
		want   string
		sure   bool
	}{
		{"2/1/2006", day, 60, "day/month/year", true},
		{"1/2/2006", day, 60, "month/day/year", true},
		{"1/2/2006 15:04", hour, 24 * 6, "month/day/year", true}, // six days of December
		{"2/1/2006 15:04", hour, 24 * 6, "day/month/year", true},
		{"02/01/2006", month, 40, "day/month/year", true},
		{"01/02/2006", month, 40, "month/day/year", true},
		{"02/01/2006", day, 1, "day/month/year", false},
	} {
		f, sure := pickFormat(column(c.layout, c.step, c.n), true)
		if f == nil || f.name != c.want || sure != c.sure {
			t.Errorf("%s, %d rows: %v, sure %v", c.layout, c.n, f, sure)
		}
	}
}

func TestDaysOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, m, d := rapid.IntRange(1, 9999).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d")
		if got, want := daysOf(y, m, d), time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix()/86400; y >= 1970 && got != want {
			t.Fatalf("%d-%d-%d: day %d, not %d", y, m, d, got, want)
		}
	})
}

// TestClock: the moment of a time on the wall shows that time on the wall, unless daylight saving skipped it; what a clock says does not depend
// on what it said before.
func TestClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		used := NewClock(zone)
		for range 20 {
			at := rapid.Int64Range(0, 2e9).Draw(t, "at") * 1e6
			if rapid.Bool().Draw(t, "near a change") {
				_, change := time.UnixMicro(at).In(zone).ZoneBounds()
				if !change.IsZero() {
					at = change.UnixMicro() + rapid.Int64Range(-7200, 7200).Draw(t, "off")*1e6
				}
			}
			wall := used.Civil(at)
			u := time.UnixMicro(at).In(zone)
			if want := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond(), time.UTC).UnixMicro(); wall != want {
				t.Fatalf("%v in %v: %d on the wall, not %d", u, zone, wall, want)
			}
			m := used.moment(stamp{micros: wall})
			if fresh := NewClock(zone).moment(stamp{micros: wall}); m != fresh {
				t.Fatalf("a used clock says %d, a new one %d", m, fresh)
			}
			if used.Civil(m) != wall || m > at {
				t.Fatalf("%v: the moment of %d is %d, which is not the first that shows it", u, wall, m)
			}
		}
	})
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := parseYMD([]byte("2024-03-10 02:30"))
	if got := time.UnixMicro(NewClock(zone).moment(s)).In(zone).Format("15:04"); got != "03:30" {
		t.Errorf("the half hour that was skipped is %s", got)
	}
}

func TestParseTimeOfFlags(t *testing.T) {
	zone := time.FixedZone("x", 8*3600)
	for text, want := range map[string]string{"2024-05-31": "2024-05-31T00:00:00+08:00 true", "2024-05-31 10:00": "2024-05-31T10:00:00+08:00 false", "20240531": "2024-05-31T00:00:00+08:00 true",
		"2024-05-31T10:00Z": "2024-05-31T18:00:00+08:00 false", "1511544070": "2017-11-25T01:21:10+08:00 false"} {
		at, day, err := ParseTime(text, zone)
		if got := fmt.Sprint(at.Format(time.RFC3339), " ", day); err != nil || got != want {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	if _, _, err := ParseTime("soon", nil); err == nil {
		t.Error("soon is a time")
	}
}
