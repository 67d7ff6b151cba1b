// Package saved keeps what a report shows in a file, so that another report, a picture or a workbook can be made of a run without
// running it again.
//
// A file is the line [header], then a stream of encoding/gob compressed by zstd: the one struct of this package. Another version has
// another header and is refused.
package saved

import (
	"bufio"
	"encoding/gob"
	"errors"
	"io"
	"math"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// Name is what the file is called in the folder of a run.
const Name = "run.tide"

const header = "tidewatch run 1\n"

// content is a report's data with the panel and the forecast laid flat.
type content struct {
	Title, Unit, Lang string
	Made              time.Time
	Freq              string
	Anchor            int64 // Unix nanoseconds
	Zone              string
	Offset            int // of Zone from UTC in seconds at the anchor, for a zone that has no name in the database
	Seasons           []int

	IDs         []string
	Starts      []int
	Lengths     []int
	Values      []float64
	Unavailable []int // places in Values

	Forecast  tidewatch.Forecast // without its numbers and its grid
	Rows      []forecastRow
	Mean      []float64
	Quantiles []float64

	Labels   []report.Label
	Total    string
	Events   []report.Event
	Moves    []trend.Move
	Adjusted *report.Adjusted
	Story    *trend.Story
	Drivers  *report.Drivers
	Segments *segment.Found
	Accuracy *report.Accuracy
	Quality  *report.Quality
	Training *report.Training
	Run      report.Run
	Change   *words.Change
	Ledger   *report.Ledger

	Behaviour *behaviour.Found
	Sales     *report.Sales
}

type forecastRow struct {
	ID, Method string
	First      int
	Abstains   bool
}

// Write writes d. The same data give the same bytes.
func Write(w io.Writer, d report.Data) error {
	grid := d.Panel.Grid()
	_, offset := grid.Anchor.Zone()
	c := content{Title: d.Title, Unit: d.Unit, Lang: string(d.Lang), Made: d.Made, Freq: grid.Freq.String(), Anchor: grid.Anchor.UnixNano(), Zone: grid.Anchor.Location().String(),
		Offset: offset, Seasons: d.Panel.Seasons(), Labels: d.Labels, Total: d.Total, Events: d.Events, Moves: d.Moves, Adjusted: d.Adjusted, Story: d.Story, Drivers: d.Drivers, Segments: d.Segments, Accuracy: d.Accuracy, Quality: d.Quality, Training: d.Training, Run: d.Run,
		Forecast: tidewatch.Forecast{Steps: d.Forecast.Steps, Levels: d.Forecast.Levels, Problems: d.Forecast.Problems}}
	c.Change, c.Ledger, c.Behaviour, c.Sales = d.Change, d.Ledger, d.Behaviour, d.Sales
	for i := range d.Panel.Len() {
		s := d.Panel.Series(i)
		for k, u := range s.Unavailable {
			if u {
				c.Unavailable = append(c.Unavailable, len(c.Values)+k)
			}
		}
		c.IDs, c.Starts, c.Lengths, c.Values = append(c.IDs, s.ID), append(c.Starts, s.Start), append(c.Lengths, len(s.Values)), append(c.Values, s.Values...)
	}
	for k := range d.Forecast.Rows {
		r := &d.Forecast.Rows[k]
		c.Rows = append(c.Rows, forecastRow{r.ID, r.Method, r.First, r.Abstains()})
		c.Mean, c.Quantiles = append(c.Mean, r.Mean...), append(c.Quantiles, r.Quantiles...)
	}
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(z).Encode(c), z.Close())
}

// Read reads what Write wrote. It fails with CodeInput where that is not what r holds.
func Read(r io.Reader) (report.Data, error) {
	bad := func(format string, args ...any) (report.Data, error) {
		return report.Data{}, tidewatch.Errorf(tidewatch.CodeInput, format, args...)
	}
	in := bufio.NewReader(r)
	have := make([]byte, len(header))
	if _, err := io.ReadFull(in, have); err != nil || string(have) != header {
		return bad("it is not the data of a run that this version of Tidewatch reads (%s is written by --out FOLDER/)", Name)
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return report.Data{}, err
	}
	defer z.Close()
	var c content
	if err := gob.NewDecoder(z).Decode(&c); err != nil {
		return bad("the data of the run are damaged: %w", err)
	}
	freq, err := tidewatch.ParseFreq(c.Freq)
	if err != nil {
		return bad("the data of the run are damaged: %w", err)
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil || c.Zone == "" || c.Zone == "Local" { // not a zone of the database
		zone = time.FixedZone(c.Zone, c.Offset)
	}
	grid := tidewatch.Grid{Freq: freq, Anchor: time.Unix(0, c.Anchor).In(zone)}
	d := report.Data{Title: c.Title, Unit: c.Unit, Made: c.Made, Labels: c.Labels, Total: c.Total, Events: c.Events, Moves: c.Moves, Adjusted: c.Adjusted, Story: c.Story, Drivers: c.Drivers, Segments: c.Segments, Accuracy: c.Accuracy,
		Quality: c.Quality, Training: c.Training, Run: c.Run, Forecast: &c.Forecast}
	d.Change, d.Ledger, d.Behaviour, d.Sales = c.Change, c.Ledger, c.Behaviour, c.Sales
	if d.Panel, err = c.panel(grid); err == nil {
		err = c.fill(grid)
	}
	if err != nil {
		return bad("the data of the run are damaged: %w", err)
	}
	return d, nil
}

var errShort = errors.New("numbers are missing")

func (c *content) panel(grid tidewatch.Grid) (*tidewatch.Panel, error) {
	if len(c.Starts) != len(c.IDs) || len(c.Lengths) != len(c.IDs) {
		return nil, errShort
	}
	series := make([]tidewatch.Series, len(c.IDs))
	at, out := 0, c.Unavailable
	for i := range series {
		n := c.Lengths[i]
		if n < 0 || n > len(c.Values)-at {
			return nil, errShort
		}
		series[i] = tidewatch.Series{ID: c.IDs[i], Start: c.Starts[i], Values: c.Values[at : at+n : at+n]}
		for len(out) > 0 && out[0] < at+n {
			if out[0] < at {
				return nil, errShort
			}
			if series[i].Unavailable == nil {
				series[i].Unavailable = make([]bool, n)
			}
			series[i].Unavailable[out[0]-at] = true
			out = out[1:]
		}
		at += n
	}
	return tidewatch.NewPanel(grid, c.Seasons, series)
}

// fill gives the forecast its numbers back.
func (c *content) fill(grid tidewatch.Grid) error {
	f := &c.Forecast
	f.Grid, f.Rows = grid, make([]tidewatch.ForecastRow, len(c.Rows))
	steps, width := f.Steps, f.Steps*len(f.Levels)
	if steps < 1 || steps > math.MaxInt32 || width < 0 {
		return errShort
	}
	means, quantiles := c.Mean, c.Quantiles
	for k, r := range c.Rows {
		f.Rows[k] = tidewatch.ForecastRow{ID: r.ID, Method: r.Method, First: r.First}
		if r.Abstains {
			continue
		}
		if len(means) < steps || len(quantiles) < width {
			return errShort
		}
		f.Rows[k].Mean, f.Rows[k].Quantiles = means[:steps:steps], quantiles[:width:width]
		means, quantiles = means[steps:], quantiles[width:]
	}
	return f.Check()
}
