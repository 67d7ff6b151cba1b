package words

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/message"
)

// Told is a text about a change.
type Told struct {
	Text  string
	Model string // that wrote it; "" = the template
	// Note says who wrote it where a model was asked: its name, or why the template's text is used; the zero value where none was.
	Note message.Note
}

// Template is the text of the template.
func (f *Facts) Template() string {
	l := f.Lang
	text := func(what string) string {
		for _, s := range f.List {
			if s.What == what && s.Cause == "" {
				return s.Text
			}
		}
		return ""
	}
	fact := func(key string) string { return text(l.Say(key)) }
	relative := ""
	if r := fact("fact.relative"); r != "" {
		relative = " (" + r + ")"
		if l == message.Chinese {
			relative = "（" + r + "）"
		}
	}
	var b strings.Builder
	b.WriteString(l.Say("tell."+string(f.Kind), f.Name, f.NowText, fact("fact.to."+string(f.Kind)), f.BeforeText, fact("fact.from."+string(f.Kind)), fact("fact.difference"), relative))
	change := f.Shown.To - f.Shown.From
	if low := fact("fact.low"); low != "" {
		b.WriteString(l.Say("tell.range", fact("fact.level"), low, fact("fact.high")))
	}
	if chance := fact("fact.chance"); chance != "" && change != 0 {
		key := "tell.chance.up"
		if change < 0 {
			key = "tell.chance.down"
		}
		b.WriteString(l.Say(key, chance))
	}
	var with, against []string
	for _, s := range f.List {
		if s.Cause == "" {
			continue
		}
		said := l.Say("tell.cause", causeName(l, s.Cause, s.Event), s.Text)
		if s.Value*float64(change) >= 0 && change != 0 || change == 0 && s.Value > 0 {
			with = append(with, said)
		} else {
			against = append(against, said)
		}
	}
	if with != nil {
		b.WriteString(l.Say("tell.for", strings.Join(with, l.Say("tell.and"))))
	}
	if against != nil {
		b.WriteString(l.Say("tell.against", strings.Join(against, l.Say("tell.and"))))
	}
	if change == 0 && with == nil && against == nil {
		b.WriteString(l.Say("tell.same"))
	}
	return b.String()
}

// causeName is what a cause is called, with the event if it is one.
func causeName(l message.Lang, c explain.Cause, event string) string {
	name := l.Say("cause." + string(c))
	if event == "" {
		return name
	}
	if l == message.Chinese {
		return name + "（" + event + "）"
	}
	return name + " (" + event + ")"
}

// CauseName is what a step of a waterfall is called in a language.
func CauseName(l message.Lang, s explain.Step) string { return causeName(l, s.Cause, Clean(s.Name)) }

// Tell is the text of a language model, if all of it is borne out by the facts, otherwise that of the template. m may be nil: then nobody
// is asked. It fails only when ctx ends.
func (f *Facts) Tell(ctx context.Context, m *Model) (Told, error) {
	told := Told{Text: f.Template()}
	if m == nil {
		return told, nil
	}
	text, err := m.complete(ctx, f)
	if ctx.Err() != nil {
		return told, ctx.Err()
	}
	if err != nil {
		told.Note = message.NoteOf("told.unreachable", err.Error())
		return told, nil
	}
	text = strings.TrimSpace(text)
	if wrong := f.Check(text); wrong != nil {
		var why []string
		for _, n := range wrong {
			why = append(why, n.In(f.Lang))
		}
		told.Note = message.NoteOf("told.refused", strings.Join(why, "; "))
		return told, nil
	}
	text = tagForm.ReplaceAllString(text, "")
	if quoted := "“" + f.Name + "”"; f.Name != "" && !strings.Contains(text, quoted) { // a name is seen to be one
		text = strings.Replace(text, f.Name, quoted, 1)
	}
	return Told{Text: text, Model: m.Name, Note: message.NoteOf("told.by", m.Name)}, nil
}

// String is the table of facts, one a line, for logs and tests.
func (f *Facts) String() string {
	var b strings.Builder
	for _, s := range f.List {
		fmt.Fprintf(&b, "%s %s %s = %s\n", s.ID, s.What, s.Event, s.Text)
	}
	return b.String()
}
