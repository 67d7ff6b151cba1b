package main

import (
	"cmp"
	"fmt"
	"math"
	"os"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/ledger"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/write"
)

// ledgerFlags say which ledger.
type ledgerFlags struct {
	file, workspace string
	hindsight       bool
	run             runFlags
}

func newLedger(c console) *cobra.Command {
	var f ledgerFlags
	cmd := &cobra.Command{
		Use:   "ledger [verify|score] [RUN FOLDER]...",
		Short: "Show how earlier claims did: were we right?",
		Long: `Ledger shows how the claims of earlier forecasts did: of those made at 80%, how many came true; the Brier score; by kind and method.

'tidewatch forecast --ledger ledger.jsonl' writes what it claims into the ledger as soon as it is made: intervals, rises and the events
asked for, each with its probability, periods and the digest of the data. A forecast of a workspace that writes files does so by itself,
into ledger.jsonl of the workspace. The next forecast with the same ledger scores what its data tell; so does
'tidewatch ledger score FOLDER' with the data of a run.

Lines are only ever added, and each holds the digest of the one before. 'tidewatch ledger verify' says whether all are as they were written, and
with the folders of runs whether the heads in their run.json are still there: then no claim was changed or taken back since.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch forecast --in orders.csv --by country,total --freq W --horizon 4 --origin 2011-10-02 --method ets --ledger ledger.jsonl --out october/
  tidewatch forecast --in orders.csv --by country,total --freq W --horizon 4 --method ets --ledger ledger.jsonl --out december/

  # were we right? (the claims of October were made in hindsight: counted where that is asked for)
  tidewatch ledger --hindsight

  # nobody changed a claim since these reports were written
  tidewatch ledger verify october december`,
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := language(f.run.lang)
			if err != nil {
				return err
			}
			path := f.file
			if f.workspace != "" {
				path = job.WorkspaceLedger(f.workspace)
			}
			if len(args) > 0 {
				switch args[0] {
				case "verify":
					return f.verify(c, l, path, args[1:])
				case "score":
					return f.score(c, l, path, args[1:])
				}
				return tidewatch.Errorf(tidewatch.CodeUsage, "unknown word %q: use tidewatch ledger, tidewatch ledger verify or tidewatch ledger score FOLDER", args[0])
			}
			return f.show(c, l, path)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.file, "ledger", ledger.Name, "the file of claims")
	flags.StringVar(&f.workspace, "workspace", "", "the ledger of this workspace instead")
	flags.BoolVar(&f.hindsight, "hindsight", false, "also count claims made as if it were an earlier time (--origin, --as-of)")
	flags.BoolVar(&f.run.json, "json", false, "for machines")
	f.run.registerLang(cmd)
	return cmd
}

// open reads a ledger that must be there.
func (f *ledgerFlags) open(path string) (*ledger.Ledger, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "there is no ledger %s: tidewatch forecast --ledger %s writes one", path, path)
	}
	return ledger.Open(path)
}

// ledgerRecord is a ledger for machines.
type ledgerRecord struct {
	File      string         `json:"file"`
	Entries   int            `json:"entries"`
	Head      string         `json:"head"`
	Breaks    []ledger.Break `json:"breaks,omitempty"`
	Torn      int64          `json:"torn,omitempty"`
	Hindsight int            `json:"hindsight_left_out,omitempty"`
	All       calibration    `json:"all"`
	Kinds     []calibration  `json:"kinds"`
	Methods   []calibration  `json:"methods"`
}

type calibration struct {
	Name   string     `json:"name,omitempty"`
	Claims int        `json:"claims"`
	Scored int        `json:"scored"`
	True   int        `json:"came_true"`
	Brier  job.Number `json:"brier"`
	Skill  job.Number `json:"skill"`
	Error  job.Number `json:"calibration_error"`
	Bins   []binRow   `json:"bins,omitempty"`
}

type binRow struct {
	Claimed job.Number `json:"claimed"`
	Claims  int        `json:"claims"`
	True    int        `json:"came_true"`
	Share   job.Number `json:"share"`
	Low     job.Number `json:"low"`
	High    job.Number `json:"high"`
}

func calibrationOf(r ledger.Record) calibration {
	c := calibration{Name: r.Name, Claims: r.Claims, Scored: r.Scored, True: r.True, Brier: job.Number(r.Brier), Skill: job.Number(r.Skill), Error: job.Number(r.Error)}
	for _, b := range r.Bins {
		c.Bins = append(c.Bins, binRow{job.Number(b.Claimed), b.Claims, b.True, job.Number(b.Share()), job.Number(b.Low), job.Number(b.High)})
	}
	return c
}

func calibrationsOf(list []ledger.Record) []calibration {
	out := []calibration{}
	for _, r := range list {
		out = append(out, calibrationOf(r))
	}
	return out
}

// show prints how the claims did.
func (f *ledgerFlags) show(c console, l message.Lang, path string) error {
	book, err := f.open(path)
	if err != nil {
		return err
	}
	s := book.Summary(f.hindsight)
	if f.run.json {
		return write.Indented(c.out, ledgerRecord{path, s.Entries, s.Head, book.Breaks, book.Torn, s.Hindsight, calibrationOf(s.All), calibrationsOf(s.Kinds), calibrationsOf(s.Methods)})
	}
	if s.Entries == 0 {
		fmt.Fprintln(c.out, l.Say("ledger.empty", path))
		return nil
	}
	fmt.Fprintln(c.out, l.Say("ledger.is", path, s.Entries, s.All.Claims, s.All.Scored))
	fmt.Fprintln(c.out, l.Say("ledger.head", s.Head))
	if book.Torn > 0 {
		fmt.Fprintln(c.out, l.Say("ledger.torn", int(book.Torn)))
	}
	if s.Hindsight > 0 {
		fmt.Fprintln(c.out, l.Say("ledger.hindsight", s.Hindsight))
	}
	f.breaks(c, l, book)
	if s.All.Scored == 0 {
		fmt.Fprintln(c.out, l.Say("ledger.open"))
		return nil
	}
	if b := most(s.All.Bins); b != nil {
		fmt.Fprintf(c.out, "\n%s\n\n", l.Say("ledger.sentence", b.Claims, l.Percent(b.Claimed, 0), l.Percent(b.Share(), 0), l.Percent(b.Low, 0), l.Percent(b.High, 0)))
	}
	t := &table{indent: "  ", left: 1}
	t.add(l.Say("ledger.claimed"), l.Say("ledger.claims"), l.Say("ledger.came"), l.Say("ledger.between"))
	for _, b := range s.All.Bins {
		t.add(l.Percent(b.Claimed, 0), l.Number(float64(b.Claims), 0), l.Percent(b.Share(), 0), l.Percent(b.Low, 0)+" – "+l.Percent(b.High, 0))
	}
	t.print(c.out)
	fmt.Fprintln(c.out)
	t = &table{indent: "  ", left: 1}
	t.add(l.Say("ledger.by"), l.Say("ledger.claims"), l.Say("ledger.done"), l.Say("ledger.came"), l.Say("ledger.brier"), l.Say("ledger.skill"), l.Say("ledger.error"))
	line := func(r ledger.Record, name string) {
		share := message.Unknown
		if r.Scored > 0 {
			share = l.Percent(float64(r.True)/float64(r.Scored), 0)
		}
		t.add(name, l.Number(float64(r.Claims), 0), l.Number(float64(r.Scored), 0), share, l.Number(r.Brier, 3), l.Number(r.Skill, 2), l.Number(r.Error, 3))
	}
	line(s.All, l.Say("ledger.all"))
	for _, r := range s.Kinds {
		line(r, l.Or("ledger.kind."+r.Name, r.Name))
	}
	const methods = 12
	for _, r := range s.Methods[:min(methods, len(s.Methods))] {
		line(r, cmp.Or(r.Name, message.Unknown))
	}
	t.print(c.out)
	return nil
}

// most is the bin that most claims are in.
func most(bins []ledger.Bin) *ledger.Bin {
	best, n := -1, math.MinInt
	for k, b := range bins {
		if b.Claims > n {
			best, n = k, b.Claims
		}
	}
	if best < 0 {
		return nil
	}
	return &bins[best]
}

// breaks lists the lines that are not as they were written.
func (f *ledgerFlags) breaks(c console, l message.Lang, book *ledger.Ledger) {
	for _, b := range book.Breaks {
		fmt.Fprintln(c.out, l.Say("ledger."+string(b.Why), b.Line))
	}
}

// verify says whether a ledger is as it was written, and holds the heads of runs.
func (f *ledgerFlags) verify(c console, l message.Lang, path string, runs []string) error {
	book, err := f.open(path)
	if err != nil {
		return err
	}
	wrong := len(book.Breaks)
	f.breaks(c, l, book)
	if book.Torn > 0 {
		fmt.Fprintln(c.out, l.Say("ledger.torn", int(book.Torn)))
	}
	for _, dir := range runs {
		r, err := job.LedgerHead(dir)
		switch {
		case err != nil:
			return err
		case r == nil:
			return tidewatch.Errorf(tidewatch.CodeUsage, "the run of %s kept no ledger", dir)
		}
		if at := book.Find(r.Head); at >= 0 && at+1 == r.Entry {
			fmt.Fprintln(c.out, l.Say("ledger.anchored", dir, r.Entry))
		} else {
			wrong++
			fmt.Fprintln(c.out, l.Say("ledger.lost", dir, r.Head))
		}
	}
	if wrong > 0 {
		return tidewatch.Errorf(tidewatch.CodeData, "%s is not as it was written", path)
	}
	fmt.Fprintln(c.out, l.Say("ledger.whole"))
	fmt.Fprintln(c.out, l.Say("ledger.head", book.Head()))
	return nil
}

// score scores claims by the data of runs.
func (f *ledgerFlags) score(c console, l message.Lang, path string, runs []string) error {
	if len(runs) == 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "by which data? Name the folder of a run that read them, such as tidewatch ledger score result")
	}
	for _, dir := range runs {
		_, n, err := job.ScoreLedger(path, dir)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, l.Say("ledger.scored", n))
	}
	return f.show(c, l, path)
}

// ledgerOf is the ledger a forecast writes into; "" = none. What is forecast of a workspace and written into files is published, and so kept.
func ledgerOf(flag string, config job.Config, o job.Outputs) string {
	switch {
	case flag == "none":
		return ""
	case flag == "" && config.Workspace != "" && (len(o.Forecast) > 0 || o.Report != "" || o.Folder != ""):
		return job.WorkspaceLedger(config.Workspace)
	}
	return flag
}
