package segment

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster"
)

// Method is a way to part: its name, and in brackets what it measures by or how it joins, such as kmedoids(dtw).
type Method struct{ name, form string }

// forms are the methods and the forms of each, the default first.
var forms = map[string][]string{
	"kmeans":       {""},
	"minibatch":    {""},
	"mixture":      {"full", "diagonal"},
	"dbscan":       {""},
	"hdbscan":      {""},
	"hierarchical": {"ward", "average", "complete", "single"},
	"kmedoids":     {"euclidean", "correlation", "shape", "dtw", "msm"},
	"kshape":       {""},
	"dtw":          {""},
}

// ofSeries are the methods, and forms, that look at values one after another in time.
var ofSeries = []string{"kshape", "dtw", "kmedoids(shape)", "kmedoids(dtw)", "kmedoids(msm)"}

// MethodNames are the names of all methods, the default first.
func MethodNames() []string {
	return []string{"kmeans", "minibatch", "kmedoids", "kshape", "dtw", "hierarchical", "mixture", "dbscan", "hdbscan"}
}

// ParseMethod reads a method for a subject; "" is kmeans.
func ParseMethod(text string, of Subject) (Method, error) {
	name, form, bracket := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	if name == "" {
		name = "kmeans"
	}
	known, ok := forms[name]
	if !ok {
		hint := ""
		if near := tidewatch.Nearest(name, MethodNames()); near != "" {
			hint = " (did you mean " + near + "?)"
		}
		return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "method %q is not known%s: use %s", text, hint, strings.Join(MethodNames(), ", "))
	}
	if form == "" {
		form = known[0]
	}
	if !slices.Contains(known, form) || bracket != strings.HasSuffix(text, ")") {
		if len(known) == 1 {
			return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "method %s takes nothing in brackets", name)
		}
		return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: use %s(%s)", text, name, strings.Join(known, "), "+name+"("))
	}
	m := Method{name, form}
	if of != Series && (slices.Contains(ofSeries, m.name) || slices.Contains(ofSeries, m.String())) {
		return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "method %s is for series, not for %s: use kmeans, kmedoids, hierarchical, mixture, dbscan or hdbscan", m, of)
	}
	return m, nil
}

// String is the form that ParseMethod reads.
func (m Method) String() string {
	if len(forms[m.name]) < 2 {
		return m.name
	}
	return m.name + "(" + m.form + ")"
}

// inTime reports whether the method looks at values one after another.
func (m Method) inTime() bool {
	return slices.Contains(ofSeries, m.name) || slices.Contains(ofSeries, m.String())
}

// finds reports whether the method finds the number of groups by itself.
func (m Method) finds() bool { return m.name == "dbscan" || m.name == "hdbscan" }

// metric is what the method measures by.
func (m Method) metric(dim int) cluster.Metric {
	radius := max(1, dim/10)
	switch {
	case m.name == "kshape" || m.form == "shape":
		return cluster.Shape
	case m.name == "dtw" || m.form == "dtw":
		return cluster.DTW{Radius: radius}.Distance
	case m.form == "msm":
		return cluster.MSM{Cost: .5}.Distance
	case m.form == "correlation":
		return cluster.Correlation
	}
	return cluster.Euclidean
}

// sampled is how many rows a method that looks at all pairs is given; the others join the group of the nearest middle.
const sampled = 4000

// fit parts the points into k groups.
func (m Method) fit(ctx context.Context, p cluster.Points, k int, seed uint64) (*cluster.Result, error) {
	starts := 0
	if p.N <= 2000 {
		starts = 4 // often tried, on few rows
	}
	switch m.name {
	case "minibatch":
		return cluster.MiniBatch{K: k, Seed: seed}.Fit(ctx, p)
	case "mixture":
		return cluster.Mixture{K: k, Seed: seed, Diagonal: m.form == "diagonal"}.Fit(ctx, p)
	case "kshape":
		return cluster.KShape{K: k, Seed: seed}.Fit(ctx, p)
	case "kmedoids", "hierarchical", "dbscan", "hdbscan", "dtw":
		return m.sampled(ctx, p, k, seed)
	}
	return cluster.KMeans{K: k, Seed: seed, Starts: starts}.Fit(ctx, p)
}

func (m Method) sampled(ctx context.Context, p cluster.Points, k int, seed uint64) (*cluster.Result, error) {
	few := p
	if p.N > sampled {
		rows := rand.New(rand.NewPCG(seed, 4)).Perm(p.N)[:sampled]
		slices.Sort(rows)
		few = p.Select(rows)
	}
	r, err := m.pairs(ctx, few, k, seed)
	if err != nil || few.N == p.N {
		return r, err
	}
	metric := m.metric(p.Dim)
	return r.Extend(ctx, p, func(a, b []float64) float64 { return metric(a, b) })
}

// pairs parts few points.
func (m Method) pairs(ctx context.Context, p cluster.Points, k int, seed uint64) (*cluster.Result, error) {
	switch m.name {
	case "dbscan":
		least := max(5, p.N/100)
		radius, err := cluster.Radius(ctx, p, least)
		if err != nil {
			return nil, err
		}
		return cluster.DBSCAN{Radius: radius, MinRows: least}.Fit(ctx, p)
	case "hdbscan":
		return cluster.HDBSCAN{MinSize: max(5, p.N/50), MinRows: 5}.Fit(ctx, p)
	case "dtw":
		return cluster.DTWMeans{K: k, Seed: seed, Starts: 2, MaxRounds: 15}.Fit(ctx, p)
	}
	d, err := cluster.Pairs(ctx, p, m.metric(p.Dim))
	if err != nil {
		return nil, err
	}
	if m.name == "kmedoids" {
		r, err := cluster.KMedoids{K: k, Seed: seed}.Fit(ctx, d)
		if err == nil {
			for _, i := range r.Medoids {
				r.Centres = append(r.Centres, p.Row(i))
			}
		}
		return r, err
	}
	tree, err := cluster.Agglomerate(ctx, d, cluster.Linkage(m.form))
	if err != nil {
		return nil, err
	}
	r := &cluster.Result{K: k}
	if r.Labels, err = tree.Cut(k); err == nil {
		r.Centre(p)
	}
	return r, err
}
