package store

import (
	"fmt"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// rows turns batches of a file into blocks of its table.
type rows struct {
	table   *Table
	in      *read.Input
	people  *People
	record  *Import
	content *Hasher
	key     *Hasher
	person  int // column, -1 = none
	names   int // column that names what a row supersedes, -1 = none
	asKey   []Values
	nth     counter
	b       Block
	money   [][]int64
	persons []int64
}

func newRows(t *Table, in *read.Input, p *People, i *Import) (*rows, error) {
	r := &rows{table: t, in: in, people: p, record: i, content: NewHasher(t, nil), person: t.Column(read.User), names: -1, money: make([][]int64, len(t.Columns))}
	r.b = Block{Import: i.ID, Columns: make([]Values, len(t.Columns))}
	if len(t.Key) == 0 {
		return r, nil
	}
	var at []int
	for _, k := range t.Key {
		c, err := t.named(k)
		if err != nil {
			return nil, err
		}
		at = append(at, c)
	}
	r.key = NewHasher(t, at)
	if t.Supersedes != "" {
		c, err := t.named(t.Supersedes)
		if err != nil {
			return nil, err
		}
		if len(at) != 1 || t.Columns[at[0]].Kind != Text || t.Columns[c].Kind != Text {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--supersedes %s: it names rows by a key of one column of text, not %q", t.Supersedes, strings.Join(t.Key, ","))
		}
		r.names = c
		r.asKey = make([]Values, len(t.Columns)) // what the key would be
		r.b.Replaces = []Sum{}
	}
	r.b.Keys = []Sum{}
	return r, nil
}

// named is the column of a name, or of a role.
func (t *Table) named(name string) (int, error) {
	for i, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return i, nil
		}
	}
	for i, c := range t.Columns {
		if string(c.Role) == strings.ToLower(name) {
			return i, nil
		}
	}
	var all []string
	for _, c := range t.Columns {
		all = append(all, c.Name)
	}
	return 0, tidewatch.Errorf(tidewatch.CodeUsage, "table %s has no column %q: it has %s", t.Name, name, strings.Join(all, ", "))
}

// block makes a block of a batch; it is valid until the next one.
func (r *rows) block(b *read.Batch) (*Block, error) {
	r.check(b)
	for k := range r.table.Columns {
		from, to := &b.Columns[k], &r.b.Columns[k]
		*to = Values{}
		switch r.table.Columns[k].Kind {
		case Text:
			to.Codes, to.Dict = from.Codes, from.Dict
		case Number:
			to.Numbers = from.Numbers
		case Moment:
			to.Ints = from.Times
		case Money:
			if from.Numbers != nil {
				r.money[k] = r.money[k][:0]
				for _, v := range from.Numbers {
					m, rounded, _ := toMoney(v)
					if rounded {
						r.record.Rounded++
					}
					r.money[k] = append(r.money[k], m)
				}
				to.Ints = r.money[k]
			}
		case Person:
			if from.Codes != nil {
				numbers := make([]int64, len(from.Dict))
				for c, id := range from.Dict {
					numbers[c] = r.people.Number(id)
				}
				r.persons = r.persons[:0]
				for _, c := range from.Codes {
					r.persons = append(r.persons, numbers[c])
				}
				to.Ints = r.persons
			}
		}
	}
	r.b.Rows, r.b.Lines = b.Rows, b.Lines
	return &r.b, r.identify()
}

// identify fills in what identifies the rows.
func (r *rows) identify() error {
	o := &r.b
	o.Contents, o.Nth = o.Contents[:0], o.Nth[:0]
	if r.key != nil {
		o.Keys = o.Keys[:0]
	}
	if r.names >= 0 {
		o.Replaces = o.Replaces[:0]
		r.asKey[r.key.columns[0].at] = o.Columns[r.names]
	}
	for i := range o.Rows {
		sum := r.content.Of(o.Columns, i, false)
		o.Contents = append(o.Contents, sum)
		switch {
		case r.key != nil:
			sum = r.key.Of(o.Columns, i, true)
			o.Keys = append(o.Keys, sum)
		case r.person >= 0 && o.Columns[r.person].Ints != nil: // rows of two persons are not the same
			sum[0] += uint64(o.Columns[r.person].Ints[i]) * 0x9e3779b97f4a7c15
		}
		o.Nth = append(o.Nth, r.nth.add(sum))
		if r.names >= 0 {
			var s Sum
			if c := &o.Columns[r.names]; c.Codes != nil && c.Dict[c.Codes[i]] != "" {
				s = r.key.Of(r.asKey, i, true)
			}
			o.Replaces = append(o.Replaces, s)
		}
	}
	return nil
}

// check refuses the rows of a batch whose money does not fit, or whose key is blank.
func (r *rows) check(b *read.Batch) {
	bad := make(map[int]bool)
	refuse := func(i, k int, reason string) {
		if !bad[i] {
			bad[i] = true
			r.in.Refuse(read.Reject{File: r.record.File, Line: b.Lines[i], Column: r.table.Columns[k].Name, Reason: reason})
		}
	}
	for k, c := range r.table.Columns {
		if c.Kind == Money {
			for i, v := range b.Columns[k].Numbers {
				if math.Abs(v) > maxMoney {
					refuse(i, k, fmt.Sprintf("is an amount beyond %d, the largest that a workspace keeps exactly", int64(maxMoney)))
				}
			}
		}
	}
	if r.key != nil && len(r.key.columns) == 1 {
		k := r.key.columns[0].at
		c := &b.Columns[k]
		for i := range b.Rows {
			if c.Codes != nil && c.Dict[c.Codes[i]] == "" || c.Numbers != nil && c.Numbers[i] != c.Numbers[i] || c.Codes == nil && c.Numbers == nil && c.Times == nil {
				refuse(i, k, "is blank, and the column is the key")
			}
		}
	}
	if len(bad) == 0 {
		return
	}
	n := 0
	for i := range b.Rows {
		if bad[i] {
			continue
		}
		b.Lines[n] = b.Lines[i]
		for k := range b.Columns {
			move(b.Columns[k].Codes, n, i)
			move(b.Columns[k].Numbers, n, i)
			move(b.Columns[k].Times, n, i)
		}
		n++
	}
	b.Rows, b.Lines = n, b.Lines[:n]
	for k := range b.Columns {
		c := &b.Columns[k]
		c.Codes, c.Numbers, c.Times = c.Codes[:min(n, len(c.Codes))], c.Numbers[:min(n, len(c.Numbers))], c.Times[:min(n, len(c.Times))]
	}
}

func move[T any](s []T, to, from int) {
	if s != nil {
		s[to] = s[from]
	}
}
