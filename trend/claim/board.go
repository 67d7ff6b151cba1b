// Package claim says how likely it is that a series' next periods lie above or below what its season alone would make of the last ones,
// by more than a given share, and learns from earlier origins of the same series how far such probabilities are to be trusted.
//
// The question, frozen at an origin t for windows of h periods: with a the sum of the last h periods and S the factor by which the group
// of the series usually changes between these weeks of the year, does the sum of the next h periods exceed (1+x) a S, or fall short of
// (1-x) a S? Season is thus no news, and neither is that what jumped falls back, because the answer is learned from how such jumps ended
// before: from series and origins whose outcome was known at t, never from later ones.
package claim

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Question is what is asked of every series. The zero value of a field is its default.
type Question struct {
	Steps int     // periods in a window, at least 1
	By    float64 // the change that counts, as a share; 0 = 0.2
	Year  int     // periods after which the season comes back; 0 = none is known
	Least float64 // mean value of a period over the last 6 windows, from which on a series is asked about; 0 = 1
}

func (q Question) check() (Question, error) {
	if q.By == 0 {
		q.By = .2
	}
	if q.Least == 0 {
		q.Least = 1
	}
	if q.Steps < 1 || !(q.By > 0 && q.By < 1) || q.Year < 0 || !(q.Least > 0) {
		return q, tidewatch.Errorf(tidewatch.CodeUsage, "a change by %g over %d periods of series of at least %g: the share lies between 0 and 1, the others above 0", q.By, q.Steps, q.Least)
	}
	if q.Year < 2*q.Steps {
		q.Year = 0
	}
	return q, nil
}

// Outcome is how a claim ended.
type Outcome uint8

// The outcomes: neither is in between.
const (
	Neither Outcome = iota
	Up
	Down
)

// Board holds series, and the sums of their groups, ready to be asked at any origin.
type Board struct {
	Question
	end    int // origin after the last value
	series []sums
	group  []int
	groups []sums
	season [][]float64 // [group][origin]: log S, NaN where it was not computed yet
}

// sums are running sums over the values of a series from grid index 0 of the board.
type sums struct {
	start        int // index of the first known value that is not zero
	total        []float64
	known, above []int32 // how many are known, and are above zero
}

// of is the sum over [from, to), NaN where a value is unknown or before the start.
func (s *sums) of(from, to int) float64 {
	if from < s.start || int(s.known[to]-s.known[from]) != to-from {
		return math.NaN()
	}
	return s.total[to] - s.total[from]
}

// mean is the mean of the known values over [from, to) since the start.
func (s *sums) mean(from, to int) float64 {
	from = max(from, s.start)
	if from >= to || s.known[to] == s.known[from] {
		return math.NaN()
	}
	return (s.total[to] - s.total[from]) / float64(s.known[to]-s.known[from])
}

// New prepares the series of p, their values below zero counted as zero. group[i] is the group, from 0, whose season series i has; nil =
// all have one. Memory is 16 bytes a value.
func New(p *tidewatch.Panel, group []int, q Question) (*Board, error) {
	q, err := q.check()
	if err != nil {
		return nil, err
	}
	b := &Board{Question: q, group: group}
	if group == nil {
		b.group = make([]int, p.Len())
	}
	first := p.End()
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 {
			first = min(first, s.Start)
		}
	}
	n := p.End() - first
	b.end = n
	kinds := 0
	for _, g := range b.group {
		kinds = max(kinds, g+1)
	}
	whole := make([][]float64, kinds)
	for g := range whole {
		whole[g] = make([]float64, n)
	}
	b.series = make([]sums, p.Len())
	for i := range b.series {
		s := p.Series(i)
		v := make([]float64, n)
		for t := range v {
			v[t] = math.NaN()
		}
		for k, x := range s.Demand() {
			v[s.Start-first+k] = max(0, x) // NaN stays
			if x > 0 {
				whole[b.group[i]][s.Start-first+k] += x
			}
		}
		b.series[i] = newSums(v)
	}
	for _, v := range whole {
		b.groups = append(b.groups, newSums(v))
		logs := make([]float64, n+1)
		for t := range logs {
			logs[t] = b.seasonAt(len(b.groups)-1, t)
		}
		b.season = append(b.season, logs)
	}
	return b, nil
}

func newSums(v []float64) sums {
	s := sums{start: len(v), total: make([]float64, len(v)+1), known: make([]int32, len(v)+1), above: make([]int32, len(v)+1)}
	for t, x := range v {
		s.total[t+1], s.known[t+1], s.above[t+1] = s.total[t], s.known[t], s.above[t]
		if x != x {
			continue
		}
		s.known[t+1]++
		if x > 0 {
			s.start = min(s.start, t)
			s.total[t+1] += x
			s.above[t+1]++
		}
	}
	return s
}

// End is the origin at which all values are known: what may be claimed there is about the future.
func (b *Board) End() int { return b.end }

// seasonAt is the logarithm of the factor by which group g changes from the window before t to the one from t on, in years before t: their
// mean, times n/(n+1) for n years, since one year may have had reasons of its own. 0 where no year is known.
func (b *Board) seasonAt(g, t int) float64 {
	if b.Year == 0 {
		return 0
	}
	s, h := &b.groups[g], b.Steps
	sum, n := 0., 0.
	for k := t - b.Year; k-h >= 0; k -= b.Year {
		if was, then := s.of(k-h, k), s.of(k, k+h); was > 0 && then > 0 {
			sum += math.Log(then / was)
			n++
		}
	}
	return sum / (n + 1)
}

// Expected is what season alone makes of the last window of series i at origin t: a S. NaN where it cannot be said.
func (b *Board) Expected(i, t int) float64 {
	return b.series[i].of(t-b.Steps, t) * math.Exp(b.season[b.group[i]][t])
}

// Season is the factor S at origin t by which the group of series i usually changes.
func (b *Board) Season(i, t int) float64 { return math.Exp(b.season[b.group[i]][t]) }

// Asked reports whether series i is asked about at origin t: it has four windows of history, is large enough on average over six, and sold
// at least a quarter of that in the last window, since nothing is a share of nothing.
func (b *Board) Asked(i, t int) bool {
	s, h := &b.series[i], b.Steps
	if t < 4*h || t-4*h < s.start || t > b.end {
		return false
	}
	mean := s.mean(max(0, t-6*h), t)
	return mean >= b.Least && s.of(t-h, t) >= float64(h)*mean/4 && s.of(t-2*h, t-h) >= 0
}

// Outcome is how the claims about series i at origin t ended; ok is false while that is not known.
func (b *Board) Outcome(i, t int) (o Outcome, ok bool) {
	if t+b.Steps > b.end {
		return Neither, false
	}
	next, expected := b.series[i].of(t, t+b.Steps), b.Expected(i, t)
	switch {
	case !(next >= 0 && expected > 0):
		return Neither, false
	case next > (1+b.By)*expected:
		return Up, true
	case next < (1-b.By)*expected:
		return Down, true
	}
	return Neither, true
}
