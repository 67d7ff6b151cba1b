package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// run is Data.Run for the page.
type run struct {
	Command     string
	Settings    []settingRow
	Timings     []settingRow
	Methods     []figure // Name = method, Value = series
	MoreMethods int
}

type settingRow struct {
	Name  both
	Value string
}

// maxMethods is how many methods are listed: of mixtures there can be hundreds.
const maxMethods = 12

// runSection is how the forecast was made and how to repeat it.
func (p *page) runSection() (part, error) {
	p.run()
	return part{Data: p.Run}, nil
}

func (p *page) run() {
	d := p.data.Run
	p.Run = run{Command: d.Command, Settings: settings(d.Settings), Timings: settings(d.Timings)}
	own := func(key, value string) {
		if value != "" {
			p.Run.Settings = append(p.Run.Settings, settingRow{say(key), value})
		}
	}
	own("run.seed", strconv.FormatUint(d.Seed, 10))
	own("run.version", d.Version)
	own("run.digest", d.Digest)
	used := map[string]int{}
	for i := range p.rows {
		if !p.rows[i].forecast.Abstains() {
			used[cmp.Or(p.rows[i].forecast.Method, "–")]++
		}
	}
	for _, m := range slices.SortedFunc(maps.Keys(used), func(a, b string) int { return cmp.Or(cmp.Compare(used[b], used[a]), cmp.Compare(a, b)) }) {
		if len(p.Run.Methods) == maxMethods {
			p.Run.MoreMethods = len(used) - maxMethods
			break
		}
		p.Run.Methods = append(p.Run.Methods, figure{Name: plain(m), Value: count(used[m])})
	}
}

func settings(list []Setting) []settingRow {
	var rows []settingRow
	for _, s := range list {
		rows = append(rows, settingRow{named("setting.", s.Name), s.Value})
	}
	return rows
}
