package backtest

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/score"
)

// Estimate is a figure with its 95 % confidence interval; NaN where it is not known.
type Estimate struct{ Value, Low, High float64 }

// Measures judge a method's distributions. Intervals are of a bootstrap over the steps of all origins in blocks of half a horizon: what comes
// together is missed together. Scores of a series are divided by its MASE scale.
type Measures struct {
	CRPS       Estimate  // of all levels asked for
	Interval80 Estimate  // interval score of the central 80 % (Gneiting & Raftery 2007, eq. 43)
	Interval95 Estimate  // the same of the central 95 %
	Energy     Estimate  // energy score of whole horizons, by the root of their steps, of an even sample of series; NaN without Plan.Paths
	PIT        []float64 // share of values in each tenth of their distributions, times ten: 1 if they are honest
	Uneven     Estimate  // half the mean distance of PIT from 1: the share of values in wrong tenths
	WRMSSE     Estimate  // of the tiers of a hierarchy, each counting the same; NaN without Plan.Tiers
	Tiers      []float64 // WRMSSE of each
}

// Tier is a level of a hierarchy: the series of the panel from From to before To. They weigh by their sums over the last horizon known.
type Tier struct {
	Name     string
	From, To int
}

const (
	tenths       = 10
	draws        = 300
	mostPaths    = 100 // that the energy score looks at
	mostEnergies = 200 // series it is of
)

// moment is what is measured at one step of one origin, over all series.
type moment struct {
	crps, in80, in95 loss
	pit              [tenths]float64
	n                float64
}

// judged is what is kept of one method.
type judged struct {
	moments []moment // [window*steps+step]
	energy  []float64
	squared [][]float32 // [window*steps+step][series], by the RMSSE scale; nil without tiers
	weight  [][]float64 // [window][series], of its tier
}

func newJudged(plan Plan) *judged {
	j := &judged{moments: make([]moment, plan.Windows*plan.Horizon)}
	if plan.Tiers != nil {
		j.squared, j.weight = make([][]float32, len(j.moments)), make([][]float64, plan.Windows)
	}
	return j
}

// losses are the CRPS of each moment.
func (j *judged) losses() []loss {
	l := make([]loss, len(j.moments))
	for k := range l {
		l[k] = j.moments[k].crps
	}
	return l
}

// cell adds the forecast of one value.
func (j *judged) cell(at int, f *tidewatch.Forecast, i, h int, y, mase float64, ends [4]int) {
	if math.IsNaN(y) {
		return
	}
	m, q := &j.moments[at], f.At(i, h)
	if ends[1] >= 0 && ends[2] >= 0 {
		m.in80.add(score.Interval(.2, y, q[ends[1]], q[ends[2]]) / mase)
	}
	if ends[0] >= 0 && ends[3] >= 0 {
		m.in95.add(score.Interval(.05, y, q[ends[0]], q[ends[3]]) / mase)
	}
	if len(f.Levels) > 0 {
		below, atMost := score.PIT(f.Levels, q, y)
		score.AddPIT(m.pit[:], below, atMost)
		m.n++
	}
}

// tiers adds what WRMSSE needs of one origin.
func (j *judged) tiers(p *tidewatch.Panel, t Try, plan Plan) {
	if plan.Tiers == nil {
		return
	}
	n := p.Len()
	weight := make([]float64, n)
	for h := range plan.Horizon {
		j.squared[t.Window*plan.Horizon+h] = make([]float32, n)
	}
	for i := range n {
		y := t.Known.Series(i).Demand()
		for _, v := range y[max(0, len(y)-plan.Horizon):] {
			if v == v {
				weight[i] += v
			}
		}
		scale := score.RMSSEScale(y)
		row := &t.Forecast.Rows[i]
		for h, v := range Actuals(p, t.Known, i, plan.Horizon) {
			e := math.NaN()
			if scale > 0 {
				mean := 0.0 // what cannot be forecast counts as nothing in sums
				if !row.Abstains() {
					mean = row.Mean[h]
				}
				e = (v - mean) * (v - mean) / scale
			}
			j.squared[t.Window*plan.Horizon+h][i] = float32(e)
		}
	}
	for _, tier := range plan.Tiers {
		sum := 0.0
		for _, w := range weight[tier.From:tier.To] {
			sum += w
		}
		for i := tier.From; i < tier.To; i++ {
			weight[i] /= sum
		}
	}
	j.weight[t.Window] = weight
}

// wrmsse is that of each tier over the moments drawn, of which at least one is of each origin that counts.
func (j *judged) wrmsse(plan Plan, index []int) []float64 {
	out := make([]float64, len(plan.Tiers))
	by := make([][]int, plan.Windows)
	for _, k := range index {
		by[k/plan.Horizon] = append(by[k/plan.Horizon], k)
	}
	for w, moments := range by {
		if len(moments) == 0 || j.weight[w] == nil {
			continue
		}
		share := float64(len(moments)) / float64(len(index))
		for l, tier := range plan.Tiers {
			for i := tier.From; i < tier.To; i++ {
				sum, n := 0.0, 0.0
				for _, k := range moments {
					if e := float64(j.squared[k][i]); e == e {
						sum, n = sum+e, n+1
					}
				}
				if n > 0 && j.weight[w][i] > 0 {
					out[l] += share * j.weight[w][i] * math.Sqrt(sum/n)
				}
			}
		}
	}
	return out
}

// energies adds the energy score of an even sample of series at one origin.
func (j *judged) energies(ctx context.Context, p *tidewatch.Panel, t Try, plan Plan) error {
	if plan.Paths == nil {
		return nil
	}
	ask := tidewatch.Ask{Steps: plan.Horizon, Levels: plan.Levels, Seed: plan.Seed}
	n := p.Len()
	count := min(n, mostEnergies)
	for k := range count {
		ask.Series = append(ask.Series, k*n/count)
	}
	paths, err := plan.Paths(ctx, t.Model, t.Known, ask)
	if err != nil {
		return err
	}
	for k, i := range ask.Series {
		y := Actuals(p, t.Known, i, plan.Horizon)
		train := t.Known.Series(i)
		demand := train.Demand()
		scale := score.MASEScale(demand, score.ScaleLag(len(demand), train.Season()))
		if t.Forecast.Rows[i].Abstains() || slices.ContainsFunc(y, math.IsNaN) || !(scale > 0) {
			j.energy = append(j.energy, math.NaN())
			continue
		}
		sample := make([][]float64, min(paths.Samples, mostPaths))
		for d := range sample {
			sample[d] = paths.Path(k, d)
		}
		j.energy = append(j.energy, score.Energy(y, sample)/scale/math.Sqrt(float64(plan.Horizon)))
	}
	return nil
}

// measures sums up.
func (j *judged) measures(plan Plan) Measures {
	block := (plan.Horizon + 1) / 2
	over := func(of func(index []int) float64) Estimate {
		e := Estimate{Value: of(all(len(j.moments)))}
		e.Low, e.High = score.BlockBootstrap(len(j.moments), block, draws, .95, plan.Seed, of)
		return e
	}
	mean := func(of func(*moment) loss) Estimate {
		return over(func(index []int) float64 {
			sum, n := 0.0, 0.0
			for _, k := range index {
				l := of(&j.moments[k])
				sum, n = sum+l.sum, n+l.n
			}
			return sum / n
		})
	}
	pit := func(index []int) []float64 {
		h, n := make([]float64, tenths), 0.0
		for _, k := range index {
			for b, v := range j.moments[k].pit {
				h[b] += v
			}
			n += j.moments[k].n
		}
		for b := range h {
			h[b] *= tenths / n
		}
		return h
	}
	unknown := Estimate{math.NaN(), math.NaN(), math.NaN()}
	m := Measures{CRPS: mean(func(m *moment) loss { return m.crps }), Interval80: mean(func(m *moment) loss { return m.in80 }),
		Interval95: mean(func(m *moment) loss { return m.in95 }), PIT: pit(all(len(j.moments))), Energy: unknown, WRMSSE: unknown}
	m.Uneven = over(func(index []int) float64 {
		sum := 0.0
		for _, v := range pit(index) {
			sum += math.Abs(v-1) / 2 / tenths
		}
		return sum
	})
	if len(j.energy) > 0 {
		of := func(index []int) float64 {
			sum, n := 0.0, 0.0
			for _, k := range index {
				if v := j.energy[k]; v == v {
					sum, n = sum+v, n+1
				}
			}
			return sum / n
		}
		m.Energy.Value = of(all(len(j.energy)))
		m.Energy.Low, m.Energy.High = score.BlockBootstrap(len(j.energy), len(j.energy)/plan.Windows, draws, .95, plan.Seed, of)
	}
	if plan.Tiers != nil {
		average := func(index []int) float64 {
			sum := 0.0
			for _, v := range j.wrmsse(plan, index) {
				sum += v / float64(len(plan.Tiers))
			}
			return sum
		}
		m.Tiers = j.wrmsse(plan, all(len(j.moments)))
		m.WRMSSE.Value = average(all(len(j.moments)))
		m.WRMSSE.Low, m.WRMSSE.High = score.BlockBootstrap(len(j.moments), block, draws/3, .95, plan.Seed, average)
	}
	return m
}

func all(n int) []int {
	index := make([]int, n)
	for k := range index {
		index[k] = k
	}
	return index
}

// centralEnds are the numbers of the levels that end the central 95 and 80 %: .025, .1, .9 and .975; -1 = not asked for.
func centralEnds(levels []float64) (at [4]int) {
	for k, p := range [4]float64{.025, .1, .9, .975} {
		at[k] = slices.IndexFunc(levels, func(l float64) bool { return math.Abs(l-p) < 1e-9 })
	}
	return at
}
