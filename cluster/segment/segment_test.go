package segment_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
)

// shop is items of two and a half years of weeks: some peak in December, some in July, some grow and some are sold for the first time lately; of
// very different sizes, with the noise of counts.
func shop(t *testing.T, n int) (*tidewatch.Panel, []int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(4, 4))
	grid := tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2021, 1, 4, 0, 0, 0, 0, time.UTC)}
	var series []tidewatch.Series
	var truth []int
	for i := range n {
		s := tidewatch.Series{ID: string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))}
		kind, size := i%4, math.Exp(1.5+rng.Float64()*4)
		if kind == 3 {
			s.Start = 95
		}
		for w := s.Start; w < 130; w++ {
			month := grid.Stamp(w).Month()
			v := 1.0
			switch {
			case kind == 0 && month == time.December, kind == 1 && month == time.July:
				v = 4
			case kind == 2:
				v = math.Pow(2.2, float64(w)/52)
			}
			v *= size
			s.Values = append(s.Values, max(0, math.Round(v+math.Sqrt(v)*rng.NormFloat64())))
		}
		series, truth = append(series, s), append(truth, kind)
	}
	series = append(series, tidewatch.Series{ID: "total", Values: make([]float64, 130)}, tidewatch.Series{ID: "zeros", Values: make([]float64, 130)},
		tidewatch.Series{ID: "unknown", Values: []float64{math.NaN()}})
	p, err := tidewatch.NewPanel(grid, []int{52}, series)
	if err != nil {
		t.Fatal(err)
	}
	return p, truth
}

func TestSeries(t *testing.T) {
	p, truth := shop(t, 400)
	table := segment.Shapes(p, "total")
	if len(table.IDs) != 400 || len(table.Left) != 2 || table.Left[1] != (segment.Left{ID: "zeros", Code: "zero"}) {
		t.Fatalf("%d series, %v left out", len(table.IDs), table.Left)
	}
	f, err := segment.Find(t.Context(), table, segment.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	kind := map[string]int{}
	for i, k := range truth {
		kind[p.ID(i)] = k
	}
	for i, id := range f.IDs {
		truth[i] = kind[id]
	}
	if a := cluster.Compare(truth, f.Labels).AdjustedRand; len(f.Segments) != 4 || a < .95 {
		t.Errorf("%d segments, adjusted Rand index %v: %+v", len(f.Segments), a, f.Tried)
	}
	names := map[string]bool{}
	said := map[message.Lang]string{}
	for a := range f.Segments {
		if a > 0 && f.Segments[a].Size > f.Segments[a-1].Size {
			t.Error("segments are not in order of size")
		}
		names[f.Segments[a].Name(message.English)] = true
		for _, l := range message.Langs {
			said[l] += f.Segments[a].Name(l) + "\n"
		}
	}
	if len(names) != len(f.Segments) {
		t.Errorf("names are not distinct: %v", names)
	}
	for _, want := range []string{"peaks in December (", "peaks in July (", "growing ", "began lately"} {
		if !strings.Contains(said[message.English], want) {
			t.Errorf("nothing %q in\n%s", want, said[message.English])
		}
	}
	for _, want := range []string{"12月达高峰", "7月达高峰", "每年增长", "近期才开始"} {
		if !strings.Contains(said[message.Chinese], want) {
			t.Errorf("nothing %q in\n%s", want, said[message.Chinese])
		}
	}
}

// TestOrder: the order in which series stand changes nothing.
func TestOrder(t *testing.T) {
	p, _ := shop(t, 100)
	back := make([]int, p.Len())
	for i := range back {
		back[i] = p.Len() - 1 - i
	}
	a, err := segment.Find(t.Context(), segment.Shapes(p), segment.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := segment.Find(t.Context(), segment.Shapes(p.Select(back)), segment.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.IDs, b.IDs) || !slices.Equal(a.Labels, b.Labels) || !slices.Equal(a.Distance, b.Distance) {
		t.Error("segments depend on the order of the series")
	}
}

// TestSameAnyway: the same at any number of processors, for every method.
func TestSameAnyway(t *testing.T) {
	p, _ := shop(t, 120)
	table := segment.Shapes(p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, method := range []string{"kmeans", "minibatch", "kmedoids(msm)", "kmedoids(correlation)", "kshape", "dtw", "hierarchical", "hierarchical(average)", "mixture(diagonal)", "dbscan", "hdbscan"} {
		var first *segment.Found
		for _, n := range []int{1, 3} {
			runtime.GOMAXPROCS(n)
			f, err := segment.Find(t.Context(), table, segment.Config{Method: method, K: map[bool]int{true: 0, false: 4}[strings.HasSuffix(method, "dbscan")], Seed: 2})
			if err != nil {
				t.Fatal(method, err)
			}
			if first == nil {
				first = f
				continue
			}
			for i := range f.Labels {
				if f.Labels[i] != first.Labels[i] || f.Distance[i] != first.Distance[i] && f.Labels[i] >= 0 {
					t.Fatalf("%s: row %d differs between 1 and %d processors", method, i, n)
				}
			}
		}
	}
}

func TestCustomers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	table := &segment.Table{Of: segment.Customers, Traits: []segment.Trait{{Name: "recency", Log: true, Unit: "days"}, {Name: "frequency", Log: true}, {Name: "money", Log: true}}}
	table.Values = make([][]float64, 3)
	for i := range 300 {
		table.IDs = append(table.IDs, string(rune('A'+i%26))+string(rune('0'+i/26)))
		good := i%3 == 0
		row := []float64{100 + 100*rng.Float64(), 1 + rng.Float64(), 50 + 20*rng.Float64()}
		if good {
			row = []float64{5 * rng.Float64(), 20 + 10*rng.Float64(), 3000 + 1000*rng.Float64()}
		}
		for k, v := range row {
			table.Values[k] = append(table.Values[k], v)
		}
	}
	table.Values[0][5] = math.NaN()
	f, err := segment.Find(t.Context(), table, segment.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Segments) != 2 || f.Segments[0].Size != 200 {
		t.Fatalf("%+v", f.Segments)
	}
	if en := f.Segments[1].Name(message.English); !strings.Contains(en, "frequent") || !strings.Contains(en, "recent") || !strings.HasSuffix(en, "high-value customers") && !strings.Contains(en, "high-value") {
		t.Error(en)
	}
	if zh := f.Segments[1].Name(message.Chinese); !strings.Contains(zh, "高价值") || !strings.HasSuffix(zh, "的顾客") {
		t.Error(zh)
	}
}

func TestMistakes(t *testing.T) {
	p, _ := shop(t, 8)
	table := segment.Shapes(p)
	for _, c := range []struct {
		config segment.Config
		says   string
	}{
		{segment.Config{Method: "kmaens"}, "did you mean kmeans?"},
		{segment.Config{Method: "kmeans(x)"}, "takes nothing in brackets"},
		{segment.Config{Method: "kmedoids(manhattan)"}, "use kmedoids(euclidean)"},
		{segment.Config{K: 9}, "ask for 2 to 8"},
	} {
		if _, err := segment.Find(t.Context(), table, c.config); err == nil || !strings.Contains(err.Error(), c.says) || tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%+v: %v", c.config, err)
		}
	}
	if _, err := segment.ParseMethod("dtw", segment.Customers); err == nil || !strings.Contains(err.Error(), "is for series") {
		t.Error(err)
	}
	few := &segment.Table{Of: segment.Items, IDs: []string{"a"}, Traits: []segment.Trait{{Name: "sold"}}, Values: [][]float64{{1}}}
	if _, err := segment.Find(t.Context(), few, segment.Config{}); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Error(err)
	}
	alike := &segment.Table{Of: segment.Items, IDs: []string{"a", "b", "c", "d", "e"}, Traits: []segment.Trait{{Name: "sold"}, {Name: "price"}, {Name: "growth"}},
		Values: [][]float64{{1, 1, 1, 1, 1}, {2, 2, 2, 2, 2}, {3, 3, 3, 3, 3}}}
	if _, err := segment.Find(t.Context(), alike, segment.Config{}); err == nil || !strings.Contains(err.Error(), "alike") {
		t.Error(err)
	}
}
