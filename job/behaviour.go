package job

import (
	"context"
	"io"
	"math"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend/behaviour"
	"github.com/tidewatch/tidewatch/trend/slope"
	"github.com/tidewatch/tidewatch/write"
)

const behaviourCommand = "behaviour"

// Behaviour measures what the customers of order lines or events do. Of c only what says how data are read is heeded; window is the length, in days,
// of the windows that are compared, 0 = by the time that the data span. Of the outputs, the tables of behaviour, the refused rows and the record are
// written.
func Behaviour(ctx context.Context, c Config, window int, o Outputs, w Watch) (*Result, error) {
	c.Horizon, c.Clean = 1, "" // nothing is forecast
	r, err := begin(ctx, behaviourCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	var did *aggregate.Doing
	if err := r.reading(func(refused *refusals, keep func(read.Reject)) error {
		did, err = r.doing(refused, keep)
		return err
	}); err != nil {
		return nil, err
	}
	r.enter(Measuring)
	found, err := behaviour.Find(ctx, did.Log, behaviour.Options{Window: window, Adjust: slope.Adjust})
	if err != nil {
		return nil, err
	}
	r.result.Data.Behaviour = found
	if err := r.namePairs(); err != nil {
		return nil, err
	}
	r.clock.lap(Measuring)
	r.result.Record.Behaviour = behaved(found)
	return r.result, r.write()
}

// doing reads what was done, and describes it.
func (r *run) doing(refused *refusals, keep func(read.Reject)) (*aggregate.Doing, error) {
	c := &r.config
	opt, err := readOptions(*c)
	if err != nil {
		return nil, err
	}
	opt.Rejects = func(x read.Reject) { refused.count(x); keep(x) }
	opt.Progress = func(done, total int64) { r.watch.tell(Reading, done, total) }
	if c.Workspace != "" {
		if err := r.take(); err != nil {
			return nil, err
		}
	} else if set, many, err := read.FindFolder(c.In, c.Layout); err != nil {
		return nil, err
	} else if many && !set.HasRows() {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s is the data set %s of ready series, which know nothing of what people do: name order lines or events", set.Dir, set.Name)
	}
	in, err := r.open(opt, true)
	if err != nil {
		return nil, err
	}
	how := aggregate.ActsConfig{Config: aggregate.Config{Where: c.Where, Rates: c.Rates, KeepStray: slices.Contains(c.Keep, "stray"), KeepRefunded: slices.Contains(c.Keep, "refunded")}}
	if c.Origin != "" {
		if how.Origin, err = aggregate.ParseOrigin(c.Origin, in.Zone()); err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--origin %s: %w", c.Origin, err)
		}
	}
	did, s, err := aggregate.Acts(r.ctx, in, how)
	if err != nil {
		return nil, refused.explain(err)
	}
	rec := in.Recognised()
	record := &r.result.Record
	record.Input = Input{Digest: s.Digest, Layout: s.Layout, Zone: s.Zone, Files: rec.Files, Rows: s.Rows, Used: s.Kept, Rejected: s.Refused, Returns: s.Returns,
		Later: s.Later, Reasons: refused.list()}
	record.Panel = Panel{Series: s.Series, Seasons: []int{}, From: s.First.Format("2006-01-02"), To: s.Last.Format("2006-01-02")}
	record.Notes = s.Notes
	q := &report.Quality{Rows: int(s.Rows), Used: int(s.Kept), Returns: int(s.Returns), Rejects: refused.shown(), Notes: s.Notes, Recognised: recognised(rec)}
	for _, f := range rec.Files {
		q.Files = append(q.Files, f.Name)
	}
	r.result.Data.Quality = q
	return did, nil
}

// namePairs gives the items that are bought together the names that stand beside them.
func (r *run) namePairs() error {
	f := r.result.Data.Behaviour
	if f == nil || len(f.Pairs) == 0 || slices.Contains(r.config.In, "-") {
		return nil
	}
	opt, err := readOptions(r.config)
	if err != nil {
		return err
	}
	in, err := r.open(opt, false)
	if err != nil {
		return err
	}
	names, err := itemNames(r.ctx, func() (*read.Input, error) { return in, nil }, in.Recognised())
	if err != nil {
		return err
	}
	f.Name(names)
	return nil
}

// behave reads the input once more for what people did, where a report will tell of it: behaviour, and what was sold of each item in the last periods
// and in those before. Data that know nothing of it have none.
func (r *run) behave(in *read.Input, how aggregate.Config, reopen func() (*read.Input, error), p *tidewatch.Panel) error {
	o := r.outputs
	if !o.Story && o.Report == "" && o.Data == "" || in.Shape() == read.Series || slices.Contains(r.config.In, "-") || p.Len() == 0 || !in.Has(read.User) && !in.Has(read.Order) {
		return nil
	}
	again, err := reopen()
	if err != nil {
		return err
	}
	grid, steps := p.Grid(), r.config.Horizon
	if r.config.Origin == "" { // the unfinished period is no part of it
		how.Origin = grid.Stamp(p.End()).Add(-time.Microsecond)
	}
	ask := aggregate.ActsConfig{Config: how, Spans: [][2]time.Time{{grid.Stamp(p.End() - 2*steps), grid.Stamp(p.End() - steps)}, {grid.Stamp(p.End() - steps), grid.Stamp(p.End())}}}
	did, _, err := aggregate.Acts(r.ctx, again, ask)
	if err == nil {
		r.did = did
		r.revenue(did.Sold, p)
		r.result.Data.Behaviour, err = behaviour.Find(r.ctx, did.Log, behaviour.Options{Adjust: slope.Adjust})
	}
	if code := tidewatch.CodeOf(err); code == tidewatch.CodeData || code == tidewatch.CodeUsage {
		return nil // there is nothing to tell
	}
	if f := r.result.Data.Behaviour; f != nil {
		names := map[string]string{}
		for _, l := range r.result.Data.Labels {
			if id, ok := itemOf(l, r.result.Record.Input.By); ok && l.Name != id {
				names[id] = l.Name
			}
		}
		f.Name(names)
	}
	return err
}

// itemOf is the item that a series of one item is of.
func itemOf(l report.Label, by []string) (string, bool) {
	if l.Group != itemColumn {
		return "", false
	}
	if len(by) == 1 {
		return l.ID, true
	}
	return l.ID[min(len(l.ID), len(itemColumn)+1):], true
}

// Behaved is the part of a record that says what customers do.
type Behaved struct {
	From    string          `json:"from"`
	To      string          `json:"to"`
	Share   float64         `json:"share_of_people"`
	People  int             `json:"people"`
	Buyers  int             `json:"buyers"`
	Unknown int             `json:"purchases_of_nobody,omitempty"`
	Acts    map[string]int  `json:"acts"`
	Window  int             `json:"window_days"`
	Cases   []BehavedStep   `json:"steps_of_items,omitempty"`
	Visits  []BehavedStep   `json:"steps_of_people,omitempty"`
	Period  string          `json:"cohorts_by,omitempty"`
	Cohorts []BehavedCohort `json:"cohorts,omitempty"`
	Ages    []BehavedRate   `json:"retention,omitempty"`
	Repeats []BehavedRepeat `json:"repeat,omitempty"`
	Often   []BehavedOften  `json:"buyers_by_orders,omitempty"`
	Baskets *BehavedBaskets `json:"baskets,omitempty"`
	Pairs   []BehavedPair   `json:"pairs,omitempty"`
	Looked  int             `json:"pairs_looked_at,omitempty"`
	Least   int             `json:"pairs_at_least,omitempty"`
}

// BehavedRate is a share with its 95 % interval.
type BehavedRate struct {
	Of    int    `json:"of"`
	All   int    `json:"all"`
	Share Number `json:"share"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

// BehavedChange is the change of a share between two windows.
type BehavedChange struct {
	Before BehavedRate `json:"before"`
	Now    BehavedRate `json:"now"`
	Change Number      `json:"change"`
	Low    Number      `json:"low"`
	High   Number      `json:"high"`
	P      Number      `json:"p"`
}

// BehavedStep is a passage.
type BehavedStep struct {
	From string `json:"from"`
	To   string `json:"to"`
	BehavedRate
	Changed *BehavedChange `json:"last_window,omitempty"`
}

// BehavedCohort is a cohort.
type BehavedCohort struct {
	First  string        `json:"first"`
	People int           `json:"people"`
	Back   []BehavedRate `json:"back"`
}

// BehavedRepeat is who bought again within some days.
type BehavedRepeat struct {
	Days int `json:"days"`
	BehavedRate
	Changed BehavedChange `json:"halves"`
}

// BehavedOften is the buyers by the number of their orders.
type BehavedOften struct {
	From   int `json:"from"`
	To     int `json:"to,omitempty"`
	People int `json:"people"`
	Orders int `json:"orders"`
}

// BehavedBaskets is the size of baskets.
type BehavedBaskets struct {
	Baskets int    `json:"baskets"`
	Items   Number `json:"items"`
	Low     Number `json:"low"`
	High    Number `json:"high"`
	Single  Number `json:"share_of_one_item"`
	Before  Number `json:"before"`
	Now     Number `json:"now"`
	Change  Number `json:"change"`
	CLow    Number `json:"change_low"`
	CHigh   Number `json:"change_high"`
}

// BehavedPair is two items that are bought together.
type BehavedPair struct {
	A       string `json:"a"`
	B       string `json:"b"`
	NameA   string `json:"name_a,omitempty"`
	NameB   string `json:"name_b,omitempty"`
	Baskets int    `json:"baskets"`
	Lift    Number `json:"lift"`
	Low     Number `json:"lift_low"`
	Share   Number `json:"share_of_a_with_b"`
	P       Number `json:"p"`
}

func behavedRate(r behaviour.Rate) BehavedRate {
	return BehavedRate{r.Of, r.All, Number(r.Value), Number(r.Low), Number(r.High)}
}

// behaved is what the record says of behaviour.
func behaved(f *behaviour.Found) *Behaved {
	b := &Behaved{From: f.First.Format("2006-01-02"), To: f.Last.Format("2006-01-02"), Share: f.Share, People: f.People, Buyers: f.Buyers, Unknown: f.Unknown, Acts: map[string]int{},
		Window: f.Window, Period: string(f.Period), Looked: f.Looked, Least: f.Least}
	for k, n := range f.Acts {
		if n > 0 {
			b.Acts[behaviour.Kind(k).String()] = n
		}
	}
	steps := func(list []behaviour.Passage) (out []BehavedStep) {
		for _, p := range list {
			s := BehavedStep{From: p.From.String(), To: p.To.String(), BehavedRate: behavedRate(p.Whole)}
			if !math.IsNaN(p.Change) {
				s.Changed = &BehavedChange{behavedRate(p.Before), behavedRate(p.Now), Number(p.Change), Number(p.Low), Number(p.High), Number(p.P)}
			}
			out = append(out, s)
		}
		return out
	}
	b.Cases, b.Visits = steps(f.Cases), steps(f.Visits)
	rates := func(list []behaviour.Rate) []BehavedRate {
		out := []BehavedRate{}
		for _, r := range list {
			out = append(out, behavedRate(r))
		}
		return out
	}
	for _, c := range f.Cohorts {
		b.Cohorts = append(b.Cohorts, BehavedCohort{f.Period.Begin(c.First).Format("2006-01-02"), c.People, rates(c.Back)})
	}
	b.Ages = rates(f.Ages)
	for _, r := range f.Repeats {
		b.Repeats = append(b.Repeats, BehavedRepeat{r.Days, behavedRate(r.Whole), BehavedChange{behavedRate(r.Before), behavedRate(r.Now), Number(r.Change), Number(r.Low), Number(r.High), Number(r.P)}})
	}
	for _, o := range f.Often {
		b.Often = append(b.Often, BehavedOften(o))
	}
	if x := f.Baskets; x.Baskets > 0 {
		b.Baskets = &BehavedBaskets{x.Baskets, Number(x.Items.Value), Number(x.Items.Low), Number(x.Items.High), Number(x.Single.Value), Number(x.Before.Value), Number(x.Now.Value),
			Number(x.Change), Number(x.Low), Number(x.High)}
	}
	for _, p := range f.Pairs {
		b.Pairs = append(b.Pairs, BehavedPair{p.A, p.B, p.NameA, p.NameB, p.Together, Number(p.Lift), Number(p.Low), Number(p.Confidence.Value), Number(p.P)})
	}
	return b
}

// BehavedOf is what is known of behaviour, for machines.
func BehavedOf(f *behaviour.Found) *Behaved { return behaved(f) }

// writeBehaviour writes the tables that are asked for.
func (r *run) writeBehaviour(stage func(string, func(io.Writer) error) error) error {
	f := r.result.Data.Behaviour
	if f == nil {
		return nil
	}
	for _, t := range []struct {
		path string
		fill func(io.Writer, *behaviour.Found) error
	}{{r.outputs.Steps, write.Steps}, {r.outputs.Retention, write.Retention}, {r.outputs.Repeat, write.Repeat}, {r.outputs.Pairs, write.Pairs}} {
		if err := stage(t.path, func(w io.Writer) error { return t.fill(w, f) }); err != nil {
			return err
		}
	}
	return nil
}
