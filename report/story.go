package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
	turning "github.com/tidewatch/tidewatch/trend/change"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/trend/life"
)

// story is a market's story with the names of its series and the kind that most of them are of.
type story struct {
	*trend.Story
	data  Data
	names map[string]string
	group map[string]string
	main  string // the group of most series
}

func newStory(d Data) *story {
	if d.Story == nil || d.Panel == nil || d.Forecast == nil {
		return nil
	}
	s := &story{Story: d.Story, data: d, names: map[string]string{}, group: map[string]string{}}
	count := map[string]int{}
	for _, l := range Names(d) {
		s.names[l.ID], s.group[l.ID] = l.Name, l.Group
		count[l.Group]++
	}
	for _, l := range d.Labels { // in an order that does not depend on a map's
		if s.main == "" || count[l.Group] > count[s.main] {
			s.main = l.Group
		}
	}
	return s
}

// keep reports whether a series is of the main kind and not the total.
func (s *story) keep(id string) bool { return s.group[id] == s.main && id != s.data.Total }

// Why is a reason for a chance to rise, or to fall, in words that follow the name of a series.
func Why(l message.Lang, r claim.Reason, up bool) string {
	size := l.Percent(math.Abs(r.Change), 0)
	if r.Change >= 9.5 {
		size = l.Change(r.Change) // ×17
	}
	either := func(key, more, less string) string {
		if r.Change >= 0 {
			return l.Say("because."+key+"."+more, size)
		}
		return l.Say("because."+key+"."+less, size)
	}
	switch r.Kind {
	case claim.Reverts:
		if math.Abs(r.Change) < .005 {
			break
		}
		if up == (r.Change < 0) {
			return either("reverts", "rose", "fell")
		}
		return either("goeson", "rose", "fell")
	case claim.Level:
		if math.Abs(r.Change) >= .005 {
			return either("level", "above", "below")
		}
	case claim.Momentum:
		if math.Abs(r.Change) >= .005 {
			return either("momentum", "up", "down")
		}
	case claim.YearAgo:
		if math.Abs(r.Change) >= .005 {
			return either("yearAgo", "up", "down")
		}
	case claim.Market:
		if math.Abs(r.Change) >= .005 {
			return either("market", "up", "down")
		}
	}
	return l.Say("because.unsteady")
}

// Reasons are the strongest two reasons of a chance.
func Reasons(l message.Lang, why []claim.Reason, up bool) string {
	var words []string
	for _, r := range why {
		if w := Why(l, r, up); !slices.Contains(words, w) && len(words) < 2 {
			words = append(words, w)
		}
	}
	return strings.Join(words, map[message.Lang]string{message.English: "; ", message.Chinese: "；"}[l])
}

// Turn is a level that changed for good, and is the last to have done so in its series.
type Turn struct {
	ID string
	turning.Turn
}

// LateTurns are the shifts of the last quarter of a year among the main kind of d, the largest in volume first: at most n.
func LateTurns(d Data, n int) []Turn {
	s := newStory(d)
	if s == nil {
		return nil
	}
	list := s.turned()
	return list[:min(n, len(list))]
}

func (s *story) turned() []Turn {
	var list []Turn
	size := map[string]float64{}
	since := s.data.Panel.End() - max(1, trend.Year(s.data.Panel.Grid().Freq)/4)
	for i := range s.Profiles {
		p := &s.Profiles[i]
		if !s.keep(p.ID) || p.Claim == nil { // of small series, levels say little
			continue
		}
		var last *turning.Turn
		for k := range p.Turns {
			if t := &p.Turns[k]; t.Kind == turning.Shift {
				last = t
			}
		}
		if last != nil && last.From >= since {
			list = append(list, Turn{p.ID, *last})
			size[p.ID] = math.Abs(last.After - last.Before) // in units: what moves the market most
		}
	}
	slices.SortFunc(list, func(a, b Turn) int { return cmp.Or(cmp.Compare(size[b.ID], size[a.ID]), cmp.Compare(a.ID, b.ID)) })
	return list
}

// shares are the series of the main kind whose share surely changes, the largest change first.
func (s *story) shares(up bool) []*trend.Profile {
	var list []*trend.Profile
	for i := range s.Profiles {
		p := &s.Profiles[i]
		if g := p.ShareGrowth; s.keep(p.ID) && p.Trending() && g.Sure() && g.Value > 0 == up {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *trend.Profile) int {
		return cmp.Or(cmp.Compare(math.Abs(b.ShareGrowth.Value), math.Abs(a.ShareGrowth.Value)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// stages counts the stages of the main kind, in the order of life.
func (s *story) stages() (list []struct {
	Stage life.Stage
	N     int
}) {
	count := map[life.Stage]int{}
	for i := range s.Profiles {
		if s.keep(s.Profiles[i].ID) {
			count[s.Profiles[i].Stage]++
		}
	}
	for _, st := range life.Stages {
		if n := count[st]; n > 0 {
			list = append(list, struct {
				Stage life.Stage
				N     int
			}{st, n})
		}
	}
	return list
}

// SharePoints writes points of a share with their sign.
func SharePoints(l message.Lang, v float64) string {
	switch text := l.Number(math.Abs(v), 2); {
	case v < 0 && text != l.Number(0, 2):
		return "−" + text
	case v > 0:
		return "+" + text
	default:
		return text
	}
}

// LeaderName is what a leader is called: with its measure, where that is another than that of the series.
func LeaderName(l message.Lang, name string, x trend.Leading) string {
	if x.Measure == "" {
		return name
	}
	return l.Say("leads.measure", name, l.Or("measures."+x.Measure, x.Measure))
}

// Story is the market in short: at most ten sentences.
func Story(d Data, l message.Lang) []string {
	s := newStory(d)
	if s == nil {
		return nil
	}
	var out []string
	say := func(key string, args ...any) { out = append(out, l.Say(key, args...)) }
	for i := range s.Profiles {
		if p := &s.Profiles[i]; p.ID == d.Total && d.Total != "" && p.Growth.Value == p.Growth.Value {
			key := "story.noGrowth"
			if p.Trending() {
				key = "story.growth"
			}
			say(key, l.Change(p.Growth.Value), l.Change(p.Growth.Low), l.Change(p.Growth.High))
		}
	}
	all, up, down := 0, 0, 0
	for i := range s.Profiles {
		if p := &s.Profiles[i]; s.keep(p.ID) {
			all++
			if p.Trending() {
				if p.Growth.Value > 0 {
					up++
				} else {
					down++
				}
			}
		}
	}
	say("story.trending", up+down, all, up, down)
	var words []string
	for _, st := range s.stages() {
		words = append(words, l.Say("stage."+string(st.Stage))+" "+l.Number(float64(st.N), 0))
	}
	comma := map[message.Lang]string{message.English: ", ", message.Chinese: "、"}[l]
	if len(words) > 0 {
		say("story.stages", strings.Join(words, comma))
	}
	named := func(list []trend.Beyond) string {
		if len(list) == 0 {
			return l.Say("story.none")
		}
		var words []string
		for _, b := range list {
			words = append(words, s.names[b.ID]+" ("+l.Probability(b.Chance)+")")
		}
		return strings.Join(words, comma)
	}
	if s.Learning.Asked > 0 {
		by := l.Percent(s.Question.By, 0)
		risers, fallers := s.Risers(3, s.keep), s.Fallers(3, s.keep)
		say("story.risers", by, named(risers))
		say("story.fallers", by, named(fallers))
		if len(risers) > 0 && len(risers[0].Why) > 0 {
			say("story.why", s.names[risers[0].ID], Reasons(l, risers[0].Why[:1], true))
		}
	}
	if list := s.turned(); len(list) > 0 {
		ratio := l.Say("story.none")
		if r := list[0].Ratio(); r == r {
			ratio = l.Percent(r, 0)
		}
		say("story.turned", len(list), s.names[list[0].ID], ratio)
	} else {
		say("story.steady")
	}
	if gaining := s.shares(true); len(gaining) > 0 && len(out) < 9 {
		say("story.share", s.names[gaining[0].ID], SharePoints(l, gaining[0].ShareGrowth.Value))
	}
	if len(s.Prospects) > 0 {
		say("story.new", s.names[s.Prospects[0].ID], l.Probability(s.Prospects[0].Star), len(s.Prospects))
	}
	if len(out) < 10 && s.Looked > 0 {
		if len(s.Leads) > 0 {
			x := s.Leads[0]
			say("story.lead", LeaderName(l, s.names[x.Leader], x), l.Periods(d.Panel.Grid().Freq, s.Ahead(x)), s.names[x.Follower], l.Percent(x.Gain, 0))
		} else {
			say("story.noLead", s.Looked)
		}
	}
	if len(out) < 10 && s.Learning.Cases > 0 {
		say("story.trust", s.Learning.Cases)
	}
	return out
}
