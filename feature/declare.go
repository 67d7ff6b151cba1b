package feature

import (
	"slices"

	"github.com/tidewatch/tidewatch"
)

// lead is how far beyond the last row what is known ahead is looked at.
const lead = 14

// windows are the lengths that statistics look back, and the periods of a year, for a frequency and its first season.
func windows(f tidewatch.Freq, season int) (lengths []int, level, year int) {
	perYear := map[tidewatch.Unit]int{tidewatch.Day: 364, tidewatch.Week: 52, tidewatch.Month: 12, tidewatch.Quarter: 4}[f.Unit]
	if f.N > 1 {
		perYear /= f.N
	}
	switch {
	case season == 7 && f.Unit == tidewatch.Day:
		return []int{7, 14, 28, 56, 112, 182, 364}, 56, perYear
	case season >= 12:
		return []int{max(3, season/4), max(6, season/2), season, 2 * season, 3 * season}, season, perYear
	case season > 1:
		return []int{season, 2 * season, 4 * season, 8 * season}, season * max(1, 8/season), perYear
	}
	return []int{2, 4, 8, 16}, 4, perYear
}

// declare makes the table of features.
func (b *Builder) declare() {
	p := b.panel
	season := 1
	if s := p.Seasons(); len(s) > 0 {
		season = s[0]
	}
	lengths, level0, year := windows(p.Grid().Freq, season)
	b.window, b.season = level0, season
	b.lookback = max(slices.Max(lengths), level0, 8*season)
	add := func(f ...Feature) { b.features = append(b.features, f...) }
	add(step)
	for k := range min(3, season+2) {
		add(lag(k + 1))
	}
	if season > 1 {
		for k := range 4 {
			add(phase(season, k))
		}
		add(phaseMean(season, 4), phaseMean(season, 8))
	}
	for _, m := range p.Seasons()[min(1, len(p.Seasons())):] {
		if m <= 400 {
			add(phase(m, 0), phaseMean(m, 3))
			b.lookback = max(b.lookback, 4*m)
		}
	}
	for _, n := range lengths {
		add(mean(n))
	}
	for _, n := range lengths[:min(len(lengths), 4)] {
		add(deviation(n))
	}
	mid := lengths[len(lengths)/2]
	add(zeros(lengths[0]), zeros(mid), zeros(slices.Max(lengths)))
	add(trend(lengths[0], lengths[2]), trend(lengths[2], slices.Max(lengths)))
	for _, alpha := range []float64{.3, .1, .03} {
		add(smoothed(alpha))
	}
	add(sinceSale, expandingMean, level, age(slices.Max(lengths)))
	if year > season {
		b.lookback = max(b.lookback, year+year/2)
	}
	add(dates(p.Grid().Freq)...)
	b.declareCovariates(season)
	b.declareGroups(season, year)
}
