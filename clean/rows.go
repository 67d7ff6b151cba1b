package clean

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Order sorts the rows of a series by their times. They are sorted in any case; the step counts and lists those that moved, as few as
// can be, so that they can be put back where they stood.
type Order struct{}

// String implements [Step].
func (Order) String() string { return "order" }

// Stamps brings rows that do not stand on the stamps of the series' frequency onto them. By default a row goes to the nearer of the two
// stamps around it, and to the other where the nearer has a row of its own.
type Stamps struct {
	Period bool // to the stamp of the period that contains it
}

// String implements [Step].
func (s Stamps) String() string {
	if s.Period {
		return "stamps(period)"
	}
	return "stamps"
}

// Merge is what becomes of several rows of one series at one stamp.
type Merge string

// The ways to make one of several rows. Rows without a value do not count.
const (
	First     Merge = "first" // the first row read is kept
	Last      Merge = "last"  // the last, as where later rows correct earlier ones
	MeanOf    Merge = "mean"
	MedianOf  Merge = "median"
	Sum       Merge = "sum" // they are parts of one value
	Smallest  Merge = "min"
	Largest   Merge = "max"
	mergeNote       = "why.twice." // and the way: what is said of it
)

var merges = []string{string(First), string(Last), string(MeanOf), string(MedianOf), string(Sum), string(Smallest), string(Largest)}

// Duplicates makes one row of several rows of one series at one stamp. Without this step the first is kept and the others are refused.
type Duplicates struct{ By Merge } // "" = First

// String implements [Step].
func (d Duplicates) String() string {
	if d.By == "" || d.By == First {
		return "duplicates"
	}
	return named("duplicates", []string{string(d.By)})
}

// value is the one value of several, of which some may be unknown.
func (d Duplicates) value(y []float64) float64 {
	x := knownOf(y)
	if len(x) == 0 {
		return math.NaN()
	}
	switch d.By {
	case Last:
		return x[len(x)-1]
	case MeanOf:
		return mean(x)
	case MedianOf:
		return median(x)
	case Sum:
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum
	case Smallest:
		return slices.Min(x)
	case Largest:
		return slices.Max(x)
	}
	return x[0]
}

// Apply implements [Step]: once rows have become values, nothing is left to do.
func (Order) Apply(s Subject) (Outcome, error) { return Outcome{Values: s.Values}, nil }

// Apply implements [Step], as [Order.Apply] does.
func (Stamps) Apply(s Subject) (Outcome, error) { return Outcome{Values: s.Values}, nil }

// Apply implements [Step], as [Order.Apply] does.
func (Duplicates) Apply(s Subject) (Outcome, error) { return Outcome{Values: s.Values}, nil }

// RowSteps are the steps of a plan that are done to rows, before they become values: [Order], [Stamps] and [Duplicates], in this order. nil is a
// step that is not done.
type RowSteps struct {
	Order      *Order
	Stamps     *Stamps
	Duplicates *Duplicates
}

// Rows are the steps of p that are done to rows; of several of one kind the last.
func (p Plan) Rows() RowSteps {
	var r RowSteps
	for _, step := range p {
		switch s := step.(type) {
		case Order:
			r.Order = &s
		case Stamps:
			r.Stamps = &s
		case Duplicates:
			r.Duplicates = &s
		}
	}
	return r
}

// RowChange is one row that a step changed before it became a value. Times are microseconds since 1970.
type RowChange struct {
	ID   string // of the series; "" = said of all rows, with a reason only
	Step string // its String
	At   int64  // the row's own time; of duplicates, their stamp
	// Of Order, the row's number among those of its series that have a value, from 1, as it was read and by time; of Stamps, its time and its stamp.
	From, To int64
	// Of Duplicates, the row's value and that of its stamp.
	Before, After float64
	Why           message.Note
}

// Row is a row of a series: a time, in microseconds since 1970, and a value, NaN where it is unknown.
type Row struct {
	At    int64
	Value float64
}

// Settled is what became of the rows of a series.
type Settled struct {
	Places  []Place // one a period that has a row, ascending
	Twice   []int   // rows refused, by number: their period has one already
	Off     []int   // rows beside their stamps, that no step moved
	Changes []RowChange
}

// Place is a period that has a row.
type Place struct {
	Index, Row int // on the grid; number of the row, as it was read
	Value      float64
}

// Stamping says where times stand on a grid.
type Stamping interface {
	// Place is the period that a moment stands in and the moment of its stamp.
	Place(at int64) (index int, stamp int64)
	// Stamp is the moment of a period's stamp.
	Stamp(index int) int64
}

// Settle puts the rows of one series on a grid and does the steps to them. freq is for the reasons.
func (r RowSteps) Settle(id string, rows []Row, on Stamping, freq tidewatch.Freq) Settled {
	var out Settled
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	if !slices.IsSortedFunc(rows, func(a, b Row) int { return compare(a.At, b.At) }) {
		slices.SortStableFunc(order, func(a, b int) int { return compare(rows[a].At, rows[b].At) })
		if r.Order != nil {
			out.Changes = late(id, rows, order)
		}
	}
	index, stamp := make([]int, len(rows)), make([]int64, len(rows))
	exact := map[int]bool{}
	for i, row := range rows {
		index[i], stamp[i] = on.Place(row.At)
		exact[index[i]] = exact[index[i]] || stamp[i] == row.At
	}
	last := math.MinInt
	for k, i := range order {
		if off := stamp[i] != rows[i].At; off && r.Stamps != nil {
			switch {
			case r.Stamps.Period:
			case k > 0 && rows[order[k-1]].At == rows[i].At: // one time has one stamp
				index[i] = last
			default:
				index[i] = max(last, nearer(rows[i].At, index[i], stamp[i], on, exact))
				exact[index[i]] = true
			}
			to := on.Stamp(index[i])
			out.Changes = append(out.Changes, RowChange{ID: id, Step: r.Stamps.String(), At: rows[i].At, From: rows[i].At, To: to, Why: message.NoteOf("why.stamps", freq.String())})
		} else if off {
			out.Off = append(out.Off, i)
		}
		last = index[i]
	}
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && index[order[to]] == index[order[from]] {
			to++
		}
		first := order[from]
		place := Place{index[first], first, rows[first].Value}
		if group := order[from:to]; len(group) > 1 && r.Duplicates != nil {
			place.Value = r.merge(&out, id, rows, group, on.Stamp(place.Index))
		} else if len(group) > 1 {
			out.Twice = append(out.Twice, group[1:]...)
		}
		out.Places = append(out.Places, place)
		from = to
	}
	return out
}

// merge makes one value of the rows of a group.
func (r RowSteps) merge(out *Settled, id string, rows []Row, group []int, stamp int64) float64 {
	values := make([]float64, len(group))
	for k, i := range group {
		values[k] = rows[i].Value
	}
	v := r.Duplicates.value(values)
	by := r.Duplicates.By
	if by == "" {
		by = First
	}
	for _, before := range values {
		out.Changes = append(out.Changes, RowChange{ID: id, Step: r.Duplicates.String(), At: stamp, Before: before, After: v, Why: message.NoteOf(mergeNote+string(by), len(group))})
	}
	return v
}

// nearer is the period whose stamp is the nearer one to a moment between two; the other where that one has a row already.
func nearer(at int64, index int, stamp int64, on Stamping, taken map[int]bool) int {
	near, far := index, index+1
	if next := on.Stamp(index + 1); next-at < at-stamp {
		near, far = far, near
	}
	if taken[near] && !taken[far] {
		return far
	}
	return near
}

// late lists the rows that must move for all to stand in order. Rows without a value stand nowhere.
func late(id string, rows []Row, order []int) []RowChange {
	sorted := make([]int64, len(rows)) // number by time
	n := int64(0)
	for _, i := range order {
		if v := rows[i].Value; v == v {
			n++
			sorted[i] = n
		}
	}
	var changes []RowChange
	n = 0
	stays := inOrder(rows)
	for i, row := range rows {
		if row.Value != row.Value {
			continue
		}
		n++
		if !stays[i] {
			changes = append(changes, RowChange{ID: id, Step: Order{}.String(), At: row.At, From: n, To: sorted[i], Why: message.NoteOf("why.order", n, sorted[i])})
		}
	}
	return changes
}

// inOrder marks the most rows that can stay where they are when the others are put in their places: a longest run of times that do not descend, of the
// rows with a value (Fredman 1975, Discrete Mathematics 11).
func inOrder(rows []Row) []bool {
	var ends []int // ends[k] is the row with the earliest time that ends such a run of k+1 rows
	before := make([]int, len(rows))
	for i, row := range rows {
		if row.Value != row.Value {
			continue
		}
		k := sort.Search(len(ends), func(k int) bool { return rows[ends[k]].At > row.At })
		before[i] = -1
		if k > 0 {
			before[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	stays := make([]bool, len(rows))
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			stays[i] = true
		}
	}
	return stays
}

// Unsettle takes row changes of one series back: of its values by period, with their stamps, it makes the rows as they were read. Rows without a
// value come back where their time puts them. It fails if the values are not those that the changes led to.
func Unsettle(rows []Row, changes []RowChange) ([]Row, error) {
	wrong := func(c RowChange) error {
		return tidewatch.Errorf(tidewatch.CodeData, "the rows are not those that step %s left", c.Step)
	}
	merged, moved := map[int64][]float64{}, map[int64][]int64{}
	var order []RowChange
	for _, c := range changes {
		switch {
		case c.Step == Order{}.String():
			order = append(order, c)
		case c.From != 0 || c.To != 0:
			moved[c.To] = append(moved[c.To], c.From)
		default:
			merged[c.At] = append(merged[c.At], c.Before)
			if k := slices.IndexFunc(rows, func(r Row) bool { return r.At == c.At }); k < 0 || rows[k].Value != c.After && !(rows[k].Value != rows[k].Value && c.After != c.After) {
				return nil, wrong(c)
			}
		}
	}
	var out []Row
	for _, r := range rows {
		parts := merged[r.At]
		if parts == nil {
			parts = []float64{r.Value}
		}
		times := slices.Clone(moved[r.At])
		for range len(parts) - len(times) {
			times = append(times, r.At)
		}
		slices.Sort(times)
		for k, v := range parts {
			out = append(out, Row{times[k], v})
		}
	}
	if len(order) == 0 {
		return out, nil
	}
	var sorted, unknown []Row // with a value, and without
	for _, r := range out {
		if r.Value == r.Value {
			sorted = append(sorted, r)
		} else {
			unknown = append(unknown, r)
		}
	}
	late := make(map[int64]Row, len(order)) // by number as read
	gone := make([]bool, len(sorted))
	for _, c := range order {
		if c.From < 1 || c.From > int64(len(sorted)) || c.To < 1 || c.To > int64(len(sorted)) || sorted[c.To-1].At != c.At {
			return nil, wrong(c)
		}
		gone[c.To-1] = true
		late[c.From] = sorted[c.To-1]
	}
	read, next := make([]Row, 0, len(out)), 0
	for n := range sorted {
		if r, ok := late[int64(n+1)]; ok {
			read = append(read, r)
			continue
		}
		for gone[next] {
			next++
		}
		read = append(read, sorted[next])
		next++
	}
	return append(read, unknown...), nil
}

// RowTime is how the time of a row, in microseconds since 1970, is written beside the stamps of g.
func RowTime(g tidewatch.Grid, micros int64) string {
	t := time.UnixMicro(micros).In(g.Anchor.Location())
	midnight := t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
	switch {
	case midnight:
		return t.Format("2006-01-02")
	case t.Location() != time.UTC:
		return t.Format(time.RFC3339Nano) // daylight saving repeats an hour
	}
	return t.Format("2006-01-02 15:04:05.999999")
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
