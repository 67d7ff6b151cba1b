package fleet

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// generator is a source that a worker seeds anew for every series, without an allocation.
type generator struct {
	pcg *rand.PCG
	rng *rand.Rand
}

func newGenerator() generator {
	pcg := rand.NewPCG(0, 0)
	return generator{pcg, rand.New(pcg)}
}

func (g generator) seed(run uint64, id string) *rand.Rand {
	g.pcg.Seed(Seed(run, id))
	return g.rng
}

// each calls do for 0 ... n-1 from several workers (0 = as many as there are processors) and returns ctx's error if ctx ended first.
// do must write to places of its own only: then the result does not depend on the number of workers.
func each(ctx context.Context, n, workers int, do func(i int, g generator)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const chunk = 16 // series a worker takes at a time: a cheap method costs about a microsecond a series
	workers = min(workers, (n+chunk-1)/chunk)
	var next atomic.Int64
	work := func() {
		g := newGenerator()
		for ctx.Err() == nil {
			lo := int(next.Add(chunk)) - chunk
			for i := lo; i < min(lo+chunk, n); i++ {
				if i > lo && ctx.Err() != nil {
					return
				}
				do(i, g)
			}
			if lo+chunk >= n {
				return
			}
		}
	}
	if workers <= 1 {
		work()
		return ctx.Err()
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(work)
	}
	wg.Wait()
	return ctx.Err()
}

// Each calls do for 0 ... n-1 from several workers (0 = as many as there are processors) and returns ctx's error if ctx ended first. do must
// write to places of its own only: then the result does not depend on the number of workers.
func Each(ctx context.Context, n, workers int, do func(i int)) error {
	return each(ctx, n, workers, func(i int, _ generator) { do(i) })
}
