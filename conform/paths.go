package conform

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidewatch/tidewatch"
)

// Sample draws n joint paths of a model fitted on p: the model's own where it is a [tidewatch.Sampler], else its quantiles reordered
// ([Reorder]).
func Sample(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	if n < 1 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%d sample paths: ask for at least 1", n)
	}
	a, err := a.Check(p.Len())
	if err != nil {
		return nil, err
	}
	if s, ok := m.(tidewatch.Sampler); ok {
		return s.Sample(ctx, a, n)
	}
	a.Levels = Grid()
	f, err := m.Forecast(ctx, a)
	if err != nil {
		return nil, err
	}
	return Reorder(ctx, p, f, a, n)
}

// Blocks draws n joint paths of a model fitted on p as [Sample] does, and hands them over in blocks of series of about so many values, so that
// no more than one block is in memory: path k of every block is the same future. A model that is a [tidewatch.Sampler] draws all at
// once, and so must fit into one block: otherwise Blocks hands over nothing and reports false.
func Blocks(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, a tidewatch.Ask, n, values int, take func(*tidewatch.Paths) error) (ok bool, err error) {
	a, err = a.Check(p.Len())
	if err != nil {
		return false, err
	}
	_, own := m.(tidewatch.Sampler)
	if rows := a.Rows(p.Len()); rows*a.Steps*n <= values || own {
		if own && rows*a.Steps*n > values {
			return false, nil
		}
		paths, err := Sample(ctx, m, p, a, n)
		if err != nil {
			return false, err
		}
		return true, take(paths)
	}
	a.Levels = Grid()
	back := Backs(p, a.Steps, a.Seed, n)
	size := max(1, values/(a.Steps*n))
	for from := 0; from < a.Rows(p.Len()); from += size {
		part := a
		part.Series = make([]int, min(size, a.Rows(p.Len())-from))
		for k := range part.Series {
			part.Series[k] = a.Row(from + k)
		}
		f, err := m.Forecast(ctx, part)
		if err != nil {
			return false, err
		}
		paths, err := reorder(ctx, p, f, part, back)
		if err != nil {
			return false, err
		}
		if err := take(paths); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Reorder makes n joint paths of the marginal forecasts f of the series of p that a asks about (the Schaake shuffle, Clark et al.
// 2004). The values at each series and step are n even quantiles of its forecast; which of them meet in one path is decided by the
// ranks of past errors made at one origin, the same for all series. The past errors are those of exponential smoothing of the
// deseasonalised series, with the smoothing that widens as the forecast does: what is sure to persist over the horizon persists in the
// paths. A series with too few past errors gets ranks of simulated ones. Rows without a forecast have NaN paths.
func Reorder(ctx context.Context, p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	return reorder(ctx, p, f, a, Backs(p, a.Steps, a.Seed, n))
}

// ReorderSome is Reorder for the rows of f that are wanted, into paths that are there already, by the errors from given past origins ([Backs]).
func ReorderSome(ctx context.Context, p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, back []int, paths *tidewatch.Paths, want func(row int) bool) error {
	return reorderInto(ctx, p, f, a, back, paths, want)
}

// reorder makes the paths of the rows of f, which are those of the ask.
func reorder(ctx context.Context, p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, back []int) (*tidewatch.Paths, error) {
	paths := tidewatch.NewPaths(f, len(back))
	return paths, reorderInto(ctx, p, f, a, back, paths, func(int) bool { return true })
}

func reorderInto(ctx context.Context, p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, back []int, paths *tidewatch.Paths, want func(row int) bool) error {
	var next atomic.Int64
	work := func() {
		r := newReorderer(back, f.Steps)
		for ctx.Err() == nil {
			k := int(next.Add(1)) - 1
			if k >= len(f.Rows) {
				return
			}
			if !want(k) {
				continue
			}
			// A series' paths depend on the seed and its id alone, so that any number of workers makes the same.
			r.row(p.Series(a.Row(k)), f, k, a.Seed, paths)
		}
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(f.Rows)) {
		workers.Go(work)
	}
	workers.Wait()
	return ctx.Err()
}

// persistence is the share of each step's surprise that stays for good, from how the forecast widens: under exponential smoothing the
// variance at step h is 1 + (h-1) alpha^2 of the first's (Hyndman et al. 2008, eq. 6.1).
func persistence(f *tidewatch.Forecast, row int) float64 {
	if f.Steps < 2 {
		return 1
	}
	width := func(h int) float64 { return f.Quantile(row, h, .9) - f.Quantile(row, h, .1) }
	first, last := 0.0, 0.0
	third := (f.Steps + 2) / 3
	for h := range third {
		first += width(h)
		last += width(f.Steps - 1 - h)
	}
	if !(first > 0) {
		return 0
	}
	ratio := last / first
	return math.Sqrt(min(max((ratio*ratio-1)/float64(f.Steps-third), 0), 1))
}

// Backs picks n past origins, as periods before the first step, from those at which the longest history can be judged. They are
// spread evenly over the past and shuffled; where there are fewer than n, each is used about equally often.
func Backs(p *tidewatch.Panel, steps int, seed uint64, n int) []int {
	longest := 0
	for i := range p.Len() {
		longest = max(longest, len(p.Series(i).Values))
	}
	room := max(1, longest-steps-warmUp+1)
	rng := rand.New(rand.NewPCG(seed, 0x73636861616b65))
	offset := rng.IntN(room)
	back := make([]int, n)
	for i := range back {
		if n < room {
			back[i] = steps + i*room/n
		} else {
			back[i] = steps + (offset+i)%room
		}
	}
	rng.Shuffle(n, func(i, j int) { back[i], back[j] = back[j], back[i] })
	return back
}

// warmUp is how many values a past origin needs before it.
const warmUp = 3

// simulateErrors fills errors with those of exponential smoothing of white noise.
func simulateErrors(rng *rand.Rand, steps int, alpha float64, errors []float64) {
	for i := 0; i < len(errors); i += steps {
		level := 0.0
		for h := range steps {
			e := rng.NormFloat64()
			errors[i+h] = level + e
			level += alpha * e
		}
	}
}

// deseasonalise is the demand less the mean of its season's position (where at least two seasons are known).
func deseasonalise(s tidewatch.Series) []float64 {
	x := slices.Clone(s.Demand())
	m := s.Season()
	if m < 2 || len(x) < 2*m {
		return x
	}
	sum, n := make([]float64, m), make([]float64, m)
	for t, v := range x {
		if !math.IsNaN(v) {
			sum[t%m] += v
			n[t%m]++
		}
	}
	for t := range x {
		x[t] -= sum[t%m] / n[t%m]
	}
	return x
}

// smooth is the level after each value: exponential smoothing that begins as the plain mean, and stays that if alpha is 0.
func smooth(x []float64, alpha float64) []float64 {
	level := make([]float64, len(x))
	l, n := math.NaN(), 0.0
	for t, v := range x {
		if !math.IsNaN(v) {
			n++
			if n == 1 {
				l = v
			} else {
				l += max(alpha, 1/n) * (v - l)
			}
		}
		level[t] = l
	}
	return level
}

func hash(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}
