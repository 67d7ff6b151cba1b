package store

import (
	"context"
	"time"

	"github.com/tidewatch/tidewatch/read"
)

// Kind is how a column is kept.
type Kind string

// The kinds of columns.
const (
	Text   Kind = "text"
	Number Kind = "number" // float64
	Money  Kind = "money"  // decimal, in millionths
	Moment Kind = "time"   // microseconds since 1970-01-01 UTC
	Person Kind = "person" // the number of a person: see [People]
)

// Column is one column of a table.
type Column struct {
	Name string
	Role read.Role // "" for a column that plays none
	Kind Kind
}

// Rule says what becomes of a row whose identity is known already and that says something else.
type Rule string

// The rules.
const (
	Content Rule = "content" // there is no such row: what it says is its identity
	Latest  Rule = "latest"  // it is a new version: the one before ends
	First   Rule = "first"   // it is a conflict: the first stays
)

// Table is a set of rows of one shape.
type Table struct {
	ID         int // given by the store
	Name       string
	Shape      read.Shape
	Layout     string // of the first file
	Zone       string // IANA name, of civil time
	Rule       Rule
	Key        []string // names of columns, or roles; none under Content
	Supersedes string   // column that names the key of the row that a row takes the place of; "" = none
	Columns    []Column
}

// Column is the index of the column of a role, -1 if there is none.
func (t *Table) Column(role read.Role) int {
	for i, c := range t.Columns {
		if c.Role == role {
			return i
		}
	}
	return -1
}

// Import is the record of one file that was imported.
type Import struct {
	ID     int64     `json:"id"` // ascending
	Table  string    `json:"table"`
	File   string    `json:"file"`
	Digest string    `json:"digest"` // of the file's bytes as stored
	Known  time.Time `json:"known"`  // when its rows became known
	Counts
	First time.Time `json:"first"` // time of its first and last row; zero where it has none
	Last  time.Time `json:"last"`
	Rows  int64     `json:"rows"`     // of the table after it
	After string    `json:"snapshot"` // id of the table's snapshot after it
}

// Counts say what became of the rows of a file.
type Counts struct {
	Read      int64 `json:"read"`      // without headers and empty lines
	Refused   int64 `json:"refused"`   // could not be understood
	Added     int64 `json:"added"`     // new
	Changed   int64 `json:"changed"`   // new versions of rows that were there
	Same      int64 `json:"same"`      // were there already
	Conflicts int64 `json:"conflicts"` // say something else than the first of their key, which stays
	Corrected int64 `json:"corrected"` // rows that rows of this file supersede
	Rounded   int64 `json:"rounded"`   // amounts of money with more than six decimals
}

// View is what was known of a table by an import, about events up to a time.
type View struct {
	Table  *Table
	Import int64  // the last one that counts
	Until  *int64 // microseconds since 1970-01-01 UTC; nil = no end
}

// Row identities and contents are halves of SHA-256 sums: 128 bits.
type Sum [2]uint64

// Block is rows of one import to append, by column. What a pointer of it leads to may be used again after Append.
type Block struct {
	Import   int64
	Rows     int
	Columns  []Values // one a column of the table
	Lines    []int64  // of the file
	Contents []Sum    // see [Hasher]
	Keys     []Sum    // nil under Content
	Nth      []uint32 // how many rows of the file up to this one have its identity: 1 for the first
	Replaces []Sum    // keys of rows that the rows supersede, zero for none; nil if no row does
}

// Values are the values of one column: Codes and Dict of texts ("" = blank), Numbers (NaN = blank), or Ints of the other kinds
// ([Blank] = blank). All are nil where every row is blank.
type Values struct {
	Codes   []uint32
	Dict    []string
	Numbers []float64
	Ints    []int64
}

// Blank is an integer that is not known.
const Blank = -1 << 63

// Sealed is a person's id under that person's key: see [People].
type Sealed struct {
	Person int64
	ID     []byte
}

// Store keeps a workspace. Its methods are not for use by several goroutines at once.
type Store interface {
	// Tables are the tables, in the order they were made.
	Tables(ctx context.Context) ([]Table, error)
	// Imports are all imports, ascending.
	Imports(ctx context.Context) ([]Import, error)
	// People are all sealed ids, by ascending number.
	People(ctx context.Context) ([]Sealed, error)
	// Begin begins a transaction. Nothing of it is to be seen, by anyone, until its Commit.
	Begin(ctx context.Context) (Tx, error)
	// Scan streams the rows of a view as [read.Rows].Scan does, in an order or, where that is nil, in any. Persons are given by their
	// numbers. Joined texts are joined by Between.
	Scan(ctx context.Context, v View, wanted []read.Wanted, order *Order, yield func(*read.Batch) error) error
	// Digest sums up a view.
	Digest(ctx context.Context, v View) (Digest, error)
	// Folder is where the workspace is.
	Folder() string
	// Close releases the workspace.
	Close() error
}

// Order is by time, then content, then person, then occurrence: it does not depend on how the rows arrived.
type Order struct {
	// Persons are all persons in their order among rows that say the same: their numbers tell when they were first heard of. nil where
	// the persons of rows are not asked for, so that which of such rows comes first makes no difference.
	Persons []int64
}

// Between joins texts in what Scan gives; no text holds it.
const Between = "\x1f"

// Tx is a transaction of a store.
type Tx interface {
	// Make makes a table, whose ID it sets.
	Make(ctx context.Context, t *Table) error
	// Widen adds a column to a table.
	Widen(ctx context.Context, t *Table, c Column) error
	// Append adds rows, which are provisional until Settle.
	Append(ctx context.Context, t *Table, b *Block) error
	// Settle applies the rule of the table to the rows of an import: it takes out those that were there, ends the rows of which there are new
	// versions, and does what corrections say. It fills in i.Added, Changed, Same, Conflicts, Corrected, First, Last and Rows, and hands on
	// the lines of conflicts. Rows of the persons in forgotten count as anyone's.
	Settle(ctx context.Context, t *Table, i *Import, repeats bool, forgotten []int64, conflict func(line int64)) error
	// Persons are the persons that the rows of a table's import name.
	Persons(ctx context.Context, t *Table, i int64) ([]int64, error)
	// Seal adds sealed ids.
	Seal(ctx context.Context, people []Sealed) error
	// Digest sums up a view.
	Digest(ctx context.Context, v View) (Digest, error)
	// Record adds the record of an import.
	Record(ctx context.Context, i Import) error
	// Commit makes everything of the transaction last.
	Commit(ctx context.Context) error
	// Rollback leaves everything as it was. It does nothing after Commit.
	Rollback()
}
