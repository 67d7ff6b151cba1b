package selection

import (
	"cmp"
	"slices"
)

// Share is a method's part in a combination.
type Share struct {
	Method string  `json:"method"`
	Weight float64 `json:"weight"`
}

// Choice is what was decided for one series.
type Choice struct {
	ID      string  `json:"id"`
	Members []Share `json:"members"` // largest first; none where no candidate could forecast
	// Expected is the smallest loss expected of a member, and Baseline that of the seasonal naive forecast, both relative to the mean
	// of all candidates.
	Expected float64 `json:"expected"`
	Baseline float64 `json:"baseline"`
}

func choice(id string, names []string, weight, expected []float64, floor int) Choice {
	c := Choice{ID: id, Members: shares(names, weight), Baseline: expected[floor], Expected: expected[floor]}
	for m, w := range weight {
		if w > 0 {
			c.Expected = min(c.Expected, expected[m])
		}
	}
	return c
}

// shares are the parts of the methods that have one, largest first.
func shares(names []string, weight []float64) []Share {
	var members []Share
	for m, w := range weight {
		if w > 0 {
			members = append(members, Share{names[m], w})
		}
	}
	slices.SortStableFunc(members, func(a, b Share) int { return cmp.Compare(b.Weight, a.Weight) })
	return members
}
