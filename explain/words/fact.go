package words

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/message"
)

// Kind is what is compared.
type Kind string

// The kinds.
const (
	Ahead    Kind = "ahead"    // a forecast with what was sold before
	Past     Kind = "past"     // what was sold with what was sold before
	Revision Kind = "revision" // a forecast with an earlier forecast of the same periods
)

// Period is some periods of a series.
type Period struct {
	First, Last time.Time // stamps
	Count       int
}

// Change is what a text is about.
type Change struct {
	Kind        Kind
	Name        string // of the series, as the data have it: it is told to nobody as anything but a name
	Unit        string // of its values, as [message.Lang.Quantity] takes it
	Freq        tidewatch.Freq
	Before, Now Period
	Waterfall   explain.Waterfall
	Low, High   float64 // the central 80 % of the sum ahead; NaN = not known
	Chance      float64 // probability of a change in the direction of the waterfall; NaN = not known
}

// Fact is one number that a text may tell.
type Fact struct {
	ID       string        `json:"id"`
	What     string        `json:"what"`              // in the language of the text
	Cause    explain.Cause `json:"cause,omitempty"`   // "" = it is about the whole
	Event    string        `json:"event,omitempty"`   // which festival or influence
	Value    float64       `json:"value"`             // rounded as it is to be told; a percentage as 12 for 12 %
	Decimals int           `json:"decimals"`          // it is rounded to; negative = to tens, hundreds ...
	Unit     string        `json:"unit"`              // "%", "" or as Change.Unit
	Signed   bool          `json:"signed"`            // a change: its direction is a part of it
	Must     bool          `json:"must"`              // a text that leaves it out tells nothing
	Period   string        `json:"period,omitempty"`  // it is about
	Text     string        `json:"written,omitempty"` // as it is written in the language of the text

	role role
}

// role is what part of the story a fact about the whole is.
type role uint8

const (
	noRole role = iota // a difference: its sign and its unit tell it
	before             // what it was
	now                // what it is
	ends               // of the range
	level              // how likely the range holds it
	chance             // of the direction
)

// Facts are all that may be told of a change, in one language.
type Facts struct {
	Change
	Lang       message.Lang
	List       []Fact
	Shown      explain.Waterfall // rounded, with the largest steps
	BeforeText string            // the periods in words
	NowText    string
}

// steps is how many causes a text names at most.
const steps = 6

// Of is the table of facts of a change in a language.
func Of(c Change, l message.Lang) *Facts {
	f := &Facts{Change: c, Lang: l}
	f.Name = Clean(c.Name)
	f.BeforeText, f.NowText = l.Say("why.before", l.Periods(c.Freq, c.Before.Count), l.Date(c.Before.First)), l.Say("why.now."+string(c.Kind), l.Periods(c.Freq, c.Now.Count), l.Date(c.Now.First))
	if c.Kind == Revision {
		f.BeforeText = ""
	}
	w := c.Waterfall.Brief(steps)
	decimals := digits(math.Max(math.Abs(w.Value(w.From)), math.Abs(w.Value(w.To))))
	f.Shown = w.Rounded(decimals)
	for f.Shown.Decimals > 0 && whole(f.Shown) { // 200, not 200.0
		f.Shown = f.Shown.Rounded(f.Shown.Decimals - 1)
	}
	decimals = f.Shown.Decimals
	amount := func(what string, v float64, signed, must bool, period string) *Fact {
		fact := Fact{What: l.Say(what), Value: v, Decimals: decimals, Unit: c.Unit, Signed: signed, Must: must, Period: period}
		fact.Text = quantity(l, Amount(l, v, decimals, signed), c.Unit)
		return f.add(fact)
	}
	percent := func(what string, share float64, decimals int, signed bool, period string) *Fact {
		unit := math.Pow10(-decimals)
		v := math.Round(100*share/unit) * unit
		return f.add(Fact{What: l.Say(what), Value: v, Decimals: decimals, Unit: "%", Signed: signed, Period: period, Text: Amount(l, v, decimals, signed) + "%"})
	}
	from, to := f.Shown.Value(f.Shown.From), f.Shown.Value(f.Shown.To)
	amount("fact.from."+string(c.Kind), from, false, true, f.BeforeText).role = before
	amount("fact.to."+string(c.Kind), to, false, true, f.NowText).role = now
	amount("fact.difference", f.Shown.Value(f.Shown.To-f.Shown.From), true, false, f.NowText)
	if share := w.Value(w.To-w.From) / w.Value(w.From); w.From > 0 && math.Abs(share) < 10 {
		decimals := 0
		if math.Abs(share) < .0995 {
			decimals = 1
		}
		percent("fact.relative", share, decimals, true, f.NowText)
	}
	if !math.IsNaN(c.Low) && !math.IsNaN(c.High) {
		unit := math.Pow10(-decimals)
		amount("fact.low", math.Round(c.Low/unit)*unit, false, false, f.NowText).role = ends
		amount("fact.high", math.Round(c.High/unit)*unit, false, false, f.NowText).role = ends
		percent("fact.level", .8, 0, false, f.NowText).role = level
	}
	if !math.IsNaN(c.Chance) {
		percent("fact.chance", min(max(c.Chance, .01), .99), 0, false, f.NowText).role = chance
	}
	for _, s := range f.Shown.Steps {
		fact := amount("cause."+string(s.Cause), f.Shown.Value(s.Amount), true, false, f.NowText)
		fact.Cause, fact.Event = s.Cause, Clean(s.Name)
	}
	return f
}

// whole reports whether the last decimal of all amounts is zero.
func whole(w explain.Waterfall) bool {
	for _, s := range w.Steps {
		if s.Amount%10 != 0 {
			return false
		}
	}
	return w.From%10 == 0 && w.To%10 == 0
}

// add adds a fact, and gives it its id.
func (f *Facts) add(fact Fact) *Fact {
	fact.ID = "f" + strconv.Itoa(len(f.List)+1)
	if fact.Value == 0 {
		fact.Value = 0 // not −0
	}
	f.List = append(f.List, fact)
	return &f.List[len(f.List)-1]
}

// digits is to how many decimals numbers of the size of v are told: four significant digits, two decimals at most.
func digits(v float64) int {
	if !(v > 0) || math.IsInf(v, 0) {
		return 0
	}
	return min(3-int(math.Floor(math.Log10(v))), 2)
}

// Amount writes a number that is rounded to so many decimals, negative ones included, with the language's large units where no digit is lost by
// them: 1.442M, 144.2万.
func Amount(l message.Lang, v float64, decimals int, signed bool) string {
	type unit struct {
		size, from, to float64
		zeros          int
		name           string
	}
	units := []unit{{1e9, 1e9, 1e13, 9, "B"}, {1e6, 1e6, 1e9, 6, "M"}, {1e3, 1e4, 1e6, 3, "K"}}
	if l == message.Chinese {
		units = []unit{{1e8, 1e8, 1e12, 8, "亿"}, {1e4, 1e4, 1e8, 4, "万"}}
	}
	text := ""
	for _, u := range units {
		if a := math.Abs(v); a >= u.from && a < u.to && u.zeros+decimals <= 3 {
			text = l.Number(v/u.size, max(u.zeros+decimals, 0)) + u.name
			break
		}
	}
	if text == "" {
		text = l.Number(v, max(decimals, 0))
	}
	if signed && v > 0 {
		text = "+" + text
	}
	return text
}

// quantity puts a number beside its unit, with its sign first.
func quantity(l message.Lang, number, unit string) string {
	if rest, positive := strings.CutPrefix(number, "+"); positive {
		return "+" + l.Quantity(rest, unit)
	}
	return l.Quantity(number, unit)
}

// longestName is how much of a name is told.
const longestName = 60

// Clean makes a name fit to stand in a text or a question: without control characters, line ends, quotes and brackets that could end it, and not
// longer than 60 characters.
func Clean(name string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(name), " ") {
		switch {
		case n == longestName:
			return strings.TrimSpace(b.String()) + "…"
		case r == unicode.ReplacementChar || unicode.Is(unicode.C, r) || strings.ContainsRune("«»“”\"`<>[]{}\\", r):
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
