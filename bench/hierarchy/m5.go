package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/hierarchy"
)

// market is a set of bottom series in a hierarchy, with what weighs them.
type market struct {
	h       *hierarchy.Hierarchy
	grid    tidewatch.Grid
	seasons []int
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

// readM5 reads the M5 competition's files: all 12 levels, 42,840 nodes.
func readM5(data string) (*market, error) {
	dir := filepath.Join(data, "forecasting/m5")
	m := &market{grid: tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2011, 1, 29, 0, 0, 0, 0, time.UTC)}, seasons: []int{7}, days: []int{7, 14, 28}, horizon: 28, whole: true}
	texts, row := map[string][]string{}, map[string]int{}
	read := func(name string, add bool) error {
		var columns []string
		return lines(filepath.Join(dir, name), func(h []string) { columns = append([]string(nil), h...) }, func(rec []string) error {
			field := map[string]string{}
			for i, c := range columns {
				if !strings.HasPrefix(c, "d_") {
					field[c] = strings.Clone(rec[i])
				}
			}
			id := field["item_id"] + "_" + field["store_id"]
			if add {
				row[id] = len(m.ids)
				m.ids, m.units = append(m.ids, id), append(m.units, nil)
				for _, c := range []string{"item", "dept", "cat", "store", "state"} {
					texts[c] = append(texts[c], field[c+"_id"])
				}
			}
			for i, c := range columns {
				if strings.HasPrefix(c, "d_") {
					v, err := strconv.ParseFloat(rec[i], 64)
					if err != nil {
						return err
					}
					m.units[row[id]] = append(m.units[row[id]], v)
				}
			}
			return nil
		})
	}
	if err := read("sales_train_validation.csv.zst", true); err != nil {
		return nil, err
	}
	if err := read("sales_test_validation.csv.zst", false); err != nil {
		return nil, err
	}
	week := map[string][]int{} // days of a week's number
	day := 0
	err := lines(filepath.Join(dir, "calendar.csv"), func([]string) {}, func(rec []string) error {
		week[strings.Clone(rec[1])] = append(week[rec[1]], day)
		day++
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.money = make([][]float64, len(m.ids))
	for i := range m.money {
		m.money[i] = make([]float64, len(m.units[i]))
	}
	var key bytes.Buffer
	err = lines(filepath.Join(dir, "sell_prices.csv.zst"), func([]string) {}, func(rec []string) error {
		key.Reset()
		key.WriteString(rec[1])
		key.WriteByte('_')
		key.WriteString(rec[0])
		i, ok := row[string(key.Bytes())]
		price, err := strconv.ParseFloat(rec[3], 64)
		for _, d := range week[rec[2]] {
			if ok && d < len(m.units[i]) {
				m.money[i][d] = price * m.units[i][d]
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, m.node(texts, "state", "store", "cat", "dept", "state+cat", "state+dept", "store+cat", "store+dept", "item", "state+item")
}
