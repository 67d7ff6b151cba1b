package change

import (
	"math"
)

// Monitor watches a series as its values arrive and tells when its level has changed. It compares roots of values, whose spread does not depend on
// the level of counts, with those of a first stretch, clips them, so that one wild value is no change, and asks [Online] how likely it is that the
// last change was lately. The zero value is the documented default.
type Monitor struct {
	Learn     int     // values that say what is usual; 0 = 26
	Clip      float64 // standard deviations beyond which a value says no more; 0 = 2.5
	Threshold float64 // probability of a change among the last Lately values at which it tells; 0 = 0.8
	Lately    int     // 0 = 26
	Gap       float64 // periods between changes, on average; 0 = 300

	usual    []float64
	mean, sd float64
	runs     *Runs
	seen     int
}

// Add takes the next value in, NaN if it is unknown, and reports whether a change has become that likely. It then begins to learn anew, from the
// values since the change.
func (m *Monitor) Add(x float64) bool {
	if x != x {
		return false
	}
	m.defaults()
	x = 2 * math.Sqrt(max(0, x)+.375) // Anscombe 1948
	if len(m.usual) < m.Learn {
		m.usual = append(m.usual, x)
		if len(m.usual) == m.Learn {
			m.learn()
		}
		return false
	}
	z := max(-m.Clip, min(m.Clip, (x-m.mean)/m.sd))
	m.runs.Add(z)
	m.seen++
	m.usual = append(m.usual, x)
	// A run as long as all values since learning is none that began lately.
	if m.seen > 2 && m.runs.Within(min(m.Lately, m.seen-1)) > m.Threshold {
		length := max(1, m.runs.Likeliest())
		m.usual = append([]float64(nil), m.usual[len(m.usual)-min(length, m.Learn-1):]...)
		return true
	}
	return false
}

func (m *Monitor) defaults() {
	if m.Learn == 0 {
		m.Learn = 26
	}
	if m.Clip == 0 {
		m.Clip = 2.5
	}
	if m.Threshold == 0 {
		m.Threshold = .8
	}
	if m.Lately == 0 {
		m.Lately = 26
	}
	if m.Gap == 0 {
		m.Gap = 300
	}
}

func (m *Monitor) learn() {
	v := sortedCopy(m.usual)
	m.mean = median(v)
	m.sd = max(.5, deviation(v, m.mean))
	m.seen = 0
	m.runs = Online{Gap: m.Gap, Kappa: .25, Alpha: 5, Beta: 5, Longest: 4 * m.Lately}.Start()
	for _, x := range m.usual {
		m.runs.Add(max(-m.Clip, min(m.Clip, (x-m.mean)/m.sd)))
	}
}
