package cluster_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/cluster"
)

// shared holds all reference numbers; testdata a few cases of them, with the same header (package, version, parameters, tolerance).
const shared = "../../shared/reference/cluster"

// golden runs f on the reference numbers of testdata, and on all of them where they are at hand.
func golden[T any](t *testing.T, name string, f func(t *testing.T, want T)) {
	for _, dir := range []string{"testdata", shared} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if dir == shared && os.IsNotExist(err) {
				t.Skip("the full reference numbers are not here: " + shared)
			}
			if err != nil {
				t.Fatal(err)
			}
			var want T
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			f(t, want)
		})
	}
}

// data reads a table of the reference numbers: its rows and its labels. A name that ends in _std is standardised, one in _z has its rows
// normalised.
func data(t *testing.T, name string) (cluster.Points, []int) {
	t.Helper()
	base := strings.TrimSuffix(strings.TrimSuffix(name, "_std"), "_z")
	if base == "uci" {
		base = "uci_weekly"
	}
	b, err := os.ReadFile(filepath.Join("testdata", base+".csv"))
	if os.IsNotExist(err) {
		b, err = os.ReadFile(filepath.Join(shared, base+".csv"))
	}
	if err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	label := slices.IndexFunc(table[0], func(s string) bool { return s == "label" || s == "product" })
	var rows [][]float64
	var labels []int
	for _, line := range table[1:] {
		var row []float64
		for c, s := range line {
			v, err := strconv.ParseFloat(s, 64)
			switch {
			case c == label:
				labels = append(labels, int(v))
			case err != nil:
				t.Fatal(err)
			default:
				row = append(row, v)
			}
		}
		rows = append(rows, row)
	}
	p, err := cluster.NewPoints(rows)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case strings.HasSuffix(name, "_std"):
		p = p.Standardize()
	case strings.HasSuffix(name, "_z"):
		p = p.Normalize()
	}
	return p, labels
}

func rowsOf(p cluster.Points, rows []int) [][]float64 {
	var out [][]float64
	for _, i := range rows {
		out = append(out, p.Row(i))
	}
	return out
}

// near reports numbers that differ by more than the tolerance, relative to their size where that is above 1.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

// alike reports labels that do not agree up to their names.
func alike(t *testing.T, what string, got, want []int, least float64) {
	t.Helper()
	if a := cluster.Compare(got, want).AdjustedRand; !(a >= least-1e-12) {
		t.Errorf("%s: adjusted Rand index %v of the labels, want at least %v\n got %v\nwant %v", what, a, least, got, want)
	}
}

func TestKMeansReference(t *testing.T) {
	type best struct {
		Inertia    float64 `json:"best_inertia"`
		Silhouette float64
		CH         float64 `json:"calinski_harabasz"`
		DB         float64 `json:"davies_bouldin"`
		Sizes      []int   `json:"sizes_sorted"`
	}
	golden(t, "kmeans.json", func(t *testing.T, want struct {
		Fixed map[string]struct {
			Data    string
			Rows    []int `json:"init_rows"`
			Inertia float64
			Centers [][]float64
			Labels  []int
		} `json:"fixed_init"`
		BestOf map[string]map[int]best `json:"best_of"`
	}) {
		for name, w := range want.Fixed {
			p, _ := data(t, w.Data)
			r, err := cluster.KMeans{Centres: rowsOf(p, w.Rows)}.Fit(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, name, r.Labels, w.Labels, 1)
			near(t, name+" inertia", r.Inertia, w.Inertia, 1e-9)
			for i, l := range r.Labels {
				for j, v := range r.Centres[l] {
					near(t, name+" centre", v, w.Centers[w.Labels[i]][j], 1e-9)
				}
			}
		}
		for name, ks := range want.BestOf {
			p, _ := data(t, name)
			for k, w := range ks {
				r, err := cluster.KMeans{K: k, Starts: 40, Seed: 1}.Fit(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				if r.Inertia > 1.005*w.Inertia {
					t.Errorf("%s, %d clusters: inertia %v, want %v", name, k, r.Inertia, w.Inertia)
				}
				if math.Abs(r.Inertia-w.Inertia) < 1e-6*w.Inertia && k > 1 {
					s, err := cluster.Silhouette(t.Context(), p, r.Labels, cluster.Euclidean, 0, 1)
					if err != nil {
						t.Fatal(err)
					}
					near(t, name+" silhouette", s.Value, w.Silhouette, 1e-6)
					near(t, name+" Calinski-Harabasz", cluster.CalinskiHarabasz(p, r), w.CH, 1e-6)
					near(t, name+" Davies-Bouldin", cluster.DaviesBouldin(p, r), w.DB, 1e-6)
				}
				m, err := cluster.MiniBatch{K: k, Seed: 7}.Fit(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				if m.Inertia > 1.1*w.Inertia {
					t.Errorf("%s, %d clusters by mini-batch: inertia %v, want at most 1.1 x %v", name, k, m.Inertia, w.Inertia)
				}
			}
		}
	})
}

func TestAgglomerateReference(t *testing.T) {
	golden(t, "agglomerative.json", func(t *testing.T, want struct {
		Sets map[string]map[string]json.RawMessage
	}) {
		for name, set := range want.Sets {
			var p cluster.Points
			if x := set["x"]; x != nil {
				var rows [][]float64
				if err := json.Unmarshal(x, &rows); err != nil {
					t.Fatal(err)
				}
				p, _ = cluster.NewPoints(rows)
			} else {
				p, _ = data(t, name)
			}
			m, err := cluster.Pairs(t.Context(), p, cluster.Euclidean)
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range []cluster.Linkage{cluster.Ward, cluster.Average, cluster.Complete, cluster.Single} {
				var w struct {
					Heights    []float64 `json:"heights_sorted"`
					Linkage    [][4]float64
					Cophenetic float64 `json:"cophenetic_corr"`
					K2         []int   `json:"labels_k2"`
					K3         []int   `json:"labels_k3"`
					K4         []int   `json:"labels_k4"`
				}
				if err := json.Unmarshal(set[string(link)], &w); err != nil {
					t.Fatal(err)
				}
				tree, err := cluster.Agglomerate(t.Context(), m, link)
				if err != nil {
					t.Fatal(err)
				}
				what := name + " " + string(link)
				for i, h := range w.Heights {
					near(t, what+" height", tree.Merges[i].Height, h, 1e-8)
				}
				for i, l := range w.Linkage {
					g := tree.Merges[i]
					if g.A != int(l[0]) || g.B != int(l[1]) || g.Size != int(l[3]) {
						t.Errorf("%s: merge %d is %+v, want %v", what, i, g, l)
					}
					near(t, what, g.Height, l[2], 1e-8)
				}
				if w.Heights != nil {
					near(t, what+" cophenetic correlation", cophenetic(m, tree), w.Cophenetic, 1e-8)
				}
				for k, labels := range map[int][]int{2: w.K2, 3: w.K3, 4: w.K4} {
					if labels == nil {
						continue
					}
					got, err := tree.Cut(k)
					if err != nil {
						t.Fatal(err)
					}
					alike(t, what, got, labels, 1)
				}
			}
		}
	})
}

// cophenetic is the correlation of distances with the heights at which rows meet.
func cophenetic(m *cluster.Matrix, tree *cluster.Tree) float64 {
	heights := &cluster.Matrix{N: m.N, Values: make([]float64, len(m.Values))}
	members := make([][]int, m.N, 2*m.N)
	for i := range members {
		members[i] = []int{i}
	}
	at := func(i, j int) int { i, j = min(i, j), max(i, j); return i*m.N - i*(i+1)/2 + j - i - 1 }
	for _, g := range tree.Merges {
		for _, i := range members[g.A] {
			for _, j := range members[g.B] {
				heights.Values[at(i, j)] = g.Height
			}
		}
		members = append(members, slices.Concat(members[g.A], members[g.B]))
	}
	return 1 - cluster.Correlation(m.Values, heights.Values)
}

func TestDensityReference(t *testing.T) {
	golden(t, "density.json", func(t *testing.T, want struct {
		DBSCAN  map[string]struct{ Labels []int }
		HDBSCAN map[string]struct {
			Size          int  `json:"min_cluster_size"`
			Samples       *int `json:"min_samples"`
			Method        string
			Labels        []int
			Probabilities []float64
		}
	}) {
		for name, w := range want.DBSCAN {
			set, rest, _ := strings.Cut(name, "_eps")
			eps, least, _ := strings.Cut(rest, "_min")
			radius, err := strconv.ParseFloat(eps, 64)
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.Atoi(least)
			if err != nil {
				t.Fatal(err)
			}
			p, _ := data(t, set)
			r, err := cluster.DBSCAN{Radius: radius, MinRows: n}.Fit(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, name, r.Labels, w.Labels, 1)
			for i, l := range w.Labels {
				if (l < 0) != (r.Labels[i] == cluster.Noise) {
					t.Errorf("%s: row %d is %d, want %d", name, i, r.Labels[i], l)
				}
			}
		}
		for name, w := range want.HDBSCAN {
			set, _, _ := strings.Cut(name, "_mcs")
			p, _ := data(t, set)
			least := w.Size
			if w.Samples != nil {
				least = *w.Samples
			}
			r, err := cluster.HDBSCAN{MinSize: w.Size, MinRows: least, Leaves: w.Method == "leaf"}.Fit(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			// scikit-learn takes equal distances in the order in which an unstable sort leaves them: with a stable one its own leaves agree
			// with these to an index of .80 only, and its longest-lasting clusters to .985
			bar := .98
			if w.Method == "leaf" {
				bar = .8
			}
			alike(t, name, r.Labels, w.Labels, bar)
			if w.Method == "leaf" || set == "blobs" {
				continue
			}
			off := 0
			for i, v := range w.Probabilities {
				if (r.Labels[i] < 0) == (w.Labels[i] < 0) && math.Abs(r.Probability[i]-v) > 1e-6 {
					off++
				}
			}
			if off > len(w.Labels)/100 {
				t.Errorf("%s: %d probabilities differ", name, off)
			}
		}
	})
}

func TestMixtureReference(t *testing.T) {
	golden(t, "gmm.json", func(t *testing.T, want struct {
		Sets map[string]struct {
			Data, Type string
			Rows       []int   `json:"init_rows"`
			LogLik     float64 `json:"mean_loglik"`
			BIC, AIC   float64
			Means      [][]float64
			Labels     []int
			Resp       [][]float64 `json:"resp_first3"`
		}
	}) {
		for name, w := range want.Sets {
			if w.Type != "full" && w.Type != "diag" {
				continue
			}
			p, _ := data(t, w.Data)
			r, err := cluster.Mixture{Means: rowsOf(p, w.Rows), Diagonal: w.Type == "diag", Tolerance: 1e-10, MaxRounds: 5000}.Fit(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			near(t, name+" log-likelihood", r.LogLik, w.LogLik, 1e-6)
			near(t, name+" BIC", r.BIC, w.BIC, 1e-4)
			near(t, name+" AIC", r.AIC, w.AIC, 1e-4)
			alike(t, name, r.Labels, w.Labels, 1)
			for i, l := range r.Labels {
				for j, v := range r.Centres[l] {
					near(t, name+" mean", v, w.Means[w.Labels[i]][j], 1e-4)
				}
			}
			for i, v := range w.Resp {
				near(t, name+" probability", r.Probability[i], slices.Max(v), 1e-4)
			}
		}
	})
}

func TestIndicesReference(t *testing.T) {
	golden(t, "indices.json", func(t *testing.T, want struct {
		Internal map[string]map[string]struct {
			Labels     []int
			Silhouette float64
			First      []float64 `json:"silhouette_samples_first20"`
			CH         float64   `json:"calinski_harabasz"`
			DB         float64   `json:"davies_bouldin"`
		}
		External map[string]struct {
			A, B         []int
			Rand         float64
			Adjusted     float64 `json:"adjusted_rand"`
			NMI          float64 `json:"nmi_arithmetic"`
			Homogeneity  float64
			Completeness float64
			Purity       float64 `json:"own_purity"`
		}
	}) {
		for name, set := range want.Internal {
			p, _ := data(t, name)
			for which, w := range set {
				if slices.Contains(w.Labels, -1) { // noise is a cluster to scikit-learn
					for i := range w.Labels {
						w.Labels[i]++
					}
				}
				r := &cluster.Result{K: slices.Max(w.Labels) + 1, Labels: w.Labels}
				s, err := cluster.Silhouettes(t.Context(), p, w.Labels, cluster.Euclidean, 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				mean, err := cluster.Silhouette(t.Context(), p, w.Labels, cluster.Euclidean, 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				near(t, name+which+" silhouette", mean.Value, w.Silhouette, 1e-9)
				for i, v := range w.First {
					near(t, name+which+" silhouette of a row", s[i], v, 1e-9)
				}
				near(t, name+which+" Calinski-Harabasz", cluster.CalinskiHarabasz(p, r), w.CH, 1e-9)
				near(t, name+which+" Davies-Bouldin", cluster.DaviesBouldin(p, r), w.DB, 1e-9)
			}
		}
		for name, w := range want.External {
			got := cluster.Compare(w.A, w.B)
			for _, c := range []struct {
				what      string
				got, want float64
			}{{"Rand", got.Rand, w.Rand}, {"adjusted Rand", got.AdjustedRand, w.Adjusted}, {"mutual", got.Mutual, w.NMI}, {"homogeneity", got.Homogeneity, w.Homogeneity},
				{"completeness", got.Completeness, w.Completeness}, {"purity", got.Purity, w.Purity}} {
				near(t, name+" "+c.what, c.got, c.want, 1e-9)
			}
		}
	})
}

func TestPCAReference(t *testing.T) {
	golden(t, "pca.json", func(t *testing.T, want struct {
		Sets map[string]struct {
			Mean       []float64
			Variances  []float64 `json:"explained_variance"`
			Components [][]float64
			Scores     [][]float64 `json:"scores_first10"`
		}
	}) {
		for name, w := range want.Sets {
			if w.Mean == nil {
				continue // what other methods say
			}
			p, _ := data(t, name)
			c, err := cluster.PCA(t.Context(), p, p.Dim)
			if err != nil {
				t.Fatal(err)
			}
			scores := c.Project(p)
			for a, v := range w.Variances {
				near(t, name+" variance", c.Variances[a], v, 1e-9)
				along := 0.
				for j := range p.Dim {
					along += c.Loadings[a][j] * w.Components[a][j]
				}
				sign := math.Copysign(1, along)
				for j := range p.Dim {
					near(t, name+" loading", c.Loadings[a][j], sign*w.Components[a][j], 1e-8)
				}
				for i := range w.Scores {
					near(t, name+" score", scores.Row(i)[a], sign*w.Scores[i][a], 1e-8)
				}
			}
		}
	})
}

func TestGapReference(t *testing.T) {
	fit := func(t *testing.T) func(p cluster.Points, k int) (*cluster.Result, error) {
		return func(p cluster.Points, k int) (*cluster.Result, error) {
			return cluster.KMeans{K: k, Starts: 10, Seed: 3}.Fit(t.Context(), p)
		}
	}
	golden(t, "gap.json", func(t *testing.T, want struct {
		Sets map[string]map[string]json.RawMessage
	}) {
		for name, ks := range want.Sets {
			p, _ := data(t, name)
			for k, raw := range ks {
				n, err := strconv.Atoi(k)
				if err != nil {
					continue // k_hat is Monte Carlo
				}
				var w struct {
					LogW   float64 `json:"log_W"`
					Gap, S float64
				}
				if err := json.Unmarshal(raw, &w); err != nil {
					t.Fatal(err)
				}
				f := fit(t)
				best, err := f(p, n)
				if err != nil {
					t.Fatal(err)
				}
				near(t, name+" log W", math.Log(best.Inertia), w.LogW, 5e-3)
				g, err := cluster.Gap(t.Context(), p, n, 20, 5, func(_ context.Context, p cluster.Points, k int) (*cluster.Result, error) { return f(p, k) })
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(g.Value-w.Gap) > 4*math.Max(w.S, g.Error) {
					t.Errorf("%s, %d clusters: gap %v, want %v within 4 x %v", name, n, g.Value, w.Gap, w.S)
				}
			}
		}
	})
}

func TestShapesReference(t *testing.T) {
	golden(t, "ts_cluster.json", func(t *testing.T, want struct {
		Sets map[string]struct {
			Rows        []int `json:"init_rows"`
			Labels      []int
			Inertia     float64
			Squared     float64 `json:"inertia_mean_squared"`
			DTW         float64 `json:"inertia_mean_squared_dtw"`
			Centroids   [][]float64
			Barycenter  []float64
			BarycenterD float64 `json:"sum_sq_dtw"`
		}
	}) {
		for name, w := range want.Sets {
			set, _, _ := strings.Cut(name, "_z")
			if name == "dba_class0" {
				set = "cbf"
			}
			p, labels := data(t, set+"_z")
			switch {
			case name == "dba_class0":
				var rows []int
				for i, l := range labels {
					if l == 0 {
						rows = append(rows, i)
					}
				}
				d := cluster.DTW{Radius: -1}
				c := d.Barycentre(rowsOf(p, rows), p.Row(0), 100, 1e-6)
				total := 0.
				for _, i := range rows {
					total += math.Pow(d.Distance(c, p.Row(i)), 2)
				}
				near(t, name, total, w.BarycenterD, 1e-3)
			case strings.HasSuffix(name, "_dba"):
				r, err := cluster.DTWMeans{Rows: w.Rows, Radius: -1}.Fit(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				alike(t, name, r.Labels, w.Labels, .99)
				near(t, name, r.Inertia/float64(p.N), w.DTW, 1e-3)
			case strings.HasSuffix(name, "_euclid"):
				r, err := cluster.KMeans{Centres: rowsOf(p, w.Rows)}.Fit(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				alike(t, name, r.Labels, w.Labels, .99)
				near(t, name, r.Inertia/float64(p.N), w.Squared, 1e-6)
			default:
				r, err := cluster.KShape{Rows: w.Rows}.Fit(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				alike(t, name, r.Labels, w.Labels, .99)
				near(t, name, r.Inertia, w.Inertia, 1e-6)
			}
		}
	})
}

func TestDistancesReference(t *testing.T) {
	golden(t, "ts_distance.json", func(t *testing.T, want struct {
		Sets  map[string]map[string][]float64
		Short struct {
			A, B []float64
			DTW  float64
			Own  map[string]float64
		}
	}) {
		near(t, "short", cluster.DTW{Radius: -1}.Distance(want.Short.A, want.Short.B), want.Short.DTW, 1e-8)
		near(t, "short MSM", cluster.MSM{}.Distance(want.Short.A, want.Short.B), want.Short.Own["msm_c1"], 1e-8)
		for name, set := range want.Sets {
			all, _ := data(t, strings.Replace(name, "9", "", 1))
			rows := []int{0, 1, 2, 10, 11, 12, 20, 21, 22}
			if strings.HasPrefix(name, "uci") {
				rows = []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
			}
			shift := func(a, b []float64) float64 { _, s := cluster.ShapeShift(a, b); return float64(s) }
			keogh := func(a, b []float64) float64 { l, h := cluster.Envelope(b, 6); return cluster.LBKeogh(a, l, h) }
			for key, d := range map[string]cluster.Metric{"dtw_full": cluster.DTW{Radius: -1}.Distance, "dtw_sakoe3": cluster.DTW{Radius: 3}.Distance,
				"dtw_sakoe6": cluster.DTW{Radius: 6}.Distance, "dtw_sakoe12": cluster.DTW{Radius: 12}.Distance, "lb_keogh_r6": keogh, "own_sbd": cluster.Shape, "own_sbd_shift": shift,
				"aeon_msm_c1": cluster.MSM{Cost: 1}.Distance, "aeon_msm_c0.5": cluster.MSM{Cost: .5}.Distance, "aeon_msm_c0.1": cluster.MSM{Cost: .1}.Distance,
				"aeon_euclidean": cluster.Euclidean} {
				if len(set[key]) != 36 {
					t.Fatalf("%s %s: %d distances", name, key, len(set[key]))
				}
				k := 0
				for i := range 9 {
					for j := i + 1; j < 9; j++ {
						near(t, name+" "+key, d(all.Row(rows[i]), all.Row(rows[j])), set[key][k], 1e-8)
						k++
					}
				}
			}
		}
	})
}
