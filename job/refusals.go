package job

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
)

// refusals counts refused rows by column and code, and keeps the first of each.
type refusals struct {
	first map[fault]read.Reject
	n     map[fault]int
}

// fault is what is wrong with a row, whatever its value.
type fault struct{ column, code string }

func newRefusals() *refusals { return &refusals{map[fault]read.Reject{}, map[fault]int{}} }

// maxFaults bounds what is kept where columns are many.
const maxFaults = 1000

func (f *refusals) count(x read.Reject) {
	k := fault{x.Column, x.Code}
	if k.code == "" {
		k.code = x.Reason
	}
	if _, seen := f.first[k]; !seen {
		if len(f.first) >= maxFaults {
			k = fault{"", "other"}
		}
		if _, seen := f.first[k]; !seen {
			f.first[k] = x
		}
	}
	f.n[k]++
}

// place is where a refused row stands: "orders.csv:118".
func place(x read.Reject) string { return x.File + ":" + strconv.FormatInt(x.Line, 10) }

// list is the counts by column and code, most frequent first.
func (f *refusals) list() []RejectCount {
	var all []RejectCount
	for k, n := range f.n {
		reason := message.English.Or("reject."+k.code, f.first[k].Reason)
		if k.column != "" {
			reason = k.column + " " + reason
		}
		all = append(all, RejectCount{Code: k.code, Column: k.column, Reason: reason, Count: n, Example: place(f.first[k])})
	}
	slices.SortFunc(all, func(a, b RejectCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return all
}

func (f *refusals) shown() []report.Reject {
	var all []report.Reject
	for _, r := range f.list() {
		all = append(all, report.Reject{Code: r.Code, Column: r.Column, Reason: f.first[fault{r.Column, r.Code}].Reason, Count: r.Count, Example: r.Example})
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
		return tidewatch.Errorf(code, "%w (%d rows were refused, the first: %s)", err, rows, f.first[fault{list[0].Column, list[0].Code}])
	}
	return err
}
