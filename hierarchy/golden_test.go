package hierarchy

import (
	"encoding/json"
	"os"
	"testing"
)

// The numbers of a well-known package, on a hierarchy of two groupings that cross.
func TestAgreesWithPackage(t *testing.T) {
	b, err := os.ReadFile("testdata/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		S, Forecast  [][]float64
		PastForecast [][]float64 `json:"past_forecast"`
		PastActual   [][]float64 `json:"past_actual"`
		Reconciled   map[string][][]float64
	}
	if err := json.Unmarshal(b, &g); err != nil || len(g.Reconciled) < 4 {
		t.Fatal("the golden file has lost its cases:", err)
	}
	id := func(s string) string { return s }
	h, err := New([]string{"A1", "A2", "A3", "B1", "B3"}, Total("total", 5), Group("state", []string{"A", "A", "A", "B", "B"}, id), Group("dept", []string{"1", "2", "3", "1", "3"}, id))
	if err != nil {
		t.Fatal(err)
	}
	s := summing(h)
	for v, row := range g.S {
		for i, x := range row {
			if s.At(v, i) != x {
				t.Fatalf("S[%d][%d] is %g", v, i, s.At(v, i))
			}
		}
	}
	for _, m := range []Method{OLS, Structural, WLS, Shrink} {
		r, err := NewReconciler(h, m, Known{Past: &Past{g.PastForecast, g.PastActual}})
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 1e-6
		if m == Shrink {
			tolerance = 3e-2
		}
		for step := range g.Forecast[0] {
			var y, want []float64
			for v := range g.Forecast {
				y, want = append(y, g.Forecast[v][step]), append(want, g.Reconciled[string(m)][v][step])
			}
			r.Values(y, false)
			agree(t, string(m), y, want, tolerance)
		}
	}
}
