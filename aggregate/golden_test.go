package aggregate_test

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/bundled"
	"github.com/tidewatch/tidewatch/read"
)

// TestOnlineRetailAgainstPandas: the bundled orders by week. The reference numbers are pandas 3.1.1's: rows with a negative quantity or an
// InvoiceNo of C and digits are returns; weeks by to_period("W-SUN"), without the last, unfinished one.
func TestOnlineRetailAgainstPandas(t *testing.T) {
	for _, c := range []struct {
		measure string
		first   []float64
		sum     float64
	}{
		{"units", []float64{91277, 122929, 107692, 40418, 0, 77024, 90700, 144805, 71772}, 5414217},
		{"revenue", []float64{185427.83}, 10162374.61},
		{"orders", []float64{440, 573, 447, 169, 0, 247, 269, 233}, 20201},
		{"returns", []float64{12215}, 397933},
	} {
		in, err := read.OpenSources(t.Context(), []read.Source{bundled.OnlineRetail()}, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, s, err := aggregate.Build(t.Context(), in, aggregate.Config{By: []string{"total", "country", "item"}, Measure: c.measure})
		if err != nil {
			t.Fatal(err)
		}
		total := p.Series(0)
		sum := 0.0
		for _, v := range total.Values {
			sum += v
		}
		for i, want := range c.first {
			if math.Abs(total.Values[i]-want) > 0.005 {
				t.Errorf("%s: week %d has %g, not %g", c.measure, i, total.Values[i], want)
			}
		}
		if total.ID != "total" || math.Abs(sum-c.sum) > 0.005 || s.Freq != tidewatch.Weekly || s.Returns != 10624 && c.measure != "revenue" {
			t.Errorf("%s: %s sums to %.2f, not %.2f; %+v", c.measure, total.ID, sum, c.sum, s)
		}
		if u := s.Unfinished; u == nil || !u.Stamp.Equal(time.Date(2011, 12, 5, 0, 0, 0, 0, time.UTC)) || u.Rows != 17706 {
			t.Errorf("%s: unfinished week %+v", c.measure, u)
		}
		if c.measure == "units" && p.Len() != 1+38+3938 {
			t.Errorf("%d series", p.Len())
		}
		// The series of one grouping add up to the total.
		for at := range total.Values {
			countries := 0.0
			for i := 1; i < p.Len(); i++ {
				if v := p.Series(i); len(v.ID) > 8 && v.ID[:8] == "country=" && at >= v.Start {
					countries += v.Values[at-v.Start]
				}
			}
			if c.measure != "orders" && math.Abs(countries-total.Values[at]) > 1e-6*math.Abs(countries) {
				t.Errorf("%s: week %d: countries sum to %g, the total is %g", c.measure, at, countries, total.Values[at])
			}
		}
	}
}
