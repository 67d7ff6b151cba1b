package tree

import (
	"sync/atomic"
	"testing"
	"time"
)

// TestTeamRunsEveryTaskOnce also lets workers fall asleep between loops.
func TestTeamRunsEveryTaskOnce(t *testing.T) {
	for _, size := range []int{1, 2, 5} {
		team := newTeam(size)
		var counts [40]atomic.Int32
		for loop := range int32(3000) {
			tasks := int(loop*7) % len(counts)
			team.run(tasks, func(i int) { counts[i].Add(1) })
			for i := range counts {
				want := int32(0)
				if i < tasks {
					want = 1
				}
				if got := counts[i].Swap(0); got != want {
					t.Fatalf("size %d, loop %d of %d tasks: task %d ran %d times", size, loop, tasks, i, got)
				}
			}
			if loop%1000 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		team.close()
	}
}
