package trend

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/change"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/trend/life"
)

// shop is weekly counts with a common season: series 0 grows by half a year, 1 shrinks, 2 jumps to double at week 120, the others wander.
func shop(t testing.TB, n, weeks int) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(17, 3))
	var list []tidewatch.Series
	for i := range n {
		level := math.Log(40 + 100*rng.Float64())
		v := make([]float64, weeks)
		for k := range v {
			drift := 0.
			switch {
			case i == 0:
				drift = .5 * float64(k) / 52
			case i == 1:
				drift = -.5 * float64(k) / 52
			case i == 2 && k >= 120:
				drift = math.Log(2)
			case i > 2:
				level += .02 * rng.NormFloat64()
			}
			mean := math.Exp(level + drift + .4*math.Sin(2*math.Pi*float64(k)/52) + .1*rng.NormFloat64())
			for x := rng.ExpFloat64(); x < mean; x += rng.ExpFloat64() {
				v[k]++
			}
		}
		list = append(list, tidewatch.Series{ID: fmt.Sprintf("s%02d", i), Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTell(t *testing.T) {
	p := shop(t, 40, 160)
	s, err := Tell(context.Background(), p, Telling{Steps: 4})
	if err != nil {
		t.Fatal(err)
	}
	up, down, jump := &s.Profiles[0], &s.Profiles[1], &s.Profiles[2]
	if !up.Trending() || up.Growth.Value < .25 || up.Stage != life.Growth {
		t.Errorf("what grows: %+v %s", up.Growth, up.Stage)
	}
	if !down.Trending() || down.Growth.Value > -.25 || down.Stage != life.Decline {
		t.Errorf("what shrinks: %+v %s", down.Growth, down.Stage)
	}
	if !up.ShareGrowth.Sure() || up.ShareGrowth.Value < 0 {
		t.Errorf("its share: %+v", up.ShareGrowth)
	}
	found := false
	for _, turn := range jump.Turns {
		if turn.Kind == change.Shift && turn.From >= 117 && turn.From <= 123 && math.Abs(turn.Ratio()-2) < .4 {
			found = true
		}
	}
	if !found {
		t.Errorf("the jump is not among %+v", jump.Turns)
	}
	if s.Learning.Cases == 0 || s.Learning.Asked < 20 {
		t.Errorf("%+v", s.Learning)
	}
	risers := s.Risers(5, nil)
	for k, r := range risers {
		if r.Chance < s.Learning.Base.Up || k > 0 && r.Chance > risers[k-1].Chance || len(r.Why) == 0 {
			t.Errorf("%+v", r)
		}
	}
	if only := s.Risers(5, func(id string) bool { return id == "s07" }); len(only) > 1 {
		t.Errorf("%d of one", len(only))
	}
	// The same at any number of processors.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again, err := Tell(context.Background(), p, Telling{Steps: 4})
	if err != nil || fmt.Sprintf("%+v", again.Profiles[3]) != fmt.Sprintf("%+v", s.Profiles[3]) && again.Profiles[3].Claim.Chance != s.Profiles[3].Claim.Chance {
		t.Errorf("one processor tells another story: %v", err)
	}
}

// TestTellShort: with too little to learn from, chances are those of the paths, and nothing fails.
func TestTellShort(t *testing.T) {
	for _, weeks := range []int{1, 5, 9, 20} {
		p := shop(t, 3, weeks)
		s, err := Tell(context.Background(), p, Telling{Steps: 4, Paths: func(b *claim.Board) []claim.Chance { return []claim.Chance{{Up: .5, Down: .1}, {Up: .2}, {Up: .3}} }})
		if err != nil {
			t.Fatal(weeks, err)
		}
		if s.Learning.Cases != 0 || weeks == 20 && s.Profiles[0].Claim.Up != .5 {
			t.Errorf("%d weeks: %+v", weeks, s.Learning)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Tell(ctx, shop(t, 3, 60), Telling{Steps: 4}); err == nil {
		t.Error("nobody listened")
	}
	empty, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Now()}, nil, []tidewatch.Series{{ID: "a"}, {ID: "b", Values: []float64{math.NaN(), 0}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Tell(context.Background(), empty, Telling{Steps: 2}); err != nil {
		t.Error(err)
	}
}

func BenchmarkTell(b *testing.B) {
	p := shop(b, 500, 277)
	for b.Loop() {
		if _, err := Tell(context.Background(), p, Telling{Steps: 4}); err != nil {
			b.Fatal(err)
		}
	}
}
