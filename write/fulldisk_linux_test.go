package write

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// TestDiskFillsUp: a disk that fills up while a file is replaced leaves the old file and nothing else.
func TestDiskFillsUp(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("no right to mount a small disk:", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	path := filepath.Join(dir, "f.csv")
	if err := File(t.Context(), path, text("old")); err != nil {
		t.Fatal(err)
	}
	err := File(t.Context(), path, text(strings.Repeat("x", 1<<20)))
	if tidewatch.CodeOf(err) != tidewatch.CodeOutput || !strings.Contains(err.Error(), "f.csv: no space left on device; free some space") {
		t.Errorf("error is %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" || len(list(t, dir)) != 1 {
		t.Errorf("the disk holds %v, the file %q", list(t, dir), b)
	}
}
