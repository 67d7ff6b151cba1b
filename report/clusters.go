package report

import (
	"html/template"
	"strings"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report/segments"
)

// clusters is what the section of segments shows.
type clusters struct {
	Map     template.HTML
	MapSay  both
	Quality both
	Weak    *both
	Left    []both
	Cards   []clusterCard
}

type clusterCard struct {
	Number  int
	Class   string
	Name    both
	Size    both
	Picture template.HTML
	Members string
}

// What of the segments the page shows: dots on the map, and members named of each.
const (
	mapDots = 1200
	typical = 5
)

// clustersSection is the groups of series that run alike: a map and a small picture of each.
func (p *page) clustersSection() (part, error) {
	f := p.data.Segments
	if f == nil || len(f.Segments) < 2 {
		return part{}, nil
	}
	names := map[string]string{}
	for i := range p.rows {
		names[p.rows[i].id] = p.rows[i].name
	}
	kind := each(func(l message.Lang) string { return l.Say("segment.kind." + string(f.Of)) })
	c := &clusters{Map: segments.Map(f, p.data.Lang, mapDots), MapSay: say("segments.map.say", len(f.IDs), kind), Quality: each(func(l message.Lang) string { return segments.Quality(l, f) })}
	if segments.Weak(p.data.Lang, f) != "" {
		weak := each(func(l message.Lang) string { return segments.Weak(l, f) })
		c.Weak = &weak
	}
	for k := range segments.LeftOut(p.data.Lang, f) {
		c.Left = append(c.Left, each(func(l message.Lang) string { return segments.LeftOut(l, f)[k] }))
	}
	for a := range f.Segments {
		s := &f.Segments[a]
		c.Cards = append(c.Cards, clusterCard{Number: a + 1, Class: segments.Class(a), Name: each(s.Name), Size: say("segments.members", s.Size, percent(float64(s.Size)/float64(len(f.IDs)), 0)),
			Picture: segments.Line(f, a, p.data.Lang), Members: strings.Join(segments.Typical(f, a, names, typical), " · ")})
	}
	return part{Data: c}, nil
}
