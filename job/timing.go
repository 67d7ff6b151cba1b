package job

import "time"

// Timings is what differs between two runs of the same thing.
type Timings struct {
	Started    time.Time `json:"started"`
	Seconds    float64   `json:"seconds"`
	Phases     []Phase   `json:"phases"`
	Threads    int       `json:"threads"`
	PeakMemory int64     `json:"peak_memory_bytes"`        // of the whole process
	Resumed    int       `json:"resumed_blocks,omitempty"` // blocks of finished work that an earlier run left
}

// Phase is a part of a run and the time it took.
type Phase struct {
	Name    Stage   `json:"name"`
	Seconds float64 `json:"seconds"`
}

// clock measures the phases of a run.
type clock struct {
	began, phase time.Time
	phases       []Phase
}

func startClock() *clock {
	now := time.Now()
	return &clock{began: now, phase: now}
}

// lap ends a phase.
func (c *clock) lap(s Stage) {
	now := time.Now()
	c.phases = append(c.phases, Phase{s, seconds(now.Sub(c.phase))})
	c.phase = now
}

func (c *clock) timings(threads int) Timings {
	return Timings{Started: c.began.UTC().Truncate(time.Second), Seconds: seconds(time.Since(c.began)), Phases: c.phases,
		Threads: threads, PeakMemory: peakMemory()}
}

// seconds is d to the millisecond.
func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
