package aggregate

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// FuzzBuild: whatever rows are read, Build ends, with an error or with a panel whose numbers add up.
func FuzzBuild(f *testing.F) {
	for _, s := range []string{orders, threeDays, "1,10,5,pv,1511544070\n1,10,5,buy,1511544170\n", "id,time,value\na,1700-01-01 00:00,1\na,2199-12-31 23:00,2\n",
		"time,value\n2024-01-31,1\n2024-02-29,2\n", "time,value\n2024,1\n2023,1\n", "id,time,value\na,2024-03-10 02:30,1\na,2024-03-10 03:30,NaN\n", "time,item,quantity,price\n2024-01-01,x,-1,1\n2150-01-01,y,2,1\n"} {
		for by := range 3 {
			f.Add(s, byte(by))
		}
	}
	f.Fuzz(func(t *testing.T, text string, how byte) {
		if len(text) > 4096 {
			return
		}
		opt := read.Options{Layout: []string{"auto", "orders", "events", "series"}[how%4], Threads: 1}
		in, err := read.OpenSources(t.Context(), []read.Source{read.Bytes("x", []byte(text))}, opt)
		if err != nil {
			return
		}
		c := Config{Freq: []tidewatch.Freq{{}, tidewatch.Daily, tidewatch.Monthly, {N: 2, Unit: tidewatch.Week}}[how/4%4]}
		if how >= 128 && in.Shape() != read.Series {
			c.By = []string{"total", "#1", "#1,#2"}
		}
		p, s, err := Build(t.Context(), in, c)
		if err != nil {
			if tidewatch.CodeOf(err) == tidewatch.CodeInternal {
				t.Fatal(err)
			}
			return
		}
		if s.Series != p.Len() || s.Rows != s.Kept+s.Refused || s.First.After(s.Last) {
			t.Fatalf("%d series, %+v", p.Len(), s)
		}
		for i := range p.Len() {
			for _, v := range p.Series(i).Values {
				if s.Shape != read.Series && (math.IsNaN(v) || v < 0) {
					t.Fatalf("%s is %g", p.ID(i), v)
				}
			}
		}
	})
}
