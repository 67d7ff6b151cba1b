package message

import (
	"fmt"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Date writes a day: "28 Nov 2011", "2011年11月28日".
func (l Lang) Date(t time.Time) string {
	if l == Chinese {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 Jan 2006")
}

// Moment writes a day and the time of day to the minute: "28 Nov 2011, 14:05", "2011年11月28日 14:05".
func (l Lang) Moment(t time.Time) string {
	if l == Chinese {
		return t.Format("2006年1月2日 15:04")
	}
	return t.Format("2 Jan 2006, 15:04")
}

// Period names the period of frequency f that stamp t stands for, as a phrase for the middle of a sentence: "the week of 28 Nov 2011",
// "Nov 2011", "Q3 2011"; "2011年11月28日当周", "2011年11月", "2011年第3季度". A period of several units is named by its stamp.
func (l Lang) Period(f tidewatch.Freq, t time.Time) string {
	zh := l == Chinese
	switch {
	case f.Unit == tidewatch.Hour:
		return l.Moment(t)
	case f.Unit == tidewatch.Week && f.N == 1:
		if zh {
			return l.Date(t) + "当周"
		}
		return "the week of " + l.Date(t)
	case f.Unit == tidewatch.Month && zh:
		return t.Format("2006年1月")
	case f.Unit == tidewatch.Month:
		return t.Format("Jan 2006")
	case f.Unit == tidewatch.Quarter && zh:
		return fmt.Sprintf("%d年第%d季度", t.Year(), (int(t.Month())+2)/3)
	case f.Unit == tidewatch.Quarter:
		return fmt.Sprintf("Q%d %d", (int(t.Month())+2)/3, t.Year())
	case f.Unit == tidewatch.Year && zh:
		return t.Format("2006年")
	case f.Unit == tidewatch.Year:
		return t.Format("2006")
	}
	return l.Date(t)
}

// Periods counts n periods of frequency f: "8 weeks", "1 month"; "8周", "1个月". A multiple shows: 4 periods of 6 hours are "4 × 6 hours".
func (l Lang) Periods(f tidewatch.Freq, n int) string {
	key := map[tidewatch.Unit]string{tidewatch.Hour: "unit.hour", tidewatch.Day: "unit.day", tidewatch.Week: "unit.week",
		tidewatch.Month: "unit.month", tidewatch.Quarter: "unit.quarter", tidewatch.Year: "unit.year"}[f.Unit]
	if key == "" {
		return l.Say("unit.period", n)
	}
	if f.N > 1 {
		return l.Number(float64(n), 0) + " × " + l.Say(key, f.N)
	}
	return l.Say(key, n)
}
