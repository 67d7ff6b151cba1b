// Package ledger keeps what was claimed of the future, and scores it when the future has come: an append-only file of claims with their
// probabilities, and of what came, each line of which holds a digest of itself and of the line before it.
package ledger
