package main

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// loadM5 is all series of M5 by whole weeks, before their first sale unknown.
func loadM5(data string) (*set, error) {
	dir := filepath.Join(data, "forecasting/m5")
	rows := map[string][]float64{}
	var names []string
	read := func(file string, skip int) error {
		return lines(filepath.Join(dir, file), func(f [][]byte) {
			f = f[skip:]
			id := string(f[0]) + "/" + string(f[3]) + "/" + string(f[1]) + "/" + string(f[4])
			if rows[id] == nil {
				rows[id] = make([]float64, 0, 1941)
				names = append(names, id)
			}
			for _, b := range f[5:] {
				v := 0
				for _, c := range b {
					v = v*10 + int(c-'0')
				}
				rows[id] = append(rows[id], float64(v))
			}
		})
	}
	if err := read("sales_train_validation.csv.zst", 1); err != nil {
		return nil, err
	}
	if err := read("sales_test_validation.csv.zst", 0); err != nil {
		return nil, err
	}
	out := &set{name: "m5", year: 52, least: 10, first: 104, every: 4}
	var series []tidewatch.Series
	kinds := map[string]int{}
	for _, id := range names {
		days := rows[id]
		cut := len(days) % 7
		weeks := make([]float64, len(days)/7)
		for k := range weeks {
			for _, v := range days[cut+7*k : cut+7*k+7] {
				weeks[k] += v
			}
		}
		first := 0
		for first < len(weeks)-1 && weeks[first] == 0 {
			first++
		}
		series = append(series, tidewatch.Series{ID: id, Start: first, Values: weeks[first:]})
		parts := strings.Split(id, "/")
		kind := parts[2] + "/" + parts[3] // department in a state
		k, ok := kinds[kind]
		if !ok {
			k = len(kinds)
			kinds[kind] = k
		}
		out.group = append(out.group, k)
	}
	var err error
	out.panel, err = tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2011, 1, 31, 0, 0, 0, 0, time.UTC)}, nil, series)
	return out, err
}
