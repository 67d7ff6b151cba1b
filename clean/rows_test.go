package clean_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
)

// days is a grid of days as a place for rows.
type days struct{ grid tidewatch.Grid }

func (d days) Place(at int64) (int, int64) {
	i := d.grid.Index(time.UnixMicro(at))
	return i, d.Stamp(i)
}

func (d days) Stamp(i int) int64 { return d.grid.Stamp(i).UnixMicro() }

var daily = days{tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}}

// at is a moment so many hours after the first stamp.
func at(hours float64) int64 {
	return daily.grid.Anchor.Add(time.Duration(hours * float64(time.Hour))).UnixMicro()
}

// settled is the values of the periods that have rows, and every other period unknown.
func settled(s clean.Settled) []clean.Row {
	var rows []clean.Row
	if len(s.Places) == 0 {
		return nil
	}
	for i := s.Places[0].Index; i <= s.Places[len(s.Places)-1].Index; i++ {
		row := clean.Row{At: daily.Stamp(i), Value: nan}
		if k := slices.IndexFunc(s.Places, func(p clean.Place) bool { return p.Index == i }); k >= 0 {
			row.Value = s.Places[k].Value
		}
		rows = append(rows, row)
	}
	return rows
}

// Whatever rows there are: one place a period at most, every change listed with a reason in both languages, and the way back leads to the same rows
// in the same order, but for those without a value.
func TestRowsAreReversible(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := parse(t, rapid.SampledFrom([]string{"order,stamps,duplicates", "order,stamps(period),duplicates(last)", "order,stamps,duplicates(sum)", "duplicates(median),stamps,order"}).Draw(r, "plan")).Rows()
		var rows []clean.Row
		for range rapid.IntRange(1, 30).Draw(r, "n") {
			hour := rapid.SampledFrom([]float64{0, 24, 48, 72, 96, 5, 19, 23.5, 30, 47.9, 71, 72.1, 240}).Draw(r, "hour")
			rows = append(rows, clean.Row{At: at(hour), Value: rapid.SampledFrom([]float64{1, 2, 3, 4, nan}).Draw(r, "value")})
		}
		before := slices.Clone(rows)
		s := steps.Settle("a", rows, daily, tidewatch.Daily)
		if len(s.Twice)+len(s.Off) > 0 {
			r.Fatalf("rows refused or left beside their stamps: %+v", s)
		}
		for k, p := range s.Places {
			if k > 0 && p.Index <= s.Places[k-1].Index {
				r.Fatalf("places do not ascend: %+v", s.Places)
			}
		}
		for _, c := range s.Changes {
			for _, l := range message.Langs {
				if text := c.Why.In(l); text == "" || strings.HasPrefix(text, "[") {
					r.Fatalf("a change without a reason: %+v", c)
				}
			}
		}
		back, err := clean.Unsettle(settled(s), s.Changes)
		if err != nil {
			r.Fatal(err)
		}
		known := func(rows []clean.Row) (out []clean.Row) {
			for _, row := range rows {
				if row.Value == row.Value {
					out = append(out, row)
				}
			}
			return out
		}
		if !slices.Equal(known(back), known(before)) {
			r.Fatalf("taken back gives %v, not %v; changes %+v", known(back), known(before), s.Changes)
		}
	})
}

func TestRowSteps(t *testing.T) {
	rows := []clean.Row{{at(0), 1}, {at(48), 3}, {at(23), 2}, {at(48), 30}, {at(72.5), 4}}
	places := func(plan string) (values []float64, s clean.Settled) {
		s = parse(t, plan).Rows().Settle("a", rows, daily, tidewatch.Daily)
		for _, row := range settled(s) {
			values = append(values, row.Value)
		}
		return values, s
	}
	// Without a step: sorted, in the period that contains the row, the first of two kept and the other refused.
	if v, s := places("none"); !same(v, []float64{1, nan, 3, 4}) || !slices.Equal(s.Twice, []int{2, 3}) || !slices.Equal(s.Off, []int{2, 4}) || len(s.Changes) > 0 {
		t.Errorf("none: %v %+v", v, s)
	}
	for plan, want := range map[string][]float64{"order,stamps,duplicates": {1, 2, 3, 4}, "stamps,duplicates(last)": {1, 2, 30, 4}, "stamps,duplicates(mean)": {1, 2, 16.5, 4},
		"stamps,duplicates(sum)": {1, 2, 33, 4}, "stamps,duplicates(max)": {1, 2, 30, 4}, "stamps,duplicates(min)": {1, 2, 3, 4}, "stamps(period),duplicates(sum)": {3, nan, 33, 4}} {
		if v, s := places(plan); !same(v, want) || len(s.Twice)+len(s.Off) > 0 {
			t.Errorf("%s: %v, want %v; %+v", plan, v, want, s)
		}
	}
	_, s := places("auto")
	count := map[string]int{}
	for _, c := range s.Changes {
		count[c.Step]++
	}
	if count["order"] != 1 || count["stamps"] != 2 || count["duplicates"] != 2 {
		t.Errorf("changes %v", count)
	}
	if _, err := clean.Unsettle([]clean.Row{{at(0), 7}}, s.Changes); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("taken back from other rows: %v", err)
	}
}

// A row between two stamps goes to the nearer one, but not where that has a row of its own and the other has none.
func TestNearestStamp(t *testing.T) {
	s := parse(t, "stamps").Rows().Settle("a", []clean.Row{{at(0), 1}, {at(47), 2}, {at(48), 3}, {at(97), 5}}, daily, tidewatch.Daily)
	var got []int
	for _, p := range s.Places {
		got = append(got, p.Index)
	}
	if !slices.Equal(got, []int{0, 1, 2, 4}) {
		t.Errorf("periods %v", got)
	}
}
