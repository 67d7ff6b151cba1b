//go:build !linux

package f32

import (
	"testing"
	"time"
)

var start = time.Now()

// cpuTime is the wall time.
func cpuTime(*testing.B) time.Duration { return time.Since(start) }
