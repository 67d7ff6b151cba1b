// Command gbm runs the global method on the M5 and Rossmann folders and says what it took; README.md tells how to score what it writes.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/gbm"
)

func main() {
	log.SetFlags(0)
	data := flag.String("data", "../shared/data", "the folder of shared data")
	set := flag.String("set", "rossmann", "m5 or rossmann")
	origin := flag.String("origin", "", "last day known: d_1913 or 2015-05-08")
	out := flag.String("out", "", "write the mean forecast as CSV: id, time, mean")
	raw := flag.String("raw", "", "write the mean forecast as float32, series after series")
	stores := flag.String("stores", "", "of M5, only these, such as CA_1,TX_2")
	var m gbm.Method
	parts := flag.String("parts", "", "partitions, such as store_id,dept_id; - is the whole")
	flag.IntVar(&m.Span, "span", 0, "days to learn from")
	flag.IntVar(&m.Draws, "draws", 0, "models a part")
	flag.IntVar(&m.Rows, "rows", 0, "rows a model")
	flag.IntVar(&m.Rounds, "rounds", 0, "trees")
	flag.IntVar(&m.Leaves, "leaves", 0, "leaves")
	flag.IntVar(&m.MinRows, "minrows", 0, "rows a leaf")
	flag.IntVar(&m.Bins, "bins", 0, "bins")
	flag.IntVar(&m.Block, "block", 0, "steps at once")
	flag.Float64Var(&m.Rate, "rate", 0, "learning rate")
	flag.Float64Var(&m.Features, "features", 0, "share of features")
	flag.Float64Var(&m.Bagging, "bagging", 0, "share of rows")
	flag.Float64Var(&m.Power, "power", 0, "Tweedie power")
	flag.Uint64Var(&m.Seed, "seed", 0, "seed")
	flag.BoolVar(&m.Percent, "percent", false, "least squared percentage error")
	omit := flag.String("omit", "", "features to do without")
	by := flag.String("totals", "", "forecast the sums by these attributes instead")
	flag.StringVar((*string)(&m.Target), "target", "", "what to learn")
	preset := flag.String("preset", "standard", "light, standard or large")
	flag.Float64Var(&m.Anchor, "anchor", 0, "how far totals hold")
	uncertainty := flag.Bool("wspl", false, "print the weighted scaled pinball loss (M5)")
	show := flag.Bool("show", false, "show the features with their gain")
	flag.Parse()
	for _, name := range strings.Split(*parts, ",") {
		if *parts != "" {
			m.Parts = append(m.Parts, strings.Trim(name, "-"))
		}
	}
	if *omit != "" {
		m.Omit = strings.Split(*omit, ",")
	}
	start := time.Now()
	p, actual, steps, err := load(*data, *set, *origin, *stores)
	if err != nil {
		log.Fatal(err)
	}
	if *by != "" {
		if p, err = totals(p, strings.Split(*by, ",")...); err != nil {
			log.Fatal(err)
		}
	}
	loaded, cpu := time.Since(start), used()
	m.Horizon = steps
	m = m.Budget(*preset)
	ctx := context.Background()
	fitted, err := m.Fit(ctx, p)
	if err != nil {
		log.Fatal(err)
	}
	f, err := fitted.Forecast(ctx, tidewatch.Ask{Steps: steps})
	if err != nil {
		log.Fatal(err)
	}
	if *show {
		for _, g := range fitted.(*gbm.Model).Gains() {
			fmt.Printf("%6.2f %% %s\n", 100*g.Share, g.Feature.Name)
		}
	}
	fmt.Printf("%s %s: %d series, read in %.1f s (CPU %.1f), forecast in %.1f s (CPU %.1f), peak %d MiB\n", *set, *origin, p.Len(), loaded.Seconds(), cpu,
		(time.Since(start) - loaded).Seconds(), used()-cpu, peak())
	if *raw != "" {
		if err := writeRaw(*raw, f); err != nil {
			log.Fatal(err)
		}
	}
	if *out != "" {
		if err := writeCSV(*out, p, f); err != nil {
			log.Fatal(err)
		}
	}
	if *uncertainty && actual != nil {
		mean, levels, err := wspl(ctx, fitted, p, actual, steps, 100)
		if err != nil {
			log.Fatal(err)
		}
		printLevels("WSPL", mean, levels)
	}
	runtime.KeepAlive(p)
}

func load(data, set, origin, stores string) (*tidewatch.Panel, [][]float64, int, error) {
	switch set {
	case "m5":
		end, err := strconv.Atoi(strings.TrimPrefix(origin, "d_"))
		if err != nil {
			return nil, nil, 0, fmt.Errorf("origin %q: write d_1913", origin)
		}
		var only map[string]bool
		for _, s := range strings.Split(stores, ",") {
			if s != "" {
				if only == nil {
					only = map[string]bool{}
				}
				only[s] = true
			}
		}
		p, actual, err := m5(filepath.Join(data, "forecasting/m5"), end, only)
		return p, actual, 28, err
	case "rossmann":
		p, err := rossmann(filepath.Join(data, "retail/rossmann"), origin)
		return p, nil, 42, err
	}
	return nil, nil, 0, fmt.Errorf("set %q is not known", set)
}

func writeRaw(path string, f *tidewatch.Forecast) error {
	var b []byte
	for _, row := range f.Rows {
		for _, v := range row.Mean {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		}
	}
	return os.WriteFile(path, b, 0o644)
}

func writeCSV(path string, p *tidewatch.Panel, f *tidewatch.Forecast) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	_, _ = fmt.Fprintln(w, "id,time,mean")
	for i, row := range f.Rows {
		s := p.Series(i)
		for h, v := range row.Mean {
			_, _ = fmt.Fprintf(w, "%s,%s,%g\n", s.ID, p.Grid().Stamp(s.End()+h).Format("2006-01-02"), v)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// used is the CPU time of the process in seconds, peak its largest memory in MiB.
func used() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func peak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss / 1024
}
