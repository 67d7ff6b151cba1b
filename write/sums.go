package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Sums writes the distributions of sums as CSV: columns id, from and to (the stamps of the first and the last period summed), mean, a column a
// level ([LevelName]) and one a event, p(event), with its probability.
func Sums(w io.Writer, grid tidewatch.Grid, levels []float64, events []conform.Event, sums []conform.Sum) error {
	line := []byte("id,from,to,mean")
	for _, level := range levels {
		line = append(append(line, ','), LevelName(level)...)
	}
	for _, e := range events {
		line = append(append(line, ','), csvField("p("+e.Name+")")...)
	}
	line = append(line, '\n')
	layout := TimeLayout(grid)
	for _, s := range sums {
		line = append(append(line, csvField(s.ID)...), ',')
		line = grid.Stamp(s.First).AppendFormat(line, layout)
		line = grid.Stamp(s.First+s.Periods-1).AppendFormat(append(line, ','), layout)
		line = appendNumber(append(line, ','), s.Mean)
		for _, q := range s.Quantiles {
			line = appendNumber(append(line, ','), q)
		}
		for _, p := range s.Probabilities {
			line = strconv.AppendFloat(append(line, ','), p, 'g', 4, 64)
		}
		line = append(line, '\n')
		if len(line) > 1<<16 {
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	_, err := w.Write(line)
	return err
}
