package cluster_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster"
)

// seasons are n series of so many weeks with one of four shapes, noise of the same size as the shape, and a growth of their own.
func seasons(n, weeks int, noise float64, seed uint64) (cluster.Points, []int) {
	rng := rand.New(rand.NewPCG(seed, 9))
	p := cluster.Points{N: n, Dim: weeks, Values: make([]float64, 0, n*weeks)}
	truth := make([]int, n)
	for i := range n {
		truth[i] = rng.IntN(4)
		for w := range weeks {
			at := 2 * math.Pi * float64(w) / 52
			v := [4]float64{math.Sin(at), math.Cos(at), float64(w)/float64(weeks)*4 - 2, -math.Sin(2 * at)}[truth[i]]
			p.Values = append(p.Values, v+noise*rng.NormFloat64())
		}
	}
	return p, truth
}

// fits are all methods, each with some configuration.
func fits(ctx context.Context, k int) map[string]func(p cluster.Points) (*cluster.Result, error) {
	pairs := func(p cluster.Points, f func(m *cluster.Matrix) (*cluster.Result, error)) (*cluster.Result, error) {
		m, err := cluster.Pairs(ctx, p, cluster.Correlation)
		if err != nil {
			return nil, err
		}
		return f(m)
	}
	return map[string]func(p cluster.Points) (*cluster.Result, error){
		"kmeans": func(p cluster.Points) (*cluster.Result, error) {
			return cluster.KMeans{K: k, Seed: 1, Starts: 3}.Fit(ctx, p)
		},
		"minibatch": func(p cluster.Points) (*cluster.Result, error) { return cluster.MiniBatch{K: k, Seed: 1}.Fit(ctx, p) },
		"kshape":    func(p cluster.Points) (*cluster.Result, error) { return cluster.KShape{K: k, Seed: 1}.Fit(ctx, p) },
		"dtwmeans": func(p cluster.Points) (*cluster.Result, error) {
			return cluster.DTWMeans{K: k, Seed: 1, Radius: 2, MaxRounds: 4}.Fit(ctx, p)
		},
		"mixture": func(p cluster.Points) (*cluster.Result, error) {
			return cluster.Mixture{K: k, Seed: 1, Diagonal: true}.Fit(ctx, p)
		},
		"dbscan": func(p cluster.Points) (*cluster.Result, error) {
			return cluster.DBSCAN{Radius: .5 * float64(k)}.Fit(ctx, p)
		},
		"hdbscan": func(p cluster.Points) (*cluster.Result, error) { return cluster.HDBSCAN{MinSize: k + 1}.Fit(ctx, p) },
		"kmedoids": func(p cluster.Points) (*cluster.Result, error) {
			return pairs(p, func(m *cluster.Matrix) (*cluster.Result, error) { return cluster.KMedoids{K: k, Seed: 1}.Fit(ctx, m) })
		},
		"ward": func(p cluster.Points) (*cluster.Result, error) {
			return pairs(p, func(m *cluster.Matrix) (*cluster.Result, error) {
				tree, err := cluster.Agglomerate(ctx, m, cluster.Ward)
				if err != nil {
					return nil, err
				}
				labels, err := tree.Cut(k)
				r := &cluster.Result{K: k, Labels: labels}
				r.Centre(p)
				return r, err
			})
		},
	}
}

// TestSameAtAnyNumberOfWorkers: no bit of a result depends on the number of processors.
func TestSameAtAnyNumberOfWorkers(t *testing.T) {
	p, _ := seasons(2500, 12, 1, 3)
	small := p.Select([]int{})
	for i := range 300 {
		small.Values = append(small.Values, p.Row(i)...)
		small.N++
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, fit := range fits(t.Context(), 4) {
		q := small
		if name == "kmeans" || name == "kshape" || name == "mixture" {
			q = p
		}
		var first *cluster.Result
		for _, workers := range []int{1, 3} {
			runtime.GOMAXPROCS(workers)
			r, err := fit(q)
			if err != nil {
				t.Fatal(name, err)
			}
			if first == nil {
				first = r
			} else if !equal(first, r) {
				t.Errorf("%s differs between 1 and %d workers", name, workers)
			}
		}
	}
}

// equal compares results, NaN being equal to itself.
func equal(a, b *cluster.Result) bool {
	clear := func(r cluster.Result) cluster.Result {
		r.Distances = slices.Clone(r.Distances)
		for i, d := range r.Distances {
			if math.IsNaN(d) {
				r.Distances[i] = -1
			}
		}
		return r
	}
	return reflect.DeepEqual(clear(*a), clear(*b))
}

// TestAnyRows: whatever the rows, constant, equal or huge ones among them, each method gives every row a label below K, in the order of first
// appearance, or says what is wrong.
func TestAnyRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dim := rapid.IntRange(1, 24).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "length")
		value := rapid.OneOf(rapid.Just(0.), rapid.Float64Range(-3, 3), rapid.SampledFrom([]float64{1, -1, 1e6, -1e-9}))
		kinds := rapid.IntRange(1, n).Draw(t, "kinds")
		rows := make([][]float64, n)
		for i := range rows {
			if i < kinds {
				rows[i] = rapid.SliceOfN(value, dim, dim).Draw(t, "row")
			} else {
				rows[i] = rows[i%kinds]
			}
		}
		p, err := cluster.NewPoints(rows)
		if err != nil {
			t.Fatal(err)
		}
		for name, fit := range fits(context.Background(), rapid.IntRange(1, 4).Draw(t, "k")) {
			r, err := fit(p)
			if err != nil {
				if c := tidewatch.CodeOf(err); c == tidewatch.CodeInternal {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			if len(r.Labels) != n {
				t.Fatalf("%s: %d labels of %d rows", name, len(r.Labels), n)
			}
			next := 0
			for i, l := range r.Labels {
				if l < cluster.Noise || l >= r.K || l > next {
					t.Fatalf("%s: labels %v of %d clusters", name, r.Labels, r.K)
				}
				if l == next {
					next++
				}
				if l >= 0 && !(r.Distances[i] >= 0) {
					t.Fatalf("%s: distance %v", name, r.Distances[i])
				}
			}
			for i := range n {
				if name != "dbscan" && name != "hdbscan" && name != "ward" && r.Labels[i] != r.Labels[i%kinds] {
					t.Fatalf("%s: equal rows %d and %d are in clusters %d and %d", name, i%kinds, i, r.Labels[i%kinds], r.Labels[i])
				}
			}
		}
	})
}

func TestBadInput(t *testing.T) {
	if _, err := cluster.NewPoints([][]float64{{1, 2}, {3, math.NaN()}}); err == nil || !strings.Contains(err.Error(), "value 1 of row 1 is NaN") {
		t.Error(err)
	}
	if _, err := cluster.NewPoints([][]float64{{1, 2}, {3}}); err == nil || !strings.Contains(err.Error(), "row 1 has 1 values") {
		t.Error(err)
	}
	if _, err := cluster.NewPoints(nil); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Error(err)
	}
	p, _ := cluster.NewPoints([][]float64{{1}, {1}, {2}})
	if _, err := (cluster.KMeans{K: 3}).Fit(t.Context(), p); err == nil || !strings.Contains(err.Error(), "ask for at most 2") {
		t.Error(err)
	}
	if _, err := (cluster.KMeans{}).Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Error(err)
	}
	if _, err := (cluster.DBSCAN{}).Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Error(err)
	}
	if _, err := cluster.Pairs(t.Context(), cluster.Points{N: cluster.MaxPairs + 1, Dim: 1, Values: make([]float64, cluster.MaxPairs+1)}, cluster.Euclidean); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Error(err)
	}
}

// TestCancel: a method stops when its context ends.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, _ := seasons(200, 12, 1, 3)
	for name, fit := range fits(ctx, 3) {
		if _, err := fit(p); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFindsWhatIsThere: methods that know the number find planted shapes again, and the number itself is found.
func TestFindsWhatIsThere(t *testing.T) {
	p, truth := seasons(1200, 104, 1, 5)
	for _, name := range []string{"kmeans", "minibatch", "mixture"} {
		r, err := fits(t.Context(), 4)[name](p)
		if err != nil {
			t.Fatal(err)
		}
		if a := cluster.Compare(truth, r.Labels).AdjustedRand; a < .99 {
			t.Errorf("%s: adjusted Rand index %v", name, a)
		}
	}
	tried, best, err := cluster.Chooser{Max: 7, Sample: 400, Draws: 4}.Choose(t.Context(), p, func(ctx context.Context, p cluster.Points, k int) (*cluster.Result, error) {
		return cluster.KMeans{K: k, Starts: 3, Seed: 1}.Fit(ctx, p)
	})
	if err != nil || best != 4 {
		t.Errorf("%d clusters, %v: %v", best, err, tried)
	}
	// shapes that stand at different times are one to k-Shape
	rng := rand.New(rand.NewPCG(1, 1))
	q := cluster.Points{N: 60, Dim: 80}
	var kind []int
	for i := range q.N {
		at := rng.IntN(40)
		for w := range q.Dim {
			v := .1 * rng.NormFloat64()
			if d := w - at - 20; i%2 == 0 && d >= 0 && d < 12 {
				v += float64(d)
			} else if i%2 == 1 && d >= 0 && d < 12 {
				v += float64(12 - d)
			}
			q.Values = append(q.Values, v)
		}
		kind = append(kind, i%2)
	}
	r, err := cluster.KShape{K: 2, Seed: 1}.Fit(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if a := cluster.Compare(kind, r.Labels).AdjustedRand; a < .99 {
		t.Errorf("k-Shape: adjusted Rand index %v", a)
	}
}

// TestRadius: two dense groups of different places and one row far from all; the radius is found.
func TestRadius(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	p := cluster.Points{N: 241, Dim: 3}
	for i := range p.N {
		at := 6 * float64(i%2)
		if i == p.N-1 {
			at = 40
		}
		for range p.Dim {
			p.Values = append(p.Values, at+.5*rng.NormFloat64())
		}
	}
	radius, err := cluster.Radius(t.Context(), p, 5)
	if err != nil {
		t.Fatal(err)
	}
	r, err := cluster.DBSCAN{Radius: radius}.Fit(t.Context(), p)
	if err != nil || r.K != 2 || r.Labels[p.N-1] != cluster.Noise {
		t.Errorf("radius %g: %d clusters, the last row in %d: %v", radius, r.K, r.Labels[p.N-1], err)
	}
	alike := cluster.Points{N: 9, Dim: 2, Values: make([]float64, 18)}
	if _, err := cluster.Radius(t.Context(), alike, 5); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("all rows alike: %v", err)
	}
}

// TestSearch: the lower bound never hides the nearest row, and spares most of the warping.
func TestSearch(t *testing.T) {
	p, _ := seasons(300, 52, .3, 8)
	d := cluster.DTW{Radius: 5}
	rows := rowsOf(p, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
	s := d.NewSearch(rows)
	warped := 0
	for i := 20; i < p.N; i++ {
		best := math.Inf(1)
		for _, r := range rows {
			l, h := cluster.Envelope(r, 5)
			full := d.Distance(p.Row(i), r)
			if b := cluster.LBKeogh(p.Row(i), l, h); b > full+1e-12 {
				t.Fatalf("the lower bound %v is above the distance %v", b, full)
			}
			best = min(best, full)
		}
		_, got, n := s.Nearest(p.Row(i))
		if math.Abs(got-best) > 1e-12 {
			t.Fatalf("nearest at %v, want %v", got, best)
		}
		warped += n
	}
	if share := float64(warped) / float64(20*(p.N-20)); share > .6 {
		t.Errorf("%.0f %% of the rows were warped", 100*share)
	}
}

func TestMetrics(t *testing.T) {
	metrics := map[string]cluster.Metric{"euclidean": cluster.Euclidean, "correlation": cluster.Correlation, "shape": cluster.Shape, "dtw": cluster.DTW{Radius: 2}.Distance, "msm": cluster.MSM{}.Distance}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		value := rapid.OneOf(rapid.Float64Range(-5, 5), rapid.Just(0.))
		a, b := rapid.SliceOfN(value, n, n).Draw(t, "a"), rapid.SliceOfN(value, n, n).Draw(t, "b")
		for name, d := range metrics {
			ab, ba, aa := d(a, b), d(b, a), d(a, a)
			if !(ab >= 0) || math.IsInf(ab, 0) || math.Abs(ab-ba) > 1e-9*max(1, ab) || !(aa < 1e-6) {
				t.Fatalf("%s: %v, back %v, itself %v", name, ab, ba, aa)
			}
		}
	})
}

func BenchmarkKMeans100000x104(b *testing.B) {
	p, _ := seasons(100_000, 104, 2, 1)
	p = p.Normalize()
	for b.Loop() {
		if _, err := (cluster.KMeans{K: 8, Seed: 1}).Fit(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKShape100000x104(b *testing.B) {
	p, _ := seasons(100_000, 104, 2, 1)
	for b.Loop() {
		if _, err := (cluster.KShape{K: 8, Seed: 1}).Fit(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}
