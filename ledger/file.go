package ledger

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tidewatch/tidewatch"
)

// Name is what the file is called in a workspace.
const Name = "ledger.jsonl"

// Ledger is a file of entries: lines of JSON that are added at its end and never changed.
type Ledger struct {
	Path    string
	Entries []Entry
	Breaks  []Break // lines that are not as they were written
	Torn    int64   // bytes of a half-written line at the end, of a program that was killed while writing: nothing was claimed by it
	size    int64   // bytes before them
}

// Break is a line that is not as it was written, or does not follow the one before it.
type Break struct {
	Line int       `json:"line"`
	Why  BreakKind `json:"why"`
}

// BreakKind is what is wrong with a line.
type BreakKind string

// The kinds of breaks.
const (
	Unreadable BreakKind = "unreadable" // it is no entry
	Edited     BreakKind = "edited"     // it does not say what it said when it was written
	Displaced  BreakKind = "displaced"  // lines before it were removed, added or moved
)

// Head is the digest of the last entry, "" if there is none. A head that was written down elsewhere proves that the entries up to it are those
// that stood there then.
func (l *Ledger) Head() string {
	if len(l.Entries) == 0 {
		return ""
	}
	return l.Entries[len(l.Entries)-1].Hash
}

// Find is the place of the entry with the given digest, -1 if there is none.
func (l *Ledger) Find(head string) int {
	for i := range l.Entries {
		if l.Entries[i].Hash == head && head != "" {
			return i
		}
	}
	return -1
}

// Open reads a ledger; one that is not there is empty. Lines that were changed are kept among Breaks, and their claims are not counted.
func Open(path string) (*Ledger, error) {
	l := &Ledger{Path: path}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the ledger %s: %w", path, err)
	}
	l.read(text)
	if len(l.Entries) == 0 && len(l.Breaks) > 0 || l.size == 0 && l.Torn > 0 && !bytes.HasPrefix(text, []byte(`{"n":1,`)) && len(text) > len(`{"n":1,`) {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: it is no ledger: no line of it is an entry", path)
	}
	return l, nil
}

func (l *Ledger) read(text []byte) {
	last := ""
	for line := 1; len(text) > 0; line++ {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			l.Torn = int64(len(text))
			return
		}
		e, whole, err := parse(text[:end])
		text = text[end+1:]
		l.size += int64(end) + 1
		switch {
		case err != nil:
			l.Breaks = append(l.Breaks, Break{line, Unreadable})
			continue
		case !whole:
			l.Breaks = append(l.Breaks, Break{line, Edited})
			e.Claims, e.Outcomes = nil, nil
		case e.Prev != last || e.Number != len(l.Entries)+1:
			l.Breaks = append(l.Breaks, Break{line, Displaced})
		}
		last = e.Hash
		l.Entries = append(l.Entries, e)
	}
}

// Append adds entries that make returns for the ledger as it is, and returns it with them. They are on the disk when it returns: a program that is killed
// before leaves at most half a line, which is recognised, and removed by the next one that writes. One program writes at a time.
func Append(path string, create func(l *Ledger) ([]Entry, error)) (l *Ledger, err error) {
	output := func(err error) error {
		return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write the ledger %s: %w", path, err)
	}
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, output(err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = output(e)
		}
	}()
	if err := lock(f); err != nil {
		return nil, output(err)
	}
	if l, err = Open(path); err != nil {
		return nil, err
	}
	entries, err := create(l)
	if err != nil || len(entries) == 0 {
		return l, err
	}
	var text []byte
	last, cut := l.Head(), l.Torn
	for i := range entries {
		e := &entries[i]
		e.Number, e.Prev, e.Cut = len(l.Entries)+1, last, cut
		for k := range e.Claims {
			if err := e.Claims[k].Check(); err != nil {
				return l, err
			}
		}
		line, err := e.line()
		if err != nil {
			return l, output(err)
		}
		text = append(text, line...)
		l.Entries = append(l.Entries, *e)
		last, cut = e.Hash, 0
	}
	if l.Torn > 0 {
		if err := f.Truncate(l.size); err != nil {
			return nil, output(err)
		}
		l.Torn = 0
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		return nil, output(err)
	}
	if _, err := f.Write(text); err != nil {
		_ = f.Truncate(l.size) // what is left of it is recognised otherwise
		return nil, output(err)
	}
	if err := f.Sync(); err != nil {
		return nil, output(err)
	}
	l.size += int64(len(text))
	if errors.Is(missing, fs.ErrNotExist) {
		syncFolder(filepath.Dir(path))
	}
	return l, nil
}

// syncFolder puts the name of a new file on the disk. Not all systems can.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
