// Command stat runs one method on a set made by ../shared/bench/prepare.py, one thread, every k-th series, and times it: the counterpart
// of ../shared/bench/stat_peers.py. It writes what score.py reads and prints one line of JSON.
package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model"
)

type meta struct {
	Freq      string
	Season, H int
}

func main() {
	set := flag.String("set", "", "folder with train.csv and meta.json")
	method := flag.String("method", "arima", "name of the method")
	every := flag.Int("every", 1, "run every k-th series")
	holdout := flag.Int("holdout", 0, "forecast the last values of train.csv instead, without having seen them (0 = forecast after it)")
	out := flag.String("out", "", "file for the forecast")
	truth := flag.String("truth", "", "with -holdout: folder for the set whose test part is what was held out")
	workers := flag.Int("workers", 1, "threads")
	flag.Parse()
	if err := run(*set, *method, *every, *holdout, *workers, *out, *truth); err != nil {
		fmt.Fprintln(os.Stderr, "stat:", err)
		os.Exit(1)
	}
}

func run(set, method string, every, holdout, workers int, out, truth string) error {
	var m meta
	raw, err := os.ReadFile(filepath.Join(set, "meta.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	freq, err := tidewatch.ParseFreq(m.Freq)
	if err != nil {
		return err
	}
	panel, err := load(filepath.Join(set, "train.csv"), freq, m.Season, every)
	if err != nil {
		return err
	}
	whole := panel
	if holdout > 0 {
		panel = panel.Before(holdout)
		m.H = holdout
	}
	meth, err := model.Panel(method, 1, workers)
	if err != nil {
		return err
	}
	ctx := context.Background()
	cpu, wall := cpuTime(), time.Now()
	fitted, err := meth.Fit(ctx, panel)
	if err != nil {
		return err
	}
	f, err := fitted.Forecast(ctx, tidewatch.Ask{Steps: m.H, Levels: []float64{.025, .1, .2, .3, .4, .5, .6, .7, .8, .9, .975}})
	if err != nil {
		return err
	}
	used, took := cpuTime()-cpu, time.Since(wall)
	fell := 0
	for _, p := range f.Problems {
		fell++
		fmt.Fprintln(os.Stderr, p.ID, p.Reason)
	}
	if out != "" {
		if err := write(out, f); err != nil {
			return err
		}
	}
	if truth != "" {
		if err := writeTruth(truth, raw, whole, panel, m.H); err != nil {
			return err
		}
	}
	n := float64(panel.Len())
	return json.NewEncoder(os.Stdout).Encode(struct {
		Set     string  `json:"set"`
		Method  string  `json:"model"`
		Series  int     `json:"series"`
		Failed  int     `json:"failed"`
		CPU     float64 `json:"cpu_s"`
		Wall    float64 `json:"wall_s"`
		PerUnit float64 `json:"ms_per_series"`
		RSS     int64   `json:"rss_mb"`
	}{filepath.Base(set), method, panel.Len(), fell, used.Seconds(), took.Seconds(), used.Seconds() * 1000 / n, peakMB()})
}

func cpuTime() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func peakMB() int64 { return usage().Maxrss / 1024 }

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for the process itself
	return u
}

const layout = "2006-01-02 15:04:05"

func parse(s string) (time.Time, error) {
	if len(s) == len("2006-01-02") {
		return time.Parse("2006-01-02", s)
	}
	return time.Parse(layout, s)
}

func load(path string, freq tidewatch.Freq, period, every int) (*tidewatch.Panel, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	rows := csv.NewReader(file)
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil {
		return nil, err
	}
	var grid tidewatch.Grid
	var series []tidewatch.Series
	number := map[string]int{}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		at, err := parse(row[1])
		if err != nil {
			return nil, err
		}
		v, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			return nil, err
		}
		if grid.Freq.IsZero() {
			grid = tidewatch.Grid{Freq: freq, Anchor: at}
		}
		i, ok := number[row[0]]
		index := grid.Index(at)
		if !ok {
			i = len(number)
			number[row[0]] = i
			if i%every == 0 {
				series = append(series, tidewatch.Series{ID: row[0], Start: index})
			}
		}
		if i%every > 0 {
			continue
		}
		s := &series[i/every]
		for s.Start+len(s.Values) < index {
			s.Values = append(s.Values, nan)
		}
		s.Values = append(s.Values, v)
	}
	var seasons []int
	if period > 1 {
		seasons = []int{period}
	}
	return tidewatch.NewPanel(grid, seasons, series)
}
