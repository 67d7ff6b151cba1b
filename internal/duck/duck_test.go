//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/store/storetest"
)

func workspaceAt(t testing.TB, dir string) store.Store {
	t.Helper()
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		if err := Init(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), dir, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) { storetest.Run(t, workspaceAt) }

// TestMigrations: an older workspace is copied, then brought up to date in one step; a newer one is refused, and so is what is no workspace.
func TestMigrations(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "w")
	if err := workspaceAt(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	path, backup := filepath.Join(dir, database), filepath.Join(dir, "workspace.version1.duckdb")
	read := func() []byte {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ask := func(sql string) (n int64, err error) {
		s, err := open(path, true)
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		err = s.each(t.Context(), sql, func(c chunk) error {
			n = fixed[int64](c.column(0))[0]
			return nil
		})
		return n, err
	}
	old := read()
	steps := []string{migrations[0], "ALTER TABLE tables ADD COLUMN colour VARCHAR DEFAULT 'red'", "CREATE TABLE more (x INTEGER); INSERT INTO more VALUES (7)"}

	// A step that fails leaves the version before.
	if err := migrate(t.Context(), dir, 1, append(steps[:2:2], "SELECT no_such_function()")); err == nil {
		t.Error("a migration that cannot be was no error")
	}
	if n, err := ask("SELECT CAST(version AS BIGINT) FROM tidewatch"); n != 1 || err != nil {
		t.Errorf("version %d, %v", n, err)
	}
	if _, err := ask("SELECT colour FROM tables"); err == nil {
		t.Error("half of a migration stayed")
	}

	if err := migrate(t.Context(), dir, 1, steps); err != nil {
		t.Fatal(err)
	}
	if n, err := ask("SELECT CAST(version AS BIGINT) FROM tidewatch"); n != 3 || err != nil {
		t.Errorf("version %d, %v", n, err)
	}
	if n, err := ask("SELECT CAST(x AS BIGINT) FROM more"); n != 7 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if b, err := os.ReadFile(backup); err != nil || len(b) != len(old) {
		t.Errorf("the copy has %d bytes, not %d: %v", len(b), len(old), err)
	}

	before := read()
	if _, err := Open(t.Context(), dir, false); tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(err.Error(), "newer Tidewatch (workspace version 3, this program knows up to 1)") {
		t.Errorf("a newer workspace: %v", err)
	}
	if string(before) != string(read()) {
		t.Error("a newer workspace was changed")
	}

	other := filepath.Join(t.TempDir(), "other")
	if err := os.Mkdir(other, 0o777); err != nil {
		t.Fatal(err)
	}
	s, err := open(filepath.Join(other, database), true)
	if err != nil {
		t.Fatal(err)
	}
	s.close()
	if _, err := Open(t.Context(), other, false); tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(err.Error(), "no workspace") {
		t.Errorf("another database: %v", err)
	}
	if err := os.WriteFile(filepath.Join(other, database), []byte("nonsense, and enough of it to look like a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), other, false); err == nil {
		t.Error("nonsense was opened")
	} else {
		t.Log(err)
	}
}

// TestInUse: who comes second hears so.
func TestInUse(t *testing.T) {
	for text, want := range map[string]string{
		`IO Error: Could not set lock on file "/a/workspace.duckdb": Conflicting lock is held in /usr/bin/tidewatch (PID 4711). See also ...`: "in use by process 4711",
		`IO Error: Cannot open file "a": The process cannot access the file because it is being used by another process.`:                     "in use by another program",
	} {
		err := explain("w", errors.New(text))
		if tidewatch.CodeOf(err) != tidewatch.CodeOutput || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
