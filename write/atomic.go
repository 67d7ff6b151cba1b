package write

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Set is the files that one run writes: they appear together, whole, or not at all. Each is first written beside its place, where the system
// allows it without a name, so that not even a killed process leaves anything; and synced to the disk. Commit then puts them all in
// place. The zero value is ready to use. It is not safe for concurrent use.
type Set struct {
	staged []staged
}

type staged struct {
	path  string
	draft *draft
}

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
		err = fillFile(ctx, f, path, fill)
		if closed := f.Close(); err == nil && closed != nil {
			err = outputError(path, closed)
		}
		return err
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return outputError(path, err)
	}
	d, err := newDraft(path)
	if err != nil {
		return outputError(path, err)
	}
	err = fillFile(ctx, d.file, path, fill)
	if err == nil {
		if synced := d.file.Sync(); synced != nil {
			err = outputError(path, synced)
		}
	}
	if err != nil {
		d.discard()
		return err
	}
	if info != nil {
		_ = d.file.Chmod(info.Mode().Perm()) // a file that is replaced keeps its permissions where the system allows
	}
	s.staged = append(s.staged, staged{path, d})
	return nil
}

// Commit lets the staged files appear. If one cannot, it and those after it are removed, and the error names it.
func (s *Set) Commit() error {
	for i, f := range s.staged {
		if err := f.draft.publish(f.path); err != nil {
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
		f.draft.discard()
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

// fillFile fills f through a buffer.
func fillFile(ctx context.Context, f *os.File, path string, fill func(io.Writer) error) error {
	w := bufio.NewWriterSize(&contextWriter{ctx, f}, 1<<18)
	err := fill(w)
	if err == nil {
		err = w.Flush()
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
