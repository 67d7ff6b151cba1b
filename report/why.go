package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/message"
)

// why is the waterfall of the total, or of the only series.
type why struct {
	Intro, Text both
	Rows        []whyRow
	Cut         bool // the scale does not begin at zero
}

// whyRow is a bar of the waterfall: a step, or one of the two sums at its ends.
type whyRow struct {
	Name, Is, Amount both
	Class            string // up or down; "" = a sum
	Bar              template.HTML
}

// whySection is why the next periods differ from the last ones.
func (p *page) whySection() (part, error) {
	c := p.data.Change
	if c == nil {
		return part{}, nil
	}
	var facts [len(message.Langs)]*words.Facts
	for k, l := range message.Langs {
		facts[k] = words.Of(*c, l)
	}
	f := facts[0]
	in := func(write func(f *words.Facts) string) both {
		k := -1
		return each(func(message.Lang) string { k++; return write(facts[k]) })
	}
	number := func(v int64, signed bool) both {
		return each(func(l message.Lang) string {
			return words.Amount(l, f.Shown.Value(v), f.Shown.Decimals, signed)
		})
	}
	w := &why{Intro: say("why.intro", in(func(f *words.Facts) string { return f.BeforeText }), periods(c.Freq, c.Now.Count)), Text: in((*words.Facts).Template)}
	lo, hi := math.Inf(1), math.Inf(-1)
	at := f.Shown.From
	take := func(v int64) { lo, hi = min(lo, f.Shown.Value(v)), max(hi, f.Shown.Value(v)) }
	take(at)
	for _, s := range f.Shown.Steps {
		at += s.Amount
		take(at)
	}
	span := hi - lo
	if lo > .6*hi && span > 0 { // all lies far from zero
		w.Cut = true
		lo -= .2 * span
	} else {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	hi += .02 * (hi - lo)
	if hi == lo {
		hi = lo + 1
	}
	x := func(v int64) float64 { return 100 * (f.Shown.Value(v) - lo) / (hi - lo) }
	bar := func(class string, from, to float64, next float64) template.HTML {
		return template.HTML(fmt.Sprintf(`<svg class="fall" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="link" d="M%.2f 10V20"/><rect class="%s" x="%.2f" y="3" width="%.2f" height="14"/></svg>`,
			next, class, min(from, to), max(math.Abs(to-from), .4)))
	}
	zero := max(0, min(100, 100*(0-lo)/(hi-lo)))
	sum := func(key string, when both, v int64) {
		w.Rows = append(w.Rows, whyRow{Name: say(key + "." + string(c.Kind)), Is: when, Amount: number(v, false), Bar: bar("sum", zero, x(v), x(v))})
	}
	sum("why.from", in(func(f *words.Facts) string { return f.BeforeText }), f.Shown.From)
	at = f.Shown.From
	for _, s := range f.Shown.Steps {
		class := "up"
		if s.Amount < 0 {
			class = "down"
		}
		w.Rows = append(w.Rows, whyRow{Name: each(func(l message.Lang) string { return words.CauseName(l, s) }), Is: say("cause.is." + string(s.Cause)), Amount: number(s.Amount, true), Class: class,
			Bar: bar(class, x(at), x(at+s.Amount), x(at+s.Amount))})
		at += s.Amount
	}
	sum("why.to", in(func(f *words.Facts) string { return f.NowText }), f.Shown.To)
	return part{Data: w}, nil
}
