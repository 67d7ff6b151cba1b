package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/tidewatch/tidewatch"
)

// lines calls do with the fields of every line after the first of a comma-separated file without quotes, which may be compressed.
func lines(path string, head func(fields [][]byte), do func(fields [][]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if strings.HasSuffix(path, ".zst") {
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return err
		}
		defer z.Close()
		r = z
	}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<20), 1<<20)
	var fields [][]byte
	for first := true; s.Scan(); first = false {
		fields = fields[:0]
		for rest := s.Bytes(); ; {
			k := bytes.IndexByte(rest, ',')
			if k < 0 {
				fields = append(fields, rest)
				break
			}
			fields, rest = append(fields, rest[:k]), rest[k+1:]
		}
		if !first {
			if err := do(fields); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		} else if head != nil {
			head(fields)
		}
	}
	return s.Err()
}

// labelled collects texts as the values of a categorical covariate.
type labelled struct {
	cov   tidewatch.Covariate
	index map[string]float32
}

func (l *labelled) add(text string) {
	if l.index == nil {
		l.index = map[string]float32{}
		l.cov.Labels = []string{}
	}
	v, ok := l.index[text]
	if !ok && text != "" {
		v = float32(len(l.index))
		l.index[text] = v
		l.cov.Labels = append(l.cov.Labels, text)
	}
	if text == "" {
		v = float32(math.NaN())
	}
	l.cov.Values = append(l.cov.Values, v)
}

// m5 reads the M5 folder as it was known at the end of day d_end; of prices, the last days only. actual is what came in the 28 days after it.
func m5(dir string, end int, stores map[string]bool) (p *tidewatch.Panel, actual [][]float64, err error) {
	const priceDays = 1600
	attributes := make([]labelled, 5)
	for k, name := range []string{"item_id", "dept_id", "cat_id", "store_id", "state_id"} {
		attributes[k].cov = tidewatch.Covariate{Name: name, Scope: tidewatch.BySeries}
	}
	var series []tidewatch.Series
	row := map[string]int{}
	read := func(file string, skip int) error {
		return lines(filepath.Join(dir, file), nil, func(f [][]byte) error {
			f = f[skip:]
			if stores != nil && !stores[string(f[3])] {
				return nil
			}
			id := string(f[0]) + "_" + string(f[3])
			i, ok := row[id]
			if !ok {
				i = len(series)
				row[id] = i
				series = append(series, tidewatch.Series{ID: id, Values: make([]float64, 0, 1941)})
				for k := range attributes {
					attributes[k].add(string(f[k]))
				}
			}
			for _, b := range f[5:] {
				v := 0
				for _, c := range b {
					v = v*10 + int(c-'0')
				}
				series[i].Values = append(series[i].Values, float64(v))
			}
			return nil
		})
	}
	if err := read("sales_train_validation.csv.zst", 1); err != nil {
		return nil, nil, err
	}
	if err := read("sales_test_validation.csv.zst", 0); err != nil {
		return nil, nil, err
	}
	var week []string
	var event, kind, second labelled
	snap := make([]float32, 3*1969)
	err = lines(filepath.Join(dir, "calendar.csv"), nil, func(f [][]byte) error {
		t := len(week)
		week = append(week, string(f[1]))
		event.add(string(f[7]))
		kind.add(string(f[8]))
		second.add(string(f[9]))
		for k := range 3 {
			snap[k*1969+t] = float32(f[11+k][0] - '0')
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	event.cov.Name, kind.cov.Name, second.cov.Name = "event", "event_type", "event_2"
	covariates := []tidewatch.Covariate{}
	for k := range attributes {
		covariates = append(covariates, attributes[k].cov)
	}
	for _, c := range []labelled{event, kind} {
		c.cov.Ahead = true
		covariates = append(covariates, c.cov)
	}
	first := max(0, end-priceDays)
	n := end - first
	price := tidewatch.Covariate{Name: "price", Scope: tidewatch.ByCell, Ahead: true, Values: make([]float32, n*len(series))}
	for k := range price.Values {
		price.Values[k] = float32(math.NaN())
	}
	days := map[string][]int{}
	for t := first; t < end; t++ {
		days[week[t]] = append(days[week[t]], t-first)
	}
	var key []byte
	i := -1
	err = lines(filepath.Join(dir, "sell_prices.csv.zst"), nil, func(f [][]byte) error {
		if len(key) != len(f[0])+len(f[1])+1 || !bytes.Equal(key[:len(f[1])], f[1]) || !bytes.Equal(key[len(f[1])+1:], f[0]) {
			key = append(append(append(key[:0], f[1]...), '_'), f[0]...)
			var ok bool
			if i, ok = row[string(key)]; !ok {
				i = -1
			}
		}
		if i < 0 {
			return nil
		}
		at, ok := days[string(f[2])]
		if !ok {
			return nil
		}
		v, err := strconv.ParseFloat(string(f[3]), 32)
		for _, d := range at {
			price.Values[i*n+d] = float32(v)
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	snaps := tidewatch.Covariate{Name: "snap", Scope: tidewatch.ByCell, Ahead: true, Values: snap}
	state := map[string]int{"CA": 0, "TX": 1, "WI": 2}
	for i := range series {
		s := &series[i]
		price.Cells = append(price.Cells, tidewatch.Cells{Start: first, Offset: i * n, Len: n})
		k := state[attributes[4].cov.Labels[int(attributes[4].cov.Values[i])]]
		snaps.Cells = append(snaps.Cells, tidewatch.Cells{Offset: k * 1969, Len: 1969})
		actual = append(actual, s.Values[min(end, len(s.Values)):min(end+28, len(s.Values))])
		s.Values = s.Values[:end]
		for len(s.Values) > 0 && s.Values[0] == 0 { // not sold yet
			s.Values = s.Values[1:]
			s.Start++
		}
	}
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2011, 1, 29, 0, 0, 0, 0, time.UTC)}
	p, err = tidewatch.NewPanel(grid, []int{7}, series, append(covariates, price, snaps)...)
	return p, actual, err
}
