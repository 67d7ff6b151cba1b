package job

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/selection"
	"github.com/tidewatch/tidewatch/store"
)

// Config is what a run is asked to do: what a person may choose, and nothing about where results go. It stands in the record of the run
// as the configuration in force. Only In and Horizon must be set.
type Config struct {
	In []string `json:"in,omitempty"` // files and folders, "-" for standard input, [Bundled] for the data in the program
	// A workspace instead of In: its folder, the store that keeps it, and what of it: a table ("" = the one of orders, events or series) as it
	// was known at a time, "2006-01-02" or RFC 3339 ("" = now).
	Workspace string      `json:"workspace,omitempty"`
	Store     store.Store `json:"-"`
	Table     string      `json:"table,omitempty"`
	AsOf      string      `json:"as_of,omitempty"`

	Layout  string            `json:"layout,omitempty"`  // what a row is: orders, events, series ...; "" = recognised
	Columns map[string]string `json:"columns,omitempty"` // role → name of the column that plays it, where recognition needs help
	Times   string            `json:"times,omitempty"`   // how times are written: ymd, dmy, mdy, unix, ms ...; "" = recognised
	Delim   string            `json:"delim,omitempty"`   // between the fields of a text: one character, or tab, space; "" = recognised
	Charset string            `json:"charset,omitempty"` // of texts: utf-8, utf-16le, utf-16be, gb18030, windows-1252; "" = recognised
	Keep    []string          `json:"keep,omitempty"`    // orders, events: "unfinished" keeps the last period, "stray" dates far from all others
	Sheet   string            `json:"sheet,omitempty"`   // of Excel workbooks; "" = the first that holds a table
	Query   string            `json:"query,omitempty"`   // in SQL, where In names a database
	Zone    string            `json:"zone,omitempty"`    // IANA time zone of times without an offset; "" = UTC
	By      []string          `json:"by,omitempty"`      // orders, events: what to make series by; nil = the layout's default
	Measure string            `json:"measure,omitempty"` // orders, events: what to sum; "" = the layout's default
	Known   []string          `json:"known,omitempty"`   // files of id, time, columns known for past and future
	Static  []string          `json:"static,omitempty"`  // files of id, columns

	Where         string             `json:"where,omitempty"`           // expression that holds for the rows that count
	Rates         map[string]float64 `json:"rates,omitempty"`           // currency code in upper case → what its unit is worth
	WeekStart     string             `json:"week_start,omitempty"`      // monday to sunday; "" = monday
	Stock         []string           `json:"stock,omitempty"`           // files of id, time, stock
	Successions   []string           `json:"successions,omitempty"`     // files of old, new, date
	Infer         bool               `json:"infer_stockouts,omitempty"` // take long runs of zeros of fast sellers for stock-outs
	Country       []string           `json:"country,omitempty"`         // regions whose holidays and sales are known, such as CN or DE-BY
	Events        []string           `json:"events,omitempty"`          // files of own events
	Paydays       []int              `json:"paydays,omitempty"`         // days of the month on which people are paid; -1 = the last
	Adjust        string             `json:"adjustments,omitempty"`     // file of planners\' adjustments: an adjusted forecast is written beside the model\'s; "" = none
	ScoreAdjusted string             `json:"score_adjusted,omitempty"`  // an adjusted forecast of an earlier run, whose adjustments are scored by what has come since; "" = none

	Freq    tidewatch.Freq `json:"freq"`              // zero = found from the data
	Seasons []int          `json:"seasons,omitempty"` // season lengths in periods, ascending; nil = found from the data, empty = none
	Horizon int            `json:"horizon"`           // periods to forecast
	WhatIf  []string       `json:"what_if,omitempty"` // forecast: changes of numbers known ahead, such as price=-10% or promo=1
	Origin  string         `json:"origin,omitempty"`  // the last time to be known, "2006-01-02" or RFC 3339; "" = the data's end
	Levels  []float64      `json:"levels"`            // quantile levels; nil = tidewatch.DefaultLevels

	Reconcile string           `json:"reconcile,omitempty"` // how forecasts of several groupings are made to add up: a method of package hierarchy, or none; "" = ols where a grouping splits all others
	Also      []tidewatch.Freq `json:"also,omitempty"`      // coarser frequencies whose sums are forecast too, and made to agree
	Beyond    float64          `json:"beyond,omitempty"`    // trends: the change that counts, as a share beyond what season alone expects; 0 = 0.2
	SumOver   string           `json:"sum_over,omitempty"`  // length of the sums over time that are wanted, such as 14d
	Prob      []string         `json:"prob,omitempty"`      // events whose probabilities are wanted, such as units>100, of those sums; of the whole horizon if SumOver is ""

	Clean   string   `json:"clean,omitempty"`  // steps done to each series before it is forecast, as clean.Parse reads them; "" = none
	Methods []string `json:"methods"`          // "auto", or names of methods; several are backtested and the best is taken for each series
	Preset  string   `json:"preset,omitempty"` // light, standard or large; "" = standard
	Loss    string   `json:"loss,omitempty"`   // what auto keeps small: pinball, mase, rmsse or cost:U:O (what a unit too little and one too much cost); "" = pinball
	Seed    uint64   `json:"seed"`
	Effects string   `json:"effects,omitempty"` // auto takes what is known ahead out of series and puts it back; none leaves it in; "" = auto
	Windows int      `json:"windows,omitempty"` // backtest: how many origins; 0 = 3
	Step    int      `json:"step,omitempty"`    // backtest: periods between origins; 0 = Horizon
}

// maxWindows bounds the origins of a backtest: each costs a fit of every method.
const maxWindows = 1000

// Check reports what cannot be, and fills in defaults. It reads no data, so that a slip costs no waiting.
func (c Config) Check() (Config, error) {
	usage := func(format string, args ...any) (Config, error) {
		return c, tidewatch.Errorf(tidewatch.CodeUsage, format, args...)
	}
	if err := c.checkSource(); err != nil {
		return c, err
	}
	ask, err := tidewatch.Ask{Steps: c.Horizon, Levels: c.Levels}.Check(0)
	if err != nil {
		return c, err
	}
	c.Levels = ask.Levels
	for i, m := range c.Seasons {
		if m < 2 || i > 0 && m <= c.Seasons[i-1] {
			return usage("season lengths %v: they must be at least 2 and ascend, such as 24,168", c.Seasons)
		}
	}
	if plan, err := clean.Parse(c.Clean); err != nil {
		return c, err
	} else if len(plan) == 0 {
		c.Clean = ""
	}
	if len(c.Methods) == 0 {
		c.Methods = []string{"auto"}
	}
	if err := oneOf("preset", &c.Preset, "standard", "light", "large"); err != nil {
		return c, err
	}
	if err := oneOf("effects", &c.Effects, "auto", "none"); err != nil {
		return c, err
	}
	if _, err := parseLoss(c.Loss); err != nil {
		return c, err
	}
	if c.Zone != "" {
		if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
			return usage("time zone %q is not known: use a name such as Asia/Shanghai or Europe/London", c.Zone)
		}
	}
	for _, k := range c.Keep {
		if k != "unfinished" && k != "stray" && k != "refunded" {
			return usage("keep %q is not known: use unfinished, stray, refunded, or several of them", k)
		}
	}
	for _, d := range c.Paydays {
		if d < -1 || d == 0 || d > 31 {
			return usage("pay-day %d: use days of the month from 1 to 31, or -1 for the last", d)
		}
	}
	if _, err := calendar.New(c.Country...); err != nil {
		return c, err
	}
	if _, err := weekStart(c.WeekStart); err != nil {
		return c, err
	}
	for currency, rate := range c.Rates {
		if !(rate > 0) || math.IsInf(rate, 0) {
			return usage("rate %s=%g: a unit of a currency is worth more than nothing", currency, rate)
		}
	}
	if c.Reconcile != "" && c.Reconcile != none {
		if _, _, err := hierarchy.ParseMethod(c.Reconcile); err != nil {
			return c, err
		}
	}
	if c.Beyond != 0 && !(c.Beyond > 0 && c.Beyond < 1) {
		return usage("a change beyond %g: it must lie between 0 and 1, such as 0.2 for 20 %%", c.Beyond)
	}
	if _, err := c.parseEvents(); err != nil {
		return c, err
	}
	if err := c.checkAlso(); err != nil {
		return c, err
	}
	if c.SumOver != "" {
		if _, err := conform.Periods(c.SumOver, tidewatch.Freq{N: 1, Unit: tidewatch.Hour}); err != nil {
			if _, err := conform.Periods(c.SumOver, tidewatch.Monthly); err != nil {
				return c, err
			}
		}
	}
	if c.Windows < 0 || c.Step < 0 || c.Windows > maxWindows {
		return usage("%d windows with step %d: use 1 to %d windows and a step of at least 1", c.Windows, c.Step, maxWindows)
	}
	return c, nil
}

// checkSource reports data that are named twice, or not at all.
func (c *Config) checkSource() error {
	usage := func(format string, args ...any) error { return tidewatch.Errorf(tidewatch.CodeUsage, format, args...) }
	if c.Workspace == "" {
		if len(c.In) == 0 {
			return usage("no data: name a file or folder, such as --in orders.csv, or - for standard input; or a workspace with --workspace")
		}
		if c.AsOf != "" || c.Table != "" {
			return usage("--as-of and --table are for workspaces: name one with --workspace")
		}
		return nil
	}
	if len(c.In) > 0 {
		return usage("--in %s and --workspace %s: a run reads one of them; import the file to have both", c.In[0], c.Workspace)
	}
	if c.Layout != "" || len(c.Columns) > 0 || c.Times != "" || c.Delim != "" || c.Charset != "" || c.Sheet != "" || c.Query != "" || c.Zone != "" {
		return usage("how files are to be read (--layout, --map, --id, --time, --value, --time-format, --delimiter, --encoding, --tz) is said when they are imported into a workspace")
	}
	return nil
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// weekStart reads a day of the week, in days after Monday.
func weekStart(s string) (int, error) {
	err := oneOf("week-start", &s, weekdays...)
	return slices.Index(weekdays, s), err
}

// oneOf checks a choice; the first of choices is the default.
func oneOf(what string, value *string, choices ...string) error {
	if *value == "" {
		*value = choices[0]
	}
	for _, c := range choices {
		if *value == c {
			return nil
		}
	}
	hint := ""
	if near := tidewatch.Nearest(*value, choices); near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "%s %q is not known%s: use one of %q", what, *value, hint, choices)
}

// parseLoss reads a loss: pinball, mase, rmsse, or cost:U:O.
func parseLoss(s string) (selection.Loss, error) {
	kind, costs, _ := strings.Cut(s, ":")
	if kind != "cost" {
		err := oneOf("loss", &s, "pinball", "mase", "rmsse", "cost")
		if s == "pinball" {
			s = string(selection.Pinball)
		}
		return selection.Loss{Kind: selection.LossKind(s)}, err
	}
	under, over, _ := strings.Cut(costs, ":")
	u, err1 := strconv.ParseFloat(under, 64)
	o, err2 := strconv.ParseFloat(over, 64)
	if err1 != nil || err2 != nil || !(u > 0 && o > 0) || u+o > 1e300 {
		return selection.Loss{}, tidewatch.Errorf(tidewatch.CodeUsage, "loss %q: say what a unit too little and a unit too much cost, such as cost:4:1", s)
	}
	return selection.Loss{Kind: selection.Cost, Under: u, Over: o}, nil
}
