package aggregate_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/read"
)

func traitsOf(t *testing.T, content string, of segment.Subject, opt read.Options) (*segment.Table, aggregate.Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := read.Open(t.Context(), []string{path}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return aggregate.Traits(t.Context(), in, aggregate.Config{}, of)
}

// value is a trait of one subject.
func value(t *testing.T, table *segment.Table, trait, id string) float64 {
	t.Helper()
	for k := range table.Traits {
		if table.Traits[k].Name == trait {
			for i := range table.IDs {
				if table.IDs[i] == id {
					return table.Values[k][i]
				}
			}
		}
	}
	t.Fatalf("no trait %s of %s in %v %v", trait, id, table.Traits, table.IDs)
	return 0
}

const someOrders = `order,date,item,quantity,price,customer
1,2024-01-01,pen,2,1.5,ann
1,2024-01-01,ink,1,8,ann
2,2024-01-11,pen,4,1.5,ann
3,2024-01-05,pen,1,1.5,bob
4,2024-01-06,pen,1,1.5,
5,2024-01-08,pen,-1,1.5,ann
6,2024-01-09,ink,-3,8,cid
7,2024-01-21,cap,1,20,bob
`

func TestTraitsOfOrders(t *testing.T) {
	opt := read.Options{Map: map[read.Role]string{read.User: "customer"}}
	c, s, err := traitsOf(t, someOrders, segment.Customers, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		trait, id string
		value     float64
	}{
		{"recency", "ann", 10}, {"recency", "bob", 0}, {"frequency", "ann", 2}, {"frequency", "bob", 2}, {"money", "ann", 17}, {"money", "bob", 21.5},
		{"basket", "ann", 8.5}, {"variety", "ann", 2}, {"tenure", "ann", 20}, {"returns", "ann", 1. / 7}, {"returns", "bob", 0},
	} {
		if got := value(t, c, want.trait, want.id); math.Abs(got-want.value) > 1e-12 {
			t.Errorf("%s of %s: %v, want %v", want.trait, want.id, got, want.value)
		}
	}
	if len(c.Left) != 1 || c.Left[0] != (segment.Left{ID: "cid", Code: "nothing"}) {
		t.Errorf("left out: %v", c.Left)
	}
	said := ""
	for _, n := range s.Notes {
		said += n.String() + "\n"
	}
	if !strings.Contains(said, "1 row names no customer") || s.Rows != 8 || s.Returns != 2 {
		t.Errorf("%+v\n%s", s, said)
	}
	items, _, err := traitsOf(t, someOrders, segment.Items, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		trait, id string
		value     float64
	}{
		{"sold", "pen", 8}, {"lot", "pen", 2}, {"price", "pen", 1.5}, {"buyers", "pen", 2}, {"recency", "pen", 10}, {"tenure", "pen", 20}, {"regularity", "pen", 2. / 3},
		{"growth", "pen", 1}, {"growth", "cap", 2}, {"returns", "ink", 1},
	} {
		if got := value(t, items, want.trait, want.id); math.Abs(got-want.value) > 1e-12 {
			t.Errorf("%s of %s: %v, want %v", want.trait, want.id, got, want.value)
		}
	}
}

func TestTraitsOfEvents(t *testing.T) {
	c, _, err := traitsOf(t, `time,user,item,behaviour
2024-01-01 23:30:00,u,a,view
2024-01-01 23:40:00,u,a,cart
2024-01-02 10:00:00,u,a,buy
2024-01-06 10:00:00,u,b,view
2024-01-06 10:00:00,v,b,view
2024-01-06 11:00:00,v,c,favourite
`, segment.Customers, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		trait, id string
		value     float64
	}{{"views", "u", 2}, {"carts", "u", 1}, {"buys", "u", 1}, {"favourites", "v", 1}, {"activedays", "u", 3}, {"conversion", "u", .5}, {"night", "u", .5}, {"weekend", "v", 1}, {"variety", "v", 2}} {
		if got := value(t, c, want.trait, want.id); math.Abs(got-want.value) > 1e-12 {
			t.Errorf("%s of %s: %v, want %v", want.trait, want.id, got, want.value)
		}
	}
}

func TestTraitsMistakes(t *testing.T) {
	if _, _, err := traitsOf(t, "order,date,item,quantity\n1,2024-01-01,pen,2\n2,2024-01-02,pen,3\n", segment.Customers, read.Options{Layout: "orders"}); tidewatch.CodeOf(err) != tidewatch.CodeUsage ||
		!strings.Contains(err.Error(), "--map user=COLUMN") {
		t.Error(err)
	}
	if _, _, err := traitsOf(t, "id,time,value\na,2024-01-01,2\na,2024-01-02,3\n", segment.Items, read.Options{}); err == nil || !strings.Contains(err.Error(), "--of series") {
		t.Error(err)
	}
}
