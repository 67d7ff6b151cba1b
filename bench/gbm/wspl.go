package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/score"
)

// The quantiles and the levels of aggregation of the uncertainty competition of M5 (Makridakis et al. 2022, The M5 uncertainty competition, IJF 38).
var (
	uncertain = []float64{.005, .025, .165, .25, .5, .75, .835, .975, .995}
	m5Levels  = [][]string{{}, {"state_id"}, {"store_id"}, {"cat_id"}, {"dept_id"}, {"state_id", "cat_id"}, {"state_id", "dept_id"}, {"store_id", "cat_id"},
		{"store_id", "dept_id"}, {"item_id"}, {"item_id", "state_id"}, {"item_id", "store_id"}}
)

// node is the sum of some series.
type node struct {
	history, actual []float64
	revenue         float64
	paths           []float64 // [path*steps+step]; nil at the last level, whose quantiles are forecast as they are
	quantiles       []float64 // [step*level+quantile] of the last level
}

// wspl is the weighted scaled pinball loss of the fitted model, by level: sums come from joint sample paths.
func wspl(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, actual [][]float64, steps, samples int) (mean float64, levels []float64, err error) {
	nodes := make([]map[string]*node, len(m5Levels))
	for l := range nodes {
		nodes[l] = map[string]*node{}
	}
	at := make([][]*node, p.Len())
	price := -1
	for c, cov := range p.Covariates() {
		if cov.Name == "price" {
			price = c
		}
	}
	for i := range p.Len() {
		s := p.Series(i)
		revenue := 0.0
		for t := max(s.Start, s.End()-28); t < s.End(); t++ {
			if v := s.Values[t-s.Start] * s.Covariate(price, t); v == v {
				revenue += v
			}
		}
		for l, names := range m5Levels {
			key := keyOf(p, i, names)
			n := nodes[l][key]
			if n == nil {
				n = &node{history: make([]float64, p.End()), actual: make([]float64, steps)}
				if l < len(m5Levels)-1 {
					n.paths = make([]float64, samples*steps)
				}
				nodes[l][key] = n
			}
			for t, v := range s.Values {
				n.history[s.Start+t] += v
			}
			for h, v := range actual[i] {
				n.actual[h] += v
			}
			n.revenue += revenue
			at[i] = append(at[i], n)
		}
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Levels: uncertain})
	if err != nil {
		return 0, nil, err
	}
	for i := range at {
		n := at[i][len(m5Levels)-1]
		for h := range steps {
			n.quantiles = append(n.quantiles, f.At(i, h)...)
		}
	}
	done := 0
	_, err = conform.Blocks(ctx, m, p, tidewatch.Ask{Steps: steps, Seed: 1}, samples, 20_000_000, func(paths *tidewatch.Paths) error {
		for k := range paths.IDs {
			for r := range samples {
				path := paths.Path(k, r)
				for _, n := range at[done+k][:len(m5Levels)-1] {
					for h, v := range path {
						n.paths[r*steps+h] += v
					}
				}
			}
		}
		done += len(paths.IDs)
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	loss, weights := make([][]float64, len(nodes)), make([][]float64, len(nodes))
	for l := range nodes {
		total := 0.0
		for _, n := range nodes[l] {
			total += n.revenue
		}
		for _, key := range sorted(nodes[l]) {
			n := nodes[l][key]
			loss[l], weights[l] = append(loss[l], n.loss(steps, samples)), append(weights[l], n.revenue/total)
		}
	}
	mean, levels = score.WSPL(loss, weights)
	return mean, levels, nil
}

// loss is the scaled pinball loss of a node.
func (n *node) loss(steps, samples int) float64 {
	if n.paths != nil {
		sample := make([]float64, samples)
		for h := range steps {
			for r := range sample {
				sample[r] = n.paths[r*steps+h]
			}
			n.quantiles = append(n.quantiles, tidewatch.SampleQuantiles(sample, uncertain)...)
		}
	}
	first := 0
	for first < len(n.history) && n.history[first] == 0 {
		first++
	}
	return score.ScaledPinball(n.history[first:], uncertain, n.actual, n.quantiles)
}

func keyOf(p *tidewatch.Panel, i int, names []string) string {
	var key []string
	for c, cov := range p.Covariates() {
		for _, n := range names {
			if cov.Name == n {
				key = append(key, cov.Labels[int(p.Series(i).Covariate(c, 0))])
			}
		}
	}
	return strings.Join(key, "_")
}

func printLevels(name string, mean float64, levels []float64) {
	fmt.Printf("%s %.5f levels", name, mean)
	for _, v := range levels {
		if math.IsNaN(v) {
			fmt.Print(" -")
			continue
		}
		fmt.Printf(" %.4f", v)
	}
	fmt.Println()
}

func sorted(nodes map[string]*node) []string { return slices.Sorted(maps.Keys(nodes)) }
