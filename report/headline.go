package report

import (
	"math"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

// headline is the forecast in a few sentences and numbers.
type headline struct {
	First     both   // the one sentence
	Lede      both   // Sentences as one text
	Sentences []both // how sure, compared with what, how such forecasts did before
	Figures   []figure
	Landing   *landing // nil = nothing to draw
}

// figure is one key number with its name and a remark.
type figure struct {
	Name, Value, Remark both
	Class               string  // up or down, for a change
	Chance              float64 // a probability to draw; 0 = none
}

// Percent is the chance, for the style.
func (f figure) Percent() float64 { return math.Round(100 * f.Chance) }

// The intervals in words are the central 80 %, as package trend measures them.
const lowLevel, highLevel = .1, .9

// interval is the central interval of a row's forecast at a step and the level it really has: forecasts may hold fewer quantiles.
func (p *page) interval(r *row, step int) (level both, low, high float64) {
	l, h := p.clamp(lowLevel), p.clamp(highLevel)
	return percent(h-l, 0), p.data.Forecast.Quantile(r.at, step, l), p.data.Forecast.Quantile(r.at, step, h)
}

// clamp moves a level to the nearest one the forecast reaches.
func (p *page) clamp(level float64) float64 {
	levels := p.data.Forecast.Levels
	if len(levels) == 0 {
		return level
	}
	return min(max(level, levels[0]), levels[len(levels)-1])
}

func (p *page) headline() {
	h := &p.Headline
	steps := p.data.Forecast.Steps
	span := periods(p.freq, steps)
	r := p.total()
	switch {
	case r == nil:
		h.First = say("headline.many", count(len(p.rows)), span)
		p.split()
	case r.forecast.Abstains():
		h.First = say("headline.none")
	default:
		p.Lead = p.chart(r, "lead")
		p.lead(r, span)
	}
	p.record()
	h.Lede = each(func(l message.Lang) string {
		text, space := "", map[message.Lang]string{message.English: " "}[l]
		for i, s := range h.Sentences {
			if i > 0 {
				text += space
			}
			text += s.in(l)
		}
		return text
	})
}

// lead puts the forecast of the total into words.
func (p *page) lead(r *row, span both) {
	h, steps := &p.Headline, p.data.Forecast.Steps
	stamp := p.data.Panel.Grid().Stamp
	if n := len(r.series.Values); n > 0 && !math.IsNaN(r.series.Values[n-1]) {
		f := figure{Name: ofUnit("last", p.freq), Value: p.size(r.series.Values[n-1]), Remark: period(p.freq, stamp(r.series.End()-1))}
		if n > 1 && r.series.Values[n-2] > 0 {
			f.Remark = say("figure.sameBefore", change(r.series.Values[n-1]/r.series.Values[n-2]-1))
		}
		h.Figures = append(h.Figures, f)
	}
	level, low, high := p.interval(r, 0)
	h.Figures = append(h.Figures, figure{Name: ofUnit("next", p.freq), Value: p.size(p.data.Forecast.Quantile(r.at, 0, .5)), Remark: say("figure.interval", level, compact(low), compact(high))})
	if r.move == nil || math.IsNaN(r.move.Next.Mean) {
		h.First = say("headline.next", p.size(p.data.Forecast.Quantile(r.at, 0, .5)), period(p.freq, stamp(r.forecast.First)))
		h.Sentences = append(h.Sentences, say("headline.range", level, p.size(low), p.size(high)))
		return
	}
	next := r.move.Next
	h.Landing = p.land(r.move)
	if steps > 1 {
		h.Figures = append(h.Figures, figure{Name: say("figure.sum", span), Value: p.size(next.Median), Remark: say("figure.interval", percent(highLevel-lowLevel, 0), compact(next.Low), compact(next.High))})
	}
	h.First = compared("headline.", "more", "less", "same", "plain", r.move.Recent, p.size(next.Median), span)
	h.Sentences = append(h.Sentences, say("headline.range", percent(highLevel-lowLevel, 0), p.size(next.Low), p.size(next.High)))
	if c := r.move.Recent; c.Known() {
		h.Sentences = append(h.Sentences, say("headline.certain", span, certainty(c.Rise), chance(c.Rise)))
		h.Figures = append(h.Figures, p.comparison(say("figure.recent", span), c))
	}
	if c := r.move.YearAgo; c.Known() {
		h.Sentences = append(h.Sentences, compared("headline.", "yearMore", "yearLess", "yearSame", "", c, span))
		h.Figures = append(h.Figures, p.comparison(say("figure.year"), c))
	}
}

// comparison is a change as a figure, with the probability of its direction.
func (p *page) comparison(name both, c trend.Change) figure {
	f := figure{Name: name, Value: p.changed(c), Remark: say("figure.risen", chance(c.Rise)), Class: "up", Chance: c.Rise}
	if c.Difference.Median < 0 {
		f.Class, f.Chance, f.Remark = "down", 1-c.Rise, say("figure.fallen", chance(1-c.Rise))
	}
	return f
}

// compared picks the message for more, less or about the same; args come first, the size of the change last.
func compared(prefix, more, less, same, unknown string, c trend.Change, args ...any) both {
	relative := c.Relative().Median
	key := same
	switch {
	case math.IsNaN(relative):
		key = unknown
		if key == "" {
			key = map[bool]string{true: more, false: less}[c.Difference.Median >= 0]
			return say(prefix+key, append(args, compact(math.Abs(c.Difference.Median)))...)
		}
	case relative >= .005:
		key = more
	case relative <= -.005:
		key = less
	}
	size := each(func(l message.Lang) string {
		if relative >= 10 {
			return l.Compact(c.Difference.Median)
		}
		decimals := 0
		if math.Abs(relative) < .0995 {
			decimals = 1
		}
		return l.Percent(math.Abs(relative), decimals)
	})
	return say(prefix+key, append(args, size)...)
}

// changed is a change as a share of its base, or in the unit of the series where that has no meaning.
func (p *page) changed(c trend.Change) both {
	if relative := c.Relative().Median; !math.IsNaN(relative) {
		return change(relative)
	}
	return signed(c.Difference.Median)
}

// signed is a difference in the unit of the series.
func signed(v float64) both {
	return each(func(l message.Lang) string {
		if v > 0 {
			return "+" + l.Compact(v)
		}
		return l.Compact(v)
	})
}

// certainty puts the probability of a rise into words, after the scale of the IPCC (Mastrandrea et al. 2010): likely is above two
// thirds, very likely from nine tenths.
func certainty(rise float64) both {
	switch {
	case rise >= .9:
		return say("likely.rise.very")
	case rise > .66:
		return say("likely.rise.likely")
	case rise >= .34:
		return say("likely.even")
	case rise > .1:
		return say("likely.fall.likely")
	}
	return say("likely.fall.very")
}

// split counts, where there is no total, how many series are expected to rise.
func (p *page) split() {
	up, down := 0, 0
	for i := range p.rows {
		if m := p.rows[i].move; m != nil && m.Recent.Known() {
			switch {
			case m.Recent.Rise > .5:
				up++
			case m.Recent.Rise < .5:
				down++
			}
		}
	}
	if up+down > 0 {
		p.Headline.Sentences = append(p.Headline.Sentences, say("headline.split", count(up), count(down)))
	}
}

// record says how such forecasts did before.
func (p *page) record() {
	a := p.data.Accuracy
	if a == nil {
		return
	}
	if share := a.Inside(lowLevel, highLevel); !math.IsNaN(share) {
		p.Headline.Sentences = append(p.Headline.Sentences, say("headline.kept", percent(highLevel-lowLevel, 0), percent(share, 0)))
	}
	chosen, naive := a.score(a.Chosen), a.score(a.Naive)
	if chosen == nil || naive == nil || chosen == naive {
		return
	}
	key, gain := "headline.beats", 1-a.measure(chosen)/a.measure(naive)
	if gain < 0 {
		key, gain = "headline.behind", -gain
	}
	if !math.IsNaN(gain) && !math.IsInf(gain, 0) {
		p.Headline.Sentences = append(p.Headline.Sentences, say(key, percent(gain, 0)))
	}
}

// Inside is the share of actual values between the quantiles of two levels; NaN where Coverage lacks one.
func (a *Accuracy) Inside(low, high float64) float64 {
	at := func(level float64) float64 {
		for _, c := range a.Coverage {
			if math.Abs(c.Level-level) < 1e-9 {
				return c.Observed
			}
		}
		return math.NaN()
	}
	return at(high) - at(low)
}

// measure is the score that methods are compared by: SQL, or the next one that was measured.
func (a *Accuracy) measure(m *MethodScore) float64 {
	naive := a.score(a.Naive)
	for _, pick := range []func(*MethodScore) float64{func(m *MethodScore) float64 { return m.SQL }, func(m *MethodScore) float64 { return m.WQL }, func(m *MethodScore) float64 { return m.MASE }} {
		if naive == nil || !math.IsNaN(pick(naive)) {
			return pick(m)
		}
	}
	return math.NaN()
}

func (a *Accuracy) score(method string) *MethodScore {
	for i := range a.Methods {
		if a.Methods[i].Method == method {
			return &a.Methods[i]
		}
	}
	return nil
}
