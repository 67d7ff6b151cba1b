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

// set is one of the sets of prepare.py: what is known, and what came after.
type set struct {
	name       string
	Freq       string `json:"freq"`
	Season     int    `json:"season"`
	Steps      int    `json:"h"`
	MASESeason int    `json:"mase_season"`

	train *tidewatch.Panel
	truth map[string][]float64
}

// load reads a set and takes an even sample of at most so many of its series. holdout k ends what is known k horizons before the end
// of train.csv, without reading test.csv; 0 is the test itself.
func load(dir string, most, holdout int) (*set, error) {
	s := &set{name: filepath.Base(dir), truth: map[string][]float64{}}
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
	if n := s.train.Len(); n > most {
		pick := make([]int, most)
		for k := range pick {
			pick[k] = k * n / most
		}
		s.train = s.train.Select(pick)
	}
	var whole *tidewatch.Panel
	if holdout > 0 {
		whole = s.train.Before((holdout - 1) * s.Steps)
		s.train = whole.Before(s.Steps)
	} else if whole, err = panel("train.csv", "test.csv"); err != nil {
		return nil, err
	}
	for i := range whole.Len() {
		s.truth[whole.ID(i)] = whole.Series(i).Values
	}
	for i := range s.train.Len() {
		known := s.train.Series(i)
		all, ok := s.truth[known.ID]
		if !ok {
			return nil, fmt.Errorf("%s: series %q is not in the whole set", s.name, known.ID)
		}
		s.truth[known.ID] = all[len(known.Values):]
	}
	return s, nil
}
