package tree

import (
	"math"
	"slices"
)

// Model is a sum of trees, one sum an output. It is immutable and safe for concurrent use.
type Model struct {
	features []modelFeature
	start    []float64 // scores before the first tree
	link     Link
	single   bool // values are rounded to float32 first, as XGBoost does
	trees    []structure
	engine   engine
}

type modelFeature struct {
	name        string
	fill        float64 // what NaN is taken as by nodes with missingFill
	categorical bool
}

// Features is the number of columns the model reads.
func (m *Model) Features() int { return len(m.features) }

// Names are the names of the columns, empty where none was given.
func (m *Model) Names() []string {
	names := make([]string, len(m.features))
	for i, f := range m.features {
		names[i] = f.name
	}
	return names
}

// Outputs is the number of predictions a row gets.
func (m *Model) Outputs() int { return len(m.start) }

// Link says how scores become predictions.
func (m *Model) Link() Link { return m.link }

// Trees is the number of trees.
func (m *Model) Trees() int { return len(m.trees) }

// Importance returns, for every column, the total reduction of the loss by its splits and their number.
func (m *Model) Importance() (gain []float64, splits []int) {
	gain, splits = make([]float64, len(m.features)), make([]int, len(m.features))
	for _, t := range m.trees {
		for _, n := range t.nodes {
			gain[n.feature] += n.gain
			splits[n.feature]++
		}
	}
	return gain, splits
}

// apply turns the scores of one row into predictions, in place.
func (l Link) apply(s []float64) {
	switch l {
	case Log:
		for i, v := range s {
			s[i] = math.Exp(v)
		}
	case Logit:
		for i, v := range s {
			s[i] = 1 / (1 + math.Exp(-v))
		}
	case Shares:
		softmax(s)
	case Sorted:
		slices.Sort(s)
	}
}

func sortCodes(codes []int32) { slices.Sort(codes) }

// scoreRow adds the trees to the start scores for one row.
func (m *Model) scoreRow(x, score []float64) {
	if m.single {
		x = slices.Clone(x)
		for i, v := range x {
			x[i] = float64(float32(v))
		}
	}
	copy(score, m.start)
	for i := range m.trees {
		t := &m.trees[i]
		score[t.output] += t.values[t.leafOf(x, m.engine.fill)]
	}
}
