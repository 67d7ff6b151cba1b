package feature

import "github.com/tidewatch/tidewatch"

// dates are the features of the calendar that a frequency can show.
func dates(f tidewatch.Freq) []Feature {
	all := map[string]Feature{
		"hour":    date("hour", "hour of the day", func(b *Builder, t int) float32 { return float32(b.stamp(t).Hour()) }),
		"weekday": date("weekday", "day of the week, Sunday is 0", func(b *Builder, t int) float32 { return float32(b.stamp(t).Weekday()) }),
		"day":     date("day", "day of the month", func(b *Builder, t int) float32 { return float32(b.stamp(t).Day()) }),
		"week": date("week", "ISO week of the year", func(b *Builder, t int) float32 {
			_, w := b.stamp(t).ISOWeek()
			return float32(w)
		}),
		"month":   date("month", "month of the year", func(b *Builder, t int) float32 { return float32(b.stamp(t).Month()) }),
		"quarter": date("quarter", "quarter of the year", func(b *Builder, t int) float32 { return float32((b.stamp(t).Month() + 2) / 3) }),
	}
	names := map[tidewatch.Unit][]string{
		tidewatch.Hour:    {"hour", "weekday", "month"},
		tidewatch.Day:     {"weekday", "day", "month"},
		tidewatch.Week:    {"week", "month"},
		tidewatch.Month:   {"month"},
		tidewatch.Quarter: {"quarter"},
	}[f.Unit]
	// Not more: what tells single days apart lets trees learn what happened to all series on a day that will not come again.
	var out []Feature
	for _, name := range names {
		out = append(out, all[name])
	}
	return out
}

// date is a feature of the time alone; it is computed once for all series.
func date(name, does string, of func(b *Builder, t int) float32) Feature {
	return Feature{Name: name, Inputs: []string{"time"}, Known: Ahead, Does: does,
		fill: func(w *Worker, rows []Row, dst []float32) {
			v := w.b.shared(name, func(out []float32) {
				for k := range out {
					out[k] = of(w.b, w.b.from+k)
				}
			})
			for r, row := range rows {
				dst[r] = v[int(row.Time)-w.b.from]
			}
		}}
}
