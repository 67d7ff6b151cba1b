//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/store"
)

// TestLargeStatus: what a workspace of 50 million rows holds is said at once.
func TestLargeStatus(t *testing.T) {
	if os.Getenv("TIDEWATCH_LONG") == "" {
		t.Skip("set TIDEWATCH_LONG=1 to run it: it makes 50,000,000 rows")
	}
	dir := filepath.Join(t.TempDir(), "w")
	s := workspaceAt(t, dir)
	file := filepath.Join(t.TempDir(), "one.csv")
	if err := os.WriteFile(file, []byte("order,date,item,quantity,price\n1,2024-03-01,mug,1,2.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Add(t.Context(), s, []string{file}, store.Intake{}); err != nil {
		t.Fatal(err)
	}
	if err := s.(*workspace).run(t.Context(), `INSERT INTO rows_1 SELECT r.* REPLACE (i AS line, i AS c1) FROM rows_1 r, range(50_000_000) AS more(i);
		UPDATE imports SET total = 50_000_001; CHECKPOINT`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	best := time.Hour
	for range 5 {
		began := time.Now()
		s, err := Open(t.Context(), dir, false)
		if err != nil {
			t.Fatal(err)
		}
		c, err := store.Survey(t.Context(), s)
		if err != nil || c.Tables[0].Rows != 50_000_001 {
			t.Fatalf("%+v, %v", c, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	t.Logf("status of 50,000,001 rows: %v", best)
	if best > time.Second {
		t.Errorf("it took %v", best)
	}
}
