package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/score"
	"github.com/tidewatch/tidewatch/write"
)

func newExplain(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	var why whyFlags
	var rejected string
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Say what the forecast of one series is made of",
		Long: `Explain fits the method on the whole input, as forecast does, and takes the forecast of one series apart: level, trend, season,
known influences and what earlier values say. The parts add up to the forecast, and with --json to the fitted values of the past too.
Then it says why the sum of the next periods differs from that of the last ones, or from what an earlier run expected: steps that add up
exactly, and a paragraph for a manager. --why sales does so for revenue that was made, by price, volume and mix.

The paragraph is made from a template, or by a language model if you name its endpoint. Every number of the model's text is read back
and must be that of a fact; otherwise the template's text is used, and a note says why. Nothing is sent anywhere unless --llm-url is set.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch explain --in orders.csv --by country --freq W --horizon 8 --id Germany

  # why revenue changed: price, volume, mix, new items, by country and by item; in Chinese
  tidewatch explain --in orders.csv --by total,country --freq W --horizon 8 --why sales --lang zh

  # why this forecast differs from the one of four weeks before
  tidewatch forecast --in orders.csv --by total --freq W --horizon 8 --origin 2011-11-06 --out then/
  tidewatch explain --in orders.csv --by total --freq W --horizon 8 --against then

  # the model of one method, with its parameters
  tidewatch explain --in orders.csv --by total --freq W --horizon 4 --method ets --id total

  # every part of every period, for other programs
  tidewatch explain --in orders.csv --by total --freq W --horizon 4 --id total --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			id := data.id // here it names the series, not a column
			data.id = ""
			config, err := data.configuration()
			if err != nil {
				return err
			}
			if why.why.What == "sales" {
				return why.sales(cmd.Context(), c, &run, config, id)
			}
			if _, err := why.teller(); err != nil {
				return err
			}
			var e *job.Explained
			engine := func(ctx context.Context, config job.Config, o job.Outputs, w job.Watch) (*job.Result, error) {
				var err error
				if e, err = job.Explain(ctx, config, id, why.why, o, w); err != nil {
					return nil, err
				}
				return e.Result, nil
			}
			if _, err := run.start(cmd.Context(), c, engine, config, job.Outputs{Rejected: rejected}); err != nil {
				return err
			}
			lang := e.Outputs.Lang
			var facts *words.Facts
			var told words.Told
			if e.Changed != nil {
				if facts, told, err = why.tell(cmd.Context(), e.Changed, lang); err != nil {
					return err
				}
			}
			if run.json {
				a := accountOf(e)
				if e.Changed != nil {
					a.Change = recordOf(e.Changed, facts, told)
				}
				return write.Indented(c.out, a)
			}
			explanation{c, e, lang}.print()
			fmt.Fprintln(c.out)
			if e.Changed != nil {
				printChange(c.out, e.Changed, facts, told)
			} else {
				fmt.Fprintln(c.out, lang.Say("why.none", e.Why.Error()))
			}
			return nil
		},
	}
	data.register(cmd)
	cmd.Flags().Lookup("id").Usage = "the series to explain (a column of ids is named by --map id=...)"
	cmd.Flags().StringVar(&rejected, "rejected", "", "write refused rows to this .csv file")
	why.register(cmd)
	run.register(cmd)
	return cmd
}

// account is what --json prints: numbers that are not known are null.
type account struct {
	ID         string             `json:"id"`
	Method     string             `json:"method"`
	Form       string             `json:"form,omitempty"`
	Known      int                `json:"known"`
	Times      []string           `json:"times"`
	Actual     []job.Number       `json:"actual"`
	Total      []job.Number       `json:"total"`
	Parts      []part             `json:"parts"`
	Parameters map[string]float64 `json:"parameters,omitempty"`
	Change     *changeRecord      `json:"change,omitempty"` // why the sum differs from what it is compared with
}

type part struct {
	Kind   tidewatch.PartKind `json:"kind"`
	Name   string             `json:"name,omitempty"`
	Values []job.Number       `json:"values"`
}

func accountOf(e *job.Explained) account {
	a := e.Account
	grid := e.Data.Panel.Grid()
	layout := write.TimeLayout(grid)
	out := account{ID: a.ID, Method: a.Method, Form: a.Form, Known: a.Known, Actual: numbers(e.Series.Demand()), Total: numbers(a.Total())}
	for t := range out.Total {
		out.Times = append(out.Times, grid.Stamp(a.First+t).Format(layout))
	}
	for _, p := range a.Parts {
		out.Parts = append(out.Parts, part{p.Kind, p.Name, numbers(p.Values)})
	}
	if len(a.Parameters) > 0 {
		out.Parameters = map[string]float64{}
		for _, p := range a.Parameters {
			out.Parameters[p.Name] = p.Value
		}
	}
	return out
}

func numbers(v []float64) []job.Number {
	out := make([]job.Number, len(v))
	for i, x := range v {
		out[i] = job.Number(x)
	}
	return out
}

// explanation prints an account for people.
type explanation struct {
	c    console
	e    *job.Explained
	lang message.Lang
}

func (x explanation) print() {
	a, w, l := x.e.Account, x.c.out, x.lang
	grid, s := x.e.Data.Panel.Grid(), x.e.Series
	freq := grid.Freq
	fmt.Fprintln(w, l.Say("explain.series", a.ID, len(s.Values), l.Or("every."+freq.String(), l.Say("summary.every", l.Periods(freq, 1))), l.Period(freq, grid.Stamp(s.Start)), l.Period(freq, grid.Stamp(s.End()-1))))
	fmt.Fprintln(w, l.Say("explain.method", a.Method))
	if a.Form != "" && a.Form != a.Method {
		fmt.Fprintln(w, l.Say("explain.form", a.Form))
	}
	steps := x.e.Forecast.Steps
	fmt.Fprintf(w, "\n%s\n", l.Say("explain.made", l.Periods(freq, steps)))
	t := &table{indent: "  ", left: 1, notes: true}
	for _, p := range a.Parts {
		ahead := p.Values[a.Known:]
		t.add(x.name(p), l.Value(average(ahead)), x.means(p, ahead))
	}
	t.add(l.Say("explain.total"), l.Value(average(a.Total()[a.Known:])), "")
	t.print(w)

	fmt.Fprintln(w)
	t = &table{indent: "  ", left: 1}
	head := []string{l.Say("explain.step"), l.Say("explain.total"), l.Say("explain.range")}
	for _, p := range a.Parts {
		head = append(head, x.name(p))
	}
	t.add(head...)
	for h := range steps {
		f := x.e.Forecast
		row := []string{l.Period(freq, grid.Stamp(s.End()+h)), l.Value(f.Rows[0].Mean[h]), l.Value(f.Quantile(0, h, .1)) + " … " + l.Value(f.Quantile(0, h, .9))}
		for _, p := range a.Parts {
			row = append(row, l.Value(p.Values[a.Known+h]))
		}
		t.add(row...)
	}
	t.print(w)
	x.fit()
	x.parameters()
}

// name is what a part is called.
func (x explanation) name(p tidewatch.Part) string {
	switch p.Kind {
	case tidewatch.SeasonPart:
		if p.Name == "" { // of whatever length
			return x.lang.Say("drivers.season")
		}
		return x.lang.Say("explain.season", p.Name)
	case tidewatch.CovariatePart:
		return p.Name
	}
	name := x.lang.Say("part." + string(p.Kind))
	if p.Kind == tidewatch.OtherPart {
		return x.lang.Or("part.other."+p.Name, name)
	}
	return name
}

// means says what a part stands for.
func (x explanation) means(p tidewatch.Part, ahead []float64) string {
	l := x.lang
	switch p.Kind {
	case tidewatch.TrendPart:
		return l.Say("explain.is.trend", l.Value(ahead[0]), l.Value(ahead[len(ahead)-1]))
	case tidewatch.SeasonPart:
		lo, hi := 0, 0
		for h, v := range ahead {
			if v < ahead[lo] {
				lo = h
			}
			if v > ahead[hi] {
				hi = h
			}
		}
		grid := x.e.Data.Panel.Grid()
		at := func(h int) string { return l.Period(grid.Freq, grid.Stamp(x.e.Series.End()+h)) }
		return l.Say("explain.is.season", l.Value(ahead[lo]), at(lo), l.Value(ahead[hi]), at(hi))
	case tidewatch.CovariatePart:
		return l.Say("explain.is.driver")
	}
	is := l.Say("part.is." + string(p.Kind))
	if p.Kind == tidewatch.OtherPart {
		return l.Or("part.is.other."+p.Name, is)
	}
	return is
}

// fit compares the fitted values with what came, beside the last season repeated (the last value, where two seasons are not known).
func (x explanation) fit() {
	a, s, l := x.e.Account, x.e.Series, x.lang
	y, total := s.Demand(), a.Total()
	lag, key := score.ScaleLag(len(y), s.Season()), "explain.fit.season"
	if lag == 1 {
		key = "explain.fit.last"
	}
	n, off, naive := 0, 0.0, 0.0
	for t := len(y) - 1; t >= lag && n < 3*max(lag, 4); t-- {
		d, e := math.Abs(y[t]-total[t]), math.Abs(y[t]-y[t-lag])
		if !math.IsNaN(d) && !math.IsNaN(e) {
			off += d
			naive += e
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(x.c.out, "\n%s\n", l.Say(key, l.Value(off/float64(n)), n, l.Value(naive/float64(n))))
	}
}

func (x explanation) parameters() {
	a, l := x.e.Account, x.lang
	if len(a.Parameters) == 0 {
		return
	}
	var words []string
	for _, p := range a.Parameters {
		words = append(words, p.Name+" "+l.Number(p.Value, 4))
		if p.Name == "alpha" && p.Value >= 0 && p.Value <= 1 {
			key := "explain.alpha.mid"
			switch {
			case p.Value < .15:
				key = "explain.alpha.slow"
			case p.Value > .6:
				key = "explain.alpha.fast"
			}
			words[len(words)-1] = l.Say(key, l.Number(p.Value, 4))
		}
	}
	fmt.Fprintf(x.c.out, "%s: %s\n", l.Say("explain.parameters"), strings.Join(words, "; "))
}

func average(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
