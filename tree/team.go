package tree

import (
	"runtime"
	"sync/atomic"
)

// team runs many short parallel loops on the same goroutines. A tree of 255 leaves needs several hundred loops of some
// microseconds each: workers therefore spin for a moment before they sleep.
type team struct {
	size     int
	state    atomic.Uint64 // epoch << 40 | tasks << 20 | next task; a claim is one atomic addition
	done     atomic.Int64
	task     func(int)
	sleepers atomic.Int32
	wake     chan struct{}
	stop     atomic.Bool
}

const (
	taskBits = 20
	taskMask = 1<<taskBits - 1
	spins    = 4000 // some 10 microseconds
)

// newTeam starts size-1 workers; the caller of run is the other one. Close ends them.
func newTeam(size int) *team {
	t := &team{size: size, wake: make(chan struct{}, size)}
	for range size - 1 {
		go t.work()
	}
	return t
}

func (t *team) close() {
	t.stop.Store(true)
	close(t.wake)
}

// run calls f(0) ... f(tasks-1), concurrently, and returns when all have returned. Tasks must not depend on who runs them.
func (t *team) run(tasks int, f func(task int)) {
	for ; tasks > taskMask/2; tasks-- {
		f(tasks - 1)
	}
	if t.size == 1 || tasks < 2 {
		for i := range tasks {
			f(i)
		}
		return
	}
	t.task = f
	t.done.Store(0)
	epoch := t.state.Load()>>(2*taskBits) + 1
	t.state.Store(epoch<<(2*taskBits) | uint64(tasks)<<taskBits)
	for n := min(t.sleepers.Load(), int32(tasks-1)); n > 0; n-- {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	t.claim()
	for i := 1; t.done.Load() < int64(tasks); i++ {
		if i%256 == 0 {
			runtime.Gosched()
		}
	}
}

// claim runs tasks of the current loop until none is left. A worker that comes late claims a task of whichever loop is current:
// the number of tasks is part of the state, and a loop that still has an unfinished task cannot be replaced.
func (t *team) claim() {
	for {
		v := t.state.Add(1) - 1
		if int(v&taskMask) >= int(v>>taskBits&taskMask) {
			return
		}
		t.task(int(v & taskMask))
		t.done.Add(1)
	}
}

func (t *team) work() {
	seen := uint64(0)
	for {
		for i := 0; t.state.Load()>>(2*taskBits) == seen && i < spins; i++ {
			if i%1024 == 1023 {
				runtime.Gosched()
			}
		}
		if t.state.Load()>>(2*taskBits) == seen {
			t.sleepers.Add(1)
			if t.state.Load()>>(2*taskBits) == seen {
				<-t.wake
			}
			t.sleepers.Add(-1)
		}
		if t.stop.Load() {
			return
		}
		seen = t.state.Load() >> (2 * taskBits)
		t.claim()
	}
}

// chunked calls f with the parts of [0, n) that are chunk long. The parts do not depend on the size of the team.
func (t *team) chunked(n, chunk int, f func(part, lo, hi int)) {
	t.run((n+chunk-1)/chunk, func(p int) { f(p, p*chunk, min(n, (p+1)*chunk)) })
}
