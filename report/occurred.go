package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
	turning "github.com/tidewatch/tidewatch/trend/change"
)

// Occurrence is something that stood apart lately in a series: a level that changed, a spike, a burst, a festival, or a value outside the band that was
// expected of it.
type Occurrence struct {
	ID            string
	Kind          turning.Kind // "" = a value outside its band
	From, To      int          // grid indices; To is the end where it lasts
	Before, After float64      // a period; of a value outside its band, what was expected and what came
	Low, High, P  float64      // of a value outside its band
}

// Ratio is After / Before; NaN where there was nothing before.
func (o Occurrence) Ratio() float64 {
	if !(o.Before > 0) {
		return math.NaN()
	}
	return o.After / o.Before
}

// What says what it is.
func (o Occurrence) What(l message.Lang) string {
	if o.Kind == "" {
		return l.Say("turned.unusual", l.Value(o.Low), l.Value(o.High), l.Probability(o.P))
	}
	way := "up"
	if o.After < o.Before {
		way = "down"
	}
	return l.Say("turned." + string(o.Kind) + "." + way)
}

// Occurred is what stood apart in the last quarter of a year among the main kind of d, what moved most units first: at most n. Small series are left
// out: their levels say little.
func Occurred(d Data, n int) []Occurrence {
	s := newStory(d)
	if s == nil {
		return nil
	}
	var list []Occurrence
	end := d.Panel.End()
	since := end - max(1, trend.Year(d.Panel.Grid().Freq)/4)
	per := float64(max(1, s.Binned))
	for i := range s.Profiles {
		p := &s.Profiles[i]
		if !s.keep(p.ID) || p.Claim == nil {
			continue
		}
		for k, t := range p.Turns {
			last := !slices.ContainsFunc(p.Turns[k+1:], func(later turning.Turn) bool { return later.Kind == turning.Shift })
			if t.Kind == turning.Shift && (!last || t.From < since) || t.To <= since || t.Kind == turning.Bursting && t.From < since-int(13*per) {
				continue
			}
			list = append(list, Occurrence{ID: p.ID, Kind: t.Kind, From: t.From, To: t.To, Before: t.Before / per, After: t.After / per})
		}
		for _, u := range p.Unusual {
			told := slices.ContainsFunc(p.Turns, func(t turning.Turn) bool { return t.From < u.To && u.From < t.To && t.From >= since })
			if !told {
				list = append(list, Occurrence{ID: p.ID, From: u.From, To: u.To, Before: u.Expected / per, After: u.Value / per, Low: u.Low / per, High: u.High / per, P: u.P})
			}
		}
	}
	moved := func(o Occurrence) float64 {
		return math.Abs(o.After-o.Before) * float64(min(o.To, end)-max(o.From, since))
	}
	slices.SortFunc(list, func(a, b Occurrence) int {
		return cmp.Or(cmp.Compare(moved(b), moved(a)), cmp.Compare(a.ID, b.ID), a.From-b.From)
	})
	return list[:min(n, len(list))]
}

// Trending are the series of the main kind whose trend is no chance finding, those that move most units a year first, at most n; before them the total.
func Trending(d Data, n int) []*trend.Profile {
	s := newStory(d)
	if s == nil {
		return nil
	}
	var list []*trend.Profile
	var total *trend.Profile
	size := map[string]float64{}
	for i := range s.Profiles {
		p := &s.Profiles[i]
		switch {
		case p.ID == d.Total && d.Total != "" && p.Growth.Value == p.Growth.Value:
			total = p
		case s.keep(p.ID) && p.Trending():
			list = append(list, p)
			size[p.ID] = math.Abs(p.Growth.Value) * p.Share
		}
	}
	slices.SortFunc(list, func(a, b *trend.Profile) int {
		return cmp.Or(cmp.Compare(size[b.ID], size[a.ID]), cmp.Compare(a.ID, b.ID))
	})
	list = list[:min(n, len(list))]
	if total != nil {
		list = slices.Insert(list, 0, total)
	}
	return list
}

// Shares are the series of the main kind whose share surely changes: those that gain most, then those that lose most, at most n of each.
func Shares(d Data, n int) []*trend.Profile {
	s := newStory(d)
	if s == nil {
		return nil
	}
	gain, lose := s.shares(true), s.shares(false)
	return append(gain[:min(n, len(gain)):min(n, len(gain))], lose[:min(n, len(lose))]...)
}
