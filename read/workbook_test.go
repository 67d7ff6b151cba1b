package read

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbookFile writes a workbook: an empty sheet, one of orders whose cells are shown otherwise than they are, and another.
func workbookFile(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"订单", "Other"} {
		_, err := book.NewSheet(name)
		must(err)
	}
	must(book.SetSheetRow("订单", "A2", &[]any{"订单号", "下单时间", "货号", "数量", "单价", "备注"}))
	must(book.SetSheetRow("订单", "A3", &[]any{"1", time.Date(2024, 1, 5, 8, 26, 30, 0, time.UTC), "A1", 2, 10.123456, "two\nlines, \"quoted\""}))
	must(book.SetSheetRow("订单", "A5", &[]any{"2", time.Date(2024, 2, 6, 0, 0, 0, 0, time.UTC), "A1", 41000, 0.5}))
	for cell, format := range map[string]string{"B3": "m/d/yy h:mm", "B5": "yyyy\"年\"m\"月\"d\"日\"", "D5": "#,##0", "E3": "0.00", "E5": "# ?/?"} {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(err)
		must(book.SetCellStyle("订单", cell, cell, style))
	}
	must(book.SetSheetRow("Other", "A1", &[]any{"id", "time", "value"}))
	must(book.SetSheetRow("Other", "A2", &[]any{"a", "2024-01-01", 3}))
	path := filepath.Join(t.TempDir(), "orders.xlsx")
	must(book.SaveAs(path))
	return path
}

func TestWorkbook(t *testing.T) {
	path := workbookFile(t)
	in, err := Open(t.Context(), []string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"A1 1 10.123456 2 2024-01-05T08:26", "A1 2 0.5 41000 2024-02-06T00:00"}
	if got := rowsByRole(t, in); !slices.Equal(got, want) {
		t.Errorf("%q\n%v", got, in.Recognised())
	}
	r := in.Recognised()
	if r.Files[0].Packing != "xlsx" || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].String(), "Other") {
		t.Errorf("%v", r)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same, err := OpenSources(t.Context(), []Source{Bytes("x", raw)}, Options{Sheet: "Other", Delimiter: ";"})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsByRole(t, same); !slices.Equal(got, []string{"a 2024-01-01T00:00 3"}) || same.Digest() != in.Digest() {
		t.Errorf("%q, digests %s %s: that of the file as stored is meant", got, same.Digest(), in.Digest())
	}
	for sheet, want := range map[string]string{"None": "there is no sheet \"None\"; there are Sheet1", "Sheet1": "empty"} {
		if _, err := Open(t.Context(), []string{path}, Options{Sheet: sheet}); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", sheet, err)
		}
	}
}

// FuzzWorkbook: no file that begins like a workbook makes the reader fail other than by an error.
func FuzzWorkbook(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	book := excelize.NewFile()
	if err := book.SetSheetRow("Sheet1", "A1", &[]any{"id", "time", "value"}); err != nil {
		f.Fatal(err)
	}
	if b, err := book.WriteToBuffer(); err == nil {
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if in, err := OpenSources(t.Context(), []Source{Bytes("x.xlsx", b)}, Options{}); err == nil {
			_ = in.Read(t.Context(), seriesFields, func(*Batch) error { return nil })
		}
	})
}
