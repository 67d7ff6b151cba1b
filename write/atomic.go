package write

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Set is the files that one run writes: they appear together, whole, or not at all. Each is first written to a hidden file in its own
// folder and synced to the disk; Commit then renames them all. The zero value is ready to use. It is not safe for concurrent use.
type Set struct {
	staged []staged
}

type staged struct{ temp, path string }

// Stage writes a file with fill without letting it appear yet. An error, be it a full disk or the end of ctx, leaves nothing behind.
// A path that is not a plain file, such as a pipe or /dev/stdout, is written to at once.
func (s *Set) Stage(ctx context.Context, path string, fill func(io.Writer) error) error {
	if at, err := filepath.EvalSymlinks(path); err == nil {
		path = at // the file a link leads to is replaced, not the link
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write %s: it is a folder; name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return outputError(path, err)
		}
		return finish(ctx, f, path, fill, false)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return outputError(path, err)
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8]+".tmp")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return outputError(path, err)
	}
	if err := finish(ctx, f, path, fill, true); err != nil {
		_ = os.Remove(temp) // the error that matters is the one of writing
		return err
	}
	if info != nil {
		_ = os.Chmod(temp, info.Mode().Perm()) // a file that is replaced keeps its permissions where the system allows
	}
	s.staged = append(s.staged, staged{temp, path})
	return nil
}

// Commit lets the staged files appear. If one cannot, it and those after it are removed, and the error names it.
func (s *Set) Commit() error {
	for i, f := range s.staged {
		if err := os.Rename(f.temp, f.path); err != nil {
			s.staged = s.staged[i:]
			s.Discard()
			return outputError(f.path, err)
		}
		syncFolder(filepath.Dir(f.path))
	}
	s.staged = nil
	return nil
}

// Discard removes what was staged and not committed. After Commit it does nothing, so that it can be deferred.
func (s *Set) Discard() {
	for _, f := range s.staged {
		_ = os.Remove(f.temp)
	}
	s.staged = nil
}

// File writes one file: it appears whole, or not at all.
func File(ctx context.Context, path string, fill func(io.Writer) error) error {
	var s Set
	defer s.Discard()
	if err := s.Stage(ctx, path, fill); err != nil {
		return err
	}
	return s.Commit()
}

// finish fills f through a buffer, syncs it if asked to, and closes it.
func finish(ctx context.Context, f *os.File, path string, fill func(io.Writer) error, sync bool) (err error) {
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = outputError(path, closed)
		}
	}()
	w := bufio.NewWriterSize(&contextWriter{ctx, f}, 1<<18)
	if err = fill(w); err == nil {
		err = w.Flush()
	}
	if err == nil && sync {
		err = f.Sync()
	}
	if err == nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	return outputError(path, err)
}

// contextWriter refuses to write once its context has ended.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *contextWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// outputError says that path cannot be written, without naming the hidden file the system may speak of.
func outputError(path string, err error) error {
	if tidewatch.CodeOf(err) != tidewatch.CodeInternal {
		return err
	}
	cause := err
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		cause = p.Err
	}
	hint := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "; make the folder " + filepath.Dir(path) + " first"
	case errors.Is(err, fs.ErrPermission):
		hint = "; choose another folder"
	case strings.Contains(err.Error(), "no space left"):
		hint = "; free some space or choose another disk"
	}
	return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write %s: %w%s", path, cause, hint)
}

// syncFolder makes a rename last through a power cut. Not every system allows it, and the file's own contents are safe already.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
