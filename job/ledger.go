package job

import (
	"cmp"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/ledger"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
)

// Ledger is what a run wrote into a ledger of claims.
type Ledger struct {
	File   string `json:"file"`
	Entry  int    `json:"entry"`  // number of the entry of its claims
	Head   string `json:"head"`   // digest of that entry, and so of all before it
	Claims int    `json:"claims"` // of this run
	Scored int    `json:"scored"` // earlier claims of which this run's data tell what came
}

// mostClaimed is of how many series a run makes claims, at most: of more, those whose ids have the smallest hashes, which has nothing to do with what
// will come of them, and the total.
const mostClaimed = 5000

// scope is what series of a configuration are of: claims are scored by series of the same scope.
func (c Config) scope(measure string) string {
	var rates []string
	for currency, rate := range c.Rates {
		rates = append(rates, currency+"="+strconv.FormatFloat(rate, 'g', -1, 64))
	}
	slices.Sort(rates)
	var parts []string
	for _, p := range [][2]string{{"measure", measure}, {"by", strings.Join(c.By, ",")}, {"where", c.Where}, {"rates", strings.Join(rates, ",")}, {"keep", strings.Join(c.Keep, ",")},
		{"table", c.Table}, {"week", c.WeekStart}, {"zone", c.Zone}} {
		if p[1] != "" && p != [2]string{"week", weekdays[0]} {
			parts = append(parts, p[0]+"="+p[1])
		}
	}
	return strings.Join(parts, " ")
}

// publish scores earlier claims by the data of this run, adds those it makes, and tells the report.
func (r *run) publish() error {
	if r.outputs.Ledger == "" || r.result.Data.Forecast == nil {
		return nil
	}
	p := r.result.Data.Panel
	scope := r.config.scope(r.result.Record.Input.Measure)
	now := time.Now().UTC().Truncate(time.Second)
	base := ledger.Entry{At: now, Version: r.result.Record.Build.Version, Snapshot: r.result.Record.Input.Digest, Known: p.Grid().Stamp(p.End() - 1), Scope: scope, Freq: p.Grid().Freq.String()}
	done := &Ledger{File: r.outputs.Ledger}
	l, err := ledger.Append(r.outputs.Ledger, func(l *ledger.Ledger) ([]ledger.Entry, error) {
		var entries []ledger.Entry
		if came := l.Score(p, scope); len(came) > 0 {
			e := base
			e.Outcomes, done.Scored = came, len(came)
			entries = append(entries, e)
		}
		e := base
		e.Claims, e.Hindsight = r.claims(), r.hindsight
		done.Claims = len(e.Claims)
		return append(entries, e), nil
	})
	if err != nil {
		return err
	}
	done.Entry, done.Head = len(l.Entries), l.Head()
	r.result.Record.Ledger = done
	s := l.Summary(false)
	r.result.Data.Ledger = &report.Ledger{Summary: s, Claims: done.Claims, Scored: done.Scored}
	return nil
}

// claims are what this run claims: of each series the central 80 % interval of the first and of the last step, that the sum of all steps is above
// that of as many steps before, what the story of the market says of trends, and the events that were asked for.
func (r *run) claims() []ledger.Claim {
	d := &r.result.Data
	f := d.Forecast
	counted := r.counted()
	method, number := map[string]string{}, map[string]int{}
	for i := range d.Panel.Len() {
		number[d.Panel.ID(i)] = i
	}
	var all []ledger.Claim
	for k := range f.Rows {
		row := &f.Rows[k]
		method[row.ID] = row.Method
		if row.Abstains() || !counted(row.ID) {
			continue
		}
		support := conform.SupportOf(d.Panel.Series(number[row.ID]).Demand())
		steps := []int{0}
		if f.Steps > 1 {
			steps = append(steps, f.Steps-1)
		}
		for _, h := range steps {
			if low, high, share, ok := interval(f, k, h, support); ok {
				at := f.Grid.Stamp(row.First + h)
				all = append(all, ledger.Claim{Kind: ledger.Interval, Series: row.ID, Method: row.Method, From: at, To: at, Horizon: h + 1, Low: ledger.Bound(low), High: ledger.Bound(high), P: share})
			}
		}
	}
	place := map[string]int{}
	for k := range f.Rows {
		place[f.Rows[k].ID] = f.Rows[k].First
	}
	for _, m := range d.Moves {
		if !m.Recent.Known() || !counted(m.ID) || math.IsNaN(m.Recent.Above) {
			continue
		}
		all = append(all, ledger.Claim{Kind: ledger.Rise, Series: m.ID, Method: method[m.ID], From: f.Grid.Stamp(place[m.ID]), To: f.Grid.Stamp(place[m.ID] + f.Steps - 1), Horizon: f.Steps,
			Low: ledger.Bound(m.Recent.From), Strict: true, Base: ledger.Bound(m.Recent.From), P: m.Recent.Above})
	}
	all = append(all, r.trendClaims(counted, method)...)
	if s := r.result.Sums; s != nil {
		for _, x := range s.List {
			for e, event := range s.Events {
				if !counted(x.ID) {
					continue
				}
				c := ledger.Claim{Kind: ledger.Event, Series: x.ID, Method: method[x.ID], From: f.Grid.Stamp(x.First), To: f.Grid.Stamp(x.First + x.Periods - 1), Horizon: x.First + x.Periods - place[x.ID],
					Strict: event.Strict, P: x.Probabilities[e]}
				if event.Above {
					c.Low = ledger.Bound(event.Threshold)
				} else {
					c.High = ledger.Bound(event.Threshold)
				}
				all = append(all, c)
			}
		}
	}
	return all
}

// trendClaims are those of the story: that a sum lies above what season alone expects by more than the share that counts, and that it lies below.
func (r *run) trendClaims(counted func(id string) bool, method map[string]string) []ledger.Claim {
	d := &r.result.Data
	if d.Story == nil {
		return nil
	}
	var all []ledger.Claim
	grid, q := d.Panel.Grid(), d.Story.Question
	for i := range d.Story.Profiles {
		p := &d.Story.Profiles[i]
		if p.Claim == nil || !(p.Claim.Expected > 0) || !counted(p.ID) || i >= d.Panel.Len() || d.Panel.ID(i) != p.ID {
			continue
		}
		from := d.Panel.Series(i).End()
		c := ledger.Claim{Kind: ledger.Trend, Series: p.ID, Method: method[p.ID], From: grid.Stamp(from), To: grid.Stamp(from + q.Steps - 1), Horizon: q.Steps, Strict: true, Base: ledger.Bound(p.Claim.Expected)}
		if c.P = p.Claim.Up; c.P >= 0 && c.P <= 1 {
			up := c
			up.Low = ledger.Bound((1 + q.By) * p.Claim.Expected)
			all = append(all, up)
		}
		if c.P = p.Claim.Down; c.P >= 0 && c.P <= 1 {
			c.High = ledger.Bound((1 - q.By) * p.Claim.Expected)
			all = append(all, c)
		}
	}
	return all
}

// counted says of which series claims are made.
func (r *run) counted() func(id string) bool {
	rows := r.result.Data.Forecast.Rows
	if len(rows) <= mostClaimed {
		return func(string) bool { return true }
	}
	hash := func(id string) uint64 {
		h := fnv.New64a()
		_, _ = h.Write([]byte(id))
		return h.Sum64()
	}
	all := make([]uint64, len(rows))
	for k := range rows {
		all[k] = hash(rows[k].ID)
	}
	slices.Sort(all)
	r.note(message.NoteOf("note.claims", mostClaimed, len(rows)))
	return func(id string) bool { return hash(id) < all[mostClaimed] || id == r.result.Data.Total }
}

// interval is the central 80 % interval of step h of row k, and the probability that the value lies in it: of whole numbers more than 80 %, as the ends
// belong to it.
func interval(f *tidewatch.Forecast, k, h int, support conform.Support) (low, high, share float64, ok bool) {
	levels, q := f.Levels, f.At(k, h)
	if len(levels) < 2 || levels[0] > .1 || levels[len(levels)-1] < .9 {
		return 0, 0, 0, false
	}
	low, high = f.Quantile(k, h, .1), f.Quantile(k, h, .9)
	if !support.Integer {
		return low, high, .8, true
	}
	low, high = math.Ceil(low-1e-9), math.Floor(high+1e-9)
	if low > high {
		return 0, 0, 0, false
	}
	under := upTo(levels, q, low-1)
	if low <= 0 && support.NonNegative {
		under = 0
	}
	return low, high, upTo(levels, q, high) - under, true
}

// upTo is the probability of the whole number v or less, by quantiles that were rounded to whole numbers: half a unit above v, on the line from the
// last quantile that is at most v to the next one; beyond all quantiles half of what is left.
func upTo(levels, q []float64, v float64) float64 {
	n, _ := slices.BinarySearchFunc(q, v+.5, cmp.Compare[float64])
	switch n {
	case 0:
		return levels[0] / 2
	case len(q):
		return (1 + levels[n-1]) / 2
	}
	share := (v + .5 - q[n-1]) / (q[n] - q[n-1])
	return levels[n-1] + share*(levels[n]-levels[n-1])
}

// ScoreLedger scores the claims of a ledger by the data that the run of a folder read. It returns how many claims have a new outcome.
func ScoreLedger(path, dir string) (*ledger.Ledger, int, error) {
	d, err := Load(dir)
	if err != nil {
		return nil, 0, err
	}
	var record struct {
		Config Config `json:"config"`
		Input  Input  `json:"input"`
	}
	if err := readRecord(dir, &record); err != nil {
		return nil, 0, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeInput, "there is no ledger %s", path)
	}
	scope, n := record.Config.scope(record.Input.Measure), 0
	l, err := ledger.Append(path, func(l *ledger.Ledger) ([]ledger.Entry, error) {
		came := l.Score(d.Panel, scope)
		if n = len(came); n == 0 {
			return nil, nil
		}
		grid := d.Panel.Grid()
		return []ledger.Entry{{At: time.Now().UTC().Truncate(time.Second), Version: ThisBuild().Version, Snapshot: record.Input.Digest, Known: grid.Stamp(d.Panel.End() - 1),
			Scope: scope, Freq: grid.Freq.String(), Outcomes: came}}, nil
	})
	return l, n, err
}

// LedgerHead is the ledger that stands in the record of the run of a folder; nil if none does.
func LedgerHead(dir string) (*Ledger, error) {
	var record struct {
		Ledger *Ledger `json:"ledger"`
	}
	return record.Ledger, readRecord(dir, &record)
}

// WorkspaceLedger is the ledger of a workspace.
func WorkspaceLedger(dir string) string { return filepath.Join(dir, ledger.Name) }
