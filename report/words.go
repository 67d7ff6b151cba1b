package report

import (
	"github.com/tidewatch/tidewatch/message"
)

// Headline is what the report says first, in a language: one sentence, and those that follow it.
func Headline(d Data, l message.Lang) (first string, sentences []string, err error) {
	p, err := gather(d)
	if err != nil {
		return "", nil, err
	}
	p.headline()
	for _, s := range p.Headline.Sentences {
		sentences = append(sentences, s.in(l))
	}
	return p.Headline.First.in(l), sentences, nil
}

// Names are the names and the groups of all series of the forecast, in the order of its rows: the name is the id where there is none.
func Names(d Data) (names []Label) {
	labels := make(map[string]Label, len(d.Labels))
	for _, l := range d.Labels {
		labels[l.ID] = l
	}
	for k := range d.Forecast.Rows {
		id := d.Forecast.Rows[k].ID
		l := labels[id]
		r := row{id: id, name: l.Name, group: l.Group}
		short := r.ID()
		if r.name == "" {
			r.name = short
		}
		if r.name == "" {
			r.name = id
		}
		names = append(names, Label{ID: id, Name: r.name, Group: l.Group})
	}
	return names
}

// In is why rows were refused, in a language.
func (r Reject) In(l message.Lang) string { return rejectReason(r).in(l) }
