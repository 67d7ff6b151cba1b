package trend

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/change"
)

// lots is weekly sales in lots of about ten units, whose share of all does not change, but for what is put in: series 0 sells three times as much in
// weeks 100 to 109; series 1 eight times as much in the last week; series 2 three times as much in weeks 40 to 47, 92 to 99 and 144 to 151.
func lots(t testing.TB, n, weeks int) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 8))
	var list []tidewatch.Series
	for i := range n {
		v := make([]float64, weeks)
		buyers := 2 + 8*rng.Float64()
		if i < 3 {
			buyers = 10
		}
		for k := range v {
			times := 1.
			switch {
			case i == 0 && k >= 100 && k < 110, i == 2 && k%52 >= 40 && k%52 < 48:
				times = 3
			case i == 1 && k == weeks-1:
				times = 8
			}
			for s := rng.ExpFloat64(); s < buyers*times; s += rng.ExpFloat64() {
				v[k] += 1 + math.Floor(10*rng.ExpFloat64())
			}
		}
		list = append(list, tidewatch.Series{ID: fmt.Sprintf("s%03d", i), Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEvents(t *testing.T) {
	const n = 300
	s, err := Tell(context.Background(), lots(t, n, 156), Telling{Steps: 4})
	if err != nil {
		t.Fatal(err)
	}
	told := func(i int, kind change.Kind, from, to int) bool {
		for _, x := range s.Profiles[i].Turns {
			if x.Kind == kind && x.From >= from-2 && x.To <= to+3 && x.Ratio() > 1.8 {
				return true
			}
		}
		return false
	}
	if !told(0, change.Bursting, 100, 110) && !told(0, change.Shift, 100, 110) {
		t.Errorf("the burst is not among %+v", s.Profiles[0].Turns)
	}
	for _, from := range []int{40, 92} {
		if !told(2, change.Festival, from, from+8) && !told(2, change.Shift, from, from+8) {
			t.Errorf("the festival at %d is not among %+v", from, s.Profiles[2].Turns)
		}
	}
	if u := s.Profiles[1].Unusual; len(u) != 1 || u[0].From != 155 || u[0].Value < u[0].High || u[0].Q > called {
		t.Errorf("the last week: %+v", u)
	}
	bursts, unusual := 0, 0
	for i := range s.Profiles {
		if i < 3 {
			continue
		}
		for _, x := range s.Profiles[i].Turns {
			if x.Kind == change.Bursting {
				bursts++
			}
		}
		unusual += len(s.Profiles[i].Unusual)
	}
	t.Logf("false bursts %d, false unusual values %d, in %d series of 156 weeks", bursts, unusual, n-3)
	if per := 1000 * float64(bursts) / float64(156*(n-3)); per > 1 || unusual > 2 {
		t.Errorf("%.2f false bursts a thousand series-weeks; %d of %d values unusual", per, unusual, s.Judged)
	}
}

// TestWhole: shares are of the series that each is a part of, where one is named.
func TestWhole(t *testing.T) {
	p := lots(t, 20, 120)
	total := make([]float64, 120)
	var list []tidewatch.Series
	for i := range p.Len() {
		for k, v := range p.Series(i).Values {
			if i < 10 {
				total[k] += v
			}
		}
		list = append(list, p.Series(i))
	}
	list = append(list, tidewatch.Series{ID: "zz", Values: total})
	p, err := tidewatch.NewPanel(p.Grid(), nil, list)
	if err != nil {
		t.Fatal(err)
	}
	kind, whole := make([]int, p.Len()), make([]int, p.Len())
	for i := range whole {
		whole[i] = -1
		if i < 10 {
			whole[i] = 20
		}
	}
	kind[20] = 1
	s, err := Tell(context.Background(), p, Telling{Steps: 4, Kind: kind, Whole: whole})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.
	for i := range 10 {
		if pr := &s.Profiles[i]; pr.Whole != "zz" {
			t.Errorf("%s is a part of %q", pr.ID, pr.Whole)
		}
		sum += s.Profiles[i].Share
	}
	if math.Abs(sum-1) > 1e-9 || s.Profiles[15].Whole != "" {
		t.Errorf("the parts make %g of the whole", sum)
	}
	for i := range s.Profiles {
		g := s.Profiles[i].Acceleration
		if g.Value == g.Value && (!(g.Low <= g.Value && g.Value <= g.High) || math.Abs(g.Value-s.Profiles[i].Recent.Value+s.Profiles[i].Growth.Value) > 1e-12) {
			t.Errorf("%+v", g)
		}
	}
}
