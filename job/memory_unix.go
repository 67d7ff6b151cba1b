//go:build unix

package job

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory the process has held so far, in bytes.
func peakMemory() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) //nolint:unconvert // its size differs between systems
	}
	return int64(u.Maxrss) * 1024 //nolint:unconvert // as above
}
