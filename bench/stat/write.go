package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

var nan = math.NaN()

func write(path string, f *tidewatch.Forecast) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	fmt.Fprint(w, "id,time,mean")
	for _, l := range f.Levels {
		fmt.Fprintf(w, ",q%g", l)
	}
	fmt.Fprintln(w)
	for k, r := range f.Rows {
		if r.Abstains() {
			continue
		}
		for h := range f.Steps {
			fmt.Fprintf(w, "%s,%s,%s", r.ID, f.Grid.Stamp(r.First+h).Format(layout), number(r.Mean[h]))
			for _, v := range f.At(k, h) {
				fmt.Fprint(w, ",", number(v))
			}
			fmt.Fprintln(w)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// writeTruth writes a set of its own: what the method saw as train.csv, what was held out as test.csv.
func writeTruth(dir string, meta []byte, whole, seen *tidewatch.Panel, h int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "meta.json"), meta, 0o644); err != nil {
		return err
	}
	for _, part := range []string{"train", "test"} {
		file, err := os.Create(filepath.Join(dir, part+".csv"))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(file)
		fmt.Fprintln(w, "id,time,value")
		for i := range whole.Len() {
			s := whole.Series(i)
			split := len(seen.Series(i).Values)
			for t, v := range s.Values {
				if v == v && (t < split) == (part == "train") && t < split+h {
					fmt.Fprintf(w, "%s,%s,%s\n", s.ID, s.Grid.Stamp(s.Start+t).Format(layout), number(v))
				}
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}
