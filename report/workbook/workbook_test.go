package workbook_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/workbook"
	"github.com/tidewatch/tidewatch/trend"
)

func data(t *testing.T) report.Data {
	t.Helper()
	series := []tidewatch.Series{{ID: "total", Values: []float64{3, 5, math.NaN(), 7}}, {ID: "=1+1", Values: []float64{1, 2}}, {ID: "bad\x01\xff", Start: 1}}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := tidewatch.Ask{Steps: 2, Levels: []float64{.1, .5, .9}}.Check(p.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := tidewatch.NewForecast(p, ask)
	for k := range f.Rows[:2] {
		for h := range f.Steps {
			f.Rows[k].Mean[h] = 6.25
			copy(f.At(k, h), []float64{4, 6, 9.123456789123})
		}
	}
	f.Rows[2].Mean, f.Rows[2].Quantiles = nil, nil
	f.Problems = []tidewatch.Problem{{ID: f.Rows[2].ID, Code: tidewatch.CodeTooShort, Reason: "no value"}}
	c := trend.Change{From: 10, Rise: .75, Difference: trend.Interval{Mean: 2, Median: 2, Low: -1, High: 5}}
	nan := math.NaN()
	return report.Data{Title: "Shop", Unit: "units", Total: "total", Panel: p, Forecast: f,
		Moves:    []trend.Move{{ID: "total", Next: trend.Interval{Mean: 12, Median: 12, Low: 9, High: 15}, Recent: c, YearAgo: trend.Change{From: nan, Rise: nan}}},
		Accuracy: &report.Accuracy{Origins: 3, Series: 2, Chosen: "auto", Naive: "snaive", Methods: []report.MethodScore{{Method: "auto", SQL: .5, WQL: .4, MASE: nan, RMSSE: 1}, {Method: "snaive", SQL: .7, WQL: .6, MASE: nan, RMSSE: 1}}},
		Quality:  &report.Quality{Rows: 9, Used: 8, Rejects: []report.Reject{{Column: "value", Code: "number", Count: 1, Example: "a.csv:3"}}, Notes: []message.Note{message.NoteOf("note.later", 4)}},
		Run:      report.Run{Command: "tidewatch demo", Version: "1", Digest: "sha256:0"}}
}

// TestWorkbook reads back what is written: each sheet in each language, numbers as numbers, and text of the data never as a formula.
func TestWorkbook(t *testing.T) {
	for _, lang := range message.Langs {
		d := data(t)
		d.Lang = lang
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			if err := workbook.Write(b, d); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Error("written twice, the bytes differ")
		}
		x, err := excelize.OpenReader(&first)
		if err != nil {
			t.Fatal(err)
		}
		sheets := x.GetSheetList()
		want := map[message.Lang]string{message.English: "Overview,Series,Forecast,Accuracy,Data quality,How it was made", message.Chinese: "总览,序列,预测,准确度,数据质量,生成方式"}[lang]
		if got := strings.Join(sheets, ","); got != want {
			t.Errorf("sheets %s, want %s", got, want)
		}
		for _, c := range []struct {
			sheet      int
			cell, want string
		}{{1, "A3", "=1+1"}, {1, "E2", "12"}, {1, "H2", "+20%"}, {1, "I2", "75%"}, {2, "C2", "2024-05-10"}, {2, "D2", "6.25"}, {2, "G2", "9.123"}, {3, "B4", "0.500"}} {
			got, err := x.GetCellValue(sheets[c.sheet], c.cell)
			if err == nil && c.sheet == 3 { // the sheet begins with what it holds
				got, err = x.GetCellValue(sheets[c.sheet], "B3")
			}
			if err != nil || got != c.want {
				t.Errorf("%s, sheet %d, %s: %q, want %q (%v)", lang, c.sheet, c.cell, got, c.want, err)
			}
			if f, _ := x.GetCellFormula(sheets[c.sheet], c.cell); f != "" {
				t.Errorf("%s holds the formula %q", c.cell, f)
			}
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}
