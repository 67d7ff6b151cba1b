package main

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/fleet"
)

// onGrid is a grid as a place for rows.
type onGrid struct{ tidewatch.Grid }

// Place implements [clean.Stamping].
func (g onGrid) Place(at int64) (int, int64) {
	i := g.Index(time.UnixMicro(at))
	return i, g.Stamp(i)
}

// Stamp implements [clean.Stamping].
func (g onGrid) Stamp(i int) int64 { return g.Grid.Stamp(i).UnixMicro() }

// resettled is p made again from disturbed rows: each row stands up to two fifths of a period beside its stamp, one in ten comes twice, one in ten
// comes later than it should. The steps of the plan that are done to rows are done to them.
func resettled(p *tidewatch.Panel, plan string, seed uint64) (*tidewatch.Panel, int, error) {
	steps, err := clean.Parse(plan)
	if err != nil {
		return nil, 0, err
	}
	changed := 0
	series := make([]tidewatch.Series, p.Len())
	for i := range series {
		s := p.Series(i)
		settled := steps.Rows().Settle(s.ID, disturbed(s, fleet.Rand(seed, s.ID)), onGrid{p.Grid()}, p.Grid().Freq)
		changed += len(settled.Changes)
		series[i] = tidewatch.Series{ID: s.ID, Start: s.Start, Values: make([]float64, len(s.Values))}
		for t := range s.Values {
			series[i].Values[t] = math.NaN()
		}
		for _, place := range settled.Places {
			if t := place.Index - s.Start; t >= 0 && t < len(s.Values) {
				series[i].Values[t] = place.Value
			}
		}
	}
	out, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), series, p.RowCovariates()...)
	return out, changed, err
}

func disturbed(s tidewatch.Series, rng *rand.Rand) []clean.Row {
	var rows []clean.Row
	for t, v := range s.Values {
		at, next := s.Grid.Stamp(s.Start+t), s.Grid.Stamp(s.Start+t+1)
		row := clean.Row{At: at.Add(time.Duration((.8*rng.Float64() - .4) * float64(next.Sub(at)))).UnixMicro(), Value: v}
		if rows = append(rows, row); rng.IntN(10) == 0 {
			rows = append(rows, row)
		}
	}
	for range len(rows) / 10 {
		i, j := rng.IntN(len(rows)), rng.IntN(len(rows))
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows
}
