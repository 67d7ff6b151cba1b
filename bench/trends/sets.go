package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
)

// set is series, their groups, and how they are asked about.
type set struct {
	name         string
	panel        *tidewatch.Panel
	group        []int
	year         int     // periods after which the season comes back; 0 = none is known
	steps        int     // periods in a window; 0 = as asked for
	least        float64 // volume a period
	first, every int     // test origins: the first, in periods, and periods between
}

// unpacked hands the contents of a zstd file to do.
func unpacked(path string, do func(r io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	if err := do(z); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// table calls do with the fields of every line after the first.
func table(path string, do func(fields []string) error) error {
	return unpacked(path, func(z io.Reader) error {
		r := csv.NewReader(z)
		r.ReuseRecord, r.FieldsPerRecord, r.LazyQuotes = true, -1, true
		for n := 0; ; n++ {
			rec, err := r.Read()
			if err == io.EOF {
				return nil
			}
			if err == nil && n > 0 {
				err = do(rec)
			}
			if err != nil {
				return err
			}
		}
	})
}

// lines splits the lines after the first at commas, without quotes: M5's are 120 MB.
func lines(path string, do func(fields [][]byte)) error {
	return unpacked(path, func(z io.Reader) error {
		all, err := io.ReadAll(z)
		first := true
		for line := range bytes.Lines(all) {
			if !first {
				do(bytes.Split(bytes.TrimSpace(line), []byte{','}))
			}
			first = false
		}
		return err
	})
}

// shop adds up sales to weeks, of series by name.
type shop struct {
	monday time.Time
	weeks  int
	names  []string
	rows   map[string][]float64
	kind   map[string]string
}

func newShop(monday string, weeks int) *shop {
	at, err := time.Parse("2006-01-02", monday)
	if err != nil {
		panic(err)
	}
	return &shop{monday: at, weeks: weeks, rows: map[string][]float64{}, kind: map[string]string{}}
}

func (s *shop) add(name, kind, day string, amount float64) error {
	at, err := time.Parse("2006-01-02", day)
	if err != nil {
		return err
	}
	d := int(at.Sub(s.monday).Hours() / 24)
	if d < 0 || d/7 >= s.weeks {
		return nil
	}
	row := s.rows[name]
	if row == nil {
		row = make([]float64, s.weeks)
		name = strings.Clone(name)
		s.rows[name], s.kind[name] = row, strings.Clone(kind)
		s.names = append(s.names, name)
	}
	row[d/7] += amount
	return nil
}

func (s *shop) set(name string, least float64, first, every int) (*set, error) {
	slices.Sort(s.names)
	var series []tidewatch.Series
	out := &set{name: name, year: 52, least: least, first: first, every: every}
	kinds := map[string]int{}
	for _, n := range s.names {
		series = append(series, tidewatch.Series{ID: n, Values: s.rows[n]})
		k, ok := kinds[s.kind[n]]
		if !ok {
			k = len(kinds)
			kinds[s.kind[n]] = k
		}
		out.group = append(out.group, k)
	}
	var err error
	out.panel, err = tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: s.monday}, nil, series)
	return out, err
}

func load(data, name string) (*set, error) {
	switch name {
	case "m5":
		return loadM5(data)
	case "taobao_hours", "taobao_day", "taobao_days":
		return loadTaobao(data, name)
	case "online_retail":
		s := newShop("2010-12-06", 52) // the first and the last week are cut
		err := table(filepath.Join(data, "orders/online_retail/online_retail_2010-12_2011-12.csv.zst"), func(f []string) error {
			q, err := strconv.ParseFloat(f[3], 64)
			if err != nil || q <= 0 || len(f[1]) < 5 { // returns; short codes are postage and the like
				return err
			}
			return s.add(f[1], "", f[4][:10], q)
		})
		if err != nil {
			return nil, err
		}
		return s.set(name, 10, 26, 1)
	case "avocado":
		s := newShop("2014-12-29", 169) // weeks end on Sunday
		err := table(filepath.Join(data, "retail/avocado/avocado.csv.zst"), func(f []string) error {
			q, err := strconv.ParseFloat(f[3], 64)
			if err != nil {
				return err
			}
			return s.add(f[len(f)-1]+"/"+f[len(f)-3], f[len(f)-3], f[1], q)
		})
		if err != nil {
			return nil, err
		}
		return s.set(name, 1000, 60, 1)
	case "completejourney":
		category := map[string]string{}
		dir := filepath.Join(data, "orders/completejourney")
		if err := table(filepath.Join(dir, "products.csv.zst"), func(f []string) error {
			category[strings.Clone(f[0])] = strings.Clone(f[4])
			return nil
		}); err != nil {
			return nil, err
		}
		s := newShop("2017-01-02", 51)
		err := table(filepath.Join(dir, "transactions_sample.csv.zst"), func(f []string) error {
			q, err := strconv.ParseFloat(f[5], 64) // dollars: fuel is sold by thousands of units
			if err != nil || category[f[3]] == "" {
				return err
			}
			return s.add(category[f[3]], "", f[10][:10], q)
		})
		if err != nil {
			return nil, err
		}
		return s.set(name, 10, 26, 1)
	}
	return nil, fmt.Errorf("no set %q", name)
}

// value is the value of series i in a week, NaN where there is none.
func (s *set) value(i, week int) float64 {
	v := s.panel.Series(i)
	if week < v.Start || week >= v.End() {
		return math.NaN()
	}
	return v.Values[week-v.Start]
}
