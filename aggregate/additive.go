package aggregate

import "github.com/tidewatch/tidewatch/read"

// Additive reports whether a measure of in ("" is its default) of a group is the sum of that of its parts: it is not where distinct things
// are counted, such as orders of several items, nor where it is a ratio.
func Additive(in *read.Input, measure string) (bool, error) {
	m, _, err := measureOf(in, measure)
	return err == nil && len(m.parts) == 1 && !m.parts[0].of.distinct(), err
}
