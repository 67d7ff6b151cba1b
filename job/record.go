package job

import (
	"encoding/json"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/effect"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/read"
)

// Record is what run.json holds: enough to see what was done, and to do it again. Timings aside, the same input, configuration, seed and
// build give the same record.
type Record struct {
	Build     Build               `json:"tidewatch"`
	Command   string              `json:"command"` // "forecast" or "backtest"
	Config    Config              `json:"config"`
	Input     Input               `json:"input"`
	Panel     Panel               `json:"panel"`
	Cleaning  []clean.Count       `json:"cleaning,omitempty"`  // what each step of cleaning did to the whole panel
	Methods   []MethodCount       `json:"methods,omitempty"`   // which method made how many forecasts, most first
	Scores    []Score             `json:"scores,omitempty"`    // of each method over all past origins; absent where no backtest was made
	Effects   []effect.Effect     `json:"effects,omitempty"`   // of what is known ahead, as all series have them in common
	Adjusted  *Adjusted           `json:"adjusted,omitempty"`  // by planners; absent where no adjustments were asked for
	Segments  *Segmented          `json:"segments,omitempty"`  // absent where none were asked for
	Behaviour *Behaved            `json:"behaviour,omitempty"` // absent where it was not asked for
	Ledger    *Ledger             `json:"ledger,omitempty"`    // of claims; absent where none is kept. Like the timings, it differs between runs
	Problems  []tidewatch.Problem `json:"problems"`            // series that needed a simpler method, or have no forecast
	Notes     []message.Note      `json:"notes,omitempty"`     // what else was counted, left out or changed
	Timings   Timings             `json:"timings"`
}

// Input is what was read.
type Input struct {
	Digest     string        `json:"digest"` // of the files' bytes as stored
	Layout     string        `json:"layout"` // the rest of it is what was recognised, or said by the configuration
	Measure    string        `json:"measure,omitempty"`
	By         []string      `json:"by,omitempty"`
	Zone       string        `json:"zone"`
	Files      []read.File   `json:"files"`
	Rows       int64         `json:"rows"`
	Used       int64         `json:"used"`
	Rejected   int64         `json:"rejected"`
	Reasons    []RejectCount `json:"rejected_by_reason,omitempty"`
	Returns    int64         `json:"returns,omitempty"`    // used rows that were returns or cancelled orders
	Later      int64         `json:"later,omitempty"`      // used rows after the origin
	Unknown    int64         `json:"unknown"`              // values of the series that are not known
	Unfinished *Unfinished   `json:"unfinished,omitempty"` // the last period, which was left out
}

// Unfinished is a period that the data end in.
type Unfinished struct {
	Stamp string `json:"stamp"`
	Rows  int64  `json:"rows"`
}

// RejectCount is how many rows were refused for one reason.
type RejectCount struct {
	Code    string `json:"code,omitempty"`
	Column  string `json:"column,omitempty"`
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example"` // where the first one stands
}

// Panel is what the rows became.
type Panel struct {
	Series  int            `json:"series"`
	Freq    tidewatch.Freq `json:"freq"`
	Seasons []int          `json:"seasons"`
	From    string         `json:"from"` // first and last stamp of any series
	To      string         `json:"to"`
}

// MethodCount is how many series a method forecast.
type MethodCount struct {
	Method string `json:"method"`
	Series int    `json:"series"`
}

// Score is how a method did at past origins. Lower is better, save for the coverages; null is not known.
type Score struct {
	Method    string `json:"method"`
	Forecasts int    `json:"forecasts"` // series at origins
	Cells     int    `json:"cells"`     // values that came true
	SQL       Number `json:"sql"`
	WQL       Number `json:"wql"`
	MASE      Number `json:"mase"`
	RMSSE     Number `json:"rmsse"`
	SMAPE     Number `json:"smape"`
	Cov80     Number `json:"cov80"`
	Cov95     Number `json:"cov95"`
	Calib     Number `json:"calib"`
	CRPS      Number `json:"crps"` // of all levels asked for, by each series' MASE scale
	MSIS      Number `json:"msis"`
	Equal     Number `json:"p_equal"` // how likely so large a difference from the seasonal naive forecast would be if both were equally good
	// What follows has 95 % confidence intervals of a block bootstrap (package backtest, Measures).
	CRPSOfTime Estimate `json:"crps_by_step"`     // the mean over steps and origins, not series
	Interval80 Estimate `json:"interval_80"`      // interval score of the central 80 %, by each series' MASE scale
	Interval95 Estimate `json:"interval_95"`      // of the central 95 %
	Energy     Estimate `json:"energy"`           // energy score of whole horizons, by that scale and the root of the steps
	PIT        []Number `json:"pit"`              // share of values in each tenth of their distributions, times ten: 1 if they are honest
	Uneven     Estimate `json:"pit_off"`          // share of values in wrong tenths
	WRMSSE     *WRMSSE  `json:"wrmsse,omitempty"` // of series that add up
}

// Estimate is a figure with its 95 % confidence interval.
type Estimate struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

// WRMSSE is the weighted root mean squared scaled error of the levels of a hierarchy (M5 Competitors' Guide), whose series weigh by their sums over
// the last horizon known.
type WRMSSE struct {
	Mean   Estimate     `json:"mean"`
	Levels []LevelScore `json:"levels"`
}

// LevelScore is the WRMSSE of one level.
type LevelScore struct {
	Level string `json:"level"`
	Value Number `json:"value"`
}

// Number is a float64 that JSON can hold: what is not finite is null, and six significant digits are enough.
type Number float64

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	if v != 0 {
		scale := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(v))))
		if r := math.Round(v*scale) / scale; !math.IsNaN(r) && !math.IsInf(r, 0) {
			v = r
		}
	}
	return json.Marshal(v)
}

// panelRecord describes p.
func panelRecord(p *tidewatch.Panel, layout string) Panel {
	r := Panel{Series: p.Len(), Freq: p.Grid().Freq, Seasons: p.Seasons()}
	if p.Len() == 0 {
		return r
	}
	first := math.MaxInt
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 {
			first = min(first, s.Start)
		}
	}
	stamp := func(i int) string { return p.Grid().Stamp(i).Format(layout) }
	if first < math.MaxInt {
		r.From, r.To = stamp(first), stamp(p.End()-1)
	}
	return r
}
