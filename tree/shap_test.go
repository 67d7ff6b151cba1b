package tree

import (
	"context"
	"math"
	"testing"
)

func TestSharesAddUpToTheScore(t *testing.T) {
	d := sample(2000, 11)
	_, m := mustTrain(t, d, Config{Rounds: 60, MaxLeaves: 255, MinRows: 1, CategoryRows: 1, LearningRate: .3, Objective: Quantiles{Levels: []float64{.3, .7}}})
	ctx := context.Background()
	scores, err := m.Scores(ctx, d.X, 1)
	if err != nil {
		t.Fatal(err)
	}
	shares, err := m.Explain(ctx, d.X, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range scores {
		sum := 0.0
		for _, v := range shares[i*7 : (i+1)*7] {
			sum += v
		}
		if math.Abs(sum-s) > 1e-9 {
			t.Fatalf("row %d, output %d: the shares add up to %v, the score is %v", i/2, i%2, sum, s)
		}
	}
}

// TestSharesAreShapleyValues compares with the definition: the mean over all orders in which columns become known.
func TestSharesAreShapleyValues(t *testing.T) {
	d := sample(500, 12)
	_, m := mustTrain(t, d, Config{Rounds: 3, MaxLeaves: 40, MinRows: 1, CategoryRows: 1, LearningRate: 1})
	shares, err := m.Explain(context.Background(), d.X, 1)
	if err != nil {
		t.Fatal(err)
	}
	n := len(m.features)
	row := make([]float64, n)
	for r := range 20 {
		for c := range row {
			d.X.ReadColumn(row[c:c+1], c, r)
		}
		for f := range n {
			want := 0.0
			for known := range 1 << n {
				if known>>f&1 != 0 {
					continue
				}
				size := 0
				for c := range n {
					size += known >> c & 1
				}
				weight := math.Gamma(float64(size+1)) * math.Gamma(float64(n-size)) / math.Gamma(float64(n+1))
				want += weight * (meanGiven(m, row, known|1<<f) - meanGiven(m, row, known))
			}
			if got := shares[r*(n+1)+f]; math.Abs(got-want) > 1e-9 {
				t.Fatalf("row %d column %d: %v, by the definition %v", r, f, got, want)
			}
		}
	}
}

// meanGiven is the mean score of a row of which only some columns are known.
func meanGiven(m *Model, row []float64, known int) float64 {
	sum := m.start[0]
	for i := range m.trees {
		sum += m.trees[i].meanGiven(m, 0, row, known)
	}
	return sum
}

func (t *structure) meanGiven(m *Model, at int32, row []float64, known int) float64 {
	if at < 0 {
		return t.values[^at]
	}
	n := &t.nodes[at]
	if known>>n.feature&1 != 0 {
		if n.goesLeft(row[n.feature], m.engine.fill[n.feature]) {
			return t.meanGiven(m, n.left, row, known)
		}
		return t.meanGiven(m, n.right, row, known)
	}
	left := t.leftShares[at]
	return left*t.meanGiven(m, n.left, row, known) + (1-left)*t.meanGiven(m, n.right, row, known)
}
