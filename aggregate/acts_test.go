package aggregate_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

func actsOf(t *testing.T, content string, c aggregate.ActsConfig, opt read.Options) (*aggregate.Doing, aggregate.Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := read.Open(t.Context(), []string{path}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return aggregate.Acts(t.Context(), in, c)
}

func TestActsOfOrders(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	c := aggregate.ActsConfig{Spans: [][2]time.Time{{day(1), day(11)}, {day(11), day(22)}}}
	did, s, err := actsOf(t, someOrders, c, read.Options{Map: map[read.Role]string{read.User: "customer"}})
	if err != nil {
		t.Fatal(err)
	}
	l := did.Log
	// Two rows came back. Orders 1 (of two items), 2, 3, 4 (of nobody) and 7 are baskets.
	if len(l.Acts) != 6 || l.Baskets != 5 || s.Returns != 2 || l.Count()[behaviour.Buy] != 6 || l.Share != 1 || l.Last-l.First != 20 {
		t.Errorf("%+v %+v", l, s)
	}
	people := map[int32]int{}
	for _, a := range l.Acts {
		people[a.Person]++
	}
	if people[0] != 1 || len(people) != 3 {
		t.Errorf("people %v", people)
	}
	want := map[string][4]float64{"cap": {0, 1, 0, 20}, "ink": {1, 0, 8, 0}, "pen": {4, 4, 6, 6}}
	for _, x := range did.Sold {
		if w := want[x.Item]; w != [4]float64{x.Units[0], x.Units[1], x.Money[0], x.Money[1]} {
			t.Errorf("%+v, want %v", x, w)
		}
	}
	if len(did.Sold) != 3 {
		t.Errorf("sold %+v", did.Sold)
	}
}

// TestActsWithDiscounts: money taken off a line is known beside what was paid for it.
func TestActsWithDiscounts(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	did, _, err := actsOf(t, "order,date,item,quantity,amount,discount,customer\n1,2024-01-01,pen,2,3,-1,ann\n2,2024-01-03,pen,1,2,,ann\n3,2024-01-12,pen,1,2,0.5,bob\n",
		aggregate.ActsConfig{Spans: [][2]time.Time{{day(1), day(11)}, {day(11), day(22)}}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if x := did.Sold; len(x) != 1 || x[0].Discount == nil || x[0].Discount[0] != 1 || x[0].Discount[1] != .5 || x[0].Money[0] != 5 {
		t.Errorf("%+v", x)
	}
}

const someEvents = `user,item,behaviour,time
u1,a,pv,2024-01-01 10:00
u1,a,cart,2024-01-01 10:05
u1,a,buy,2024-01-01 10:09
u1,b,buy,2024-01-01 23:00
u2,a,pv,2024-01-02 08:00
u2,a,refund,2024-01-02 09:00
u2,b,fav,2024-01-03 09:00
u2,a,buy,2024-01-03 09:30
`

func TestActsOfEvents(t *testing.T) {
	did, s, err := actsOf(t, someEvents, aggregate.ActsConfig{}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Events without order ids: what one person buys in a day is a basket.
	if n := did.Log.Count(); n != [behaviour.Kinds]int{2, 1, 1, 3} || did.Log.Baskets != 2 || did.Sold != nil || s.Returns != 1 {
		t.Errorf("%v %+v", n, did.Log)
	}
}

// TestActsOfPart: of too many acts those of a part of the people are kept, whole, and the same whatever the order of the rows.
func TestActsOfPart(t *testing.T) {
	var rows []string
	for p := range 300 {
		for k := range 10 {
			rows = append(rows, "u"+string(rune('a'+p%26))+string(rune('a'+p/26))+",i,pv,2024-01-"+string(rune('0'+(k+1)/10))+string(rune('0'+(k+1)%10))+" 10:00\n")
		}
	}
	read1 := func(rows []string) *behaviour.Log {
		did, s, err := actsOf(t, "user,item,behaviour,time\n"+strings.Join(rows, ""), aggregate.ActsConfig{Most: 1000}, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Notes) == 0 || !strings.Contains(s.Notes[len(s.Notes)-1].String(), "too many acts") {
			t.Errorf("notes %v", s.Notes)
		}
		return did.Log
	}
	a := read1(rows)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	b := read1(rows)
	if len(a.Acts) != len(b.Acts) || a.Share != b.Share || a.Share > .5 || len(a.Acts)%10 != 0 || math.Abs(float64(len(a.Acts))-3000*a.Share) > 500 {
		t.Errorf("%d acts of a share of %g, and %d of %g", len(a.Acts), a.Share, len(b.Acts), b.Share)
	}
}

func TestActsOfNothing(t *testing.T) {
	if _, _, err := actsOf(t, "id,time,value\na,2024-01-01,3\na,2024-01-02,4\n", aggregate.ActsConfig{}, read.Options{}); err == nil || !strings.Contains(err.Error(), "ready series") {
		t.Error(err)
	}
	if _, _, err := actsOf(t, "date,item,quantity,price\n2024-01-01,pen,3,1\n2024-01-02,pen,4,1\n", aggregate.ActsConfig{}, read.Options{}); err == nil || !strings.Contains(err.Error(), "--map user=COLUMN") {
		t.Error(err)
	}
}
