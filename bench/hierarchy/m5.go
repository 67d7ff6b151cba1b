package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/read"
)

// market is a set of bottom series in a hierarchy, with what weighs them.
type market struct {
	h       *hierarchy.Hierarchy
	bottom  *tidewatch.Panel
	ids     []string
	units   [][]float64 // [bottom series][period]
	money   [][]float64 // the same in revenue, of the periods weights may come from; nil = units
	group   []string    // [level, then the bottom] the group of levels it is reported in
	days    []int       // lengths of sums to judge, in periods
	horizon int
	whole   bool // units are whole numbers
}

func (m *market) node(texts map[string][]string, names ...string) error {
	levels := []hierarchy.Level{hierarchy.Total("total", len(m.ids))}
	for _, name := range names {
		joined := make([]string, len(m.ids))
		for i := range joined {
			var parts []string
			for _, n := range strings.Split(name, "+") {
				parts = append(parts, texts[n][i])
			}
			joined[i] = strings.Join(parts, "|")
		}
		levels = append(levels, hierarchy.Group(name, joined, func(text string) string { return name + "=" + text }))
	}
	m.group = append(append([]string{"total"}, names...), "bottom")
	var err error
	m.h, err = hierarchy.New(m.ids, levels...)
	return err
}

// lines reads a CSV packed by zstd, field by field of each line after the header.
func lines(path string, header func([]string), use func([]string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was read only
	var r io.Reader = f
	if strings.HasSuffix(path, ".zst") {
		z, err := zstd.NewReader(f)
		if err != nil {
			return err
		}
		defer z.Close()
		r = z
	}
	c := csv.NewReader(bufio.NewReaderSize(r, 1<<20))
	c.ReuseRecord = true
	for first := true; ; first = false {
		rec, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if first {
			header(rec)
		} else if err := use(rec); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}

// readM5 reads the M5 competition's files as the command line does: all 12 levels, 42,840 nodes, with SNAP days, events and prices.
func readM5(data string) (*market, error) {
	folder, ok, err := read.FindFolder([]string{filepath.Join(data, "forecasting/m5")}, "m5")
	if err != nil || !ok {
		return nil, fmt.Errorf("no M5 in %s: %w", data, err)
	}
	p, _, _, err := aggregate.BuildFolder(context.Background(), folder, read.Options{}, aggregate.Config{})
	if err != nil {
		return nil, err
	}
	if items, _ := hierarchy.Labels(p)("item"); every > 1 {
		var some []int
		seen := map[string]int{}
		for i, item := range items {
			if _, ok := seen[item]; !ok {
				seen[item] = len(seen)
			}
			if seen[item]%every == 0 {
				some = append(some, i)
			}
		}
		p = p.Select(some)
	}
	m := &market{bottom: p, days: []int{7, 14, 28}, horizon: 28, whole: true}
	price := slices.IndexFunc(p.Covariates(), func(c tidewatch.Covariate) bool { return c.Name == "sell_price" })
	for i := range p.Len() {
		s := p.Series(i)
		units, money := make([]float64, p.End()), make([]float64, p.End())
		copy(units[s.Start:], s.Values)
		for t := s.Start; t < s.End(); t++ {
			if x := s.Covariate(price, t); x == x {
				money[t] = x * units[t]
			}
		}
		m.ids, m.units, m.money = append(m.ids, s.ID), append(m.units, units), append(m.money, money)
	}
	texts := map[string][]string{}
	for _, column := range []string{"item", "dept", "cat", "store", "state"} {
		texts[column], _ = hierarchy.Labels(p)(column)
	}
	return m, m.node(texts, "state", "store", "cat", "dept", "state+cat", "state+dept", "store+cat", "store+dept", "item", "state+item")
}
