package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch/config"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/write"
)

// whyFlags say which change is told, and by whom.
type whyFlags struct {
	why     job.Why
	url     string
	model   string
	timeout time.Duration
}

func (f *whyFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.why.What, "why", "next", "the change to tell: next (the forecast), last (what was sold last, by the parts of the method) or sales (revenue by price, volume and mix; orders)")
	flags.StringVar(&f.why.Against, "against", "before", "compared with: before (as many periods before), year (the same time a year ago), or the folder of an earlier run, for its forecast")
	flags.StringVar(&f.url, "llm-url", "", "endpoint of a language model that speaks OpenAI's protocol, such as http://localhost:11434/v1, to word the text; its numbers are checked. The key is read from "+keyVariable)
	flags.StringVar(&f.model, "llm-model", "", "name of the language model")
	flags.DurationVar(&f.timeout, "llm-timeout", 30*time.Second, "how long to wait for the language model")
	complete(cmd, "why", "next", "last", "sales")
	complete(cmd, "against", "before", "year")
}

// keyVariable is the environment variable of the key of a language model: it stands in no file.
const keyVariable = config.Prefix + "LLM_KEY"

// teller is the language model that is configured, nil if there is none.
func (f *whyFlags) teller() (*words.Model, error) {
	if f.url == "" {
		return nil, nil
	}
	m := &words.Model{URL: f.url, Name: f.model, Key: os.Getenv(keyVariable), Timeout: f.timeout}
	return m, m.Check()
}

// changeRecord is a change for machines.
type changeRecord struct {
	ID         string       `json:"id"`
	Kind       words.Kind   `json:"kind"`
	From       job.Number   `json:"from"`
	To         job.Number   `json:"to"`
	Steps      []stepRecord `json:"steps"`
	Facts      []words.Fact `json:"facts"`
	Text       string       `json:"text"`
	Writer     string       `json:"writer"`
	Note       string       `json:"note,omitempty"`
	Groups     []partRecord `json:"groups,omitempty"`
	Things     []partRecord `json:"items,omitempty"`
	Decimals   int          `json:"decimals"` // amounts are whole numbers of 10^-decimals, and add up exactly
	FromAmount int64        `json:"from_amount"`
	ToAmount   int64        `json:"to_amount"`
}

type stepRecord struct {
	Cause  explain.Cause `json:"cause"`
	Name   string        `json:"name,omitempty"`
	Value  job.Number    `json:"value"`
	Amount int64         `json:"amount"`
}

type partRecord struct {
	ID         string       `json:"id"`
	FromAmount int64        `json:"from_amount"`
	ToAmount   int64        `json:"to_amount"`
	Steps      []stepRecord `json:"steps"`
}

func stepsOf(w *explain.Waterfall) []stepRecord {
	out := []stepRecord{}
	for _, s := range w.Steps {
		out = append(out, stepRecord{s.Cause, s.Name, job.Number(w.Value(s.Amount)), s.Amount})
	}
	return out
}

func partsOf(list []explain.Waterfall) []partRecord {
	var out []partRecord
	for i := range list {
		w := &list[i]
		out = append(out, partRecord{w.ID, w.From, w.To, stepsOf(w)})
	}
	return out
}

// recordOf is the change with its text.
func recordOf(c *job.Changed, f *words.Facts, t words.Told) *changeRecord {
	w := &c.Waterfall
	r := &changeRecord{ID: w.ID, Kind: c.Kind, From: job.Number(w.Value(w.From)), To: job.Number(w.Value(w.To)), Steps: stepsOf(w), Facts: f.List, Text: t.Text, Writer: "template",
		Groups: partsOf(c.Groups), Things: partsOf(c.Things), Decimals: w.Decimals, FromAmount: w.From, ToAmount: w.To}
	if t.Model != "" {
		r.Writer = t.Model
	}
	if t.Note.Key != "" {
		r.Note = t.Note.In(f.Lang)
	}
	return r
}

// tell puts a change into words.
func (f *whyFlags) tell(ctx context.Context, c *job.Changed, l message.Lang) (*words.Facts, words.Told, error) {
	m, err := f.teller()
	if err != nil {
		return nil, words.Told{}, err
	}
	facts := words.Of(c.Change, l)
	told, err := facts.Tell(ctx, m)
	return facts, told, err
}

// sales prints why revenue changed.
func (f *whyFlags) sales(ctx context.Context, c console, run *runFlags, config job.Config, id string) error {
	if _, err := f.teller(); err != nil {
		return err
	}
	lang, err := language(run.lang)
	if err != nil {
		return err
	}
	var changed *job.Changed
	engine := func(ctx context.Context, config job.Config, _ job.Outputs, w job.Watch) (*job.Result, error) {
		var err error
		var r *job.Result
		changed, r, err = job.Sales(ctx, config, id, f.why, w)
		return r, err
	}
	r, err := run.start(ctx, c, engine, config, job.Outputs{})
	if err != nil {
		return err
	}
	if run.unit != "" {
		changed.Unit = run.unit
	}
	if changed.Name == "total" && r.Data.Title != "" {
		changed.Name = r.Data.Title
	}
	facts, told, err := f.tell(ctx, changed, lang)
	if err != nil {
		return err
	}
	if run.json {
		return write.Indented(c.out, recordOf(changed, facts, told))
	}
	printChange(c.out, changed, facts, told)
	return nil
}

// printChange prints a waterfall and its text.
func printChange(out io.Writer, c *job.Changed, f *words.Facts, told words.Told) {
	l, w := f.Lang, &f.Shown
	before := c.Before.Count
	if before == 0 {
		before = c.Now.Count
	}
	fmt.Fprintf(out, "%s\n", l.Say(c.Title, l.Periods(c.Freq, c.Now.Count), l.Periods(c.Freq, before)))
	t := &table{indent: "  ", left: 1, notes: true}
	number := func(v int64, signed bool) string { return words.Amount(l, w.Value(v), w.Decimals, signed) }
	when := f.BeforeText
	t.add(l.Say("why.from."+string(c.Kind)), number(w.From, false), when)
	for _, s := range w.Steps {
		t.add("  "+words.CauseName(l, s), number(s.Amount, true), l.Say("cause.is."+string(s.Cause)))
	}
	t.add(l.Say("why.to."+string(c.Kind)), number(w.To, false), f.NowText)
	t.print(out)
	fmt.Fprintf(out, "\n%s\n", told.Text)
	notes := c.Notes
	if told.Note.Key != "" {
		notes = append(notes, told.Note)
	}
	for _, n := range notes {
		fmt.Fprintln(out, n.In(l))
	}
	for _, list := range [][]explain.Waterfall{c.Groups, c.Things} {
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", l.Say("why.by"))
		t := &table{indent: "  ", left: 1, notes: true}
		t.add(l.Say("why.series"), l.Say("why.from."+string(c.Kind)), l.Say("why.to."+string(c.Kind)), l.Say("why.difference"), l.Say("why.reason"))
		const most = 10
		for i := range list[:min(most, len(list))] {
			p := list[i].Rounded(w.Decimals)
			reasons := list[i].Brief(3)
			reasons = reasons.Rounded(w.Decimals)
			var said []string
			for _, s := range reasons.Steps {
				said = append(said, words.CauseName(l, s)+" "+words.Amount(l, p.Value(s.Amount), p.Decimals, true))
			}
			name := words.Clean(strings.TrimPrefix(list[i].ID, "item="))
			t.add(shorten(name, 36), words.Amount(l, p.Value(p.From), p.Decimals, false), words.Amount(l, p.Value(p.To), p.Decimals, false),
				words.Amount(l, p.Value(p.To-p.From), p.Decimals, true), strings.Join(said, l.Say("tell.and")))
		}
		t.print(out)
	}
}
