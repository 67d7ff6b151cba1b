package aggregate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// level is a stock level of a series.
type level struct {
	series, index int32
	time          int64
	pieces        float64
}

// stockLevels marks the periods of series that were out of stock: all levels of the period are zero or less or, where it has none, the last
// one before it. Series without levels are taken to be available.
func stockLevels(ctx context.Context, in *read.Input, series []tidewatch.Series, grid tidewatch.Grid, s *Summary) error {
	f := in.Recognised().Files[0]
	if !in.Has(read.Stock) || !in.Has(read.Time) {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: a file of stock levels needs a column of times and one named stock; there are %s", f.Name, columnNames(in))
	}
	row := make(map[string]int32, len(series))
	for i := range series {
		row[series[i].ID] = int32(i)
	}
	ix := newIndexer(grid)
	var levels []level
	strangers := 0
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}, {Role: read.Stock, Kind: read.Number, Required: true}, {Role: read.ID, Kind: read.Text, Required: in.Has(read.ID)}}
	err := in.Read(ctx, fields, func(b *read.Batch) error {
		for i, t := range b.Columns[0].Times {
			l := level{index: int32(ix.of(t)), time: t, pieces: b.Columns[1].Numbers[i]}
			if c := b.Columns[2]; c.Codes != nil {
				var ok bool
				if l.series, ok = row[c.Dict[c.Codes[i]]]; !ok {
					strangers++
					continue
				}
			} else if len(series) != 1 {
				return tidewatch.Errorf(tidewatch.CodeInput, "%s: there is no column of ids, and %d series: say which series each row is of", f.Name, len(series))
			}
			levels = append(levels, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if strangers > 0 {
		s.note("note.strangers", strangers, f.Name)
	}
	slices.SortStableFunc(levels, func(a, b level) int { return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.time, b.time)) })
	for from := 0; from < len(levels); {
		to := from
		for to < len(levels) && levels[to].series == levels[from].series {
			to++
		}
		s.Out += markOut(&series[levels[from].series], levels[from:to])
		from = to
	}
	if s.Out > 0 {
		s.note("note.outOfStock", s.Out)
	}
	return nil
}

// markOut marks the periods of v in which its levels, in order of time, say that there was nothing to sell.
func markOut(v *tidewatch.Series, levels []level) (n int64) {
	k, now := 0, math.NaN()
	for i := range v.Values {
		at := int32(v.Start + i)
		for k < len(levels) && levels[k].index < at {
			now = levels[k].pieces
			k++
		}
		most := now
		if k < len(levels) && levels[k].index == at {
			most = math.Inf(-1)
			for ; k < len(levels) && levels[k].index == at; k++ {
				now = levels[k].pieces
				most = max(most, now)
			}
		}
		if most <= 0 {
			mark(v, i)
			n++
		}
	}
	return n
}

func mark(v *tidewatch.Series, i int) {
	if v.Unavailable == nil {
		v.Unavailable = make([]bool, len(v.Values))
	}
	v.Unavailable[i] = true
}

// How stock-outs are inferred.
const (
	inferWindow = 60   // periods before a run of zeros that say how rare they are
	inferLeast  = 20   // of these that must be known and available
	inferChance = 1e-6 // how improbable a run must be
	inferMost   = 60   // zeros after which the item is taken to be gone, not out of stock
)

// inferStockouts marks zeros of series that hardly ever have one: the zeros of a run from the one on at which so many in a row would come
// about by chance less often than once in a million, as often as zeros are among the periods before the run. Periods in which nothing at
// all was sold do not count: the shop was closed. What is marked depends on the past of each period only, so that a backtest sees no more
// than was known then.
func inferStockouts(series []tidewatch.Series, s *Summary) {
	total := map[int]float64{}
	for i := range series {
		for t, v := range series[i].Values {
			if v == v {
				total[series[i].Start+t] += math.Abs(v)
			}
		}
	}
	touched := 0
	for k := range series {
		v := &series[k]
		var recent []bool // whether each of the last periods that count was zero
		n := int64(0)
		for from := 0; from < len(v.Values); {
			to, run := from, 0
			zeros, known := 0, len(recent)
			for _, z := range recent {
				if z {
					zeros++
				}
			}
			chance := float64(zeros+1) / float64(known+2)
			for ; to < len(v.Values) && v.Values[to] == 0; to++ {
				if total[v.Start+to] == 0 && len(series) > 1 {
					continue
				}
				run++
				if known >= inferLeast && run <= inferMost && math.Pow(chance, float64(run)) < inferChance {
					mark(v, to)
					n++
				}
			}
			for ; from < to; from++ {
				if (v.Unavailable == nil || !v.Unavailable[from]) && (total[v.Start+from] > 0 || len(series) == 1) {
					recent = append(recent, true)
				}
			}
			if to < len(v.Values) {
				if v.Values[to] == v.Values[to] && (v.Unavailable == nil || !v.Unavailable[to]) {
					recent = append(recent, false)
				}
				from = to + 1
			}
			if len(recent) > inferWindow {
				recent = slices.Clone(recent[len(recent)-inferWindow:])
			}
		}
		if n > 0 {
			touched++
		}
		s.Inferred += n
	}
	if s.Inferred > 0 {
		s.note("note.inferred", s.Inferred, touched)
	}
}
