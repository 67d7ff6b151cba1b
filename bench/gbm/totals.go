package main

import (
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// totals is the panel of the sums of the series alike in the named attributes, with what is known ahead of the first of each.
func totals(p *tidewatch.Panel, names ...string) (*tidewatch.Panel, error) {
	index := map[string]int{}
	var series []tidewatch.Series
	var first []int
	of := make([]int, p.Len())
	for i := range p.Len() {
		var key []string
		for _, c := range p.Covariates() {
			for _, n := range names {
				if c.Name == n {
					key = append(key, c.Labels[int(c.Values[i])])
				}
			}
		}
		id := strings.Join(key, "_")
		k, ok := index[id]
		if !ok {
			k = len(series)
			index[id] = k
			series = append(series, tidewatch.Series{ID: id, Values: make([]float64, p.End())})
			first = append(first, i)
		}
		of[i] = k
		s := p.Series(i)
		for t, v := range s.Values {
			if v == v {
				series[k].Values[s.Start+t] += v
			}
		}
	}
	for k := range series {
		for t, v := range series[k].Values {
			if v == 0 {
				series[k].Values[t] = math.NaN()
			}
		}
	}
	var covariates []tidewatch.Covariate
	for _, c := range p.Covariates() {
		switch {
		case c.Name == "item_id" || c.Name == "price":
			continue
		case c.Scope == tidewatch.BySeries:
			v := make([]float32, len(first))
			for k, i := range first {
				v[k] = c.Values[i]
			}
			c.Values = v
		case c.Scope == tidewatch.ByCell:
			v := make([]tidewatch.Cells, len(first))
			for k, i := range first {
				v[k] = c.Cells[i]
			}
			c.Cells = v
		}
		covariates = append(covariates, c)
	}
	return tidewatch.NewPanel(p.Grid(), p.Seasons(), series, covariates...)
}
