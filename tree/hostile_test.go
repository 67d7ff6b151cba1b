package tree

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// allocated is what f allocates, in bytes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// repeat joins n copies of what.
func repeat(what, separator string, n int) string {
	return strings.TrimSuffix(strings.Repeat(what+separator, n), separator)
}

// chain is a LightGBM tree whose every node has one leaf.
func chain(nodes int, kind, more string) string {
	var left, right, threshold strings.Builder
	for i := range nodes {
		next := i + 1
		if next == nodes {
			next = ^nodes
		}
		fmt.Fprintf(&left, " %d", ^i)
		fmt.Fprintf(&right, " %d", next)
		fmt.Fprintf(&threshold, " %d", 0)
	}
	return fmt.Sprintf("Tree=0\nnum_leaves=%d\nsplit_feature=%s\ndecision_type=%s\nleft_child=%s\nright_child=%s\nthreshold=%s\nleaf_value=%s\n%s\n\n", nodes+1,
		repeat("0", " ", nodes), repeat(kind, " ", nodes), left.String()[1:], right.String()[1:], threshold.String()[1:], repeat("1", " ", nodes+1), more)
}

const lightGBMHead = "tree\nversion=v4\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\nfeature_names=a\n\n"

// TestHostileFilesAllocateLittle reads files that claim far more than they hold.
func TestHostileFilesAllocateLittle(t *testing.T) {
	words := repeat("4294967295", " ", 2000)
	xgbTree := func(size int) string {
		n := 2001
		left, right := strings.Builder{}, strings.Builder{}
		for i := range n {
			if i%2 == 0 && i+2 < n {
				fmt.Fprintf(&left, ",%d", i+1)
				fmt.Fprintf(&right, ",%d", i+2)
			} else {
				left.WriteString(",-1")
				right.WriteString(",-1")
			}
		}
		var nodes, starts strings.Builder
		for i := 0; i < n-2; i += 2 {
			fmt.Fprintf(&nodes, ",%d", i)
			starts.WriteString(",0")
		}
		half := (n - 1) / 2
		return fmt.Sprintf(`{"left_children":[%s],"right_children":[%s],"split_indices":[%s],"split_conditions":[%s],"default_left":[%s],"split_type":[%s],`+
			`"categories":[%s],"categories_nodes":[%s],"categories_segments":[%s],"categories_sizes":[%s]}`, left.String()[1:], right.String()[1:],
			repeat("0", ",", n), repeat("0", ",", n), repeat("0", ",", n), repeat("1", ",", n),
			repeat("1", ",", size), nodes.String()[1:], starts.String()[1:], repeat(fmt.Sprint(size), ",", half))
	}
	xgb := func(columns, tree, info string) string {
		return `{"learner":{"gradient_booster":{"name":"gbtree","model":{"trees":[` + tree + `],"tree_info":[` + info + `]}},"learner_model_param":{"base_score":"0","num_feature":"` +
			columns + `"},"objective":{"name":"reg:squarederror"}}}`
	}
	for _, c := range []struct {
		name, file string
		lightGBM   bool
		most       uint64 // MiB
	}{
		{"leaves that are not there", lightGBMHead + "Tree=0\nnum_leaves=16777216\nleaf_value=1 2\n\nend of trees\n", true, 1},
		{"one set for every node", lightGBMHead + chain(3000, "1", "num_cat=1\ncat_boundaries=0 2000\ncat_threshold="+words) + "end of trees\n", true, 8},
		{"sets that overlap", lightGBMHead + chain(3000, "1", "num_cat=1\ncat_boundaries="+repeat("0 2000", " ", 1500)+"\ncat_threshold="+words) + "end of trees\n", true, 8},
		{"columns that are not used", xgb("1048576", "", ""), false, 64},
		{"lists that overlap", xgb("1", xgbTree(5000), "0"), false, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			bytesUsed := allocated(func() {
				if c.lightGBM {
					_, err = ReadLightGBM(strings.NewReader(c.file))
				} else {
					_, err = ReadXGBoost(strings.NewReader(c.file))
				}
			})
			if c.name != "columns that are not used" && tidewatch.CodeOf(err) != tidewatch.CodeModel {
				t.Errorf("error %v", err)
			}
			if bytesUsed > c.most<<20 {
				t.Errorf("a file of %d bytes allocates %d MiB", len(c.file), bytesUsed>>20)
			}
		})
	}
}

// TestDeepTreesAreRefusedByExplain predicts with a chain of a hundred thousand decisions, and does not walk it recursively.
func TestDeepTreesAreRefusedByExplain(t *testing.T) {
	const n = 100_000
	more := "internal_count=" + repeat("2", " ", n) + "\nleaf_count=" + repeat("1", " ", n+1)
	m, err := ReadLightGBM(bytes.NewReader([]byte(lightGBMHead + chain(n, "0", more) + "end of trees\n")))
	if err != nil {
		t.Fatal(err)
	}
	x := Rows[float64]{Data: []float64{1}, Cols: 1}
	if p, err := m.Predict(context.Background(), x, 1); err != nil || p[0] != 1 {
		t.Fatalf("prediction %v, error %v", p, err)
	}
	if _, err := m.Explain(context.Background(), x, 1); tidewatch.CodeOf(err) != tidewatch.CodeModel {
		t.Fatalf("error %v", err)
	}
}

// TestCategoriesBeyondAByte gives every set of a feature with more categories than a byte tells apart a column of its own.
func TestCategoriesBeyondAByte(t *testing.T) {
	file := lightGBMHead + `Tree=0
num_leaves=3
num_cat=2
split_feature=0 0
decision_type=1 1
left_child=-1 -2
right_child=1 -3
threshold=0 1
leaf_value=10 20 30
cat_boundaries=0 12 13
cat_threshold=` + repeat("4294967295", " ", 12) + ` 0

end of trees
`
	m, err := ReadLightGBM(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[float64]float64{0: 10, 383: 10, 384: 30, -1: 30, 1e9: 30} {
		if p, err := m.Predict(context.Background(), Rows[float64]{Data: []float64{x}, Cols: 1}, 1); err != nil || p[0] != want {
			t.Errorf("%v: prediction %v, not %v; error %v", x, p, want, err)
		}
	}
	m, err = ReadLightGBM(strings.NewReader(strings.Replace(file, "cat_boundaries=0 12 13\ncat_threshold="+repeat("4294967295", " ", 12)+" 0", "cat_boundaries=0 1 2\ncat_threshold=0 0", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := m.Predict(context.Background(), Rows[float64]{Data: []float64{3}, Cols: 1}, 1); err != nil || p[0] != 30 {
		t.Errorf("sets of no category: prediction %v, error %v", p, err)
	}
}
