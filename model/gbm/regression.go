package gbm

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// regression is the logarithm of a total, regressed on its calendar (harmonic regression: Hyndman & Athanasopoulos 2021, Forecasting:
// Principles and Practice, 3rd ed., 10.5), with what is known ahead and a level that moves. Its effects are shrunk (ridge regression:
// Hoerl & Kennard 1970). Trees see only what totals alike did; this sees what one total did on every such day of its history, and the
// two err differently.
type regression struct {
	p       *tidewatch.Panel
	steps   int
	season  int
	year    float64 // periods
	width   int     // columns
	penalty []float64
	pieces  []piece
}

// piece is some columns: at a time of a series, those numbered first+code have the value that goes with it.
type piece struct {
	first, size int
	at          func(s tidewatch.Series, t int, add func(column int, value float64))
}

const (
	regressionShrink = .5   // what all penalties are multiplied by
	yearWaves        = 6    // sines and cosines of the year
	seasonWaves      = 2    // of the year by the place of the season
	beforeEvent      = 5    // periods whose effects an event has
	afterEvent       = 3    //
	levelMemory      = 7.0  // half-life of the level, in periods
	yearsMemory      = 1.37 // half-life of effects, in years
	robustDeviation  = 4.0  // residuals beyond so many deviations count less (Huber 1964)
)

// newRegression lays the columns out. Years count where the frequency has them and the history is long enough to show one.
func newRegression(p *tidewatch.Panel, steps int) *regression {
	r := &regression{p: p, steps: steps, season: 1}
	if s := p.Seasons(); len(s) > 0 {
		r.season = s[0]
	}
	f := p.Grid().Freq
	r.year = map[tidewatch.Unit]float64{tidewatch.Hour: 365.25 * 24, tidewatch.Day: 365.25, tidewatch.Week: 365.25 / 7, tidewatch.Month: 12,
		tidewatch.Quarter: 4}[f.Unit] / float64(max(f.N, 1))
	phase := func(_ tidewatch.Series, t int) int { return ((t % r.season) + r.season) % r.season }
	r.add(r.season, .01, func(s tidewatch.Series, t int, add func(int, float64)) { add(phase(s, t), 1) })
	if f.Unit == tidewatch.Day && f.N == 1 {
		r.add(31, 2, func(_ tidewatch.Series, t int, add func(int, float64)) { add(p.Grid().Stamp(t).Day()-1, 1) })
	}
	for c, cov := range p.Covariates() {
		switch {
		case !cov.Ahead || cov.Scope == tidewatch.BySeries:
		case cov.Labels != nil:
			r.addEvents(c, cov)
		case isBinary(cov):
			r.add(1, .1, func(s tidewatch.Series, t int, add func(int, float64)) {
				if s.Covariate(c, t) == 1 {
					add(0, 1)
				}
			})
			r.add(r.season, 3.3, func(s tidewatch.Series, t int, add func(int, float64)) {
				if s.Covariate(c, t) == 1 {
					add(phase(s, t), 1)
				}
			})
		}
	}
	if r.year > float64(2*r.season) && float64(p.End()-first(p)) > 1.25*r.year {
		wave := func(t, k int) (sin, cos float64) { return math.Sincos(2 * math.Pi * float64(k) * float64(t) / r.year) }
		r.add(2*yearWaves, .3, func(_ tidewatch.Series, t int, add func(int, float64)) {
			for k := range yearWaves {
				sin, cos := wave(t, k+1)
				add(2*k, sin)
				add(2*k+1, cos)
			}
		})
		if r.season > 1 && r.season <= 12 {
			r.add(2*seasonWaves*r.season, .5, func(s tidewatch.Series, t int, add func(int, float64)) {
				for k := range seasonWaves {
					sin, cos := wave(t, k+1)
					at := 2 * (k*r.season + phase(s, t))
					add(at, sin)
					add(at+1, cos)
				}
			})
		}
	}
	return r
}

func (r *regression) add(size int, penalty float64, at func(s tidewatch.Series, t int, add func(column int, value float64))) {
	r.pieces = append(r.pieces, piece{r.width, size, at})
	r.width += size
	for range size {
		r.penalty = append(r.penalty, penalty)
	}
}

// addEvents adds an effect of every label in the periods around it.
func (r *regression) addEvents(c int, cov tidewatch.Covariate) {
	span := beforeEvent + 1 + afterEvent
	if len(cov.Labels) > 255 {
		return
	}
	off := map[string]bool{"": true, "0": true, "none": true, "None": true, "no": true}
	r.add(len(cov.Labels)*span, 1, func(s tidewatch.Series, t int, add func(int, float64)) {
		for k := range span {
			v := s.Covariate(c, t+beforeEvent-k)
			if v == v && !off[cov.Labels[int(v)]] {
				add(int(v)*span+k, 1)
			}
		}
	})
}

func isBinary(c tidewatch.Covariate) bool {
	for _, v := range c.Values {
		if v == v && v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// forecast is the mean of every series at the steps after its end, and the variance of the logarithm of its values; nil for a series
// too short or with values that are not positive.
func (r *regression) forecast(ctx context.Context, workers int) (mean [][]float64, variance []float64, err error) {
	mean, variance = make([][]float64, r.p.Len()), make([]float64, r.p.Len())
	err = parallel(ctx, r.p.Len(), workers, func() func(int) {
		return func(i int) { mean[i], variance[i] = r.one(r.p.Series(i)) }
	})
	return mean, variance, err
}

// point is a time with the columns that are not zero.
type point struct {
	t       int
	y       float64
	columns []int
	values  []float64
	weight  float64
}

func (r *regression) one(s tidewatch.Series) ([]float64, float64) {
	var known []point
	for k, v := range s.Demand() {
		if v <= 0 {
			return nil, 0
		}
		if v == v {
			known = append(known, point{t: s.Start + k, y: math.Log(v), weight: math.Exp2(float64(s.Start+k+1-s.End()) / (yearsMemory * r.year))})
		}
	}
	if len(known) < 8*r.season {
		return nil, 0
	}
	start := known[0].t
	every := max(r.year/4, float64(4*r.season))
	knots := max(0, int((float64(s.End()-start)-every/2)/every))
	trend := r.width // then: one, time, and a bend every quarter of a year
	width := trend + 2 + knots
	for k := range known {
		p := &known[k]
		p.columns, p.values = r.row(s, p.t)
		years := float64(p.t-start) / r.year
		p.columns, p.values = append(p.columns, trend, trend+1), append(p.values, 1, years)
		for b := range knots {
			if d := years - float64(b+1)*every/r.year; d > 0 {
				p.columns, p.values = append(p.columns, trend+2+b), append(p.values, d)
			}
		}
	}
	penalty := make([]float64, width)
	for k, v := range r.penalty {
		penalty[k] = regressionShrink * v
	}
	penalty[trend], penalty[trend+1] = 1e-6, .005
	for b := range knots {
		penalty[trend+2+b] = .01
	}
	var beta []float64
	variance := 0.0
	for round := range 2 {
		if beta = ridge(known, penalty); beta == nil {
			return nil, 0
		}
		sum, weight := 0.0, 0.0
		for _, p := range known {
			e := p.left(beta, width)
			sum += p.weight * e * e
			weight += p.weight
		}
		variance = sum / weight
		if round > 0 {
			break
		}
		for k := range known {
			p := &known[k]
			if e := math.Abs(p.left(beta, width)); e > robustDeviation*math.Sqrt(variance) {
				p.weight *= robustDeviation * math.Sqrt(variance) / e
			}
		}
	}
	level, weight := 0.0, 0.0
	memory := levelMemory * max(1, float64(r.season)/7)
	for _, p := range known {
		w := math.Exp2(float64(p.t+1-s.End()) / memory)
		e := p.left(beta, trend)
		if trendOf := e - p.left(beta, width); math.Abs(e-trendOf) > robustDeviation*math.Sqrt(variance) {
			e = trendOf // what happened on such a day says nothing of the level
		}
		level += w * e
		weight += w
	}
	out := make([]float64, r.steps)
	for h := range out {
		at := point{t: s.End() + h}
		at.columns, at.values = r.row(s, at.t)
		out[h] = math.Exp(level/weight - at.left(beta, trend) + variance/2)
	}
	return out, variance
}

// row is the columns that are not zero at a time, the trend aside.
func (r *regression) row(s tidewatch.Series, t int) (columns []int, values []float64) {
	for _, p := range r.pieces {
		p.at(s, t, func(column int, value float64) {
			if column < p.size {
				columns, values = append(columns, p.first+column), append(values, value)
			}
		})
	}
	return columns, values
}

// left is the value less the effects of the columns below width.
func (p *point) left(beta []float64, width int) float64 {
	e := p.y
	for k, c := range p.columns {
		if c < width {
			e -= beta[c] * p.values[k]
		}
	}
	return e
}

// ridge solves (X'WX + diag(penalty)) beta = X'Wy for sparse rows; nil where that has no solution.
func ridge(known []point, penalty []float64) []float64 {
	n := len(penalty)
	gram, right := make([]float64, n*n), make([]float64, n)
	for _, p := range known {
		for a, i := range p.columns {
			v := p.weight * p.values[a]
			right[i] += v * p.y
			for b, j := range p.columns {
				if j >= i {
					gram[i*n+j] += v * p.values[b]
				}
			}
		}
	}
	for k, v := range penalty {
		gram[k*n+k] += v
	}
	var c mat.Cholesky
	if !c.Factorize(mat.NewSymDense(n, gram)) {
		return nil
	}
	var beta mat.VecDense
	if err := c.SolveVecTo(&beta, mat.NewVecDense(n, right)); err != nil {
		return nil
	}
	return beta.RawVector().Data
}
