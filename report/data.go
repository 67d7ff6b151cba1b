// Package report writes one self-contained page of HTML that shows a forecast to people: what is expected, how sure it is, what rises
// and falls, how well the methods did before, what was wrong with the data, and how to repeat it. The page opens from disk with no
// network, in English and in Chinese.
package report

import (
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/ledger"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// Data is everything a report shows. Panel and Forecast are needed; a part that is zero is left out of the page.
type Data struct {
	Title string       // what the numbers are about, such as "Online Retail"; "" = no title of its own
	Lang  message.Lang // the language the page opens in (it can be switched there); "" = English
	Unit  string       // of the values, shown as it is: "units", "GBP"; "" = not said
	Made  time.Time    // when the forecast was made; zero = not said, so that the same run gives the same bytes

	Panel    *tidewatch.Panel    // history of every series of Forecast, found by id
	Forecast *tidewatch.Forecast // abstaining rows are shown with their reason
	Labels   []Label             // names and groups of series, in any order; nil = ids only
	Total    string              // id of the series that is the sum of the others; "" = there is none
	Events   []Event             // festivals and promotions to mark, in any order; those outside the charts are left out
	Moves    []trend.Move        // from trend.Measure, found by id; nil = no changes, risers or fallers are shown

	Segments  *segment.Found   // of series that run alike; nil = none were looked for
	Behaviour *behaviour.Found // of customers; nil = not known

	Story    *trend.Story // of the market; nil = none was told
	Accuracy *Accuracy    // nil = no backtest was made
	Adjusted *Adjusted    // by planners; nil = no adjustments
	Drivers  *Drivers     // nil = not known
	Quality  *Quality     // nil = nothing is known about the files the series came from
	Training *Training    // nil = no network was trained
	Run      Run

	Change *words.Change // why the next periods of the total, or of the only series, differ from the last ones; nil = not known
	Ledger *Ledger       // nil = no claims are kept
	Sales  *Sales        // nil = not known
}

// Sales is why revenue of the last periods differs from that of those before: price, promotion, volume and mix, in total and by item.
type Sales struct {
	Change words.Change
	Items  []explain.Waterfall // those that add most to the difference, by the names of the items
	All    int                 // items there are
}

// Ledger is how earlier claims did, and what this report adds to them.
type Ledger struct {
	ledger.Summary
	Claims int // of this report
	Scored int // earlier claims that the data of this report settled
}

// Label is how a series is shown.
type Label struct {
	ID    string
	Name  string // for people, such as an item's description; "" = the id
	Group string // what kind of series it is, such as "item" or "country": series are ranked within their group; "" = the only one
}

// Accuracy is how the methods did at earlier origins of the same data.
type Accuracy struct {
	Origins int    // rolling origins
	Series  int    // series scored
	Chosen  string // the Method whose forecast the report shows, such as "auto"
	Naive   string // the Method to beat: "snaive"
	Methods []MethodScore
	Skill   Estimate // by what share the chosen method's SQL is below the naive one's; zero = not known
	// Coverage compares, for the chosen method, each nominal quantile level with the share of actual values at or below the quantile.
	Coverage []Coverage
}

// MethodScore is the scores of one method over all series, origins and steps. A score is NaN where it was not measured; lower is better.
type MethodScore struct {
	Method string
	Chosen int // series whose forecast in this report was made by the method
	// SQL is the scaled quantile loss, WQL the weighted one, MASE and RMSSE as their papers define them (package score).
	SQL, WQL, MASE, RMSSE float64
	BySteps               []StepScore // in order of Step; nil = none
	// Of the distributions (package backtest, Measures); Value is NaN where it was not measured, and all of an Estimate 0 in pages saved before they were.
	CRPS, Interval80, Interval95, Energy, Uneven, WRMSSE Estimate
	Equal                                                float64 // how likely so large a difference from the naive method would be if both were equally good
}

// StepScore is one method's losses at one step. SQL is shown; where it was not measured, WQL.
type StepScore struct {
	Step     int // from 1
	SQL, WQL Estimate
}

// Estimate is a figure with its 95 % confidence interval (NaN = none).
type Estimate struct{ Value, Low, High float64 }

// Coverage is one nominal quantile level and the share of actual values that were at or below that quantile. Where values tie with
// quantiles, as counts do, it is the share between "below" and "at or below" that is nearest to the level.
type Coverage struct{ Level, Observed float64 }

// Quality is what was found in the files.
type Quality struct {
	Files      []string // their names, as given
	Rows       int      // data rows read
	Used       int      // rows that reached a series
	Returns    int      // used rows that were returns or cancelled orders, which are no negative demand
	Repairs    []Repair // of values, by kind
	Rejects    []Reject // refused rows by reason, most frequent first
	Recognised []Setting
	Unfinished *Unfinished    // the last period, if it was left out
	Notes      []message.Note // anything else that was counted, left out or changed, one sentence each
}

// Repair is a number of values that a step of cleaning changed before forecasting. The catalogue's "repair.KIND" is shown for Kind if there is one.
type Repair struct {
	Kind           string
	Values, Series int
}

// Reject is a number of refused rows.
type Reject struct {
	Column  string // "" where whole rows are at fault
	Code    string // the reader's code; the catalogue's "reject.CODE" is shown if there is one
	Reason  string // shown otherwise
	Count   int
	Example string // one place: "orders.csv:118"
}

// Unfinished is the period that was left out because the data end within it.
type Unfinished struct {
	From time.Time // its stamp
	Last time.Time // the last time in the data
	Rows int       // rows in it
}

// Run is how the forecast was made and how to repeat it.
type Run struct {
	Command  string // the command line that repeats it, quoted for a shell
	Version  string // of Tidewatch
	Seed     uint64
	Digest   string    // of the input
	Settings []Setting // in the order to show
	Timings  []Setting
}

// Setting is a name and its value. The catalogue's "setting.NAME" is shown for Name if there is one.
type Setting struct{ Name, Value string }
