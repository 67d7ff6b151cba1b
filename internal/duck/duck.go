//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/store"
)

// database is the name of the file in a workspace's folder.
const database = "workspace.duckdb"

// workspace is a [store.Store] in a DuckDB file.
type workspace struct {
	*session
	dir    string
	writes bool
}

// Init makes a workspace in a folder, which is made if it is not there. There must be none in it yet.
func Init(ctx context.Context, dir string) (err error) {
	path := filepath.Join(dir, database)
	if _, err := os.Stat(path); err == nil {
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s is a workspace already: nothing was changed", dir)
	}
	_, had := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return cannotWrite(dir, err)
	}
	draft := path + ".new" // a workspace appears whole
	defer func() {
		if err != nil {
			_ = os.Remove(draft)
			_ = os.Remove(draft + ".wal")
			if had != nil {
				_ = os.Remove(dir)
			}
		}
	}()
	_ = os.Remove(draft) // of an init that was killed
	_ = os.Remove(draft + ".wal")
	if f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE, 0o666); err != nil {
		return cannotWrite(dir, err)
	} else if err = errors.Join(f.Close(), os.Remove(draft)); err != nil {
		return cannotWrite(dir, err)
	}
	s, err := open(draft, true)
	if err != nil {
		return cannotWrite(dir, err)
	}
	err = create(ctx, s)
	s.close()
	if err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return cannotWrite(dir, err)
	}
	return nil
}

// Open opens a workspace. For reading, any number of programs may; for writing only one, and then no other reads. An older workspace
// is copied and brought to this version; a newer one is refused.
func Open(ctx context.Context, dir string, writing bool) (store.Store, error) {
	path := filepath.Join(dir, database)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		if errors.Is(err, fs.ErrNotExist) || err == nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s is no workspace: make one with tidewatch init %s", dir, dir)
		}
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: %w", dir, err)
	}
	s, err := open(path, writing)
	if err != nil {
		return nil, explain(dir, err)
	}
	at, err := version(ctx, s)
	if err != nil {
		s.close()
		return nil, explain(dir, err)
	}
	if at != len(migrations) {
		s.close()
		if at > len(migrations) {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s was written by a newer Tidewatch (workspace version %d, this program knows up to %d): use that one; nothing was changed", dir, at, len(migrations))
		}
		if err := migrate(ctx, dir, at, migrations); err != nil {
			return nil, err
		}
		return Open(ctx, dir, writing)
	}
	return &workspace{session: s, dir: dir, writes: writing}, nil
}

// Folder implements [store.Store].
func (w *workspace) Folder() string { return w.dir }

// Close implements [store.Store].
func (w *workspace) Close() error {
	w.close()
	return nil
}

var holder = regexp.MustCompile(`held in (.*?) ?\(PID (\d+)\)`)

// explain says what an error of DuckDB means to who has a workspace.
func explain(dir string, err error) error {
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || tidewatch.CodeOf(err) != tidewatch.CodeInternal:
		return err
	case strings.Contains(text, "Could not set lock") || strings.Contains(text, "onflicting lock") || strings.Contains(text, "file handle conflict") || strings.Contains(text, "being used by another process"):
		who := "another program"
		if m := holder.FindStringSubmatch(text); m != nil {
			who = "process " + m[2]
		}
		return tidewatch.Errorf(tidewatch.CodeOutput, "the workspace %s is in use by %s: one program writes at a time, and none reads meanwhile; try again when it has ended", dir, who)
	case strings.Contains(text, "No space left") || strings.Contains(text, "not enough disk space") || strings.Contains(text, "Could not write"):
		return tidewatch.Errorf(tidewatch.CodeOutput, "the workspace %s cannot be written, as the disk is full: nothing was changed; make room and try again (%s)", dir, firstLine(text))
	case strings.Contains(text, "Permission denied") || strings.Contains(text, "ead-only file system") || strings.Contains(text, "Cannot open file"):
		return cannotWrite(dir, err)
	}
	return fmt.Errorf("workspace %s: %w", dir, err)
}

func cannotWrite(dir string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return tidewatch.Errorf(tidewatch.CodeOutput, "the workspace %s cannot be written: %s: check that the folder is yours to write in", dir, firstLine(err.Error()))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
