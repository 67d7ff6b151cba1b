package report

import (
	"fmt"

	"github.com/tidewatch/tidewatch/message"
)

// topGroup is the largest series of one group, as small charts.
type topGroup struct {
	Name   both
	Named  bool
	Charts []*chart
}

// maxTops is how many small charts the page has; maxGroups how many groups share them.
const (
	maxTops   = 12
	maxGroups = 3
)

// topSection is the largest series of each group.
func (p *page) topSection() (part, error) {
	p.tops()
	if len(p.Tops) == 0 {
		return part{}, nil
	}
	return part{Data: p.Tops}, nil
}

func (p *page) tops() {
	for i, l := range p.bands() {
		width := each(func(lang message.Lang) string { return lang.Percent(1-2*l, 0) })
		if i == 0 {
			p.Bands = width
		} else {
			p.Bands = each(func(lang message.Lang) string {
				sep := map[message.Lang]string{message.English: ", ", message.Chinese: "、"}[lang]
				return p.Bands.in(lang) + sep + width.in(lang)
			})
		}
	}
	names, members := p.groups()
	shown := min(len(names), maxGroups)
	for _, name := range names[:shown] {
		g := topGroup{Name: named("group.", name), Named: name != "" && len(names) > 1}
		for _, r := range members[name] {
			if len(g.Charts) == maxTops/shown {
				break
			}
			if !r.forecast.Abstains() {
				g.Charts = append(g.Charts, p.chart(r, fmt.Sprintf("top%d", r.at)))
			}
		}
		if len(g.Charts) > 0 {
			p.Tops = append(p.Tops, g)
		}
	}
}
