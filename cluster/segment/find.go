package segment

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster"
)

// Config says how to part.
type Config struct {
	Method string // as ParseMethod reads it; "" = kmeans
	K      int    // how many segments; 0 = chosen, 2 to Most
	Most   int    // 0 = 8
	Seed   uint64
}

// Find parts the subjects of a table. Fewer than four subjects are an error.
func Find(ctx context.Context, t *Table, c Config) (*Found, error) {
	m, err := ParseMethod(c.Method, t.Of)
	if err != nil {
		return nil, err
	}
	n := len(t.IDs)
	if n < 4 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "there are %d %s to part (and %d that say nothing): at least 4 are needed", n, t.Of, len(t.Left))
	}
	if c.K != 0 && (c.K < 2 || c.K > n) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%d segments of %d %s: ask for 2 to %d, or auto", c.K, n, t.Of, n)
	}
	p, scaled, err := t.points(ctx, m)
	if err != nil {
		return nil, err
	}
	f := &Found{Of: t.Of, Method: m.String(), Auto: c.K == 0 && !m.finds(), IDs: t.IDs, Traits: t.Traits, Lines: t.Lines, Left: t.Left}
	fit := func(ctx context.Context, p cluster.Points, k int) (*cluster.Result, error) {
		return m.fit(ctx, p, k, c.Seed)
	}
	k := c.K
	if f.Auto {
		choose := cluster.Chooser{Max: cmp.Or(c.Most, 8), Metric: m.metric(p.Dim), Seed: c.Seed}
		if m.inTime() || m.name == "hierarchical" || m.name == "kmedoids" {
			choose.Sample, choose.Draws = 400, 5
		}
		if f.Tried, k, err = choose.Choose(ctx, p, fit); err != nil {
			return nil, err
		}
	}
	r, err := fit(ctx, p, k)
	if err != nil {
		return nil, err
	}
	if r.K < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "%s found %d groups among %d %s: they do not part into several dense ones; use kmeans", m, r.K, n, t.Of)
	}
	if f.Quality, err = cluster.Silhouette(ctx, p, r.Labels, m.metric(p.Dim), 1000, c.Seed); err != nil {
		return nil, err
	}
	if f.Map, err = cluster.Map(ctx, p); err != nil {
		return nil, err
	}
	f.Labels, f.Distance, f.Sure = r.Labels, r.Distances, r.Probability
	f.describe(t, scaled, r.K)
	return f, nil
}

// points are the rows to part, and each trait on the scale it is counted on, brought to mean 0 and variance 1.
func (t *Table) points(ctx context.Context, m Method) (cluster.Points, [][]float64, error) {
	scaled := make([][]float64, len(t.Traits))
	for k, trait := range t.Traits {
		scaled[k] = standard(t.Values[k], trait.Log)
	}
	if t.Lines != nil && m.inTime() {
		p, err := t.Lines.points()
		return p, scaled, err
	}
	var rows [][]float64
	for i := range t.IDs {
		var row []float64
		if t.Lines != nil {
			row = slices.Clone(t.Lines.coarse[i])
		}
		for k, trait := range t.Traits {
			if !trait.Aside {
				row = append(row, scaled[k][i])
			}
		}
		rows = append(rows, row)
	}
	p, err := cluster.NewPoints(rows)
	if err != nil || p.Dim < 3 || m.form == "correlation" { // components are not correlated
		return p, scaled, err
	}
	pc, err := cluster.PCA(ctx, p, 0)
	if tidewatch.CodeOf(err) == tidewatch.CodeData {
		return p, scaled, tidewatch.Errorf(tidewatch.CodeData, "all %d %s are alike: there is nothing to part", p.N, t.Of)
	}
	if err != nil {
		return p, scaled, err
	}
	return pc.Project(p), scaled, nil
}

// standard brings values to mean 0 and variance 1, far ones to 3.5 at most. Unknown ones become 0.
func standard(values []float64, logs bool) []float64 {
	out, n, mean, sd := make([]float64, len(values)), 0.0, 0.0, 0.0
	for i, v := range values {
		if logs {
			v = math.Log1p(max(0, v))
		}
		if out[i] = v; !math.IsNaN(v) {
			mean += v
			n++
		}
	}
	mean /= max(1, n)
	for _, v := range out {
		if !math.IsNaN(v) {
			sd += (v - mean) * (v - mean)
		}
	}
	sd = math.Sqrt(sd / max(1, n))
	for i, v := range out {
		if out[i] = 0; !math.IsNaN(v) && sd > 1e-12*math.Abs(mean) {
			out[i] = max(-3.5, min(3.5, (v-mean)/sd))
		}
	}
	return out
}

// describe orders the segments by size and says what sets each apart.
func (f *Found) describe(t *Table, scaled [][]float64, k int) {
	members := make([][]int, k)
	for i, l := range f.Labels {
		if l >= 0 {
			members[l] = append(members[l], i)
		}
	}
	order := make([]int, k)
	for a := range order {
		order[a] = a
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(members[b]), len(members[a])) })
	to := make([]int, k)
	for a, old := range order {
		to[old] = a
	}
	for i, l := range f.Labels {
		if l >= 0 {
			f.Labels[i] = to[l]
		}
	}
	for _, old := range order {
		rows := members[old]
		if len(rows) == 0 {
			continue
		}
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(f.Distance[a], f.Distance[b]) })
		s := Segment{Size: len(rows), Members: rows, Of: f.Of}
		for k := range t.Traits {
			var own []float64
			effect := 0.0
			for _, i := range rows {
				effect += scaled[k][i] / float64(len(rows))
				if v := t.Values[k][i]; !math.IsNaN(v) {
					own = append(own, v)
				}
			}
			s.Medians = append(s.Medians, tidewatch.SampleQuantiles(own, []float64{.5})[0])
			s.Effects = append(s.Effects, effect)
		}
		if f.Lines != nil {
			s.draw(f.Lines)
		}
		f.Segments = append(f.Segments, s)
	}
	f.name()
}

// draw fills in the lines of the segment.
func (s *Segment) draw(l *Lines) {
	for b := range l.Stamps {
		var at []float64
		mean := 0.0
		for _, i := range s.Members {
			if v := l.Values[i][b]; !math.IsNaN(v) {
				at = append(at, v)
				mean += v
			}
		}
		q := tidewatch.SampleQuantiles(at, []float64{.25, .75})
		s.Line, s.Low, s.High = append(s.Line, mean/float64(len(at))), append(s.Low, q[0]), append(s.High, q[1])
	}
	if len(l.Phases) < len(l.Values) { // of series with values below zero ratios mean nothing
		return
	}
	s.Phase = make([]float64, len(l.Phases[0]))
	for b := range s.Phase {
		var at []float64
		for _, i := range s.Members {
			at = append(at, l.Phases[i][b])
		}
		s.Phase[b] = mean(at)
	}
}
