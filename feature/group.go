package feature

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// grouping parts the series by what they have in common, with the sums of each part.
type grouping struct {
	name   string
	inputs []string
	of     []int32 // [series]
	parts  []history
}

const (
	fewLabels  = 50 // attributes with more do not cross with others
	leastParts = 3  // series a part has on average, or the grouping tells nothing
)

// declareGroups adds the features of what series belong to: each attribute, their crossing, and all of them.
func (b *Builder) declareGroups(season, year int) {
	p := b.panel
	if p.Len() < leastParts {
		return
	}
	of := make([]int32, p.Len())
	cross := &grouping{name: "all", of: of}
	var coarse []*grouping
	for c, cov := range p.Covariates() {
		if cov.Scope != tidewatch.BySeries || cov.Labels == nil {
			continue
		}
		g := &grouping{name: cov.Name, inputs: []string{cov.Name}, of: make([]int32, p.Len())}
		for i := range g.of {
			g.of[i] = -1
			if v := float32(b.ask.Covariates(p, i)(c, 0)); v == v {
				g.of[i] = int32(v)
			}
		}
		parts := renumber(g.of)
		if parts < 2 || parts*leastParts > p.Len() {
			continue
		}
		if parts > fewLabels {
			b.groups = append(b.groups, g)
			continue
		}
		coarse = append(coarse, g)
	}
	for _, g := range coarse {
		// An attribute that another one implies (a department's category) adds nothing to the crossing and little by itself.
		implied := slices.ContainsFunc(coarse, func(h *grouping) bool { return h != g && implies(h, g) })
		if implied {
			continue
		}
		b.groups, b.attributes = append(b.groups, g), append(b.attributes, g.name)
		crossed := slices.Clone(cross.of)
		for i := range crossed {
			crossed[i] = crossed[i]*int32(fewLabels+2) + g.of[i] + 1
		}
		if parts := renumber(crossed); parts*leastParts <= p.Len() {
			cross.of, cross.inputs = crossed, append(cross.inputs, g.inputs...)
			cross.name = strings.Join(cross.inputs, "_")
		}
	}
	b.crossing = cross.of
	if len(cross.inputs) != 1 {
		b.groups = append(b.groups, cross)
	}
	from := b.from - b.config.Horizon - b.lookback
	for _, g := range b.groups {
		g.sum(p, from)
		b.features = append(b.features, groupTrend(g, season, 4*season), groupTrend(g, 4*season, 16*season), groupMean(g, 4*season))
		if season > 1 {
			b.features = append(b.features, groupPhase(g, season))
		}
		if year > season {
			b.features = append(b.features, groupYear(g, year))
		}
	}
}

// renumber makes the numbers 0, 1, ... in the order they appear, and says how many there are.
func renumber(of []int32) int {
	seen := map[int32]int32{}
	for i, v := range of {
		n, ok := seen[v]
		if !ok {
			n = int32(len(seen))
			seen[v] = n
		}
		of[i] = n
	}
	return len(seen)
}

// implies reports whether the part of g a series is in follows from that of h. Of two that imply each other, the first does.
func implies(h, g *grouping) bool {
	to := map[int32]int32{}
	for i, v := range h.of {
		if was, ok := to[v]; ok && was != g.of[i] {
			return false
		}
		to[v] = g.of[i]
	}
	back := map[int32]bool{}
	for _, v := range g.of {
		back[v] = true
	}
	return len(to) > len(back) || len(to) == len(back) && h.name < g.name
}

// sum makes the histories of the parts from index from on: means a period over the series that are known, so that series which begin
// or end do not look like a change.
func (g *grouping) sum(p *tidewatch.Panel, from int) {
	n := int(slices.Max(g.of)) + 1
	to := p.End()
	from = min(from, to)
	sum, known := make([][]float64, n), make([][]int32, n)
	for k := range sum {
		sum[k], known[k] = make([]float64, to-from), make([]int32, to-from)
	}
	for i, k := range g.of {
		s := p.Series(i)
		y := s.Demand()
		for t := max(from, s.Start); t < s.End(); t++ {
			if v := y[t-s.Start]; v == v {
				sum[k][t-from] += v
				known[k][t-from]++
			}
		}
	}
	g.parts = make([]history, n)
	for k := range sum {
		for t, c := range known[k] {
			sum[k][t] /= float64(c)
		}
		g.parts[k].load(tidewatch.Series{Start: from, Values: sum[k]}, from)
	}
}

func (g *grouping) history(w *Worker) *history { return &g.parts[g.of[w.number]] }

func groupTrend(g *grouping, n, long int) Feature {
	return Feature{Name: fmt.Sprintf("%s_trend_%d_%d", g.name, n, long), Inputs: append([]string{"value"}, g.inputs...), Known: Origin,
		Does: fmt.Sprintf("mean of the last %d over that of the last %d, of the series alike in these", n, long),
		fill: func(w *Worker, rows []Row, dst []float32) {
			h := g.history(w)
			for r, row := range rows {
				o := row.Origin()
				dst[r] = ratio(h.mean(o-n, o), h.mean(o-long, o))
			}
		}}
}

func groupMean(g *grouping, n int) Feature {
	return Feature{Name: fmt.Sprintf("%s_mean_%d", g.name, n), Inputs: append([]string{"value"}, g.inputs...), Known: Origin, Scaled: true,
		Does: fmt.Sprintf("mean of the last %d of the series alike in these", n),
		fill: func(w *Worker, rows []Row, dst []float32) {
			h := g.history(w)
			for r, row := range rows {
				o := row.Origin()
				dst[r] = float32(h.mean(o-n, o))
			}
		}}
}

func groupPhase(g *grouping, m int) Feature {
	return Feature{Name: fmt.Sprintf("%s_phase_%d", g.name, m), Inputs: append([]string{"value"}, g.inputs...), Known: Origin,
		Does: fmt.Sprintf("mean of the last 4 values at the same place of the season of %d over that of all %d, of the series alike in these", m, 4*m),
		fill: func(w *Worker, rows []Row, dst []float32) {
			h := g.history(w)
			for r, row := range rows {
				t := w.phases[r]
				sum, known := 0.0, 0.0
				for k := range 4 {
					if v := h.at(t - k*m); v == v {
						sum += v
						known++
					}
				}
				o := row.Origin()
				dst[r] = ratio(sum/known, h.mean(o-4*m, o))
			}
		}}
}

func groupYear(g *grouping, year int) Feature {
	n := max(1, year/52)
	return Feature{Name: g.name + "_year_ago", Inputs: append([]string{"value"}, g.inputs...), Known: Origin,
		Does: "what the series alike in these did around the same time a year ago, over the time before that year's origin",
		fill: func(w *Worker, rows []Row, dst []float32) {
			h := g.history(w)
			for r, row := range rows {
				dst[r] = lastYear(h, row, year, n)
			}
		}}
}

// Crossing is the group of each series, from 0 on, where series alike in all static attributes of few values form one; nil for a few series.
func (b *Builder) Crossing() []int32 { return b.crossing }

// Attributes are the static covariates of few values that no other one implies.
func (b *Builder) Attributes() []string { return b.attributes }
