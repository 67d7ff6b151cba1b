package conform

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Origin is a forecast made in the past, with what came after.
type Origin struct {
	Known    *tidewatch.Panel    // what was known then
	Forecast *tidewatch.Forecast // at the levels of [Grid], a row a series of Known
	Actual   [][]float64         // [series][step], NaN where unknown
}

// Calibration is what past origins teach about a method's errors. It is immutable.
type Calibration struct {
	smooth [classes]table // of standardised errors, by class: series whose values are amounts
	count  table          // of probabilities: series of small whole numbers
	like   likes          // the same by how large the forecast is
	size   float64        // mean size of a standardised error
	factor []float64      // [series] by how much its errors are larger
}

// table is a quantile function a step.
type table struct {
	at     [][]float64 // [step][level of grid]
	weight []float64   // [step] how far to trust it against the method's own quantiles, 0 to 1
}

// Learn compares forecasts with what came after. Errors are pooled across series and neighbouring steps, after division by the spread
// the method itself foresaw, times a factor for how far each series' errors were from what was foreseen. Small pools count little: the
// fewer errors there are, the more the method's own quantiles stay.
func Learn(origins []Origin, seed uint64) *Calibration {
	c := &Calibration{}
	if len(origins) == 0 {
		return c
	}
	support := supports(origins)
	z := standardise(origins, support)
	c.size = z.size()
	var leaveOut [][]float64
	c.factor, leaveOut = z.factors(c.size)
	c.smooth = z.pools(leaveOut, classesOf(origins))
	c.count, c.like = probabilities(origins, support, seed)
	return c
}

// For is what was learnt, for other series of the same kind: those of the given origins, whose errors tell each series' factor only.
func (c *Calibration) For(origins []Origin) *Calibration {
	other := *c
	if len(origins) > 0 {
		other.factor, _ = standardise(origins, supports(origins)).factors(c.size)
	}
	return &other
}

func supports(origins []Origin) []Support {
	known := origins[len(origins)-1].Known
	support := make([]Support, known.Len())
	for i := range support {
		support[i] = SupportOf(known.Series(i).Demand())
	}
	return support
}

// priorCells is how many series' errors a pool must hold before it weighs as much as the method's own quantiles.
const priorCells = 15

// newTable makes quantile functions of samples by step, each smoothed over its neighbours: within an eighth of the distance from now.
func newTable(samples [][]float64) table {
	t := table{at: make([][]float64, len(samples)), weight: make([]float64, len(samples))}
	for h := range samples {
		var pool []float64
		reach := (h + 1) / 8
		for k := max(0, h-reach); k <= min(len(samples)-1, h+reach); k++ {
			pool = append(pool, samples[k]...)
		}
		if len(pool) == 0 {
			t.at[h] = slices.Clone(grid)
			continue
		}
		n := float64(len(samples[h]))
		t.at[h], t.weight[h] = onGrid(pool), n/(n+priorCells)
	}
	// A step nothing was learnt for behaves like the last one that was.
	for h := 1; h < len(samples); h++ {
		if t.weight[h] == 0 {
			t.at[h], t.weight[h] = slices.Clone(t.at[h-1]), t.weight[h-1]
		}
	}
	return t
}

func (t table) step(h int) ([]float64, float64) {
	if len(t.at) == 0 {
		return grid, 0
	}
	h = min(h, len(t.at)-1)
	return t.at[h], t.weight[h]
}

// standard is standardised errors: (actual - median) / spread.
type standard struct {
	origins, series, steps int
	z                      []float64 // [origin][series][step], NaN where there is none
}

// widest bounds a standardised error, so that one absurd value cannot bend a factor.
const widest = 50

func standardise(origins []Origin, support []Support) standard {
	s := standard{origins: len(origins), series: len(support), steps: origins[0].Forecast.Steps}
	s.z = make([]float64, s.origins*s.series*s.steps)
	for o, origin := range origins {
		for i := range support {
			cells := s.cells(o, i)
			for h := range cells {
				cells[h] = math.NaN()
			}
			if support[i].byProbability() || origin.Forecast.Rows[i].Abstains() {
				continue
			}
			floor := leastSpread(origin.Known.Series(i))
			for h := range cells {
				q := origin.Forecast.At(i, h)
				cells[h] = min(max((origin.Actual[i][h]-q[atMedian])/max(spread(q), floor), -widest), widest)
			}
		}
	}
	return s
}

func (s standard) cells(o, i int) []float64 {
	at := (o*s.series + i) * s.steps
	return s.z[at : at+s.steps]
}

// leastSpread keeps a forecast without width from being standardised by zero: a hundredth of the mean absolute change of the series.
func leastSpread(s tidewatch.Series) float64 {
	sum, size, n := 0.0, 0.0, 0
	for t := 1; t < len(s.Values); t++ {
		if d := math.Abs(s.Values[t] - s.Values[t-1]); !math.IsNaN(d) {
			sum += d
			size += math.Abs(s.Values[t])
			n++
		}
	}
	return max(sum/float64(max(n, 1))/100, size/float64(max(n, 1))*1e-6, 1e-12)
}

// priorOrigins is how many origins of a series' own errors weigh as much as the pool in its factor.
const priorOrigins = 6

// widestCounted is the size up to which a standardised error counts in a factor.
const widestCounted = 5

// size is the mean size of the errors; NaN if there are none.
func (s standard) size() float64 {
	sum, n := 0.0, 0.0
	for _, z := range s.z {
		if !math.IsNaN(z) {
			sum += min(math.Abs(z), widestCounted)
			n++
		}
	}
	return sum / n
}

// factors are, for each series, by how much its errors exceed what the method foresaw, relative to the pool's mean and shrunk to it; and for
// each origin the same without that origin, so that an error is never judged by itself.
func (s standard) factors(mean float64) (full []float64, leaveOut [][]float64) {
	sum, n := make([]float64, s.origins*s.series), make([]float64, s.origins*s.series)
	for k := range sum {
		for _, z := range s.z[k*s.steps : (k+1)*s.steps] {
			if !math.IsNaN(z) {
				sum[k] += min(math.Abs(z), widestCounted)
				n[k]++
			}
		}
	}
	shrunk := func(i, without int) float64 {
		have, total := 0.0, 0.0
		for o := range s.origins {
			if k := o*s.series + i; o != without && n[k] > 0 {
				share := n[k] / float64(s.steps)
				have += share
				total += share * sum[k] / n[k] / mean
			}
		}
		f := (total + priorOrigins) / (have + priorOrigins)
		if !finite(f) {
			return 1
		}
		return f
	}
	full = make([]float64, s.series)
	leaveOut = make([][]float64, s.origins)
	for i := range full {
		full[i] = shrunk(i, -1)
	}
	for o := range leaveOut {
		leaveOut[o] = make([]float64, s.series)
		for i := range full {
			leaveOut[o][i] = shrunk(i, o)
		}
	}
	return full, leaveOut
}

// pool makes the table of the errors of those series that are in, each divided by its factor. Of what moves all errors of an origin and step
// together, the median, half counts as width, and of its mean over the origins some is not expected to come again.
func (s standard) pool(factor [][]float64, in func(series int) bool) table {
	samples := make([][]float64, s.steps)
	distrust := make([]float64, s.steps)
	for h := range samples {
		errors, medians := s.at(h, factor, in)
		mean, variance := moments(medians)
		distrust[h] = distrusted(mean, variance, len(medians))
		for o, z := range errors {
			for _, v := range z {
				samples[h] = append(samples[h], narrower*(v-(medians[o]-mean)/2))
			}
		}
	}
	t := newTable(samples)
	for h := range t.at {
		shift := distrust[h] * t.at[h][atMedian]
		for l := range t.at[h] {
			t.at[h][l] -= shift
		}
	}
	return t
}

// narrower is how much smaller errors are from now on than they were at the origins, where less history was known.
const narrower = .95

// at is the errors at step h, divided by their factors, of each origin that has some, and their medians.
func (s standard) at(h int, factor [][]float64, in func(series int) bool) (errors [][]float64, medians []float64) {
	for o := range s.origins {
		var z []float64
		for i := range s.series {
			if v := s.cells(o, i)[h]; !math.IsNaN(v) && in(i) {
				z = append(z, v/factor[o][i])
			}
		}
		if len(z) > 0 {
			slices.Sort(z)
			errors, medians = append(errors, z), append(medians, z[len(z)/2])
		}
	}
	return errors, medians
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, variance
}

// distrusted is the share of the pool's median error that is not expected to come again. Errors of one time are alike across series, so
// that even a large pool knows its centre from a few origins only. Half is distrusted, and less as far as the origins' medians agree:
// nothing where they all are the same, half from a standard deviation of a fifth of their mean on. Over three earlier horizons of the
// training parts of seven benchmark sets, trusting everything or nothing calibrated worse (mean miss .096 and .141 against .090).
func distrusted(mean, variance float64, origins int) float64 {
	if origins > 1 && 25*variance < mean*mean {
		return .5 * 25 * variance / (mean * mean)
	}
	return .5
}

// probabilities pools where the actual values of counts stood in their forecast distributions: their randomised probability integral
// transforms (Czado, Gneiting & Held 2009), which are even on (0, 1) if the forecasts are honest.
func probabilities(origins []Origin, support []Support, seed uint64) (table, likes) {
	samples := make([][]float64, origins[0].Forecast.Steps)
	rng := rand.New(rand.NewPCG(seed, 0x70697473))
	var cells []countCell
	for o, origin := range origins {
		for i := range support {
			if !support[i].byProbability() || origin.Forecast.Rows[i].Abstains() {
				continue
			}
			for h := range samples {
				if y := origin.Actual[i][h]; !math.IsNaN(y) {
					below, atMost := probability(support[i].bounded(origin.Forecast.At(i, h)), y)
					p := below + rng.Float64()*(atMost-below)
					samples[h] = append(samples[h], p)
					cells = append(cells, countCell{mean: origin.Forecast.Rows[i].Mean[h], actual: y, p: p, origin: o, row: i, step: h})
				}
			}
		}
	}
	all := newTable(samples)
	return all, learnLikes(cells, origins, all)
}
