// Package store keeps rows between runs, so that a forecast rests on exactly what was known at a time.
//
// Rows come from files, one [Import] a file. A table's identity says which rows are the same row: by default all that a row says, and
// how many rows before it in its file say the same (so real duplicates stay, and a file read again adds nothing); or columns that are
// its key, and then a changed row is a new version of it. What an import ended stays, for those who ask what was known before.
//
// A [View] is what was known by some import about events up to some time. Its digest ([Digest.ID]) is of the rows alone, not of the order
// or the files in which they came. Who a person is stands under a key of that person's own, outside of the rows: destroying it
// ([People.Forget]) makes the rows anonymous and changes no digest.
//
// The package decides; a [Store] remembers. Package internal/duck is one, in a DuckDB file.
package store
