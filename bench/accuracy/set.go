package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
)

// set is one of the sets of prepare.py.
type set struct {
	name       string
	Freq       string `json:"freq"`
	Season     int    `json:"season"`
	Steps      int    `json:"h"`
	MASESeason int    `json:"mase_season"`

	train, whole *tidewatch.Panel // whole: the training part, followed by the test
}

func load(dir string) (*set, error) {
	s := &set{name: filepath.Base(dir)}
	meta, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(meta, s); err != nil {
		return nil, err
	}
	freq, err := tidewatch.ParseFreq(s.Freq)
	if err != nil {
		return nil, err
	}
	config := aggregate.Config{Freq: freq, Seasons: []int{}}
	if s.Season > 1 {
		config.Seasons = []int{s.Season}
	}
	panel := func(files ...string) (*tidewatch.Panel, error) {
		for i := range files {
			files[i] = filepath.Join(dir, files[i])
		}
		in, err := read.Open(context.Background(), files, read.Options{})
		if err != nil {
			return nil, err
		}
		p, _, err := aggregate.Build(context.Background(), in, config)
		return p, err
	}
	if s.train, err = panel("train.csv"); err != nil {
		return nil, err
	}
	if s.whole, err = panel("train.csv", "test.csv"); err != nil {
		return nil, err
	}
	if s.whole, err = inOrder(s.whole, s.train); err != nil {
		return nil, err
	}
	return s, nil
}

// inOrder is p with the series of like, in its order.
func inOrder(p, like *tidewatch.Panel) (*tidewatch.Panel, error) {
	at := map[string]int{}
	for i := range p.Len() {
		at[p.ID(i)] = i
	}
	pick := make([]int, like.Len())
	for i := range pick {
		k, ok := at[like.ID(i)]
		if !ok {
			return nil, fmt.Errorf("series %q is not in the whole panel", like.ID(i))
		}
		pick[i] = k
	}
	return p.Select(pick), nil
}
