package report

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Drivers is what moves the forecasts: by the parts of their accounts, of single series and of categories.
type Drivers struct {
	Parts  []Driver     // columns, the one that moves most first
	Rows   []DriversRow // series, largest first, then categories
	Series int          // whose forecasts were accounted for
}

// Driver is a part of an account.
type Driver struct {
	Kind tidewatch.PartKind
	Name string
}

// DriversRow is a series, or the series of a category.
type DriversRow struct {
	ID        string // of a series; "" = a category
	Attribute string // of a category
	Value     string
	Series    int       // that the row speaks of
	Mean      float64   // of the forecast, a step
	Moves     []float64 // [part] its mean absolute value over the forecast
	Net       []float64 // [part] its mean over the forecast
}

const (
	maxDrivers  = 7   // columns
	leastDriver = .01 // a part that moves no forecast of the table by more is left out
)

// NewDrivers accounts for the forecasts of some series: keep is how many of them have a row, groups what attributes they have.
func NewDrivers(accounts []*tidewatch.Account, keep int, groups []DriversGroup) *Drivers {
	out := &Drivers{Series: len(accounts)}
	for _, a := range accounts {
		for _, p := range a.Parts {
			if d := (Driver{p.Kind, p.Name}); p.Kind != tidewatch.LevelPart && !slices.Contains(out.Parts, d) {
				out.Parts = append(out.Parts, d)
			}
		}
	}
	for i := range min(keep, len(accounts)) {
		r := out.row([]*tidewatch.Account{accounts[i]})
		r.ID = accounts[i].ID
		out.Rows = append(out.Rows, r)
	}
	for _, g := range groups {
		var in []*tidewatch.Account
		for _, i := range g.Accounts {
			in = append(in, accounts[i])
		}
		r := out.row(in)
		r.Attribute, r.Value = g.Attribute, g.Value
		out.Rows = append(out.Rows, r)
	}
	return out.brief()
}

// DriversGroup is a category and which accounts are of series in it.
type DriversGroup struct {
	Attribute, Value string
	Accounts         []int
}

// row sums accounts, over the steps after their histories.
func (d *Drivers) row(accounts []*tidewatch.Account) DriversRow {
	r := DriversRow{Series: len(accounts), Moves: make([]float64, len(d.Parts)), Net: make([]float64, len(d.Parts))}
	steps, size := 0, 0.0
	for _, a := range accounts {
		total := a.Total()
		for h := a.Known; h < len(total); h++ {
			r.Mean += total[h]
			size += math.Abs(total[h])
			steps++
		}
		for _, p := range a.Parts {
			k := slices.Index(d.Parts, Driver{p.Kind, p.Name})
			for h := a.Known; k >= 0 && h < len(p.Values); h++ {
				r.Moves[k] += math.Abs(p.Values[h])
				r.Net[k] += p.Values[h]
			}
		}
	}
	for k := range r.Moves {
		r.Moves[k], r.Net[k] = r.Moves[k]/size, r.Net[k]/size
	}
	r.Mean *= float64(len(accounts)) / float64(steps) // of the series together
	return r
}

// brief keeps the parts that move most, those first.
func (d *Drivers) brief() *Drivers {
	order := make([]int, len(d.Parts))
	most, sum := make([]float64, len(d.Parts)), make([]float64, len(d.Parts))
	for k := range order {
		order[k] = k
		for _, r := range d.Rows {
			most[k], sum[k] = max(most[k], r.Moves[k]), sum[k]+r.Moves[k]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case sum[a] > sum[b]:
			return -1
		case sum[a] < sum[b]:
			return 1
		}
		return 0
	})
	order = slices.DeleteFunc(order, func(k int) bool { return !(most[k] >= leastDriver) })
	order = order[:min(len(order), maxDrivers)]
	out := &Drivers{Series: d.Series}
	for _, k := range order {
		out.Parts = append(out.Parts, d.Parts[k])
	}
	for _, r := range d.Rows {
		moves, net := r.Moves, r.Net
		r.Moves, r.Net = nil, nil
		for _, k := range order {
			r.Moves, r.Net = append(r.Moves, moves[k]), append(r.Net, net[k])
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// drivers is Data.Drivers for the page.
type drivers struct {
	Parts  []both
	Tables []driversTable
	Series both
}

type driversTable struct {
	ID    string
	Title both
	Rows  []driversRow
}

type driversRow struct {
	Name, Mean, About both
	Cells             []driversCell
}

// driversCell says by how much a part moves the forecast, and how much of that is up or down on the whole.
type driversCell struct {
	Moves, Net both
	Width      int // percent of a bar
	Up, Down   bool
}

// driversSection is what moves the forecasts.
func (p *page) driversSection() (part, error) {
	d := p.data.Drivers
	if d == nil || len(d.Parts) == 0 || len(d.Rows) == 0 {
		return part{}, nil
	}
	out := &drivers{Series: count(d.Series)}
	for _, x := range d.Parts {
		name := say("part." + string(x.Kind))
		switch {
		case x.Kind == tidewatch.SeasonPart:
			name = say("drivers.season")
		case x.Kind == tidewatch.CovariatePart:
			name = plain(x.Name)
		}
		out.Parts = append(out.Parts, name)
	}
	at := map[string]*row{}
	for i := range p.rows {
		at[p.rows[i].id] = &p.rows[i]
	}
	most := 0.0
	for _, r := range d.Rows {
		most = max(most, slices.Max(r.Moves))
	}
	tables := map[string]int{}
	for _, r := range d.Rows {
		key := "series"
		if r.ID == "" {
			key = "of " + r.Attribute
		}
		k, ok := tables[key]
		if !ok {
			k = len(out.Tables)
			tables[key] = k
			t := driversTable{ID: "drivers" + string(rune('A'+k%26)), Title: say("drivers.series")}
			if r.ID == "" {
				t.Title = say("drivers.by", r.Attribute)
			}
			out.Tables = append(out.Tables, t)
		}
		row := driversRow{Name: p.called(at[r.ID], r.ID), Mean: p.size(r.Mean), About: plain("")}
		if r.ID == "" {
			row.Name, row.About = plain(r.Value), say("drivers.of", r.Series)
		}
		for k, v := range r.Moves {
			row.Cells = append(row.Cells, driversCell{Moves: percent(v, 0), Net: change(r.Net[k]), Width: int(math.Round(100 * v / most)), Up: r.Net[k] >= .005, Down: r.Net[k] <= -.005})
		}
		out.Tables[k].Rows = append(out.Tables[k].Rows, row)
	}
	return part{Data: out}, nil
}
