//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)))

package duck_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/store"
)

// BenchmarkImport times an import of TIDEWATCH_FILE, which has the columns of Online Retail, beside DuckDB's own COPY of the same file into
// a table of the same types, one after the other.
func BenchmarkImport(b *testing.B) {
	file := os.Getenv("TIDEWATCH_FILE")
	if file == "" {
		b.Skip("set TIDEWATCH_FILE to a file of orders with the columns of Online Retail")
	}
	ctx := context.Background()
	for b.Loop() {
		dir := b.TempDir()
		began, cpu := time.Now(), cpuSeconds()
		if err := duck.Copy(ctx, filepath.Join(dir, "copy.duckdb"), file); err != nil {
			b.Fatal(err)
		}
		copied, copiedCPU := time.Since(began).Seconds(), cpuSeconds()-cpu
		ws := filepath.Join(dir, "w")
		if err := duck.Init(ctx, ws); err != nil {
			b.Fatal(err)
		}
		began, cpu = time.Now(), cpuSeconds()
		s, err := duck.Open(ctx, ws, true)
		if err != nil {
			b.Fatal(err)
		}
		done, err := store.Add(ctx, s, []string{file}, store.Intake{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		took, tookCPU := time.Since(began).Seconds(), cpuSeconds()-cpu
		b.Logf("%d rows, %d added: COPY %.2f s, %.2f CPU s; import %.2f s, %.2f CPU s; import/COPY %.2f, in CPU %.2f", done.Imports[0].Read, done.Imports[0].Added,
			copied, copiedCPU, took, tookCPU, took/copied, tookCPU/copiedCPU)
		b.ReportMetric(took/copied, "of-COPY")
		b.ReportMetric(tookCPU/copiedCPU, "of-COPY-CPU")
	}
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
