package job

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
)

// refusals counts refused rows by column and reason, and keeps the first of each.
type refusals struct {
	first map[string]read.Reject
	n     map[string]int
}

func newRefusals() *refusals { return &refusals{map[string]read.Reject{}, map[string]int{}} }

// maxReasons bounds what is kept where reasons name what they refuse.
const maxReasons = 1000

func (f *refusals) count(x read.Reject) {
	reason := x.Reason
	if x.Column != "" {
		reason = x.Column + " " + x.Reason
	}
	if _, seen := f.first[reason]; !seen {
		if len(f.first) == maxReasons {
			reason = "other reasons"
		}
		if _, seen := f.first[reason]; !seen {
			f.first[reason] = x
		}
	}
	f.n[reason]++
}

// place is where a refused row stands: "orders.csv:118".
func place(x read.Reject) string { return x.File + ":" + strconv.FormatInt(x.Line, 10) }

// list is the counts by reason, most frequent first.
func (f *refusals) list() []RejectCount {
	var all []RejectCount
	for reason, n := range f.n {
		x := f.first[reason]
		all = append(all, RejectCount{Reason: reason, Count: n, Example: place(x)})
	}
	slices.SortFunc(all, func(a, b RejectCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

func (f *refusals) shown() []report.Reject {
	var all []report.Reject
	for _, r := range f.list() {
		all = append(all, report.Reject{Reason: r.Reason, Count: r.Count, Example: r.Example})
	}
	return all
}

// explain adds to an error about the data why rows were refused, if they were: that is often the cause.
func (f *refusals) explain(err error) error {
	code := tidewatch.CodeOf(err)
	if list := f.list(); len(list) > 0 && (code == tidewatch.CodeData || code == tidewatch.CodeInput) {
		rows := 0
		for _, r := range list {
			rows += r.Count
		}
		return tidewatch.Errorf(code, "%w (%d rows were refused, the first: %s)", err, rows, f.first[list[0].Reason])
	}
	return err
}
