package aggregate

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/read"
)

// Config says which series to make. The zero value makes one series an item (or id), of units (or events), at a frequency found by
// itself.
type Config struct {
	Freq tidewatch.Freq // zero = inferred from the stamps of ready series, chosen by the time that records span
	// Seasons are the season lengths methods should consider, in periods. nil = the natural one of the frequency; empty, not nil = none.
	Seasons []int
	// By are the groupings of records: "total", or columns, by name or role, joined by plus signs or commas ("item", "item+country"). nil = by item,
	// or in total where there is no item. The series of one grouping of one column are named by its text; where there are several,
	// by column=text, and the total is "total".
	By []string
	// Measure is what is summed or counted: see [Measures]. The default of orders is units, of events buy where there are any. Any
	// other text is an expression over the columns of a row, to be summed: quantity * price * 0.9.
	Measure string
	// Where is an expression that holds for the rows that count: country == "France" && quantity < 1000. "" = all.
	Where string
	// Rates are what a unit of each currency, by its code in upper case, is worth in the one that money is counted in. nil = there is but one.
	Rates map[string]float64
	// WeekStart is the day that weeks of records begin on, in days after Monday, 0 to 6.
	WeekStart int
	// Origin is the last moment known: rows after it are left out. Zero = everything. [ParseOrigin] reads it.
	Origin time.Time
	// KeepUnfinished keeps the last period of records even if it does not look finished.
	KeepUnfinished bool
	// KeepRefunded counts orders that were given back later as the demand they were.
	KeepRefunded bool
	// KeepStray keeps records dated far from all others, which are left out as wrong dates otherwise.
	KeepStray bool

	Known  *read.Input // covariates by time, or by id and time, for past and future: opened with layout "table"
	Static *read.Input // covariates by id: opened with layout "table"
	// Successions says what replaces what: columns old and new, and, if it has one, the date from which on that holds. The old one's rows
	// count for the new one. Opened with layout "table".
	Successions *read.Input
	// Stock says how many pieces are left: by time, or by id and time. A period in which there were none throughout is unavailable: what was
	// sold in it is not what was wanted. Opened with layout "table".
	Stock *read.Input
	// InferStockouts marks long runs of zeros of series that hardly ever have one as unavailable: see [Summary].Inferred.
	InferStockouts bool
	// Rows are steps of cleaning that are done to the rows of ready series. Without them rows beside the stamps count in the period that contains
	// them, and of several rows of a series in one period the first is kept and the others are refused.
	Rows clean.RowSteps
	// KnownColumns are the columns of Known to take; nil = those of its first file that all its files have.
	KnownColumns []string
}

// Summary says what [Build] did.
type Summary struct {
	Layout  string         `json:"layout"`
	Shape   read.Shape     `json:"shape"`
	Measure string         `json:"measure"`
	By      []string       `json:"by,omitempty"`
	Zone    string         `json:"zone"`
	Freq    tidewatch.Freq `json:"freq"`
	Seasons []int          `json:"seasons"`

	Rows    int64 `json:"rows"`    // read, without headers and empty lines
	Kept    int64 `json:"kept"`    // not refused: in the panel, or counted under Later, Stray or Unfinished
	Refused int64 `json:"refused"` // listed among the rejects
	Returns int64 `json:"returns"` // kept rows that were returns or cancelled orders
	Later   int64 `json:"later"`   // kept rows after the origin
	Stray   int64 `json:"stray"`   // kept rows left out because they are dated far from all others

	Filtered int64 `json:"filtered,omitempty"` // kept rows that the condition does not hold for
	Out      int64 `json:"out,omitempty"`      // periods of all series that were out of stock, by their stock levels
	Inferred int64 `json:"inferred,omitempty"` // periods taken for out of stock because of their zeros

	Series  int       `json:"series"`
	Cells   int64     `json:"cells"`   // values of the panel
	Unknown int64     `json:"unknown"` // of these not known
	First   time.Time `json:"first"`   // stamp of the first period
	Last    time.Time `json:"last"`    // stamp of the last

	Repaired []clean.RowChange `json:"-"` // what the steps of cleaning did to rows

	Unfinished *Unfinished    `json:"unfinished,omitempty"` // the period left out
	Digest     string         `json:"digest"`               // of the input files' bytes as stored: see [read.Input.Digest]
	Notes      []message.Note `json:"notes,omitempty"`      // a sentence each
}

// Unfinished is the last period of records, left out because it had not ended when the records did.
type Unfinished struct {
	Stamp time.Time `json:"stamp"`
	Rows  int64     `json:"rows"`
	Last  time.Time `json:"last"` // the last record in it
}

func (s *Summary) note(key string, args ...any) {
	s.Notes = append(s.Notes, message.NoteOf(key, args...))
}

// texts are the notes in English.
func (s *Summary) texts() []string {
	var all []string
	for _, n := range s.Notes {
		all = append(all, n.String())
	}
	return all
}

// ParseOrigin reads the last moment known. A day means all of it.
func ParseOrigin(text string, zone *time.Location) (time.Time, error) {
	t, day, err := read.ParseTime(text, zone)
	if err == nil && day {
		t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
	}
	return t, err
}

// maxCells bounds the values of a panel: 4 GiB.
const maxCells = 1 << 29

// Build reads in and makes its panel. It reads the input once.
func Build(ctx context.Context, in *read.Input, c Config) (*tidewatch.Panel, Summary, error) {
	s := Summary{Layout: in.Recognised().Layout, Shape: in.Shape(), Zone: in.Zone().String(), Notes: slices.Clone(in.Recognised().Notes)}
	var series []tidewatch.Series
	var grid tidewatch.Grid
	var err error
	switch in.Shape() {
	case read.Series:
		if c.Rates != nil || c.WeekStart != 0 {
			return nil, s, tidewatch.Errorf(tidewatch.CodeUsage, "ready series are taken as they are: --rates and --week-start are for orders and events")
		}
		if c.By != nil || c.Measure != "" {
			return nil, s, tidewatch.Errorf(tidewatch.CodeUsage, "ready series are taken as they are: --by and --measure are for orders and events (say --layout orders if these are order lines)")
		}
		series, grid, err = readySeries(ctx, in, &c, &s)
	case read.Orders, read.Events:
		series, grid, err = recordSeries(ctx, in, &c, &s)
	default:
		err = tidewatch.Errorf(tidewatch.CodeUsage, "layout %s makes no series", in.Shape())
	}
	if err != nil {
		return nil, s, err
	}
	s.Digest = in.Digest()
	s.Rows, s.Refused = in.Counts().Rows, in.Counts().Refused
	p, err := finish(ctx, series, grid, nil, &c, &s)
	return p, s, err
}

// finish makes the panel of the series, with the covariates and those of c, and completes the summary.
func finish(ctx context.Context, series []tidewatch.Series, grid tidewatch.Grid, covariates []tidewatch.Covariate, c *Config, s *Summary) (*tidewatch.Panel, error) {
	s.Freq, s.Kept = grid.Freq, s.Rows-s.Refused
	s.Seasons = c.Seasons
	if c.Seasons == nil {
		s.Seasons = []int{}
		if m := grid.Freq.Season(); m > 1 {
			s.Seasons = []int{m}
		}
	}
	if err := s.measure(series, grid); err != nil {
		return nil, err
	}
	if c.Stock != nil {
		if err := stockLevels(ctx, c.Stock, series, grid, s); err != nil {
			return nil, err
		}
	}
	if c.InferStockouts {
		inferStockouts(series, s)
	}
	more, err := readCovariates(ctx, series, grid, c, s)
	if err != nil {
		return nil, err
	}
	covariates = append(covariates, more...)
	for i := range covariates {
		for k := range i {
			if covariates[k].Name == covariates[i].Name {
				return nil, tidewatch.Errorf(tidewatch.CodeInput, "there are two covariates named %q, in the files of what is known ahead, of what never changes, or of the data itself: rename one", covariates[i].Name)
			}
		}
	}
	return tidewatch.NewPanel(grid, s.Seasons, series, covariates...)
}

// measure fills in what the summary says of the finished series.
func (s *Summary) measure(series []tidewatch.Series, grid tidewatch.Grid) error {
	s.Series = len(series)
	first, end := 0, 0
	for i := range series {
		v := &series[i]
		if n := len(v.Values); n > 0 {
			if s.Cells == 0 || v.Start < first {
				first = v.Start
			}
			if s.Cells == 0 || v.End() > end {
				end = v.End()
			}
			s.Cells += int64(n)
		}
		for _, x := range v.Values {
			if x != x {
				s.Unknown++
			}
		}
	}
	if s.Cells == 0 {
		return tidewatch.Errorf(tidewatch.CodeData, "no row is left to make a series of: %s", strings.Join(append(s.texts(), "check --origin and the time column"), "; "))
	}
	s.First, s.Last = grid.Stamp(first), grid.Stamp(end-1)
	return nil
}
