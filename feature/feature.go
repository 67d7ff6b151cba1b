package feature

import "math"

// Known says when a feature of a row becomes known.
type Known string

// When features are known.
const (
	Origin Known = "origin" // made of values before the row's origin
	Ahead  Known = "ahead"  // made of what is known ahead of the row's time
	Always Known = "always" // does not change with time
)

// Row names one row of a series: Time is the index on the grid it stands for, Step how many steps ahead of its origin that is, at
// least 1. Values at indices before [Row.Origin] are known.
type Row struct{ Time, Step int32 }

// Origin is the first index that is not known.
func (r Row) Origin() int { return int(r.Time-r.Step) + 1 }

// Feature is one row of the table of features.
type Feature struct {
	Name        string   `json:"name"`
	Inputs      []string `json:"inputs"` // "value", "time", "step", or the names of covariates
	Known       Known    `json:"known"`
	Does        string   `json:"does"`
	Categorical bool     `json:"categorical,omitempty"` // whole numbers that are names
	// Scaled features are in the unit of the series. With [Config.Relative] they are divided by the level of the row.
	Scaled bool `json:"scaled,omitempty"`
	// Seasonal features compare or average places of the season.
	Seasonal bool `json:"seasonal,omitempty"`

	fill func(w *Worker, rows []Row, dst []float32)
}

var nan32 = float32(math.NaN())

// ceilTo is the smallest multiple of m that is at least h.
func ceilTo(h, m int) int { return (h + m - 1) / m * m }
