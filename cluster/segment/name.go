package segment

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// What counts as worth saying: a trait so many standard deviations from the mean of all, a month so many times the usual, a change of so
// much, and at most so many things at once.
const (
	telling = .45
	peaking = 1.25
	moving  = .1
	facts   = 3
)

// name says of each segment what sets it apart. Where two would be called the same, more is said of them, and at last they are numbered.
func (f *Found) name() {
	all := make([][]Fact, len(f.Segments))
	for a := range f.Segments {
		if f.Lines != nil {
			all[a] = f.Lines.facts(&f.Segments[a])
		} else {
			all[a] = traits(f.Of, f.Traits, f.Segments[a].Effects)
		}
	}
	for n := facts; n <= 6; n++ {
		twice := map[string]int{}
		for a := range f.Segments {
			s := &f.Segments[a]
			if name := s.Name(message.English); n == facts || twiceNamed(f.Segments, name) {
				s.Facts = all[a][:min(n, len(all[a]))]
			}
			twice[s.Name(message.English)]++
		}
		if len(twice) == len(f.Segments) {
			return
		}
	}
	count := map[string]int{}
	for a := range f.Segments {
		s := &f.Segments[a]
		name := s.Name(message.English)
		if count[name]++; count[name] > 1 {
			s.Nth = count[name]
		}
	}
}

func twiceNamed(all []Segment, name string) bool {
	n := 0
	for a := range all {
		if all[a].Name(message.English) == name {
			n++
		}
	}
	return n > 1
}

// traits are the traits that stand out, most first; of all traits even weak ones, so that names can be told apart.
func traits(of Subject, list []Trait, effects []float64) []Fact {
	order := make([]int, len(list))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(effects[b]), math.Abs(effects[a])) })
	var out []Fact
	for _, k := range order {
		e := effects[k]
		if math.Abs(e) < telling {
			break
		}
		side := ".high"
		if e < 0 {
			side = ".low"
		}
		key := "trait." + list[k].Name + side
		if own := key + "." + string(of); message.Has(own) { // what is said of customers is not said of items
			key = own
		}
		if message.Has(key) {
			out = append(out, Fact{Key: key})
		}
	}
	return out
}

// facts are what sets the lines of a segment apart: when they begin and end, their growth, their season.
func (l *Lines) facts(s *Segment) []Fact {
	var out []Fact
	line := s.Line
	n := len(line)
	if n < 4 {
		return nil
	}
	quarter := func(k int) float64 { return mean(line[k*n/4 : (k+1)*n/4]) }
	span := l.Stamps[n-1].Sub(l.Stamps[0]).Hours() / 24 / 365.25 * float64(n) / float64(n-1) // years
	first, last := quarter(0), quarter(3)
	if slices.ContainsFunc(line, func(v float64) bool { return v < 0 }) { // of values below zero ratios mean nothing
		if last > first {
			return []Fact{{Key: "segment.rises"}}
		}
		return []Fact{{Key: "segment.sinks"}}
	}
	begins, ends := first < .15 && last > .6, last < .15 && first > .6
	switch {
	case begins:
		out = append(out, Fact{Key: "segment.new"})
	case ends:
		out = append(out, Fact{Key: "segment.gone"})
	}
	var growth Fact
	if span >= 1.9 {
		// whole years against whole years: their season is the same
		year := int(math.Round(float64(n) / span))
		now, before := mean(line[n-year:]), mean(line[n-2*year:n-year])
		switch g := now/before - 1; {
		case begins || ends:
		case g > moving:
			growth = Fact{Key: "segment.growing", Value: g}
		case g < -moving:
			growth = Fact{Key: "segment.falling", Value: g}
		default:
			growth = Fact{Key: "segment.steady"}
		}
	} else if !begins && !ends {
		switch g := last/first - 1; {
		case g >= 1:
			growth = Fact{Key: "segment.ends.times", Value: g + 1}
		case g > 2*moving:
			growth = Fact{Key: "segment.ends.above", Value: g}
		case g < -2*moving:
			growth = Fact{Key: "segment.ends.below", Value: g}
		default:
			growth = Fact{Key: "segment.even"}
		}
	}
	peaks := slices.Concat(l.months(line, span), l.phases(s.Phase))
	if len(peaks) == 0 && growth.Key == "segment.steady" || growth.Key == "segment.even" && len(peaks) == 0 {
		return append(out, growth, Fact{Key: "segment.noseason"})
	}
	out = append(out, peaks...)
	if growth.Key != "" {
		out = append(out, growth)
	}
	return out
}

func mean(x []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / n
}

// months are the month in which a line stands highest, or else lowest.
func (l *Lines) months(line []float64, span float64) []Fact {
	if span < .9 || l.Freq.Unit == tidewatch.Year || l.Freq.Unit == tidewatch.Quarter {
		return nil
	}
	half := l.Stamps[1].Sub(l.Stamps[0]) / 2
	sum, n := make([]float64, 12), make([]float64, 12)
	for b, v := range line {
		if !math.IsNaN(v) {
			m := int(l.Stamps[b].Add(half).Month()) - 1
			sum[m] += v
			n[m]++
		}
	}
	for m := range sum {
		sum[m] /= n[m]
	}
	high, low, usual := extremes(sum)
	switch {
	case high >= 0 && sum[high] >= peaking*usual:
		return []Fact{{Key: "segment.peak.month", Month: high + 1, Value: sum[high] / usual}}
	case low >= 0 && sum[low] <= usual/peaking/1.2:
		return []Fact{{Key: "segment.low.month", Month: low + 1, Value: sum[low] / usual}}
	}
	return nil
}

// phases are the weekday or the hour that stands out.
func (l *Lines) phases(by []float64) []Fact {
	high, _, usual := extremes(by)
	if high < 0 || by[high] < peaking*usual {
		return nil
	}
	if l.Freq.Unit == tidewatch.Hour {
		return []Fact{{Key: "segment.peak.hour", Month: high, Value: by[high] / usual}}
	}
	return []Fact{{Key: "segment.peak.weekday", Month: high, Value: by[high] / usual}}
}

// extremes are the places of the highest and the lowest known value, -1 where there is none, and the mean.
func extremes(x []float64) (high, low int, usual float64) {
	high, low = -1, -1
	for k, v := range x {
		if math.IsNaN(v) {
			continue
		}
		if high < 0 || v > x[high] {
			high = k
		}
		if low < 0 || v < x[low] {
			low = k
		}
	}
	return high, low, mean(x)
}
