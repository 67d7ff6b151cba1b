package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// Why says which change is to be explained.
type Why struct {
	What    string // next, last or sales; "" = next
	Against string // before, year, or the folder of an earlier run; "" = before
}

// Changed is why a sum differs from another.
type Changed struct {
	words.Change
	Title  string              // key of the catalogue
	Groups []explain.Waterfall // of sales: the parts of it by the next grouping, largest difference first
	Things []explain.Waterfall // of sales: by item
	Notes  []message.Note
}

// check reports what cannot be, and fills in defaults.
func (w *Why) check() error {
	if err := oneOf("why", &w.What, "next", "last", "sales"); err != nil {
		return err
	}
	switch w.Against {
	case "":
		w.Against = "before"
	case "before", "year":
	default:
		if w.What != "next" {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--against %s: what was sold is compared with before or year; an earlier forecast only with the next periods (--why next)", w.Against)
		}
	}
	return nil
}

// bases are the spans that are compared, as places in the values of s.
func (w *Why) bases(s tidewatch.Series, steps int) (before, now explain.Span, err error) {
	n := len(s.Values)
	now = explain.Span{From: n, To: n + steps}
	if w.What != "next" {
		now = explain.Span{From: n - steps, To: n}
	}
	lag := steps
	if w.Against == "year" {
		if lag = trend.Year(s.Grid.Freq); lag < steps {
			return before, now, tidewatch.Errorf(tidewatch.CodeUsage, "--against year: %d periods of %v are longer than a year, or a year is no whole number of them", steps, s.Grid.Freq)
		}
	}
	before = explain.Span{From: now.From - lag, To: now.From - lag + steps}
	if before.From < 0 {
		return before, now, tidewatch.Errorf(tidewatch.CodeTooShort, "series %q has %d values: too few to compare %d periods with those before: ask for a shorter --horizon", s.ID, n, steps)
	}
	return before, now, nil
}

// periods is the span in words' terms.
func periods(s tidewatch.Series, span explain.Span) words.Period {
	return words.Period{First: s.Grid.Stamp(s.Start + span.From), Last: s.Grid.Stamp(s.Start + span.To - 1), Count: span.Len()}
}

// causes knows the events of the run's calendar around the panel.
func (r *run) causes(p *tidewatch.Panel) explain.Causes {
	cal, err := r.config.Calendar()
	if err != nil || p.Len() == 0 {
		return explain.Causes{}
	}
	first := p.End()
	for i := range p.Len() {
		first = min(first, p.Series(i).Start)
	}
	return explain.NewCauses(cal, calendar.DayOf(p.Grid().Stamp(first)), calendar.DayOf(p.Grid().Stamp(p.End()+r.config.Horizon)))
}

// called is what people call a series.
func called(d *report.Data, id string) string {
	for _, l := range d.Labels {
		if l.ID == id && l.Name != "" {
			return l.Name
		}
	}
	return id
}

// change explains the account of series i; its forecast's range is told if move has it.
func (r *run) change(a *tidewatch.Account, i int, why Why, move *trend.Move) (*Changed, error) {
	p := r.result.Data.Panel
	s := p.Series(i)
	before, now, err := why.bases(s, r.config.Horizon)
	if err != nil {
		return nil, err
	}
	w, err := explain.Change(a, s, before, now, r.causes(p))
	if err != nil {
		return nil, err
	}
	c := &Changed{Title: "why.title.ahead", Change: words.Change{Kind: words.Ahead, Name: called(&r.result.Data, s.ID), Unit: r.result.Data.Unit, Freq: p.Grid().Freq,
		Before: periods(s, before), Now: periods(s, now), Waterfall: w, Low: math.NaN(), High: math.NaN(), Chance: math.NaN()}}
	switch {
	case why.What == "last":
		c.Kind, c.Title = words.Past, "why.title.past"
	case why.Against == "year":
		c.Title = "why.title.year"
	}
	if move != nil && why.What == "next" {
		base := move.Recent
		if why.Against == "year" {
			base = move.YearAgo
		}
		c.Low, c.High = move.Next.Low, move.Next.High
		if base.Known() {
			if c.Chance = base.Rise; w.To < w.From {
				c.Chance = 1 - base.Rise
			}
		}
	}
	return c, nil
}

// why tells the report why the total, or the only series, changes, where it can be told.
func (r *run) why(model tidewatch.Model) error {
	d := &r.result.Data
	if r.outputs.Report == "" && r.outputs.Data == "" && !r.outputs.Accuracy || len(r.config.WhatIf) > 0 {
		return nil
	}
	id, name := d.Total, d.Title
	if d.Panel.Len() == 1 {
		id, name = d.Panel.ID(0), ""
	}
	i, err := find(d.Panel, id)
	if id == "" || err != nil {
		return r.ctx.Err() // a run without a total has nothing to tell
	}
	a, err := conform.Account(r.ctx, model, d.Panel, i, r.config.Horizon)
	if err != nil {
		return r.ctx.Err() // what cannot be told is not told
	}
	var move *trend.Move
	for k := range d.Moves {
		if d.Moves[k].ID == id {
			move = &d.Moves[k]
		}
	}
	c, err := r.change(a, i, Why{What: "next", Against: "before"}, move)
	if err != nil {
		return r.ctx.Err() // nor what has nothing before it to compare with
	}
	c.Name = cmp.Or(name, c.Name)
	d.Change = &c.Change
	return nil
}

// move is how the sum of the forecast of one series compares with its past, from its sample paths; nil where there are none.
func (r *run) move(model tidewatch.Model, ask tidewatch.Ask) (*trend.Move, error) {
	var moves []trend.Move
	block := blockValues
	if r.together {
		block = max(block, maxPathValues*2)
	}
	samples := maxSamples
	if r.together { // those it has
		samples = max(minSamples, min(maxSamples, maxPathValues/max(1, r.result.Data.Panel.Len()*ask.Steps)))
	}
	_, err := conform.Blocks(r.ctx, model, r.result.Data.Panel, ask, samples, block, func(paths *tidewatch.Paths) error {
		m, err := trend.Measure(r.result.Data.Panel, paths, trend.Options{})
		moves = append(moves, m...)
		return err
	})
	if err != nil || len(moves) == 0 {
		return nil, err
	}
	return &moves[0], nil
}

// earlier is a run that left its folder.
type earlier struct {
	data   report.Data
	config Config
	build  Build
}

func openEarlier(dir string) (*earlier, error) {
	e := &earlier{}
	var err error
	if e.data, err = Load(dir); err != nil {
		return nil, err
	}
	var record struct {
		Build  Build  `json:"tidewatch"`
		Config Config `json:"config"`
	}
	err = readRecord(dir, &record)
	e.config, e.build = record.Config, record.Build
	return e, err
}

// readRecord reads the record of the run of a folder into a struct of the parts that are wanted.
func readRecord(dir string, into any) error {
	path := filepath.Join(dir, "run.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return tidewatch.Errorf(tidewatch.CodeInput, "there is no %s: name the folder of a run (tidewatch forecast --out FOLDER/)", path)
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return tidewatch.Errorf(tidewatch.CodeInput, "cannot read %s: %w", path, err)
	}
	return nil
}

// made is the part of a configuration that says how forecasts are made of data.
func (c Config) made() Config {
	return Config{Country: c.Country, Events: c.Events, Paydays: c.Paydays, Reconcile: c.Reconcile, Clean: c.Clean, Methods: c.Methods, Preset: c.Preset, Loss: c.Loss,
		Seed: c.Seed, Effects: c.Effects, Seasons: c.Seasons, WhatIf: c.WhatIf}
}

// with is c, whose forecasts are made as other makes them.
func (c Config) with(other Config) Config {
	c.Country, c.Events, c.Paydays, c.Reconcile, c.Clean, c.Methods, c.Preset, c.Loss = other.Country, other.Events, other.Paydays, other.Reconcile, other.Clean, other.Methods, other.Preset, other.Loss
	c.Seed, c.Effects, c.Seasons, c.WhatIf = other.Seed, other.Effects, other.Seasons, other.WhatIf
	return c
}

// revision explains why forecast f of series i differs from that of an earlier run. What comes of new data alone is told by making the forecast again
// as the earlier run did.
func (r *run) revision(ctx context.Context, f *tidewatch.Forecast, i int, dir string) (*Changed, error) {
	old, err := openEarlier(dir)
	if err != nil {
		return nil, err
	}
	p := r.result.Data.Panel
	s, id := p.Series(i), p.ID(i)
	k := slices.IndexFunc(old.data.Forecast.Rows, func(row tidewatch.ForecastRow) bool { return row.ID == id && !row.Abstains() })
	if k < 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "the run of %s has no forecast of series %q", dir, id)
	}
	was, is := &old.data.Forecast.Rows[k], &f.Rows[0]
	grid, then := f.Grid, old.data.Forecast.Grid
	if grid.Freq != then.Freq {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "the run of %s is of periods of %v, this one of %v: they have no period in common", dir, then.Freq, grid.Freq)
	}
	offset := grid.Index(then.Stamp(was.First)) // of its first step on our grid
	from, to := max(offset, is.First), min(offset+old.data.Forecast.Steps, is.First+f.Steps)
	if to <= from || !grid.Stamp(offset).Equal(then.Stamp(was.First)) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "the run of %s and this one have no period in common: ask for a longer --horizon", dir)
	}
	sum := func(row *tidewatch.ForecastRow, first int) float64 {
		total := 0.0
		for _, v := range row.Mean[from-first : to-first] {
			total += v
		}
		return total
	}
	c := &Changed{Title: "why.title.revision", Change: words.Change{Kind: words.Revision, Name: called(&r.result.Data, id), Unit: r.result.Data.Unit, Freq: grid.Freq, Low: math.NaN(), High: math.NaN(), Chance: math.NaN()}}
	c.Now = periods(s, explain.Span{From: from - s.Start, To: to - s.Start})
	sums := explain.Forecasts{Earlier: sum(was, offset), Again: math.NaN(), Now: sum(is, is.First)}
	if was.Method != is.Method {
		c.Notes = append(c.Notes, message.NoteOf("why.methods", was.Method, is.Method))
	}
	if old.build == r.result.Record.Build && reflect.DeepEqual(canonical(old.config.made()), canonical(r.config.made())) {
		sums.Again = sums.Now
	} else if again, err := r.again(ctx, old.config, id); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.Notes = append(c.Notes, message.NoteOf("why.apart", err.Error()))
	} else if row := &again.Rows[0]; !row.Abstains() && row.First == is.First {
		sums.Again = sum(row, row.First)
	}
	c.Waterfall, err = explain.Revision(id, sums, explain.Decimals(sums.Size()))
	return c, err
}

// canonical has nothing where nothing is said, however that was written.
func canonical(c Config) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return string(b)
}

// again is the forecast of one series of the same data, made as another configuration makes it.
func (r *run) again(ctx context.Context, as Config, id string) (*tidewatch.Forecast, error) {
	config := r.config.with(as)
	config.Levels = as.Levels
	other, err := begin(ctx, explainCommand, config, Outputs{}, r.watch)
	if err != nil {
		return nil, err
	}
	defer other.end()
	if err := other.read(); err != nil {
		return nil, err
	}
	i, err := find(other.result.Data.Panel, id)
	if err != nil {
		return nil, err
	}
	model, err := other.method.Fit(ctx, other.result.Data.Panel)
	if err != nil {
		return nil, err
	}
	return model.Forecast(ctx, tidewatch.Ask{Steps: config.Horizon, Levels: other.config.Levels, Seed: config.Seed, Series: []int{i}})
}

// biggest orders waterfalls by the size of their differences.
func biggest(list []explain.Waterfall) []explain.Waterfall {
	slices.SortStableFunc(list, func(a, b explain.Waterfall) int {
		return cmp.Or(cmp.Compare(math.Abs(float64(b.To-b.From)), math.Abs(float64(a.To-a.From))), strings.Compare(a.ID, b.ID))
	})
	return list
}
