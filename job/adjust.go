package job

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/write"
)

// Adjusted is what planners' adjustments changed.
type Adjusted struct {
	File   string         `json:"file,omitempty"`
	Values int            `json:"values"`           // steps of series that were changed
	Unused []int          `json:"unused,omitempty"` // numbers of adjustments in force that the forecast is not about
	Broken []int          `json:"broken,omitempty"` // lines of the file that were changed after they were written
	Scores []adjust.Score `json:"scores,omitempty"` // of an earlier forecast's adjustments, all together first
}

// openAdjustments reads the file of adjustments, if there is one to read.
func (r *run) openAdjustments() (err error) {
	if r.config.Adjust != "" {
		r.book, err = adjust.Open(r.config.Adjust)
	}
	if err == nil && r.config.ScoreAdjusted != "" {
		_, err = os.Stat(r.config.ScoreAdjusted)
		if err != nil {
			err = tidewatch.Errorf(tidewatch.CodeInput, "cannot read the adjusted forecast to score: %w", err)
		}
	}
	return err
}

// adjust makes the adjusted forecast beside the model's, and scores the adjustments of an earlier one.
func (r *run) adjust() error {
	if r.book == nil && r.config.ScoreAdjusted == "" {
		return nil
	}
	d, record := &r.result.Data, &Adjusted{File: r.config.Adjust}
	d.Adjusted = &report.Adjusted{}
	if r.book != nil {
		a := adjust.Apply(d.Forecast, r.book.InForce())
		r.result.Adjusted = &a
		d.Adjusted = report.AdjustedOf(a, r.book)
		record.Values, record.Unused, record.Broken = a.Cells, a.Unused, r.book.Broken
	}
	r.result.Record.Adjusted = record
	if r.config.ScoreAdjusted == "" {
		return nil
	}
	scores, err := r.scoreAdjusted()
	record.Scores, d.Adjusted.Scores, d.Adjusted.Scored = scores, scores, filepath.Base(r.config.ScoreAdjusted)
	return err
}

// scoreAdjusted compares an earlier adjusted forecast with what came since. Nothing has a score before it has come.
func (r *run) scoreAdjusted() ([]adjust.Score, error) {
	name := r.config.ScoreAdjusted
	f, err := os.Open(name)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read %s: %w", name, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var came bytes.Buffer
	if err := write.Series(&came, r.result.Data.Panel); err != nil {
		return nil, err
	}
	scores, err := adjust.Compare(f, &came, name, "the data")
	if tidewatch.CodeOf(err) == tidewatch.CodeData {
		n := message.NoteOf("note.unscored", name)
		r.result.Record.Notes = append(r.result.Record.Notes, n)
		if q := r.result.Data.Quality; q != nil {
			q.Notes = append(q.Notes, n)
		}
		return nil, nil
	}
	return scores, err
}
