package job

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report/saved"
	"github.com/tidewatch/tidewatch/write"
)

// Outputs is the files a run writes: all of them, or none where it fails. An empty name is a file that is not written.
type Outputs struct {
	Forecast    []string         // by their endings .csv, .parquet, .json, .jsonl
	Scores      string           // of a backtest, as CSV
	Sums        string           // over time, with the probabilities of events, as CSV, where they are asked for
	Adjusted    string           // the forecast with planners' adjustments, as CSV, where there are any
	Report      string           // HTML
	Rejected    string           // the rows that were refused, as CSV
	Repairs     string           // what cleaning changed, as CSV
	Cleaned     string           // the cleaned series, as CSV
	Pictures    string           // of the series before and after cleaning, as HTML
	Segments    string           // which subject belongs to which segment, as CSV
	SegmentPage string           // of the segments, as HTML
	Steps       string           // how many people went from one step to another, as CSV
	Retention   string           // how many came back, by cohort, as CSV
	Repeat      string           // how many bought again, as CSV
	Pairs       string           // of items that are bought together, as CSV
	Record      string           // of the run, as JSON
	Folder      string           // made if it is not there; "" = every folder must be there
	Data        string           // what a report shows, for further reports: [saved.Name]
	Lang        message.Lang     // of the report
	Title       string           // what the numbers are about; "" = as the data say
	Unit        string           // what the values count; "" = by the measure
	Story       bool             // tell the story of the market even where no report is written
	Accuracy    bool             // test the method on the past even where no report is written
	also        []tidewatch.Freq // coarser grains, each in a file beside every forecast
	Fresh       bool             // begin anew: take nothing from a run that was stopped, and leave nothing to go on from

	Ledger string // of claims, to which a line is added as soon as the forecast is made; it is no draft
}

// InFolder is everything a run can write, in one folder.
func InFolder(dir string) Outputs {
	at := func(name string) string { return filepath.Join(dir, name) }
	return Outputs{Folder: dir, Forecast: []string{at("forecast.csv"), at("forecast.parquet")}, Report: at("report.html"),
		Rejected: at("rejected.csv"), Repairs: at("repairs.csv"), Record: at("run.json"), Data: at(saved.Name)}
}

// WithSums adds a file of sums beside the forecast, if that goes into one.
func (o *Outputs) WithSums() {
	for _, f := range o.Forecast {
		if info, err := os.Stat(f); o.Sums == "" && (err != nil || info.Mode().IsRegular()) {
			o.Sums = filepath.Join(filepath.Dir(f), "sums.csv")
		}
	}
}

// WithAdjusted adds a file of the adjusted forecast beside the forecast, if that goes into one.
func (o *Outputs) WithAdjusted() {
	for _, f := range o.Forecast {
		if info, err := os.Stat(f); o.Adjusted == "" && (err != nil || info.Mode().IsRegular()) {
			o.Adjusted = filepath.Join(filepath.Dir(f), "adjusted.csv")
		}
	}
}

// Files are the names of all files, in the order they are written.
func (o Outputs) Files() []string {
	var files []string
	var grains []string
	for _, f := range o.Forecast {
		for _, freq := range o.also {
			if format, err := write.FormatOf(f); err == nil && format != write.XLSX {
				grains = append(grains, GrainFile(f, freq))
			}
		}
	}
	for _, f := range append([]string{o.Rejected, o.Repairs, o.Cleaned, o.Scores, o.Sums, o.Adjusted, o.Segments, o.SegmentPage, o.Steps, o.Retention, o.Repeat, o.Pairs}, append(append(slices.Clone(o.Forecast), grains...), o.Pictures, o.Report, o.Record, o.Data)...) {
		if f != "" {
			files = append(files, f)
		}
	}
	return files
}

// check finds before the work what could not be written after it.
func (o Outputs) check() error {
	for _, f := range o.Forecast {
		if _, err := write.FormatOf(f); err != nil {
			return err
		}
	}
	if o.Folder != "" {
		if info, err := os.Stat(o.Folder); err == nil && !info.IsDir() {
			return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write into %s: it is a file, not a folder", o.Folder)
		}
		return nil
	}
	seen := map[string]bool{}
	for _, f := range o.Files() {
		if at := filepath.Clean(f); seen[at] {
			return tidewatch.Errorf(tidewatch.CodeUsage, "%s would be written twice: give each output its own name", f)
		} else {
			seen[at] = true
		}
		if _, err := os.Stat(filepath.Dir(f)); errors.Is(err, fs.ErrNotExist) {
			return tidewatch.Errorf(tidewatch.CodeOutput, "cannot write %s: there is no folder %s; make it first", f, filepath.Dir(f))
		}
	}
	return nil
}
