package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch/read"
)

// Hasher makes the content sum of rows: the first 128 bits of the SHA-256 of their known values, each after a tag of the column's name
// and kind. Columns go by role, or by name where they play none, in an order of their own, so that neither the order of columns in a
// file nor a column that is blank changes a sum. Persons are left out: a sum must tell nothing of who a row is about.
type Hasher struct {
	columns []hashed // in the order of their tags
	buf     []byte
}

type hashed struct {
	at   int
	kind Kind
	tag  [4]byte
}

// NewHasher makes a hasher of the columns given by their indices; nil = all.
func NewHasher(t *Table, which []int) *Hasher {
	h := &Hasher{}
	if which == nil {
		for i := range t.Columns {
			which = append(which, i)
		}
	}
	for _, i := range which {
		c := t.Columns[i]
		name := "column " + c.Name
		if c.Role != "" {
			name = "role " + string(c.Role)
		}
		sum := sha256.Sum256([]byte(string(c.Kind) + " " + name))
		h.columns = append(h.columns, hashed{i, c.Kind, [4]byte(sum[:4])})
	}
	slices.SortFunc(h.columns, func(a, b hashed) int { return bytes.Compare(a.tag[:], b.tag[:]) })
	return h
}

// Of is the sum of one row. Where people is set, persons count with their numbers, which makes sums that mean something in one workspace only.
func (h *Hasher) Of(columns []Values, row int, people bool) Sum {
	b := h.buf[:0]
	for _, c := range h.columns {
		v := &columns[c.at]
		switch {
		case c.kind == Person && !people:
		case v.Codes != nil:
			if s := v.Dict[v.Codes[row]]; s != "" {
				b = append(b, c.tag[:]...)
				b = binary.AppendUvarint(b, uint64(len(s)))
				b = append(b, s...)
			}
		case v.Numbers != nil:
			if x := v.Numbers[row]; x == x {
				b = append(b, c.tag[:]...)
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x+0)) // no negative zero
			}
		case v.Ints != nil:
			if x := v.Ints[row]; x != Blank {
				b = append(b, c.tag[:]...)
				b = binary.LittleEndian.AppendUint64(b, uint64(x))
			}
		}
	}
	h.buf = b
	sum := sha256.Sum256(b)
	return Sum{binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])}
}

// Digest sums up the rows of a view so that neither order nor arrival counts: the sums modulo 2^64 of both halves of the content sums
// (an additive multiset hash: Clarke et al., "Incremental multiset hash functions and their application to memory integrity checking",
// 2003), and the same again over persons, each of whom stands for the sums of the rows that name that person. So it holds which rows
// share a person but not who that is: it stays when a person is forgotten. It guards against accidents, not against forgery.
type Digest struct {
	Rows    int64
	Content Sum
	People  int64
	Shared  Sum
}

// Person adds one person, whose rows have the sum s.
func (d *Digest) Person(s Sum) {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], s[0])
	binary.LittleEndian.PutUint64(b[8:], s[1])
	sum := sha256.Sum256(b[:])
	d.People++
	d.Shared[0] += binary.LittleEndian.Uint64(sum[:8])
	d.Shared[1] += binary.LittleEndian.Uint64(sum[8:16])
}

// ID is the id of the snapshot: "sha256:" and the SHA-256, in hexadecimal, of the shape, the end of the view and the sums.
func (d Digest) ID(shape read.Shape, until *int64) string {
	b := []byte("tidewatch snapshot 1\n" + string(shape) + "\n")
	if until != nil {
		b = strconv.AppendInt(b, *until, 10)
	}
	b = append(b, '\n')
	for _, v := range []uint64{uint64(d.Rows), d.Content[0], d.Content[1], uint64(d.People), d.Shared[0], d.Shared[1]} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
