package report

import (
	"html/template"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// both is a text in each language of the catalogue, in the order of message.Langs. The page holds both, and its style shows one.
type both [len(message.Langs)]string

// each makes a text by asking for it in each language.
func each(write func(l message.Lang) string) both {
	var b both
	for i, l := range message.Langs {
		b[i] = write(l)
	}
	return b
}

// say is a message of the catalogue; an argument that is itself both stands in its language.
func say(key string, args ...any) both {
	return each(func(l message.Lang) string {
		own := make([]any, len(args))
		for i, a := range args {
			if b, ok := a.(both); ok {
				a = b.in(l)
			}
			own[i] = a
		}
		return l.Say(key, own...)
	})
}

func (b both) in(l message.Lang) string {
	for i, own := range message.Langs {
		if own == l {
			return b[i]
		}
	}
	return b[0]
}

// HTML is the text for the page: once where the languages agree, otherwise each within a span of its language.
func (b both) HTML() template.HTML {
	if b[0] == b[1] {
		return template.HTML(template.HTMLEscapeString(b[0]))
	}
	var s string
	for i, l := range message.Langs {
		s += `<span lang="` + l.Tag() + `">` + template.HTMLEscapeString(b[i]) + `</span>`
	}
	return template.HTML(s)
}

func plain(s string) both { return each(func(message.Lang) string { return s }) }

// named is the catalogue's word for a name that comes from elsewhere, or the name itself.
func named(prefix, name string) both {
	return each(func(l message.Lang) string { return l.Or(prefix+name, name) })
}

func value(v float64) both   { return each(func(l message.Lang) string { return l.Value(v) }) }
func compact(v float64) both { return each(func(l message.Lang) string { return l.Compact(v) }) }
func change(v float64) both  { return each(func(l message.Lang) string { return l.Change(v) }) }
func chance(v float64) both  { return each(func(l message.Lang) string { return l.Probability(v) }) }
func count(n int) both       { return each(func(l message.Lang) string { return l.Number(float64(n), 0) }) }

func percent(v float64, decimals int) both {
	return each(func(l message.Lang) string { return l.Percent(v, decimals) })
}

func date(t time.Time) both { return each(func(l message.Lang) string { return l.Date(t) }) }

func period(f tidewatch.Freq, t time.Time) both {
	return each(func(l message.Lang) string { return l.Period(f, t) })
}

func periods(f tidewatch.Freq, n int) both {
	return each(func(l message.Lang) string { return l.Periods(f, n) })
}

// ofUnit is the message "prefix.hour", "prefix.week" ... that fits the frequency, "prefix.period" for multiples.
func ofUnit(prefix string, f tidewatch.Freq) both {
	name := map[tidewatch.Unit]string{tidewatch.Hour: "hour", tidewatch.Day: "day", tidewatch.Week: "week",
		tidewatch.Month: "month", tidewatch.Quarter: "quarter", tidewatch.Year: "year"}[f.Unit]
	if name == "" || f.N != 1 {
		name = "period"
	}
	return say(prefix + "." + name)
}

// size adds the unit to a number: "1.2M units", "120万件".
func (p *page) size(v float64) both {
	return each(func(l message.Lang) string { return l.Quantity(l.Compact(v), p.data.Unit) })
}
