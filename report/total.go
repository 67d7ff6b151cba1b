package report

import (
	"math"

	"github.com/tidewatch/tidewatch/trend"
)

// totalSection is the chart of the total, or of the only series, with its numbers and the events ahead.
func (p *page) totalSection() (part, error) {
	if p.Lead == nil {
		return part{}, nil
	}
	p.Lead.Numbers = p.numbersOf(p.Lead.Row)
	title := say("total.single")
	if p.data.Total != "" {
		title = say("total.title")
	}
	return part{title, struct {
		*chart
		Ahead []aheadEvent
	}{p.Lead, p.ahead()}}, nil
}

// YearAgo reports whether the lead chart shows the year before.
func (p *page) YearAgo() bool {
	if p.Lead == nil {
		return false
	}
	lag, r := trend.Year(p.freq), p.Lead.Row
	return lag >= 2 && r.forecast.First-lag >= r.series.Start
}

// landing is where the sum of the next periods would land, as a drawing: the interval, the median, and what it is compared with, each as a
// place from 0 to 100 on a common scale.
type landing struct {
	Span                    both
	Low, High, Median       float64
	Recent, Year            float64 // NaN = not known
	LowSay, HighSay, Middle both
	RecentSay, YearSay      both
	Level                   both
}

// Width of the interval, for the style.
func (l *landing) Width() float64 { return math.Round(10*(l.High-l.Low)) / 10 }

// HasRecent and HasYear report whether there is something to compare with.
func (l *landing) HasRecent() bool { return !math.IsNaN(l.Recent) }

// HasYear is like HasRecent.
func (l *landing) HasYear() bool { return !math.IsNaN(l.Year) }

// land makes the landing of a move; nil where it would show nothing.
func (p *page) land(m *trend.Move) *landing {
	if m == nil || math.IsNaN(m.Next.Median) || !(m.Next.High > m.Next.Low) {
		return nil
	}
	l := &landing{Span: p.Span(), Level: percent(highLevel-lowLevel, 0), LowSay: compact(m.Next.Low), HighSay: compact(m.Next.High), Middle: p.size(m.Next.Median),
		Recent: math.NaN(), Year: math.NaN()}
	lo, hi := m.Next.Low, m.Next.High
	for _, c := range []struct {
		trend.Change
		at  *float64
		say *both
	}{{m.Recent, &l.Recent, &l.RecentSay}, {m.YearAgo, &l.Year, &l.YearSay}} {
		if c.Known() {
			*c.at, *c.say = c.From, compact(c.From)
			lo, hi = min(lo, c.From), max(hi, c.From)
		}
	}
	if lo > 0 && lo < .6*hi { // from zero, unless all lies far from it
		lo = 0
	} else {
		lo -= .12 * (hi - lo)
	}
	hi += .06 * (hi - lo)
	at := func(v float64) float64 { return math.Round(1000*(v-lo)/(hi-lo)) / 10 }
	l.Low, l.High, l.Median, l.Recent, l.Year = at(m.Next.Low), at(m.Next.High), at(m.Next.Median), at(l.Recent), at(l.Year)
	if math.IsNaN(l.Low) || math.IsInf(hi-lo, 0) {
		return nil
	}
	return l
}
