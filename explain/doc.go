// Package explain says why a number differs from another: a period from the one before, a forecast from what was sold, a forecast from the
// one made earlier. Its result is a [Waterfall], whose steps add up exactly, at every level of a hierarchy, because amounts are whole
// numbers of a small unit and what they leave over is a step with a name.
package explain
