// Package workbook writes what a report shows as a workbook of Excel (XLSX): one formatted sheet a subject, numbers as numbers and dates
// as dates.
package workbook

import (
	"bytes"
	"io"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// maxRows is how many rows a sheet of Excel can have.
const maxRows = 1 << 20

// book is a workbook under way.
type book struct {
	file   *excelize.File
	data   report.Data
	lang   message.Lang
	names  []report.Label
	moves  map[string]*trend.Move
	styles styles
	err    error // the first
}

// Write writes the workbook of d in the language of d: an overview with a chart, all series, the forecast by period, accuracy, data quality
// and how it was made. It fails with CodeUsage where the forecast has more rows than a sheet of Excel holds: CSV and Parquet hold any.
func Write(w io.Writer, d report.Data) error {
	if rows := len(d.Forecast.Rows) * d.Forecast.Steps; rows >= maxRows {
		return tidewatch.Errorf(tidewatch.CodeUsage, "%d rows of forecast do not fit into a sheet of Excel, which holds %d: write .csv or .parquet", rows, maxRows-1)
	}
	if d.Lang == "" {
		d.Lang = message.English
	}
	b := &book{file: excelize.NewFile(), data: d, lang: d.Lang, names: report.Names(d), moves: map[string]*trend.Move{}}
	defer b.file.Close() //nolint:errcheck // it is memory
	for i := range d.Moves {
		b.moves[d.Moves[i].ID] = &d.Moves[i]
	}
	b.styles.make(b)
	for _, sheet := range []func(){b.overview, b.series, b.forecast, b.accuracy, b.quality, b.run} {
		if b.err == nil {
			sheet()
		}
	}
	if b.err != nil {
		return tidewatch.Errorf(tidewatch.CodeInternal, "workbook: %w", b.err)
	}
	b.file.SetActiveSheet(0)
	// What differs from run to run stays out of the file: the same data give the same bytes.
	b.try(b.file.SetDocProps(&excelize.DocProperties{Creator: "Tidewatch", Title: clean(d.Title), Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z", LastModifiedBy: "Tidewatch"}))
	if b.err != nil {
		return b.err
	}
	var whole bytes.Buffer
	if _, err := b.file.WriteTo(&whole); err != nil {
		return err
	}
	return pack(w, whole.Bytes())
}

func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) say(key string, args ...any) string { return b.lang.Say(key, args...) }

// page is a sheet that is filled row by row.
type page struct {
	*book
	name string
	out  *excelize.StreamWriter
	at   int // rows written
}

// sheet begins a sheet; widths are those of its columns, in characters, the last for all that follow.
func (b *book) sheet(key string, frozen int, widths ...float64) *page {
	p := &page{book: b, name: b.say(key)}
	if _, err := b.file.NewSheet(p.name); err != nil {
		b.try(err)
		return p
	}
	if i, err := b.file.GetSheetIndex("Sheet1"); err == nil && i >= 0 && p.name != "Sheet1" {
		b.try(b.file.DeleteSheet("Sheet1"))
	}
	hide := false
	b.try(b.file.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &hide}))
	var err error
	p.out, err = b.file.NewStreamWriter(p.name)
	b.try(err)
	if b.err != nil {
		return p
	}
	for i, w := range widths {
		last := i + 1
		if i == len(widths)-1 {
			last = 40
		}
		b.try(p.out.SetColWidth(i+1, last, w))
	}
	if frozen > 0 {
		b.try(p.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: "A" + itoa(frozen+1), ActivePane: "bottomLeft"}))
	}
	return p
}

// row writes a row of cells.
func (p *page) row(cells ...any) {
	p.at++
	if p.err != nil {
		return
	}
	p.try(p.out.SetRow("A"+itoa(p.at), cells))
}

// head writes a row of the titles of columns.
func (p *page) head(titles ...string) {
	cells := make([]any, len(titles))
	for i, t := range titles {
		style := p.styles.head
		if i > 0 {
			style = p.styles.headRight
		}
		cells[i] = excelize.Cell{StyleID: style, Value: clean(t)}
	}
	p.row(cells...)
}

// section writes a line that names what follows, with an empty row before it unless it is the first.
func (p *page) section(text string) {
	if p.at > 0 {
		p.row()
	}
	p.row(excelize.Cell{StyleID: p.styles.section, Value: clean(text)})
}

// filter puts the buttons that filter and sort on the columns of a sheet whose first row is its head.
func (p *page) filter(columns int) {
	p.end()
	last, err := excelize.CoordinatesToCellName(columns, max(p.at, 2))
	p.try(err)
	if p.err == nil {
		p.try(p.file.AutoFilter(p.name, "A1:"+last, nil))
	}
}

func (p *page) end() {
	if p.err == nil {
		p.try(p.out.Flush())
	}
}

// text, number, share and date are cells; what is not known is an empty cell.
func (b *book) text(s string) any { return excelize.Cell{StyleID: b.styles.text, Value: clean(s)} }

func (b *book) number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	style := b.styles.number
	if v == math.Trunc(v) || math.Abs(v) >= 100 {
		style = b.styles.whole
	}
	return excelize.Cell{StyleID: style, Value: round(v)}
}

func (b *book) score(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return excelize.Cell{StyleID: b.styles.score, Value: round(v)}
}

func (b *book) share(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return excelize.Cell{StyleID: b.styles.share, Value: round(v)}
}

// change is a share with its sign, green or orange.
func (b *book) change(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	style := b.styles.rise
	if v < 0 {
		style = b.styles.fall
	}
	return excelize.Cell{StyleID: style, Value: round(v)}
}

func (b *book) date(i int) any {
	t := b.data.Forecast.Grid.Stamp(i)
	y, m, d := t.Date()
	style := b.styles.day
	if b.data.Forecast.Grid.Freq.Unit == tidewatch.Hour {
		style = b.styles.moment
	}
	return excelize.Cell{StyleID: style, Value: time.Date(y, m, d, t.Hour(), t.Minute(), 0, 0, time.UTC)}
}

// round keeps eight significant digits, as every file of a forecast does.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 7-math.Floor(math.Log10(math.Abs(v))))
	if r := math.Round(v*scale) / scale; !math.IsNaN(r) && !math.IsInf(r, 0) {
		return r
	}
	return v
}

// clean makes text that a cell can hold: no characters that XML forbids, and not more than Excel allows.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if runes := []rune(s); len(runes) > 32000 {
		return string(runes[:32000])
	}
	return s
}
