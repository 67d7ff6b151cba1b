package claim

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// follow takes the chances by sample paths among the signs.
func (x *signs) follow(c Chance) {
	if c.Up == c.Up {
		x.path, x.pathDown = logit(c.Up), logit(c.Down)
	}
}

func logit(p float64) float64 {
	p = max(.005, min(.995, p))
	return math.Log(p / (1 - p))
}

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
