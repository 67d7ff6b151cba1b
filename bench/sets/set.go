// Package sets reads the sets made by ../shared/bench/prepare.py, on which the programs of bench measure.
package sets

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

// Set is what is known of a set's series, and what came after.
type Set struct {
	Name       string `json:"-"`
	Freq       string `json:"freq"`
	Season     int    `json:"season"`
	Steps      int    `json:"h"`
	MASESeason int    `json:"mase_season"`

	Train *tidewatch.Panel `json:"-"` // what is known
	Whole *tidewatch.Panel `json:"-"` // the same series in the same order, followed by what came
}

// Load reads the set of a folder and takes an even sample of at most so many of its series; 0 = all. holdout k ends what is known k horizons
// before the end of train.csv, without looking at test.csv; 0 is the test itself.
func Load(dir string, most, holdout int) (*Set, error) {
	s := &Set{Name: filepath.Base(dir)}
	meta, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(meta, s); err != nil {
		return nil, err
	}
	if s.Train, err = s.panel(dir, "train.csv"); err != nil {
		return nil, err
	}
	if n := s.Train.Len(); most > 0 && n > most {
		pick := make([]int, most)
		for k := range pick {
			pick[k] = k * n / most
		}
		s.Train = s.Train.Select(pick)
	}
	if holdout > 0 {
		s.Whole = s.Train.Before((holdout - 1) * s.Steps)
		s.Train = s.Whole.Before(s.Steps)
		return s, nil
	}
	if s.Whole, err = s.panel(dir, "train.csv", "test.csv"); err == nil {
		s.Whole, err = inOrder(s.Whole, s.Train)
	}
	return s, err
}

// panel reads files of the folder as one.
func (s *Set) panel(dir string, files ...string) (*tidewatch.Panel, error) {
	freq, err := tidewatch.ParseFreq(s.Freq)
	if err != nil {
		return nil, err
	}
	config := aggregate.Config{Freq: freq, Seasons: []int{}}
	if s.Season > 1 {
		config.Seasons = []int{s.Season}
	}
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
