// Package adjust keeps what planners change about a forecast apart from it: an append-only file of adjustments with their reasons, their
// application to a forecast beside the model's own numbers, and the scores of both when the truth has come.
package adjust
