package read_test

import (
	"context"
	"math"
	"testing"

	"github.com/tidewatch/tidewatch/read"
)

// TestRows: rows that are no file are read as files are: by role and by name, and refused where a required field is blank.
func TestRows(t *testing.T) {
	var asked []read.Wanted
	var refused []read.Reject
	in, err := read.OpenRows(read.Rows{File: read.File{Name: "the store", Columns: []read.Named{{Name: "When", Type: "time"}, {Name: "Item No", Type: "text"}, {Name: "Pieces", Type: "number"}},
		Roles: []read.Played{{Role: read.Time, Columns: []string{"When"}}, {Role: read.Item, Columns: []string{"Item No"}}, {Role: read.Quantity, Columns: []string{"Pieces"}}}},
		Shape: read.Orders, Digest: "sha256:0", Scan: func(_ context.Context, w []read.Wanted, yield func(*read.Batch) error) error {
			asked = w
			return yield(&read.Batch{Rows: 3, Lines: []int64{1, 2, 3}, Columns: []read.Column{{Times: []int64{10, 20, 30}}, {Codes: []uint32{0, 1, 0}, Dict: []string{"a", ""}}, {Numbers: []float64{1, 2, math.NaN()}}, {}}})
		}}, read.Options{Rejects: func(r read.Reject) { refused = append(refused, r) }})
	if err != nil {
		t.Fatal(err)
	}
	if !in.Has(read.Item) || in.Has(read.User) || in.Shape() != read.Orders || in.Digest() != "" {
		t.Errorf("it has %v, shape %v, digest %q", in.Roles(), in.Shape(), in.Digest())
	}
	var times []int64
	err = in.Read(t.Context(), []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}, {Columns: []string{"itemno"}, Kind: read.Text, Required: true},
		{Role: read.Quantity, Kind: read.Number}, {Role: read.User}}, func(b *read.Batch) error {
		times = append(times, b.Columns[0].Times...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) != 4 || asked[1].Columns[0] != 1 || len(asked[3].Columns) != 0 {
		t.Errorf("asked for %+v", asked)
	}
	if len(times) != 2 || times[0] != 10 || times[1] != 30 || len(refused) != 1 || refused[0].Line != 2 || refused[0].Column != "Item No" {
		t.Errorf("read %v, refused %v", times, refused)
	}
	if c := in.Counts(); c.Rows != 3 || c.Refused != 1 || in.Digest() != "sha256:0" {
		t.Errorf("counts %+v, digest %q", c, in.Digest())
	}
	if err := in.Read(t.Context(), []read.Field{{Role: read.User, Required: true}}, nil); err == nil {
		t.Error("a required column that is not there was no error")
	}
}
