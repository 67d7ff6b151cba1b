package write

import (
	"encoding/json"
	"io"

	"github.com/tidewatch/tidewatch"
)

// Indented writes v as JSON for people to read: two spaces an indent, no escapes of < > &, a newline at the end.
func Indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func forecastJSON(w io.Writer, f *tidewatch.Forecast, array bool) error {
	names := make([]string, len(f.Levels))
	for l, q := range f.Levels {
		names[l] = `,"` + LevelName(q) + `":`
	}
	at := newStamps(f.Grid)
	var line []byte
	separator := ""
	if array {
		line, separator = append(line, "[\n"...), ",\n"
	}
	first := true
	for k := range f.Rows {
		row := &f.Rows[k]
		if row.Abstains() {
			continue
		}
		id, err := json.Marshal(row.ID)
		if err != nil {
			return err
		}
		for h := range f.Steps {
			if !first {
				line = append(line, separator...)
			}
			first = false
			line = append(append(line, `{"id":`...), id...)
			line = append(append(append(line, `,"time":"`...), at.at(row.First+h)...), `","mean":`...)
			line = appendNumber(line, row.Mean[h])
			for l, v := range f.At(k, h) {
				line = appendNumber(append(line, names[l]...), v)
			}
			line = append(line, '}')
			if !array {
				line = append(line, '\n')
			}
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	if array {
		line = append(line, "\n]\n"...)
	}
	_, err := w.Write(line)
	return err
}
