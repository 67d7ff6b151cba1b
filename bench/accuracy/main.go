// Command accuracy scores methods on the sets made by ../shared/bench/prepare.py and prints a table in Markdown:
//
//	go run ./bench/accuracy -dir /tmp/bench -methods snaive,auto
//	go run ./bench/accuracy -dir /tmp/bench -holdout 1 -sets m3_monthly     # inside the training part: for choosing a design
//
// The measures are those of ../shared/bench/score.py, which scores the files that -write leaves to the same numbers. -holdout k
// forecasts the last horizon of train.csv but k-1 horizons, without looking at test.csv at all: whatever is tuned is tuned there.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/bench/sets"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/score"
	"github.com/tidewatch/tidewatch/selection"
)

const allSets = "m3_yearly,m3_quarterly,m3_monthly,m3_other,nn3,tourism_yearly,tourism_monthly,m4_hourly,carparts,m5_sample"

type options struct {
	dir, write string
	holdout    int
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "/tmp/bench", "folder of the sets")
	flag.StringVar(&o.write, "write", "", "folder to leave forecasts in, SET.METHOD.csv")
	flag.IntVar(&o.holdout, "holdout", 0, "forecast inside the training part: 1 = its last horizon, 2 = the one before, ...")
	names := flag.String("sets", allSets, "sets, by comma")
	methods := flag.String("methods", "snaive,auto", "methods, by comma: names, auto, auto:light, auto:large, pick:NAME+NAME, or calibrated:NAME")
	threads := flag.Int("threads", 0, "processors to use; 0 = all")
	flag.Parse()
	if *threads > 0 {
		runtime.GOMAXPROCS(*threads)
	}
	fmt.Println("| set | series | method | sMAPE | MASE | RMSSE | bias | WQL | SQL | cov80 | cov95 | below | calib | first | last | CPU s | s |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for set := range strings.SplitSeq(*names, ",") {
		s, err := sets.Load(filepath.Join(o.dir, set), 0, o.holdout)
		if err == nil {
			for method := range strings.FieldsFuncSeq(*methods, outside()) {
				if err = run(o, s, method); err != nil {
					break
				}
			}
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "accuracy: %s: %v\n", set, err)
			os.Exit(1)
		}
	}
}

// outside finds the commas between methods: not those inside of brackets.
func outside() func(rune) bool {
	depth := 0
	return func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return r == ',' && depth == 0
	}
}

// parse makes the method of a name.
func parse(name string, steps int) (tidewatch.Method, error) {
	kind, rest, _ := strings.Cut(name, ":")
	switch kind {
	case "auto":
		return selection.Auto{Horizon: steps, Preset: selection.Preset(rest)}, nil
	case "pick":
		a := selection.Auto{Horizon: steps}
		for _, n := range strings.Split(rest, "+") {
			m, err := model.Local(n)
			if err != nil {
				return nil, err
			}
			a.Methods = append(a.Methods, fleet.Lifted{Method: m})
		}
		return a, nil
	case "calibrated":
		m, err := model.Panel(rest, 0, 0)
		return conform.Calibrated{Method: model.For(m, steps), Horizon: steps}, err
	}
	m, err := model.Panel(name, 0, 0)
	return model.For(m, steps), err
}

func run(o options, s *sets.Set, name string) error {
	method, err := parse(name, s.Steps)
	if err != nil {
		return err
	}
	train, whole := s.Train, s.Whole
	start, cpu := time.Now(), cpuSeconds()
	m, err := method.Fit(context.Background(), train)
	if err != nil {
		return err
	}
	f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: s.Steps})
	if err != nil {
		return err
	}
	wall, cpu := time.Since(start).Seconds(), cpuSeconds()-cpu
	if err := f.Check(); err != nil {
		return err
	}
	all, first, last, below := judge(s, train, whole, f)
	fmt.Printf("| %s | %d | %s | %.2f | %.3f | %.3f | %.3f | %.4f | %.4f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.1f | %.1f |\n",
		s.Name, all.Series, name, all.SMAPE, all.MASE, all.RMSSE, all.Bias, all.WQL, all.SQL, all.Cov80, all.Cov95, below, all.Calib, first.Calib, last.Calib, cpu, wall)
	if o.write != "" {
		return write(filepath.Join(o.write, s.Name+"."+strings.ReplaceAll(name, ":", "-")+".csv"), f)
	}
	return nil
}

// judge sums up all steps, the first and the last, and tells the share of actual values below the median: where it is far from a half,
// the series of the set moved together.
func judge(s *sets.Set, train, whole *tidewatch.Panel, f *tidewatch.Forecast) (all, first, last score.Summary, below float64) {
	tallies := [3]*score.Tally{score.NewTally(f.Levels), score.NewTally(f.Levels), score.NewTally(f.Levels)}
	for i := range f.Rows {
		y := train.Series(i).Values
		for _, t := range tallies {
			t.Series(score.MASEScale(y, s.MASESeason), score.RMSSEScale(y))
		}
		if f.Rows[i].Abstains() {
			continue
		}
		actual := backtest.Actuals(whole, train, i, f.Steps)
		for h, v := range actual {
			tallies[0].Cell(v, f.Rows[i].Mean[h], f.At(i, h))
		}
		tallies[1].Cell(actual[0], f.Rows[i].Mean[0], f.At(i, 0))
		end := f.Steps - 1
		tallies[2].Cell(actual[end], f.Rows[i].Mean[end], f.At(i, end))
	}
	below = math.NaN()
	for _, c := range tallies[0].Coverage() {
		if c.Level == .5 {
			below = c.Nearest()
		}
	}
	return tallies[0].Summary(), tallies[1].Summary(), tallies[2].Summary(), below
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// write leaves a forecast as score.py reads it.
func write(path string, f *tidewatch.Forecast) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(file)
	w.WriteString("id,time,mean")
	for _, q := range f.Levels {
		w.WriteString(",q" + strconv.FormatFloat(q, 'g', -1, 64))
	}
	for k, r := range f.Rows {
		for h := range r.Mean {
			fmt.Fprintf(w, "\n%s,%s,%v", r.ID, f.Grid.Stamp(r.First+h).Format("2006-01-02 15:04:05"), r.Mean[h])
			for _, v := range f.At(k, h) {
				w.WriteString("," + strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
	}
	w.WriteByte('\n')
	return w.Flush()
}
