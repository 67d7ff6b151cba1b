package store

import (
	"context"
	"time"

	"github.com/tidewatch/tidewatch/read"
)

// Contents are what a workspace holds, by the records of its imports.
type Contents struct {
	Tables  []Held    `json:"tables"`
	Imports int       `json:"imports"`
	Known   time.Time `json:"known"` // when the last import was
}

// Held is what a table holds.
type Held struct {
	Name     string     `json:"name"`
	Shape    read.Shape `json:"shape"`
	Zone     string     `json:"zone"`
	Key      []string   `json:"key,omitempty"`
	Rows     int64      `json:"rows"`
	First    time.Time  `json:"first"` // of any row that was imported
	Last     time.Time  `json:"last"`
	Imports  int        `json:"imports"`
	Refused  int64      `json:"refused"`
	Snapshot string     `json:"snapshot"`
}

// Survey says what a workspace holds. It reads no rows.
func Survey(ctx context.Context, s Store) (Contents, error) {
	tables, err := s.Tables(ctx)
	if err != nil {
		return Contents{}, err
	}
	all, err := s.Imports(ctx)
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Tables: []Held{}, Imports: len(all)}
	for _, t := range tables {
		h := Held{Name: t.Name, Shape: t.Shape, Zone: t.Zone, Key: t.Key}
		for _, i := range all {
			if i.Table != t.Name {
				continue
			}
			h.Imports++
			h.Refused += i.Refused
			h.Rows, h.Snapshot = i.Rows, i.After
			if !i.First.IsZero() && (h.First.IsZero() || i.First.Before(h.First)) {
				h.First = i.First
			}
			if i.Last.After(h.Last) {
				h.Last = i.Last
			}
		}
		c.Tables = append(c.Tables, h)
	}
	if len(all) > 0 {
		c.Known = all[len(all)-1].Known
	}
	return c, nil
}
