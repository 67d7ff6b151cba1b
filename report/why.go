package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/message"
)

// why is the waterfalls of the section.
type why struct{ Falls []fall }

// fall is one waterfall: of the total, or the only series; or of revenue.
type fall struct {
	Element     string // id of its caption
	Title       both
	Intro, Text both
	Rows        []whyRow
	Cut         bool // the scale does not begin at zero
	Parts       []whyPart
	PartsTitle  both
}

// whyRow is a bar of the waterfall: a step, or one of the two sums at its ends.
type whyRow struct {
	Name, Is, Amount both
	Class            string // up or down; "" = a sum
	Bar              template.HTML
}

// whyPart is what one item adds to a difference.
type whyPart struct {
	Name                        string
	Before, Now, Amount, Mostly both
	Class                       string
}

// whySection is why the next periods differ from the last ones, and why revenue of the last ones differs from that of those before.
func (p *page) whySection() (part, error) {
	w := &why{}
	if c := p.data.Change; c != nil {
		f := waterfall(c)
		f.Element, f.Title = "whyCaption", say("why.of.total")
		w.Falls = append(w.Falls, f)
	}
	if s := p.data.Sales; s != nil {
		f := waterfall(&s.Change)
		f.Element, f.Title, f.PartsTitle = "salesCaption", say("why.of.sales", periods(s.Change.Freq, s.Change.Now.Count)), say("why.items", count(s.All))
		decimals := words.Of(s.Change, message.English).Shown.Decimals
		for k := range s.Items {
			f.Parts = append(f.Parts, partOf(&s.Items[k], decimals))
		}
		w.Falls = append(w.Falls, f)
	}
	if len(w.Falls) == 0 {
		return part{}, nil
	}
	return part{Data: w}, nil
}

// partOf is what an item adds, with so many decimals.
func partOf(x *explain.Waterfall, decimals int) whyPart {
	rounded := x.Rounded(decimals)
	brief := x.Brief(3)
	brief = brief.Rounded(decimals)
	amount := func(v int64, signed bool) both {
		return each(func(l message.Lang) string { return words.Amount(l, rounded.Value(v), decimals, signed) })
	}
	class := "up"
	if x.To < x.From {
		class = "down"
	}
	return whyPart{Name: words.Clean(x.ID), Before: amount(rounded.From, false), Now: amount(rounded.To, false), Amount: amount(rounded.To-rounded.From, true), Class: class,
		Mostly: each(func(l message.Lang) string {
			var said []string
			for _, s := range brief.Steps {
				said = append(said, words.CauseName(l, s)+" "+words.Amount(l, brief.Value(s.Amount), decimals, true))
			}
			return strings.Join(said, l.Say("tell.and"))
		})}
}

// waterfall draws a change.
func waterfall(c *words.Change) fall {
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
	w := fall{Intro: say("why.intro."+string(c.Kind), in(func(f *words.Facts) string { return f.BeforeText }), periods(c.Freq, c.Now.Count)), Text: in((*words.Facts).Template)}
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
	return w
}
