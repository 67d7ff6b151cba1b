package main

import (
	"fmt"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/score"
)

// judge compares forecasts of all nodes with what came.
type judge struct {
	m       *market
	actual  [][]float64 // [node][step]
	squared []float64   // [node] scale of squared errors
	change  []float64   // [node] scale of absolute errors
	weight  []float64   // [node] its share of its level's value
	names   []string
	rmsse   [][]float64 // [method][level]
	crps    [][]float64
	sums    [][]coverage // [method][length]
	origins int          // merged so far, beside its own
	added   []coverage   // of quantiles summed, of the base forecasts
}

// coverage counts sums inside central intervals, and those inside with an end of which the interval holds a part only: sums of counts may equal it.
type coverage struct{ in80, in95, end80, end95, n int }

func newJudge(m *market, end int) *judge {
	j := &judge{m: m, squared: make([]float64, m.h.Len()), change: make([]float64, m.h.Len()), weight: make([]float64, m.h.Len()), actual: make([][]float64, m.h.Len())}
	history := make([][]float64, m.h.Len())
	for v := range history {
		j.actual[v], history[v] = make([]float64, m.horizon), make([]float64, end)
	}
	y := make([]float64, m.h.Len())
	column := func(t int, of [][]float64, use func(v int, x float64)) {
		for i := range m.ids {
			y[m.h.Bottom()+i] = of[i][t]
		}
		m.h.Sum(y)
		for v, x := range y {
			use(v, x)
		}
	}
	for t := range end {
		column(t, m.units, func(v int, x float64) { history[v][t] = x })
	}
	for step := range m.horizon {
		column(end+step, m.units, func(v int, x float64) { j.actual[v][step] = x })
	}
	worth := m.money
	if worth == nil {
		worth = m.units
	}
	for t := end - m.horizon; t < end; t++ {
		column(t, worth, func(v int, x float64) { j.weight[v] += x })
	}
	for v, h := range history {
		j.squared[v] = score.RMSSEScale(h)
		for len(h) > 0 && h[0] == 0 {
			h = h[1:]
		}
		j.change[v] = score.MASEScale(h, 1)
	}
	for l := range len(m.h.Levels()) + 1 {
		from, to := m.h.Nodes(l)
		sum := 0.0
		for v := from; v < to; v++ {
			sum += j.weight[v]
		}
		for v := from; v < to; v++ {
			j.weight[v] /= sum
		}
	}
	return j
}

// add judges a method's forecast and paths.
func (j *judge) add(name string, f *tidewatch.Forecast, paths *tidewatch.Paths) {
	j.names = append(j.names, name)
	levels := len(j.m.h.Levels()) + 1
	rmsse, crps := make([]float64, levels), make([]float64, levels)
	sums := make([]coverage, len(j.m.days)*levels)
	added := make([]coverage, len(j.m.days)*levels)
	q := make([]float64, 4)
	central := []float64{.025, .1, .9, .975}
	for l := range levels {
		from, to := j.m.h.Nodes(l)
		for v := from; v < to; v++ {
			squared, loss := 0.0, 0.0
			abstains := f.Rows[v].Abstains()
			for step, y := range j.actual[v] {
				if abstains {
					squared, loss = squared+y*y, loss+math.Abs(y)
					continue
				}
				squared += (y - f.Rows[v].Mean[step]) * (y - f.Rows[v].Mean[step])
				loss += score.CRPSOfQuantiles(f.Levels, y, f.At(v, step))
			}
			n := float64(j.m.horizon)
			if j.weight[v] > 0 && j.squared[v] > 0 {
				rmsse[l] += j.weight[v] * math.Sqrt(squared/n/j.squared[v])
				crps[l] += j.weight[v] * loss / n / j.change[v]
			}
			if abstains || paths == nil {
				continue
			}
			for d, days := range j.m.days {
				at := &sums[l*len(j.m.days)+d]
				naive := &added[l*len(j.m.days)+d]
				for begin := 0; begin+days <= j.m.horizon; begin += days {
					x, _ := paths.Sum([]int{v}, begin, begin+days)
					y, lo80, hi80 := 0.0, 0.0, 0.0
					for step := begin; step < begin+days; step++ {
						y += j.actual[v][step]
						lo80 += f.Quantile(v, step, .1)
						hi80 += f.Quantile(v, step, .9)
					}
					hierarchy.Quantiles(x, central, q)
					if j.m.whole {
						for l := range q {
							q[l] = math.Round(q[l])
						}
					}
					at.count(y, q)
					naive.count(y, []float64{lo80, lo80, hi80, hi80})
				}
			}
		}
	}
	j.rmsse, j.crps, j.sums = append(j.rmsse, rmsse), append(j.crps, crps), append(j.sums, sums)
	if j.added == nil {
		j.added = added
	}
}

// merge adds the results of another origin. WRMSSE and CRPS become means.
func (j *judge) merge(o *judge) {
	j.origins++
	for k := range j.names {
		for l := range j.rmsse[k] {
			j.rmsse[k][l] += (o.rmsse[k][l] - j.rmsse[k][l]) / float64(j.origins+1)
			j.crps[k][l] += (o.crps[k][l] - j.crps[k][l]) / float64(j.origins+1)
		}
		for i := range j.sums[k] {
			j.sums[k][i].add(o.sums[k][i])
		}
	}
	for i := range j.added {
		j.added[i].add(o.added[i])
	}
}

func (c *coverage) add(o coverage) {
	c.in80, c.in95, c.end80, c.end95, c.n = c.in80+o.in80, c.in95+o.in95, c.end80+o.end80, c.end95+o.end95, c.n+o.n
}

func (c *coverage) count(y float64, q []float64) {
	c.n++
	inside := func(lo, hi float64, in, end *int) {
		switch {
		case lo < y && y < hi:
			*in++
		case lo <= y && y <= hi:
			*end++
		}
	}
	inside(q[1], q[2], &c.in80, &c.end80)
	inside(q[0], q[3], &c.in95, &c.end95)
}

// shares are those inside, as near to the levels as what lies on an end allows.
func (c coverage) shares() (in80, in95 float64) {
	near := func(level float64, in, end int) float64 {
		n := float64(c.n)
		return score.Coverage{Level: level, Below: float64(in) / n, AtMost: float64(in+end) / n}.Nearest()
	}
	return near(.8, c.in80, c.end80), near(.95, c.in95, c.end95)
}

func (j *judge) print() {
	groups := append([]string{"mean"}, j.m.group...)
	for _, table := range []struct {
		name string
		of   [][]float64
	}{{"WRMSSE", j.rmsse}, {"CRPS", j.crps}} {
		fmt.Printf("\n%-8s", table.name)
		for _, g := range groups {
			fmt.Printf(" %10s", g)
		}
		fmt.Println()
		for k, name := range j.names {
			mean := 0.0
			for _, x := range table.of[k] {
				mean += x / float64(len(table.of[k]))
			}
			fmt.Printf("%-8s %10.4f", name, mean)
			for _, x := range table.of[k] {
				fmt.Printf(" %10.4f", x)
			}
			fmt.Println()
		}
	}
	for d, days := range j.m.days {
		if j.sums[0][0].n == 0 {
			break
		}
		fmt.Printf("\nsums over %d: share inside 80 %% / 95 %%\n%-8s", days, "")
		for _, g := range j.m.group {
			fmt.Printf(" %10s", g)
		}
		fmt.Println()
		line := func(name string, c []coverage) {
			fmt.Printf("%-8s", name)
			for l := range j.m.group {
				x := c[l*len(j.m.days)+d]
				in80, in95 := x.shares()
				fmt.Printf("  %.3f/%.3f", in80, in95)
			}
			fmt.Println()
		}
		for k, name := range j.names {
			line(name, j.sums[k])
		}
		line("quantiles", j.added)
	}
}
