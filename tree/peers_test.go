package tree

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// peerCase is one of testdata/cases.json, which testdata/make.py writes.
type peerCase struct {
	File          string      `json:"file"`
	Prediction    [][]float64 `json:"prediction"`
	Contributions [][]float64 `json:"contributions"`
	Replace       []float64   `json:"replace"` // a value that stands for another in this case
}

func readModel(t testing.TB, name string) *Model {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read := ReadXGBoost
	if strings.HasSuffix(name, ".txt") {
		read = ReadLightGBM
	}
	m, err := read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

func TestModelsOfPeers(t *testing.T) {
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rows  [][]*float64 `json:"rows"`
		Cases []peerCase   `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		t.Run(c.File, func(t *testing.T) {
			m := readModel(t, c.File)
			var x []float64
			for _, row := range file.Rows {
				for _, v := range row {
					switch {
					case v == nil:
						x = append(x, math.NaN())
					case c.Replace != nil && *v == c.Replace[0]:
						x = append(x, c.Replace[1])
					default:
						x = append(x, *v)
					}
				}
			}
			got := mustPredict(t, m, Rows[float64]{x, 5})
			for r, want := range c.Prediction {
				if len(want) != m.Outputs() {
					t.Fatalf("%d outputs, not %d", m.Outputs(), len(want))
				}
				for o, w := range want {
					if g := got[r*len(want)+o]; !near(g, w, 1e-6) {
						t.Errorf("row %d output %d: %v, not %v", r, o, g, w)
					}
				}
			}
			shares, err := m.Explain(context.Background(), Rows[float64]{x, 5}, 1)
			if err != nil {
				t.Fatal(err)
			}
			for r, want := range c.Contributions {
				for i, w := range want {
					if g := shares[r*len(want)+i]; !near(g, w, 1e-5) {
						t.Errorf("row %d, share %d: %v, not %v", r, i, g, w)
					}
				}
			}
		})
	}
}
