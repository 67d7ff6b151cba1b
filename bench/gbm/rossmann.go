package main

import (
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// rossmann reads the Rossmann folder as it was known at the end of the given day; what is known ahead is that of all days of the file.
func rossmann(dir, origin string) (*tidewatch.Panel, error) {
	anchor := time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)
	last, err := time.Parse("2006-01-02", origin)
	if err != nil {
		return nil, err
	}
	day := func(s string) int {
		y, _ := strconv.Atoi(s[:4])
		m, _ := strconv.Atoi(s[5:7])
		d, _ := strconv.Atoi(s[8:10])
		return int(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Sub(anchor).Hours()) / 24
	}
	const stores, days = 1115, 942
	end := int(last.Sub(anchor).Hours())/24 + 1
	nan := float32(math.NaN())
	cells := make([]tidewatch.Cells, stores)
	for i := range cells {
		cells[i] = tidewatch.Cells{Offset: i * days, Len: days}
	}
	by := func(name string, ahead bool) tidewatch.Covariate {
		c := tidewatch.Covariate{Name: name, Scope: tidewatch.ByCell, Ahead: ahead, Values: make([]float32, stores*days), Cells: cells}
		for k := range c.Values {
			c.Values[k] = nan
		}
		return c
	}
	open, promo, school, holiday, customers := by("open", true), by("promo", true), by("school", true), by("holiday", true), by("customers", false)
	promo2, competition := by("promo2_on", true), by("competition", true)
	holiday.Labels = []string{"0", "a", "b", "c"}
	series := make([]tidewatch.Series, stores)
	for i := range series {
		series[i] = tidewatch.Series{ID: strconv.Itoa(i + 1), Values: make([]float64, end)}
		for t := range series[i].Values {
			series[i].Values[t] = math.NaN()
		}
	}
	err = lines(filepath.Join(dir, "train_to_2015-06-19.csv.zst"), nil, func(f [][]byte) error {
		var v [9]float64
		for _, k := range []int{0, 3, 4, 5, 6, 8} {
			x, err := strconv.ParseFloat(strings.Trim(string(f[k]), `"`), 64)
			if err != nil {
				return err
			}
			v[k] = x
		}
		i, t := int(v[0])-1, day(strings.Trim(string(f[2]), `"`))
		at := i*days + t
		open.Values[at], promo.Values[at], school.Values[at] = float32(v[5]), float32(v[6]), float32(v[8])
		if k := strings.IndexByte("0abc", strings.Trim(string(f[7]), `"`)[0]); k >= 0 {
			holiday.Values[at] = float32(k)
		}
		if t < end {
			series[i].Values[t] = v[3]
			if v[3] > 0 {
				customers.Values[at] = float32(v[4])
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	static := make([]labelled, 3)
	distance := tidewatch.Covariate{Name: "distance", Scope: tidewatch.BySeries}
	months := map[string]int{"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sept": 9, "Oct": 10, "Nov": 11, "Dec": 12}
	err = lines(filepath.Join(dir, "store.csv"), nil, func(f [][]byte) error {
		text := make([]string, len(f))
		for k := range f {
			text[k] = strings.Trim(string(f[k]), `"`)
		}
		i := len(distance.Values)
		d, err := strconv.ParseFloat(text[3], 32)
		if err != nil {
			d = math.NaN()
		}
		distance.Values = append(distance.Values, float32(d))
		for k, n := range []int{1, 2, 6} {
			static[k].add(text[n])
		}
		num := func(k int) int { v, _ := strconv.Atoi(text[k]); return v }
		on := map[time.Month]bool{}
		for _, m := range strings.Split(strings.Trim(strings.Join(text[9:], ","), `"`), ",") {
			on[time.Month(months[m])] = true
		}
		since := time.Date(num(8), 1, 1+7*(num(7)-1), 0, 0, 0, 0, time.UTC)
		opened := time.Date(num(5), time.Month(num(4)), 1, 0, 0, 0, 0, time.UTC)
		for t := range days {
			date := anchor.AddDate(0, 0, t)
			promo2.Values[i*days+t], competition.Values[i*days+t] = 0, 0
			if text[6] == "1" && !date.Before(since) && on[date.Month()] {
				promo2.Values[i*days+t] = 1
			}
			if num(5) > 0 && !date.Before(opened) {
				competition.Values[i*days+t] = 1
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	covariates := []tidewatch.Covariate{open, promo, school, holiday, customers, promo2, competition, distance}
	for k, name := range []string{"type", "assortment", "promo2"} {
		static[k].cov.Name, static[k].cov.Scope = name, tidewatch.BySeries
		covariates = append(covariates, static[k].cov)
	}
	return tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: anchor}, []int{7}, series, covariates...)
}
