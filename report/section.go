package report

import (
	"bytes"
	"html/template"

	"github.com/tidewatch/tidewatch"
)

// part is what a section's file makes of the data: what its template shows. A part without Data is left out of the page.
type part struct {
	Title both // "" = the message "ID.title"
	Data  any
}

// sections are the parts of the page below the headline, in order. A section is one file of Go, which makes its part, one template
// "section.ID" in page/sections, and the messages "ID.title" and "nav.ID"; this table is the only other place that names it.
var sections = []struct {
	id   string
	make func(p *page) (part, error)
}{
	{"trends", (*page).trendsSection},
	{"total", (*page).totalSection},
	{"parts", (*page).partsSection},
	{"why", (*page).whySection},
	{"moves", (*page).movesSection},
	{"adjust", (*page).adjustSection},
	{"drivers", (*page).driversSection},
	{"top", (*page).topSection},
	{"clusters", (*page).clustersSection},
	{"behaviour", (*page).behaviourSection},
	{"all", (*page).allSection},
	{"accuracy", (*page).accuracySection},
	{"training", (*page).trainingSection},
	{"quality", (*page).qualitySection},
	{"claims", (*page).claimsSection},
	{"run", (*page).runSection},
}

// section is a part of the page, written.
type section struct {
	ID         string
	Title, Nav both
	Body       template.HTML
}

// write makes the sections, once the headline is known.
func (p *page) write() error {
	for _, s := range sections {
		part, err := s.make(p)
		if err != nil {
			return err
		}
		if part.Data == nil {
			continue
		}
		var b bytes.Buffer
		view := struct {
			Page *page
			Data any
		}{p, part.Data}
		if err := pageTemplate.ExecuteTemplate(&b, "section."+s.id, view); err != nil {
			return tidewatch.Errorf(tidewatch.CodeInternal, "report: section %s: %w", s.id, err)
		}
		if part.Title == (both{}) {
			part.Title = say(s.id + ".title")
		}
		p.Sections = append(p.Sections, section{s.id, part.Title, say("nav." + s.id), template.HTML(b.String())})
	}
	return nil
}

// draw has the script draw in an element of the page: kind names the function of the script, data is what it is given as JSON.
func (p *page) draw(element, kind string, data any) {
	p.drawings = append(p.drawings, drawing{element, kind, data})
}

type drawing struct {
	Element string `json:"element"`
	Kind    string `json:"kind"`
	Data    any    `json:"data"`
}
