package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// How much of behaviour the page shows.
const (
	shownCohorts = 14 // the latest
	shownAges    = 12
	shownPairs   = 10
)

// behaviourView is Data.Behaviour for the page.
type behaviourView struct {
	Short        []both
	Funnels      []funnelTable
	FunnelSay    both
	Window       both
	Windows      bool
	RetentionSay both
	Ages         []both
	Cohorts      []cohortRow
	Repeats      []repeatRow
	Often        []oftenRow
	BasketSay    []both
	Pairs        []pairRow
	PairsSay     both
}

type funnelTable struct {
	Element string
	Title   both
	Rows    []funnelRow
	Windows bool
	Window  both
}

type funnelRow struct {
	Name, Came, On, Rate, Range, Before, Now, Change, ChangeRange both
	Class                                                         string
	Width                                                         int
}

type cohortRow struct {
	Name, People both
	Cells        []cohortCell
	All          bool
}

type cohortCell struct {
	Text both
	Heat template.CSS
}

type repeatRow struct {
	Within, People, Rate, Range, Earlier, Later, Change, ChangeRange both
	Class                                                            string
}

type oftenRow struct {
	Count, People, Share, Made both
	Width                      int
}

type pairRow struct {
	A, B                               string
	Baskets, Lift, Least, Share, Range both
}

// PeriodName names a period of cohorts, such as Jan 2011.
func PeriodName(l message.Lang, f *behaviour.Found, number int64) string {
	t := f.Period.Begin(number)
	if f.Period == behaviour.Month {
		if l == message.Chinese {
			return t.Format("2006年1月")
		}
		return t.Format("Jan 2006")
	}
	return l.Date(t)
}

// Points writes a change of a share in points, with its sign.
func Points(l message.Lang, change float64) string {
	if math.IsNaN(change) {
		return message.Unknown
	}
	v := 100 * change
	decimals := 1
	if math.Abs(v) < 1 {
		decimals = 2
	}
	text := l.Number(math.Abs(v), decimals)
	switch {
	case text == l.Number(0, decimals):
		return text
	case v < 0:
		return "−" + text
	}
	return "+" + text
}

// StepName names a passage: view → cart.
func StepName(l message.Lang, p behaviour.Passage) string {
	return l.Say("behaviour.step", l.Say("behaviour."+p.From.String()), l.Say("behaviour."+p.To.String()))
}

// sureChange reports whether a change is beyond doubt: its whole interval lies on one side of zero.
func sureChange(low, high float64) bool { return low > 0 || high < 0 }

// Behaviour is what customers do in a few sentences.
func Behaviour(l message.Lang, f *behaviour.Found) []string {
	if f == nil {
		return nil
	}
	var out []string
	say := func(key string, args ...any) { out = append(out, l.Say(key, args...)) }
	window := l.Say("behaviour.window", f.Window)
	if f.Acts[behaviour.View]+f.Acts[behaviour.Cart]+f.Acts[behaviour.Favourite] > 0 {
		say("behaviour.about", l.Date(f.First), l.Date(f.Last), f.People, f.Buyers)
	} else {
		orders := 0
		for _, o := range f.Often {
			orders += o.Orders
		}
		say("behaviour.orders", l.Date(f.First), l.Date(f.Last), f.Buyers, orders, l.Number(float64(orders)/float64(max(1, f.Buyers)), 1))
	}
	if f.Share < 1 {
		say("behaviour.part", l.Percent(f.Share, 1))
	}
	if f.Unknown > 0 {
		say("behaviour.unknown", f.Unknown)
	}
	if f.Left > 0 {
		say("behaviour.left", f.Left)
	}
	var steps []string
	for _, p := range f.Cases {
		steps = append(steps, l.Say("behaviour.funnel.one", StepName(l, p), l.Percent(p.Whole.Value, 1), l.Percent(p.Whole.Low, 1), l.Percent(p.Whole.High, 1)))
	}
	if len(steps) > 0 {
		say("behaviour.funnel.is", strings.Join(steps, map[message.Lang]string{message.English: ", ", message.Chinese: "，"}[l]))
	}
	changed := false
	for _, p := range f.Cases {
		if sureChange(p.Low, p.High) {
			say("behaviour.changed", window, StepName(l, p), l.Percent(p.Before.Value, 1), l.Percent(p.Now.Value, 1), Points(l, p.Change), Points(l, p.Low), Points(l, p.High))
			changed = true
		}
	}
	if len(f.Cases) > 0 && f.Window > 0 && !changed {
		say("behaviour.steady", window)
	}
	for _, r := range f.Repeats {
		if r.Days >= 7 && r.Whole.All > 0 {
			say("behaviour.again.is", l.Percent(r.Whole.Value, 0), l.Say("behaviour.window", r.Days), l.Percent(r.Whole.Low, 0), l.Percent(r.Whole.High, 0))
			break
		}
	}
	if len(f.Pairs) > 0 {
		p := f.Pairs[0]
		say("behaviour.pair.is", p.First(), p.Second(), l.Value(p.Lift))
	} else if f.Looked > 0 {
		say("behaviour.nopairs", f.Looked)
	}
	return out
}

// behaviourSection is what customers do.
func (p *page) behaviourSection() (part, error) {
	f := p.data.Behaviour
	if f == nil {
		return part{}, nil
	}
	window := say("behaviour.window", f.Window)
	v := &behaviourView{Window: window, Windows: f.Window > 0, FunnelSay: say("behaviour.funnel.say", window)}
	for i := range Behaviour(message.English, f) {
		v.Short = append(v.Short, each(func(l message.Lang) string { return Behaviour(l, f)[i] }))
	}
	for _, t := range []struct {
		key  string
		list []behaviour.Passage
	}{{"cases", f.Cases}, {"visits", f.Visits}} {
		if len(t.list) == 0 {
			continue
		}
		table := funnelTable{Element: "funnel" + t.key, Title: say("behaviour." + t.key), Windows: v.Windows, Window: window}
		for _, x := range t.list {
			table.Rows = append(table.Rows, funnelRow{Name: each(func(l message.Lang) string { return StepName(l, x) }), Came: count(x.Whole.All), On: count(x.Whole.Of), Rate: percent(x.Whole.Value, 1),
				Range: between(x.Whole, 1), Before: percent(x.Before.Value, 1), Now: percent(x.Now.Value, 1), Change: inPoints(x.Change), ChangeRange: say("to", inPoints(x.Low), inPoints(x.High)),
				Class: way(x.Low, x.High), Width: int(math.Round(100 * x.Whole.Value))})
		}
		v.Funnels = append(v.Funnels, table)
	}
	p.retention(f, v)
	for _, r := range f.Repeats {
		v.Repeats = append(v.Repeats, repeatRow{Within: say("behaviour.window", r.Days), People: count(r.Whole.All), Rate: percent(r.Whole.Value, 1), Range: between(r.Whole, 1),
			Earlier: percent(r.Before.Value, 1), Later: percent(r.Now.Value, 1), Change: inPoints(r.Change), ChangeRange: say("to", inPoints(r.Low), inPoints(r.High)), Class: way(r.Low, r.High)})
	}
	orders := 0
	for _, o := range f.Often {
		orders += o.Orders
	}
	for _, o := range f.Often {
		if f.Buyers == 0 || orders == 0 {
			break
		}
		name := count(o.From)
		switch {
		case o.To == 0:
			name = say("behaviour.often.from", o.From)
		case o.To > o.From:
			name = say("behaviour.often.to", o.From, o.To)
		}
		share := float64(o.People) / float64(f.Buyers)
		v.Often = append(v.Often, oftenRow{name, count(o.People), percent(share, 1), percent(float64(o.Orders)/float64(orders), 1), int(math.Round(100 * share))})
	}
	for i := range BasketSentences(message.English, f) {
		v.BasketSay = append(v.BasketSay, each(func(l message.Lang) string { return BasketSentences(l, f)[i] }))
	}
	v.PairsSay = say("behaviour.pairs.say", f.Least, f.Looked)
	for _, x := range f.Pairs[:min(shownPairs, len(f.Pairs))] {
		v.Pairs = append(v.Pairs, pairRow{A: x.First(), B: x.Second(), Baskets: count(x.Together), Lift: value(x.Lift), Least: say("behaviour.least", value(x.Low)),
			Share: percent(x.Confidence.Value, 0), Range: between(x.Confidence, 0)})
	}
	return part{Data: v}, nil
}

// BasketSentences say how large baskets are.
func BasketSentences(l message.Lang, f *behaviour.Found) (out []string) {
	b := f.Baskets
	if b.Baskets == 0 {
		return nil
	}
	one := func(v float64) string { return l.Number(v, 1) }
	out = append(out, l.Say("behaviour.baskets.say", b.Baskets, one(b.Items.Value), one(b.Items.Low), one(b.Items.High), l.Percent(b.Single.Value, 0)))
	if b.Before.N > 1 && b.Now.N > 1 {
		signed := func(v float64) string {
			if v > 0 {
				return "+" + one(v)
			}
			return one(v)
		}
		out = append(out, l.Say("behaviour.baskets.moved", l.Say("behaviour.window", f.Window), one(b.Now.Value), one(b.Before.Value), signed(b.Change), signed(b.Low), signed(b.High)))
	}
	return out
}

// retention makes the triangle.
func (p *page) retention(f *behaviour.Found, v *behaviourView) {
	if len(f.Ages) == 0 {
		return
	}
	v.RetentionSay = say("behaviour.retention.say", say("behaviour."+string(f.Period)))
	ages := min(shownAges, len(f.Ages))
	most := 0.
	list := f.Cohorts[max(0, len(f.Cohorts)-shownCohorts):]
	for _, c := range list {
		for _, r := range c.Back[:min(ages, len(c.Back))] {
			most = max(most, r.Value)
		}
	}
	for k := range ages {
		v.Ages = append(v.Ages, say("behaviour.age", k+1))
	}
	row := func(name, people both, back []behaviour.Rate, all bool) {
		r := cohortRow{Name: name, People: people, All: all}
		for k := range ages {
			cell := cohortCell{}
			if k < len(back) {
				cell.Text = percent(back[k].Value, 0)
				if most > 0 {
					cell.Heat = template.CSS(fmt.Sprintf("--heat:%.0f%%", 46*back[k].Value/most))
				}
			}
			r.Cells = append(r.Cells, cell)
		}
		v.Cohorts = append(v.Cohorts, r)
	}
	people := 0
	for _, c := range f.Cohorts {
		people += c.People
	}
	row(say("behaviour.together"), count(people), f.Ages, true)
	for _, c := range list {
		row(each(func(l message.Lang) string { return PeriodName(l, f, c.First) }), count(c.People), c.Back, false)
	}
}

func inPoints(v float64) both { return each(func(l message.Lang) string { return Points(l, v) }) }

func between(r behaviour.Rate, decimals int) both {
	return say("to", percent(r.Low, decimals), percent(r.High, decimals))
}

// way is the class of a change: none where it may as well be nothing.
func way(low, high float64) string {
	switch {
	case low > 0:
		return "up"
	case high < 0:
		return "down"
	}
	return ""
}
