package claim

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// ByPaths are the chances of series i at origin t by the sample paths in row k, which must begin there: the shares of paths whose sum is
// above or below what season alone expects by more than the share asked for. They are not yet cleaned of regression to the mean.
func (b *Board) ByPaths(i, t int, paths *tidewatch.Paths, k int) Chance {
	expected := b.Expected(i, t)
	if !(expected > 0) || paths.Steps < b.Steps || paths.Samples == 0 {
		return Chance{math.NaN(), math.NaN()}
	}
	up, down := 0, 0
	for n := range paths.Samples {
		sum := 0.
		for _, v := range paths.Path(k, n)[:b.Steps] {
			sum += v
		}
		switch {
		case sum != sum:
			return Chance{math.NaN(), math.NaN()}
		case sum > (1+b.By)*expected:
			up++
		case sum < (1-b.By)*expected:
			down++
		}
	}
	// Half a path more and one path in all: no finite number of paths proves anything impossible.
	return Chance{(float64(up) + .5) / float64(paths.Samples+1), (float64(down) + .5) / float64(paths.Samples+1)}
}

// Trust is the weight of sample paths in [Pool].
const Trust = .3

// Pool is what a judge and the sample paths of a forecast say together: a logarithmic opinion pool over the three outcomes (Genest & Zidek 1986,
// "Combining probability distributions"). The paths know the series' own model, its season and its calendar; the judge knows how such claims ended. paths
// may be NaN: the judge has the word alone then. The weight of the paths was set, not fitted.
func Pool(judge, paths Chance) Chance {
	if !(paths.Up == paths.Up && paths.Down == paths.Down) {
		return judge
	}
	mix := func(a, b float64) float64 {
		return math.Exp((1-Trust)*math.Log(max(.002, a)) + Trust*math.Log(max(.01, b)))
	}
	up, down := mix(judge.Up, paths.Up), mix(judge.Down, paths.Down)
	neither := mix(1-judge.Up-judge.Down, 1-paths.Up-paths.Down)
	all := up + down + neither
	return Chance{up / all, down / all}
}
