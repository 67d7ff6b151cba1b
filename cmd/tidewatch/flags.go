package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
)

// runFlags say how a run goes and what it prints, not what it finds.
type runFlags struct {
	lang    string
	threads int
	json    bool
	title   string
	unit    string
}

// registerLang is register for a command that computes nothing.
func (f *runFlags) registerLang(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.lang, "lang", "", "language of what is printed: en or zh (default from LANG, else en)")
	complete(cmd, "lang", "en", "zh")
}

func (f *runFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.threads, "threads", 0, "processors to use; 0 = all. It changes the time taken, never the result")
	flags.StringVar(&f.lang, "lang", "", "language of the report and of what is printed: en or zh (default from LANG, else en)")
	flags.StringVar(&f.title, "title", "", "what the numbers are about, for the report")
	flags.StringVar(&f.unit, "unit", "", "what the values count, for the report: units, orders, a currency (GBP, CNY ...), or any word (default: by the measure)")
	flags.BoolVar(&f.json, "json", false, "print the record of the run for machines instead of a summary for people")
	complete(cmd, "lang", "en", "zh")
}

// present puts the title and the unit that are asked for in place of those of a run.
func (f *runFlags) present(d *report.Data) {
	d.Title, d.Unit = cmp.Or(f.title, d.Title), cmp.Or(f.unit, d.Unit)
}

// complete offers the choices of a flag to the shell.
func complete(cmd *cobra.Command, flag string, choices ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

// dataFlags are the flags that say what is read and what is made of it. They are the same for every command that reads data.
type dataFlags struct {
	config          job.Config
	columns         map[string]string
	id, time, value string
	freq, season    string
	by, methods     string
	keep            string
	levels          []float64
	known, static   []string
	rates           map[string]string

	mapping, saveMapping string
}

func (f *dataFlags) register(cmd *cobra.Command) {
	f.registerInput(cmd)
	f.registerMethod(cmd)
}

// registerInput registers what says which series are made of what.
func (f *dataFlags) registerInput(cmd *cobra.Command) {
	c, flags := &f.config, cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&c.In, "in", nil, "file or folder to read (CSV, TSV, JSON lines, Parquet, Excel; also .gz, .zst), - for standard input, or a database (postgres://..., mysql://...); may be given again")
	flags.StringVar(&c.Query, "query", "", "what to read from a database, in SQL")
	flags.StringVar(&c.Sheet, "sheet", "", "sheet of an Excel workbook (default: the first that holds a table)")
	flags.StringVar(&c.Workspace, "workspace", "", "folder of a workspace to read instead of files: see tidewatch init")
	flags.StringVar(&c.AsOf, "as-of", "", "workspace: as it was known by then, such as 2011-10-01 (default: all that is known)")
	flags.StringVar(&c.Table, "table", "", "workspace: which table, if it has several of orders, events or series")
	flags.StringVar(&c.Layout, "layout", "auto", "what a row is: auto, orders, events, series ...")
	flags.StringToStringVar(&f.columns, "map", nil, "which column plays which role, such as time=InvoiceDate,item=StockCode")
	flags.StringVar(&f.id, "id", "", "column of a series' id (short for --map id=...)")
	flags.StringVar(&f.time, "time", "", "column of the time (short for --map time=...)")
	flags.StringVar(&f.value, "value", "", "column of the value (short for --map value=...)")
	flags.StringVar(&f.mapping, "mapping", "", "read the files as a saved mapping says: its name, or a file")
	flags.StringVar(&f.saveMapping, "save-mapping", "", "keep what is said of reading files (layout, columns, zone, measure ...) under a name, or in a file")
	flags.StringVar(&c.Times, "time-format", "", "how times are written, if it is not recognised: ymd, dmy, mdy, unix, ms ...")
	flags.StringVar(&c.Delim, "delimiter", "", "what parts the fields of a text, if it is not recognised: one character, tab or space")
	flags.StringVar(&c.Charset, "encoding", "", "of texts, if it is not recognised: utf-8, utf-16le, utf-16be, gb18030 or windows-1252")
	flags.StringVar(&c.Zone, "tz", "", "time zone of times without an offset, such as Asia/Shanghai (default UTC)")
	flags.StringVar(&f.by, "by", "", "what to make series by, such as item,category,total, or item+country; of ready series the sums by their fixed columns")
	flags.StringVar(&c.Reconcile, "reconcile", "", "how the series of several groupings are made to add up: ols (default), auto, size, struct, wls, mint, erm, bu, td, tdavg, mo[:GROUPING], or none")
	flags.StringVar(&c.Measure, "measure", "", "orders, events: what to count, such as units, revenue, orders, buyers, price, users or conversion, or an expression to sum, such as quantity*price")
	flags.StringVar(&c.Where, "where", "", "an expression that holds for the rows that count, such as 'country == \"France\" && quantity < 1000'")
	flags.StringToStringVar(&f.rates, "rates", nil, "what a unit of each currency is worth, such as EUR=1,USD=0.92")
	flags.StringVar(&f.keep, "keep", "", "orders, events: what is left out otherwise: unfinished (the last period), stray (dates far from all others), refunded (orders given back later)")
	flags.StringArrayVar(&f.known, "known", nil, "file of id,time,columns known for the past and the future (prices, festivals)")
	flags.StringArrayVar(&f.static, "static", nil, "file of id,columns that stay the same (brand, category)")
	flags.StringSliceVar(&c.Country, "country", nil, "countries whose holidays and sales are known beforehand, such as CN,US or DE-BY ('tidewatch calendar' lists them)")
	flags.StringArrayVar(&c.Events, "events", nil, "file of own events: name,first,last ('tidewatch calendar --help'); may be given again")
	flags.IntSliceVar(&c.Paydays, "paydays", nil, "days of the month on which people are paid, such as 10,25; -1 is the last; before a weekend or holiday they are paid earlier")
	flags.StringArrayVar(&c.Stock, "stock", nil, "file of id,time,stock: what could not be sold for want of stock is not taken for demand")
	flags.BoolVar(&c.Infer, "infer-stockouts", false, "take long runs of zeros of items that otherwise always sell for stock-outs")
	flags.StringArrayVar(&c.Successions, "successions", nil, "file of old,new,date: what replaces what; the old one's sales count for the new one")
	flags.StringVar(&f.freq, "freq", "auto", "length of a period: auto, h, D, W, M, Q or Y, with a multiple if need be (6h, 2W)")
	flags.StringVar(&c.WeekStart, "week-start", "", "orders, events: the day weeks begin on (default monday)")
	flags.StringVar(&f.season, "season", "auto", "season lengths in periods: auto, none, 12 or 24,168")
	flags.StringVar(&c.Origin, "origin", "", "as if this were the last time known, such as 2011-10-01")
	complete(cmd, "layout", layoutNames()...)
	complete(cmd, "time-format", "ymd", "dmy", "mdy", "unix", "ms", "us", "ns")
	complete(cmd, "encoding", "utf-8", "utf-16le", "utf-16be", "gb18030", "windows-1252")
	complete(cmd, "keep", "unfinished", "stray", "refunded")
	complete(cmd, "week-start", "monday", "saturday", "sunday")
	complete(cmd, "reconcile", "auto", "bu", "td", "mo", "ols", "size", "struct", "wls", "mint", "erm", "none")
	complete(cmd, "freq", "auto", "h", "D", "W", "M", "Q", "Y")
}

// registerMethod registers what says how series are forecast.
func (f *dataFlags) registerMethod(cmd *cobra.Command) {
	c, flags := &f.config, cmd.Flags()
	flags.IntVar(&c.Horizon, "horizon", 0, "how many periods to forecast (required)")
	flags.StringVar(&c.Clean, "clean", "none", "repair or transform series first: none, auto, or steps such as outliers,gaps(kalman) ('tidewatch clean' shows what they do)")
	flags.StringVar(&f.methods, "method", "auto", "auto, or names from 'tidewatch methods'; of several the best is taken for each series")
	flags.StringVar(&c.Effects, "effects", "auto", "auto takes the effects of what is known ahead out of series before methods see them, and puts them back; none does not")
	flags.StringVar(&c.Preset, "preset", "standard", "how much time to spend: light, standard or large")
	flags.StringVar(&c.Loss, "loss", "pinball", "what a method is chosen by: pinball, mase, rmsse, or cost:U:O where a unit too little costs U and one too much O")
	flags.Float64SliceVar(&f.levels, "quantiles", nil, "quantile levels (default 0.025,0.05,0.1,0.2, ... 0.8,0.9,0.95,0.975)")
	flags.Uint64Var(&c.Seed, "seed", 1, "seed of everything random: the same seed gives the same bytes")
	complete(cmd, "clean", "none", "auto")
	complete(cmd, "effects", "auto", "none")
	complete(cmd, "preset", "light", "standard", "large")
	complete(cmd, "loss", "pinball", "mase", "rmsse", "cost")
}

// configuration is what the flags ask for.
func (f *dataFlags) configuration() (job.Config, error) {
	c := f.config
	if c.Horizon == 0 {
		return c, tidewatch.Errorf(tidewatch.CodeUsage, "how far ahead? Say how many periods with --horizon, such as --horizon 8")
	}
	if c.Layout == "auto" {
		c.Layout = ""
	}
	c.Columns = map[string]string{}
	for role, column := range f.columns {
		c.Columns[role] = column
	}
	for role, column := range map[string]string{"id": f.id, "time": f.time, "value": f.value} {
		if column == "" {
			continue
		}
		if other, twice := c.Columns[role]; twice && other != column {
			return c, tidewatch.Errorf(tidewatch.CodeUsage, "--map %s=%s and --%s %s: say it once", role, other, role, column)
		}
		c.Columns[role] = column
	}
	if len(f.rates) > 0 {
		c.Rates = map[string]float64{}
	}
	for currency, rate := range f.rates {
		v, err := strconv.ParseFloat(rate, 64)
		if err != nil {
			return c, tidewatch.Errorf(tidewatch.CodeUsage, "--rates %s=%s: say a number, such as EUR=1,USD=0.92", currency, rate)
		}
		c.Rates[strings.ToUpper(currency)] = v
	}
	if f.freq != "auto" {
		freq, err := tidewatch.ParseFreq(f.freq)
		if err != nil {
			return c, err
		}
		c.Freq = freq
	}
	seasons, err := parseSeasons(f.season)
	if err != nil {
		return c, err
	}
	c.Seasons = seasons
	c.By, c.Methods, c.Keep = split(f.by), split(f.methods), split(f.keep)
	c.Known, c.Static = f.known, f.static
	if f.mapping != "" {
		m, err := job.LoadMapping(f.mapping)
		if err != nil {
			return c, err
		}
		c = c.WithMapping(m)
	}
	c.Levels = slices.Clone(f.levels)
	slices.Sort(c.Levels)
	checked, err := c.Check()
	if err == nil && f.saveMapping != "" {
		err = job.SaveMapping(f.saveMapping, c.Mapping())
	}
	return checked, err
}

// layoutNames are what --layout takes.
func layoutNames() []string {
	names := []string{"auto"}
	for _, l := range read.Layouts() {
		names = append(names, l.Name)
	}
	return names
}

// parseSeasons reads auto (nil), none (empty), or season lengths.
func parseSeasons(s string) ([]int, error) {
	switch s {
	case "auto", "":
		return nil, nil
	case "none", "1":
		return []int{}, nil
	}
	var seasons []int
	for _, part := range split(s) {
		m, err := strconv.Atoi(part)
		if err != nil || m < 2 {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--season %s: use auto, none, or lengths in periods such as 12 or 24,168", s)
		}
		seasons = append(seasons, m)
	}
	slices.Sort(seasons)
	return slices.Compact(seasons), nil
}

// split cuts a list at its commas, outside brackets: "naive,ets(A,N)" is two names.
func split(s string) (parts []string) {
	depth, from := 0, 0
	add := func(part string) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	for i, r := range s {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == ',' && depth == 0:
			add(s[from:i])
			from = i + 1
		}
	}
	add(s[from:])
	return parts
}
