//go:build !unix

package job

import "runtime"

// peakMemory is the memory the process has taken from the system so far, in bytes.
func peakMemory() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
