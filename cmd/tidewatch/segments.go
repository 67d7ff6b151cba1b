package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report/segments"
	"github.com/tidewatch/tidewatch/write"
)

func newSegments(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	var of, k, method, out, page, rejected, record string
	cmd := &cobra.Command{
		Use:   "segments",
		Short: "Find groups of series, items or customers that are alike, and say what sets each apart",
		Long: `Segments parts series by how they run over time (season and growth, whatever their size), items by what is sold and how, or customers by
how lately, how often and how much they buy, or what they look at. Each segment gets a name that says what sets it apart.

How many segments there are is chosen by how far they lie apart (silhouette) and whether they come back when rows are drawn anew
(stability). What is of no one kind is said to be so. --of:

  series     what forecast reads: items, or the groups of --by. Methods that find shapes wherever in time they stand: kshape, dtw
  items      of orders or events: units, price, pieces per order, growth, regularity; views, carts, purchases
  customers  of orders or events with a column of customers: recency, frequency, money; views, carts, purchases

Methods: kmeans (default), minibatch, kmedoids(euclidean|correlation|shape|dtw|msm), hierarchical(ward|average|complete|single),
mixture(full|diagonal), dbscan and hdbscan (find the number themselves and leave out what is like no other), kshape, dtw.`,
		Example: `  # items by how they sold over the year, as text
  tidewatch demo --export orders.csv
  tidewatch segments --in orders.csv --freq W

  # who buys: a list, and a page with a map; the same in Chinese
  tidewatch segments --in orders.csv --of customers --out customers/
  tidewatch segments --in orders.csv --of customers --lang zh

  # five groups of countries by the shape of their sales, wherever in the year it stands
  tidewatch segments --in orders.csv --by country --freq W --method kshape --k 5`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data.config.Horizon = 1 // nothing is forecast
			config, err := data.configuration()
			if err != nil {
				return err
			}
			s := job.SegmentConfig{Of: segment.Subject(of), Method: method}
			if err := chooseSubject(&s, of); err != nil {
				return err
			}
			if k != "auto" {
				if s.K, err = strconv.Atoi(k); err != nil || s.K < 2 {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--k %s: say how many segments, 2 or more, or auto", k)
				}
				if method == "dbscan" || method == "hdbscan" {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--k %s: %s finds the number of segments by itself; leave --k out", k, method)
				}
			}
			if s.Of != segment.Series && (data.by != "" || data.freq != "auto" || config.Measure != "") {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--by, --freq and --measure make series: leave them out with --of %s", of)
			}
			outputs, err := segmentOutputs(out, page, rejected, record)
			if err != nil {
				return err
			}
			engine := func(ctx context.Context, config job.Config, o job.Outputs, w job.Watch) (*job.Result, error) {
				return job.Segments(ctx, config, s, o, w)
			}
			r, err := run.start(cmd.Context(), c, engine, config, outputs)
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, r.Record)
			}
			newSummary(c.out, r).segments()
			return nil
		},
	}
	data.registerInput(cmd)
	flags := cmd.Flags()
	flags.StringVar(&of, "of", "series", "what to part: series, items or customers")
	flags.StringVar(&k, "k", "auto", "how many segments; auto chooses 2 to 8")
	flags.StringVar(&method, "method", "kmeans", "how: see above")
	flags.Uint64Var(&data.config.Seed, "seed", 1, "seed of everything random: the same seed gives the same bytes")
	flags.StringVar(&out, "out", "", "write which belongs to which segment to this .csv file, or everything into this folder")
	flags.StringVar(&page, "report", "", "write a page with a map of all, and a picture of each segment, to this .html file")
	flags.StringVar(&rejected, "rejected", "", "write refused rows to this .csv file")
	flags.StringVar(&record, "record", "", "write the record of the run to this .json file")
	complete(cmd, "of", "series", "items", "customers")
	complete(cmd, "method", segment.MethodNames()...)
	complete(cmd, "k", "auto")
	run.register(cmd)
	return cmd
}

// chooseSubject checks --of.
func chooseSubject(s *job.SegmentConfig, of string) error {
	var names []string
	for _, known := range segment.Subjects() {
		if string(known) == of {
			return nil
		}
		names = append(names, string(known))
	}
	hint := ""
	if near := tidewatch.Nearest(of, names); near != "" {
		hint = " (did you mean " + near + "?)"
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "--of %s: segment what?%s Use %s", of, hint, strings.Join(names, ", "))
}

// segmentOutputs is what is written where.
func segmentOutputs(out, page, rejected, record string) (job.Outputs, error) {
	o := job.Outputs{SegmentPage: page, Rejected: rejected, Record: record}
	switch {
	case out == "":
	case out == "-":
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "--out - : the summary goes to standard output; name a file, such as --out segments.csv, or print --json")
	case isFolder(out):
		dir := filepath.Clean(out)
		o.Folder = dir
		for _, f := range []struct {
			to   *string
			name string
		}{{&o.Segments, "segments.csv"}, {&o.SegmentPage, "segments.html"}, {&o.Rejected, "rejected.csv"}, {&o.Record, "run.json"}} {
			if *f.to == "" {
				*f.to = filepath.Join(dir, f.name)
			}
		}
	default:
		o.Segments = out
	}
	for _, f := range []struct{ flag, path, ending string }{{"out", o.Segments, ".csv"}, {"report", o.SegmentPage, ".html"}} {
		if f.path != "" && !strings.EqualFold(filepath.Ext(f.path), f.ending) && isPlain(f.path) {
			hint := ""
			if f.flag == "out" {
				hint = ", or name a folder, such as " + f.path + "/"
			}
			return o, tidewatch.Errorf(tidewatch.CodeUsage, "--%s %s: give it the ending %s%s", f.flag, f.path, f.ending, hint)
		}
	}
	return o, nil
}

const segmentSpark = 26 // columns of a segment's picture

// segments says what groups were found.
func (s summary) segments() {
	f := s.r.Segments
	if s.r.Data.Panel != nil {
		s.input()
	} else {
		s.readRows()
	}
	names := map[string]string{}
	for id, l := range s.labels {
		names[id] = l.Name
	}
	fmt.Fprintf(s.w, "\n%s\n", s.paint.bold(s.lang.Say("segments.title", len(f.Segments), len(f.IDs), s.lang.Say("segment.kind."+string(f.Of)))))
	t := &table{indent: "  ", left: 1, notes: true}
	head := []string{"#", s.lang.Say("segments.size"), s.lang.Say("segments.share")}
	if f.Lines != nil {
		head = append(head, s.lang.Say("segments.shape"))
	} else {
		for _, trait := range f.Traits[:min(4, len(f.Traits))] {
			head = append(head, s.lang.Say("trait."+trait.Name))
		}
	}
	t.add(append(head, s.lang.Say("segments.name"))...)
	for a := range f.Segments {
		g := &f.Segments[a]
		row := []string{strconv.Itoa(a + 1), s.lang.Number(float64(g.Size), 0), s.lang.Percent(float64(g.Size)/float64(len(f.IDs)), 0)}
		if f.Lines != nil {
			line := squeeze(g.Line, segmentSpark)
			lo, hi := rangeOf(line)
			row = append(row, s.paint.next(blocks(line, min(0, lo), hi)))
		} else {
			for k, trait := range f.Traits[:min(4, len(f.Traits))] {
				row = append(row, segments.Value(s.lang, trait, g.Medians[k]))
			}
		}
		t.add(append(row, g.Name(s.lang))...)
	}
	t.print(s.w)
	fmt.Fprintf(s.w, "\n%s\n", s.lang.Say("segments.typical"))
	for a := range f.Segments {
		var members []string
		for _, m := range segments.Typical(f, a, names, 4) {
			members = append(members, shorten(m, 30))
		}
		fmt.Fprintf(s.w, "  %d  %s\n", a+1, strings.Join(members, " · "))
	}
	s.blank()
	s.line(segments.Quality(s.lang, f))
	if weak := segments.Weak(s.lang, f); weak != "" {
		s.line(weak)
	}
	for _, left := range segments.LeftOut(s.lang, f) {
		s.line(left)
	}
	s.blank()
	if files := s.r.Outputs.Files(); len(files) > 0 {
		fmt.Fprintln(s.w, s.lang.Say("summary.files", strings.Join(files, "  ")))
	} else {
		fmt.Fprintln(s.w, s.lang.Say("segments.hint"))
	}
	m := s.r.Record.Timings
	fmt.Fprintln(s.w, s.lang.Say("summary.took", s.lang.Number(m.Seconds, 1), s.lang.Number(float64(m.PeakMemory)/1e6, 0), m.Threads))
}

// squeeze is values averaged to at most n.
func squeeze(x []float64, n int) []float64 {
	if len(x) <= n {
		return x
	}
	out := make([]float64, n)
	for k := range out {
		sum, count := 0.0, 0.0
		for _, v := range x[k*len(x)/n : (k+1)*len(x)/n] {
			if v == v {
				sum += v
				count++
			}
		}
		out[k] = sum / count
	}
	return out
}
