package adjust

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// Name is the file that adjustments are kept in where no other is named.
const Name = "adjustments.csv"

// Entry is one line of the file: an adjustment, or the withdrawal of one.
type Entry struct {
	Number    int       // from 1, in the order of the file
	At        time.Time // when it was written down
	By        string    // who did
	Withdraws int       // the number of the adjustment that this line takes back; 0 = it is an adjustment
	ID        string    // of the series
	From, To  calendar.Day
	Change    Change
	Why       string
	Gone      int // the line that took it back; 0 = it is in force
}

// Book is a file of adjustments: lines are added at its end and never changed. Each line holds a digest of itself and of the line before it, so
// that a line changed later shows.
type Book struct {
	Path    string
	Entries []Entry
	Broken  []int // lines whose digest is not that of what they say
	last    string
}

var columns = []string{"number", "at", "by", "withdraws", "id", "from", "to", "change", "why", "digest"}

// Open reads a file of adjustments; one that is not there is empty.
func Open(path string) (*Book, error) {
	b := &Book{Path: path}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the adjustments of %s: %w", path, err)
	}
	return b, b.read(text)
}

func (b *Book) read(text []byte) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = len(columns)
	rows, err := in.ReadAll()
	if err != nil {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: it is no file of adjustments: %w", b.Path, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], columns) {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: it is no file of adjustments: its first line must be %s", b.Path, strings.Join(columns, ","))
	}
	for i, row := range rows[1:] {
		e, err := parse(row)
		if err == nil && (e.Number != i+1 || e.Withdraws >= e.Number) {
			err = fmt.Errorf("column number: %d stands where %d is expected", e.Number, i+1)
		}
		if err != nil {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: adjustment %d: %w", b.Path, i+1, err)
		}
		if b.last = digest(b.last, row[:len(row)-1]); b.last != row[len(row)-1] {
			b.Broken = append(b.Broken, e.Number)
			b.last = row[len(row)-1]
		}
		b.Entries = append(b.Entries, e)
		if e.Withdraws > 0 {
			b.Entries[e.Withdraws-1].Gone = e.Number
		}
	}
	return nil
}

func parse(row []string) (e Entry, err error) {
	if e.Number, err = strconv.Atoi(row[0]); err != nil {
		return e, fmt.Errorf("column number: %q is no number", row[0])
	}
	if e.At, err = time.Parse(time.RFC3339, row[1]); err != nil {
		return e, fmt.Errorf("column at: %q is no time", row[1])
	}
	e.By, e.ID, e.Why = row[2], row[4], row[8]
	if row[3] != "" {
		if e.Withdraws, err = strconv.Atoi(row[3]); err != nil || e.Withdraws < 1 {
			return e, fmt.Errorf("column withdraws: %q is no number", row[3])
		}
		return e, nil
	}
	if e.From, err = calendar.ParseDay(row[5]); err != nil {
		return e, fmt.Errorf("column from: %w", err)
	}
	if e.To, err = calendar.ParseDay(row[6]); err != nil {
		return e, fmt.Errorf("column to: %w", err)
	}
	if e.Change, err = ParseChange(row[7]); err != nil {
		return e, fmt.Errorf("column change: %w", err)
	}
	return e, e.check()
}

func (e Entry) check() error {
	switch {
	case e.ID == "":
		return tidewatch.Errorf(tidewatch.CodeUsage, "which series? Name it with --id")
	case e.To < e.From:
		return tidewatch.Errorf(tidewatch.CodeUsage, "from %v to %v: the last day must not be before the first", e.From, e.To)
	case strings.TrimSpace(e.Why) == "":
		return tidewatch.Errorf(tidewatch.CodeUsage, "why? An adjustment without a reason teaches nothing when it is scored: say it with --why")
	}
	return nil
}

func (e Entry) fields() []string {
	f := []string{strconv.Itoa(e.Number), e.At.UTC().Format(time.RFC3339), e.By, "", e.ID, "", "", "", e.Why}
	if e.Withdraws > 0 {
		f[3] = strconv.Itoa(e.Withdraws)
		return f
	}
	f[5], f[6], f[7] = e.From.String(), e.To.String(), e.Change.String()
	return f
}

func digest(last string, fields []string) string {
	sum := sha256.Sum256([]byte(last + "\x1e" + strings.Join(fields, "\x1f")))
	return hex.EncodeToString(sum[:8])
}

// InForce are the adjustments that were not taken back, in their order.
func (b *Book) InForce() []Entry {
	var list []Entry
	for _, e := range b.Entries {
		if e.Withdraws == 0 && e.Gone == 0 {
			list = append(list, e)
		}
	}
	return list
}

// Append writes an entry at the end of the file, and returns it with its number.
func Append(path string, e Entry) (Entry, error) {
	output := func(err error) error {
		return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write the adjustments of %s: %w", path, err)
	}
	lock, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return e, output(fmt.Errorf("another program is writing them; if none is, remove %s.lock", path))
	}
	if err != nil {
		return e, output(err)
	}
	defer func() {
		_ = lock.Close()
		_ = os.Remove(path + ".lock")
	}()
	b, err := Open(path)
	if err != nil {
		return e, err
	}
	e.Number = len(b.Entries) + 1
	if e.Withdraws > 0 {
		if e.Withdraws > len(b.Entries) || b.Entries[e.Withdraws-1].Withdraws > 0 || b.Entries[e.Withdraws-1].Gone > 0 {
			return e, tidewatch.Errorf(tidewatch.CodeUsage, "adjustment %d cannot be taken back: tidewatch adjust --list shows those in force", e.Withdraws)
		}
		e.ID = b.Entries[e.Withdraws-1].ID
	}
	if err := e.check(); err != nil {
		return e, err
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	if len(b.Entries) == 0 {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			_ = w.Write(columns) // to memory
		}
	}
	fields := e.fields()
	_ = w.Write(append(fields, digest(b.last, fields)))
	w.Flush()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return e, output(err)
	}
	_, err = f.Write(text.Bytes())
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return e, output(err)
	}
	return e, nil
}
