package job

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read/query"
	"github.com/tidewatch/tidewatch/report"
)

// commandLine is the command that runs c again, quoted for a shell. Where its results go is left to who runs it.
func (c Config) commandLine(command string) string {
	if slices.Equal(c.In, []string{Bundled}) {
		return "tidewatch demo"
	}
	words := []string{"tidewatch", command}
	flag := func(name, value string) {
		if value != "" {
			words = append(words, "--"+name, quote(value))
		}
	}
	number := func(name string, n, usual int) {
		if n != usual {
			flag(name, strconv.Itoa(n))
		}
	}
	for _, in := range c.In {
		flag("in", query.Shown(in))
	}
	flag("query", c.Query)
	flag("sheet", c.Sheet)
	flag("workspace", c.Workspace)
	flag("table", c.Table)
	flag("as-of", c.AsOf)
	flag("layout", c.Layout)
	var columns []string
	for _, role := range slices.Sorted(maps.Keys(c.Columns)) {
		columns = append(columns, role+"="+strings.ReplaceAll(c.Columns[role], ",", "+")) // of several columns; commas part roles
	}
	flag("map", strings.Join(columns, ","))
	flag("time-format", c.Times)
	flag("delimiter", c.Delim)
	flag("encoding", c.Charset)
	flag("keep", strings.Join(c.Keep, ","))
	flag("tz", c.Zone)
	flag("by", strings.Join(c.By, ","))
	flag("measure", c.Measure)
	flag("reconcile", c.Reconcile)
	var also []string
	for _, f := range c.Also {
		also = append(also, f.String())
	}
	flag("also", strings.Join(also, ","))
	flag("sum-over", c.SumOver)
	for _, e := range c.Prob {
		flag("prob", e)
	}
	for _, f := range c.Known {
		flag("known", f)
	}
	for _, f := range c.Static {
		flag("static", f)
	}
	flag("country", strings.Join(c.Country, ","))
	for _, f := range c.Events {
		flag("events", f)
	}
	for _, f := range c.Stock {
		flag("stock", f)
	}
	for _, f := range c.Successions {
		flag("successions", f)
	}
	if c.Infer {
		words = append(words, "--infer-stockouts")
	}
	flag("where", c.Where)
	var rates []string
	for _, currency := range slices.Sorted(maps.Keys(c.Rates)) {
		rates = append(rates, currency+"="+strconv.FormatFloat(c.Rates[currency], 'g', -1, 64))
	}
	flag("rates", strings.Join(rates, ","))
	flag("week-start", c.WeekStart)
	if c.Paydays != nil {
		flag("paydays", seasons(c.Paydays))
	}
	flag("adjustments", c.Adjust)
	flag("score-adjusted", c.ScoreAdjusted)
	flag("freq", c.Freq.String())
	flag("season", seasons(c.Seasons))
	if command == cleanCommand { // nothing is forecast
		flag("origin", c.Origin)
		flag("clean", c.Clean)
		return strings.Join(words, " ")
	}
	if command == segmentsCommand {
		flag("origin", c.Origin)
		flag("seed", strconv.FormatUint(c.Seed, 10))
		return strings.Join(words, " ")
	}
	flag("horizon", strconv.Itoa(c.Horizon))
	flag("origin", c.Origin)
	if !slices.Equal(c.Levels, tidewatch.DefaultLevels()) {
		flag("quantiles", numbers(c.Levels))
	}
	flag("clean", c.Clean)
	flag("method", strings.Join(c.Methods, ","))
	flag("preset", c.Preset)
	flag("loss", c.Loss)
	if c.Effects == "none" {
		flag("effects", c.Effects)
	}
	number("windows", c.Windows, 0)
	number("step", c.Step, 0)
	flag("seed", strconv.FormatUint(c.Seed, 10))
	return strings.Join(words, " ")
}

var harmless = regexp.MustCompile(`^[\p{L}\p{N}_./:=,@%+-]+$`)

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	if harmless.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func seasons(list []int) string {
	if list != nil && len(list) == 0 {
		return "none"
	}
	var words []string
	for _, n := range list {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ",")
}

func numbers(list []float64) string {
	var words []string
	for _, v := range list {
		words = append(words, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return strings.Join(words, ",")
}

// settings are the configuration in force, with what was found in the data.
func (r *run) settings(p *tidewatch.Panel) []report.Setting {
	c := r.config
	season := seasons(p.Seasons())
	if season == "" {
		season = "none"
	}
	list := []report.Setting{{Name: "freq", Value: p.Grid().Freq.String()}, {Name: "season", Value: season}, {Name: "horizon", Value: strconv.Itoa(c.Horizon)},
		{Name: "method", Value: strings.Join(c.Methods, ",")}, {Name: "preset", Value: c.Preset}, {Name: "quantiles", Value: numbers(c.Levels)}}
	for _, s := range []report.Setting{{Name: "origin", Value: c.Origin}, {Name: "clean", Value: c.Clean}, {Name: "loss", Value: c.Loss}, {Name: "country", Value: strings.Join(c.Country, ",")},
		{Name: "events", Value: strings.Join(c.Events, ", ")}} {
		if s.Value != "" {
			list = append(list, s)
		}
	}
	return list
}
