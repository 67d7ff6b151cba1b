package cluster

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// block is how many rows a worker takes at a time. What is summed over rows is summed by block and then over the blocks in order, so
// that the number of workers does not change a bit of it.
const block = 1024

// each calls f for every block of n rows, on several processors. It stops early, with ctx's error, when ctx ends.
func each(ctx context.Context, n int, f func(b, from, to int)) error {
	return parallel(ctx, (n+block-1)/block, func(b int) { f(b, b*block, min(n, (b+1)*block)) })
}

// parallel calls f for 0 to n-1, on several processors.
func parallel(ctx context.Context, n int, f func(i int)) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			if ctx.Err() != nil {
				break
			}
			f(i)
		}
		return ctx.Err()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// blocks is how many blocks n rows are.
func blocks(n int) int { return (n + block - 1) / block }
