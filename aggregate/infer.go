package aggregate

import (
	"slices"
	"strconv"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
)

// civil is the parts of one stamp that frequencies are told by.
type civil struct {
	micros int64 // on the wall, since 1970-01-01
	month  int   // months since year 0
	day    int
	last   bool  // of its month
	clock  int64 // microseconds since midnight
}

const (
	hourMicros = 3600e6
	dayMicros  = 24 * hourMicros
)

func civilOf(t int64, zone *time.Location) civil {
	at := time.UnixMicro(t).In(zone)
	_, off := at.Zone()
	y, m, d := at.Date()
	c := civil{micros: t + int64(off)*1e6, month: y*12 + int(m) - 1, day: d}
	c.last = at.AddDate(0, 0, 1).Day() == 1
	c.clock = floorMod(c.micros, dayMicros)
	return c
}

// grid finds the grid of the series' stamps: the frequency as asked or as most neighbouring stamps have it, and the phase of most stamps. Where rows
// are brought onto stamps, irregular ones have the frequency nearest to their usual distance.
func (c *collector) grid(cfg *Config, zone *time.Location, s *Summary) (tidewatch.Grid, error) {
	pairs, all := c.neighbours(zone)
	freq := cfg.Freq
	found, err := inferFreq(pairs)
	if moved := cfg.Rows.Stamps; moved != nil && len(pairs) > 0 && (err != nil || !freq.IsZero()) {
		usual := usualDistance(pairs)
		if freq.IsZero() {
			if freq = nearestFreq(usual); freq.IsZero() {
				return tidewatch.Grid{}, err
			}
			s.Repaired = append(s.Repaired, clean.RowChange{Step: moved.String(), Why: message.NoteOf("why.freq", freq.String(), strconv.FormatFloat(usual.Hours(), 'g', 4, 64)+" h")})
		}
		if merges := cfg.Rows.Duplicates; (merges == nil || merges.By == "") && usual.Hours()*3 < float64(hoursOf(freq)*2) {
			return tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeUsage, "the series have a row every %v, and the frequency is %v: say how the rows of a period become one value, such as --clean 'stamps,duplicates(sum)' or 'stamps,duplicates(mean)'", usual, freq)
		}
		return tidewatch.Grid{Freq: freq, Anchor: anchorNear(freq, all, zone)}, nil
	}
	switch {
	case freq.IsZero() && err != nil:
		return tidewatch.Grid{}, err
	case freq.IsZero():
		freq = found
	case len(pairs) > 0 && (err != nil || hoursOf(found)*3 < hoursOf(freq)*2):
		at := found.String()
		if err != nil {
			at = "less than an hour"
		}
		return tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeUsage, "the series have a row every %s, and %v was asked for: ready series are not added up; leave --freq out, say how with --clean 'stamps,duplicates(sum)', or read the rows as records with --layout orders --map quantity=COLUMN", at, freq)
	}
	return tidewatch.Grid{Freq: freq, Anchor: anchorOf(freq, all, zone)}, nil
}

// hoursOf is about how long a period of f lasts.
func hoursOf(f tidewatch.Freq) int {
	return f.N * map[tidewatch.Unit]int{tidewatch.Hour: 1, tidewatch.Day: 24, tidewatch.Week: 168, tidewatch.Month: 730, tidewatch.Quarter: 2190, tidewatch.Year: 8760}[f.Unit]
}

// maxPairs bounds the pairs of stamps a frequency is inferred from.
const maxPairs = 200_000

// neighbours gives pairs of neighbouring distinct stamps within series, evenly from all series; where no series has two, those of all
// series together. all are the stamps seen, and the earliest of every series.
func (c *collector) neighbours(zone *time.Location) (pairs [][2]civil, all []civil) {
	rows := 0
	for i := range c.series {
		rows += c.series[i].values.n
	}
	step := 1 + rows/maxPairs
	seen := map[int64]civil{}
	look := func(t int64) civil {
		v, ok := seen[t]
		if !ok {
			v = civilOf(t, zone)
			seen[t] = v
		}
		return v
	}
	var times []int64
	var firsts []int64
	for i := range c.series {
		r := &c.series[i]
		firsts = append(firsts, r.lo)
		if i%step != 0 {
			continue
		}
		times = r.times.numbers(times[:0])
		if r.mixed {
			slices.Sort(times)
		}
		for k, t := range times {
			all = append(all, look(t))
			if k > 0 && t != times[k-1] {
				pairs = append(pairs, [2]civil{look(times[k-1]), look(t)})
			}
		}
	}
	slices.Sort(firsts)
	firsts = slices.Compact(firsts)
	if len(pairs) == 0 {
		for k := 1; k < len(firsts); k++ {
			pairs = append(pairs, [2]civil{look(firsts[k-1]), look(firsts[k])})
		}
	}
	all = append(all, look(firsts[0]))
	return pairs, all
}

// inferFreq finds the longest frequency on which nearly all neighbours stand: 49 of 50 pairs must be whole periods apart, and the
// period is the greatest common divisor of the distances that at least one pair in 100 has.
func inferFreq(pairs [][2]civil) (tidewatch.Freq, error) {
	if len(pairs) == 0 {
		return tidewatch.Freq{}, tidewatch.Errorf(tidewatch.CodeData, "the frequency cannot be found, because no series has two different stamps: say --freq h, D, W, M, Q or Y")
	}
	months, hours, minutes := map[int64]int{}, map[int64]int{}, 0
	nMonths, nHours := 0, 0
	for _, p := range pairs {
		a, b := p[0], p[1]
		// On the same day of the month, or on its last day, or on the last where the month lacks the day.
		if a.clock == b.clock && b.month > a.month && (a.day == b.day || a.last && (b.last || b.day > a.day) || b.last && a.day > b.day) {
			months[int64(b.month-a.month)]++
			nMonths++
		}
		d := b.micros - a.micros
		if d%hourMicros == 0 {
			hours[d/hourMicros]++
			nHours++
		} else {
			minutes++
		}
	}
	if enough(nMonths, len(pairs)) {
		n := int(common(months, nMonths))
		switch {
		case n%12 == 0:
			return tidewatch.Freq{N: n / 12, Unit: tidewatch.Year}, nil
		case n%3 == 0:
			return tidewatch.Freq{N: n / 3, Unit: tidewatch.Quarter}, nil
		}
		return tidewatch.Freq{N: n, Unit: tidewatch.Month}, nil
	}
	if !enough(nHours, len(pairs)) {
		return tidewatch.Freq{}, tidewatch.Errorf(tidewatch.CodeData, "the stamps are not whole hours apart (%d of %d neighbours): the shortest frequency is the hour; --clean stamps brings irregular rows onto the nearest frequency; else add the rows up first, or read them as records with --layout orders", minutes, len(pairs))
	}
	n := int(common(hours, nHours))
	if n%24 != 0 {
		// An hour gained or lost to daylight saving is no frequency of its own.
		if days := countDays(hours); enough(days, len(pairs)) {
			n = 24 * int(common(wholeDays(hours), days))
		}
	}
	switch {
	case n%(24*7) == 0:
		return tidewatch.Freq{N: n / 168, Unit: tidewatch.Week}, nil
	case n%24 == 0:
		return tidewatch.Freq{N: n / 24, Unit: tidewatch.Day}, nil
	}
	return tidewatch.Freq{N: n, Unit: tidewatch.Hour}, nil
}

func enough(n, of int) bool { return n*50 >= of*49 }

func countDays(hours map[int64]int) int {
	n := 0
	for h, k := range hours {
		if h%24 == 0 {
			n += k
		}
	}
	return n
}

func wholeDays(hours map[int64]int) map[int64]int {
	days := map[int64]int{}
	for h, k := range hours {
		if h%24 == 0 {
			days[h/24] = k
		}
	}
	return days
}

// common is the greatest common divisor of the distances that at least one in 100 of n pairs has.
func common(distances map[int64]int, n int) int64 {
	g := int64(0)
	for d, k := range distances {
		if k*100 >= n {
			for a := d; a != 0; {
				g, a = a, g%a
			}
		}
	}
	if g == 0 { // so many distances that none is frequent
		for d := range distances {
			for a := d; a != 0; {
				g, a = a, g%a
			}
		}
	}
	return g
}

func floorMod(a, b int64) int64 { return ((a % b) + b) % b }

// anchorOf is the earliest stamp that stands where most stamps stand in their period, so that the grid's stamps are the input's.
func anchorOf(freq tidewatch.Freq, all []civil, zone *time.Location) time.Time {
	type phase struct{ a, b int64 }
	of := func(c civil) phase {
		day := (c.micros - c.clock) / dayMicros
		switch freq.Unit {
		case tidewatch.Hour:
			return phase{a: floorMod(c.micros, int64(freq.N)*hourMicros)}
		case tidewatch.Day:
			return phase{a: c.clock, b: floorMod(day, int64(freq.N))}
		case tidewatch.Week:
			return phase{a: c.clock, b: floorMod(day, 7*int64(freq.N))}
		}
		n := freq.N * map[tidewatch.Unit]int{tidewatch.Month: 1, tidewatch.Quarter: 3, tidewatch.Year: 12}[freq.Unit]
		d := c.day
		if c.last {
			d = 32
		}
		return phase{a: c.clock, b: int64(c.month%n)*100 + int64(d)}
	}
	count := map[phase]int{}
	firsts := map[phase]int64{}
	for _, c := range all {
		p := of(c)
		count[p]++
		if f, ok := firsts[p]; !ok || c.micros < f {
			firsts[p] = c.micros
		}
	}
	best, n := phase{}, 0
	for p, k := range count {
		if k > n || k == n && firsts[p] < firsts[best] {
			best, n = p, k
		}
	}
	at := time.UnixMicro(firsts[best]).UTC() // civil
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone)
}

// timeIn is the moment t, in microseconds, in a zone.
func timeIn(t int64, zone *time.Location) time.Time { return time.UnixMicro(t).In(zone) }
