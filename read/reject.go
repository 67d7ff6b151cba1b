package read

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Reject is one row that was refused.
type Reject struct {
	File   string
	Line   int64  // of the file, from 1 (of a Parquet file: the row)
	Column string // "" where the row as a whole is at fault
	Code   string // what is wrong, the same for every value: the catalogue of messages has "reject.CODE"
	Reason string
	Text   string // the row or the field as it stood, cut after 200 bytes; "" where it is not at hand
}

// String is the reject in one line: file, line, column and reason.
func (r Reject) String() string {
	s := r.File + ": line " + strconv.FormatInt(r.Line, 10)
	if r.Column != "" {
		s += ", column " + strconv.Quote(r.Column)
	}
	return s + ": " + r.Reason
}

// maxRejectText is how much of a refused row is kept, in bytes.
const maxRejectText = 200

// clip makes text of b that is short and safe to print.
func clip(b []byte) string {
	more := len(b) > maxRejectText
	if more {
		b = b[:maxRejectText]
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '�'
		}
		return r
	}, strings.ToValidUTF8(string(b), "�"))
	if more {
		s += "…"
	}
	return s
}

// RejectWriter writes rejects as CSV: file, line, column, reason, text.
type RejectWriter struct {
	buf *bufio.Writer
	csv *csv.Writer
	err error
}

// NewRejectWriter writes the header and returns the writer; its Add is what [Options].Rejects wants.
func NewRejectWriter(w io.Writer) *RejectWriter {
	buf := bufio.NewWriterSize(w, 1<<16)
	r := &RejectWriter{buf: buf, csv: csv.NewWriter(buf)}
	r.err = r.csv.Write([]string{"file", "line", "column", "reason", "text"})
	return r
}

// Add writes one reject. An error is kept for Close.
func (w *RejectWriter) Add(r Reject) {
	if w.err == nil {
		w.err = w.csv.Write([]string{r.File, strconv.FormatInt(r.Line, 10), r.Column, r.Reason, r.Text})
	}
}

// Close writes what is left and returns the first error. It does not close the writer underneath.
func (w *RejectWriter) Close() error {
	w.csv.Flush()
	if w.err == nil {
		w.err = w.csv.Error()
	}
	if w.err == nil {
		w.err = w.buf.Flush()
	}
	return w.err
}
