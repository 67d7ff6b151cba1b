package main

import (
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/report"
)

// Sparklines hold so many periods of history and of forecast; longer forecasts are averaged.
const (
	sparkPast  = 20
	sparkAhead = 8
)

var bars = []rune("▁▂▃▄▅▆▇█")

// sparks draws series of a run as lines of blocks: history, then the median forecast.
type sparks struct {
	data  *report.Data
	rows  map[string]int // of the forecast, by id
	panel map[string]int
	paint paint
}

func newSparks(d *report.Data, p paint) *sparks {
	s := &sparks{data: d, rows: map[string]int{}, panel: map[string]int{}, paint: p}
	for k := range d.Forecast.Rows {
		s.rows[d.Forecast.Rows[k].ID] = k
	}
	for i := range d.Panel.Len() {
		s.panel[d.Panel.ID(i)] = i
	}
	return s
}

// of is the sparkline of a series; "" where it has no history.
func (s *sparks) of(id string) string {
	i, ok := s.panel[id]
	if !ok {
		return ""
	}
	past := s.data.Panel.Series(i).Values
	past = past[max(0, len(past)-sparkPast):]
	var ahead []float64
	f := s.data.Forecast
	if k, ok := s.rows[id]; ok && !f.Rows[k].Abstains() {
		n := min(f.Steps, sparkAhead)
		for b := range n {
			sum, from, to := 0., b*f.Steps/n, (b+1)*f.Steps/n
			for h := from; h < to; h++ {
				sum += f.Quantile(k, h, .5)
			}
			ahead = append(ahead, sum/float64(to-from))
		}
	}
	lo, hi := 0., 0.
	for _, list := range [][]float64{past, ahead} {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return strings.Repeat(" ", sparkPast-len(past)) + blocks(past, lo, hi) + "│" + s.paint.next(blocks(ahead, lo, hi))
}

// blocks draws values between lo and hi; what is not known is a space.
func blocks(values []float64, lo, hi float64) string {
	var b strings.Builder
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b.WriteByte(' ')
		case !(hi > lo):
			b.WriteRune(bars[0])
		default:
			b.WriteRune(bars[min(len(bars)-1, int(float64(len(bars))*(v-lo)/(hi-lo)))])
		}
	}
	return b.String()
}
