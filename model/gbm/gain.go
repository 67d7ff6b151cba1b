package gbm

import (
	"slices"

	"github.com/tidewatch/tidewatch/feature"
)

// Gain is the share of a feature in what all splits of all trees gained.
type Gain struct {
	Feature feature.Feature
	Share   float64
}

// Gains are the features by their gain, largest first.
func (m *Model) Gains() []Gain {
	b, err := m.builder(m.panel, nil)
	if err != nil {
		return nil
	}
	out := make([]Gain, len(b.Features()))
	total := 0.0
	for _, part := range m.parts {
		for _, models := range part.models {
			for _, t := range models {
				gain, _ := t.Importance()
				for c, g := range gain {
					out[c].Share += g
					total += g
				}
			}
		}
	}
	for c := range out {
		out[c].Feature = b.Features()[c]
		out[c].Share /= total
	}
	slices.SortStableFunc(out, func(a, b Gain) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return out
}
