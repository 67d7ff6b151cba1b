package write

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Format is a form that a forecast can be written in.
type Format string

// The formats.
const (
	CSV       Format = "csv"     // a header, then a line a series and step
	Parquet   Format = "parquet" // one row a series and step, compressed with zstd
	JSON      Format = "json"    // one array of records
	JSONLines Format = "jsonl"   // a record a line
	XLSX      Format = "xlsx"    // a workbook, which package workbook writes
)

// FormatOf is the format that the ending of a file's name asks for; a pipe or device without one gets CSV.
func FormatOf(path string) (Format, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".csv":
		return CSV, nil
	case ".parquet":
		return Parquet, nil
	case ".json":
		return JSON, nil
	case ".xlsx":
		return XLSX, nil
	case ".jsonl", ".ndjson":
		return JSONLines, nil
	default:
		if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
			return CSV, nil
		}
		return "", tidewatch.Errorf(tidewatch.CodeUsage, "cannot write %s: the ending %q is not known; use .csv, .parquet, .json, .jsonl or .xlsx", path, ext)
	}
}

// Forecast writes f: columns id, time, mean and one column a level ([LevelName]), a row a series and step, series in the order of f.
// Series without a forecast have no rows; the record of the run says why.
func Forecast(w io.Writer, f *tidewatch.Forecast, format Format) error {
	switch format {
	case CSV:
		return forecastCSV(w, f)
	case Parquet:
		return forecastParquet(w, f)
	case JSON, JSONLines:
		return forecastJSON(w, f, format == JSON)
	}
	return tidewatch.Errorf(tidewatch.CodeInternal, "forecast format %q", format)
}

// LevelName is the column of a quantile level: q0.1, q0.975.
func LevelName(level float64) string { return "q" + strconv.FormatFloat(level, 'g', -1, 64) }

func forecastCSV(w io.Writer, f *tidewatch.Forecast) error {
	line := []byte("id,time,mean")
	for _, q := range f.Levels {
		line = append(append(line, ','), LevelName(q)...)
	}
	line = append(line, '\n')
	at := newStamps(f.Grid)
	for k := range f.Rows {
		row := &f.Rows[k]
		if row.Abstains() {
			continue
		}
		id := csvField(row.ID)
		for h := range f.Steps {
			line = append(append(line, id...), ',')
			line = append(append(line, at.at(row.First+h)...), ',')
			line = appendNumber(line, row.Mean[h])
			for _, v := range f.At(k, h) {
				line = appendNumber(append(line, ','), v)
			}
			line = append(line, '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	_, err := w.Write(line) // the header alone, where no series has a forecast
	return err
}

// csvField quotes a field where RFC 4180 asks for it.
func csvField(s string) string {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
