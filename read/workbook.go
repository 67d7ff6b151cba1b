package read

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// maxWorkbook bounds what a workbook may unpack to.
const maxWorkbook = 4 << 30

// workbook is s itself or, where s is an Excel workbook, a sheet of it as CSV: the sheet named, else the first one that holds a table. What a
// cell holds counts, not how it is shown, save that dates are written as such.
func workbook(ctx context.Context, s Source, sheet string) (Source, []message.Note, error) {
	if s.Once {
		return s, nil, nil // a pipe cannot be looked at beforehand
	}
	r, err := s.Open()
	if err != nil {
		return s, nil, cannotOpen(s.Name, err)
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 4)
	if n, _ := io.ReadFull(r, head); n < 4 || string(head) != "PK\x03\x04" {
		return s, nil, nil
	}
	book, err := excelize.OpenReader(io.MultiReader(bytes.NewReader(head), r), excelize.Options{UnzipSizeLimit: maxWorkbook})
	if err != nil {
		return s, nil, nil //nolint:nilerr // another kind of archive: the reader says so
	}
	defer func() { _ = book.Close() }()
	names := book.GetSheetList()
	var notes []message.Note
	if sheet != "" {
		if !slices.Contains(names, sheet) {
			return s, nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: there is no sheet %q; there are %s", s.Name, sheet, strings.Join(names, ", "))
		}
	} else {
		var tables []string
		for _, name := range names {
			if isTable(book, name) {
				tables = append(tables, name)
			}
		}
		if len(tables) == 0 {
			return s, nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no sheet of the workbook holds a table of two columns and two rows", s.Name)
		}
		sheet = tables[0]
		if len(tables) > 1 {
			notes = append(notes, message.NoteOf("note.sheets", s.Name, sheet, strings.Join(tables[1:], ", ")))
		}
	}
	text, err := sheetText(ctx, book, sheet)
	if err != nil {
		if ctx.Err() != nil {
			return s, nil, ctx.Err()
		}
		return s, nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: sheet %q cannot be read: %w", s.Name, sheet, err)
	}
	out := Bytes(s.Name, text)
	out.stored, out.packing = &s, "xlsx"
	return out, notes, nil
}

// isTable reports whether a sheet has two rows, two columns wide.
func isTable(book *excelize.File, sheet string) bool {
	rows, err := book.Rows(sheet)
	if err != nil {
		return false
	}
	defer func() { _ = rows.Close() }()
	wide := 0
	for n := 0; n < 1000 && wide < 2 && rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return false
		}
		if len(cells) > 1 {
			wide++
		}
	}
	return wide == 2
}

// sheetText is a sheet as CSV, a line a row, so that lines are the sheet's rows.
func sheetText(ctx context.Context, book *excelize.File, sheet string) ([]byte, error) {
	raw, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }()
	shown, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = shown.Close() }()
	props, err := book.GetWorkbookProps()
	since1904 := err == nil && props.Date1904 != nil && *props.Date1904
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	width := 0
	for n := 0; raw.Next() && shown.Next(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		cells, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		texts, err := shown.Columns()
		if err != nil {
			return nil, err
		}
		for i := range cells {
			if i < len(texts) && texts[i] != cells[i] {
				cells[i] = dated(cells[i], texts[i], since1904)
			}
			cells[i] = strings.Map(func(r rune) rune {
				if r == '\n' || r == '\r' {
					return ' '
				}
				return r
			}, cells[i])
		}
		if strings.Join(cells, "") == "" {
			w.Flush()
			out.WriteByte('\n')
			continue
		}
		width = max(width, len(cells))
		for len(cells) < width { // trailing blank cells are not stored
			cells = append(cells, "")
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), raw.Error()
}

// dated is what a cell holds, as a date where it is shown as one: a number of days that is shown with marks of dates.
func dated(raw, shown string, since1904 bool) string {
	days, err := strconv.ParseFloat(raw, 64)
	if err != nil || days < 10000 || days > 90000 || !strings.ContainsAny(shown, "-/年月:") && !hasMonth(shown) {
		return raw
	}
	t, err := excelize.ExcelDateToTime(days, since1904)
	if err != nil {
		return raw
	}
	t = t.Round(time.Millisecond)
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04:05.999")
}

func hasMonth(s string) bool {
	s = strings.ToLower(s)
	for m := time.January; m <= time.December; m++ {
		if strings.Contains(s, strings.ToLower(m.String()[:3])) {
			return true
		}
	}
	return false
}
