package trend

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

// panel makes weekly series with paths of steps periods; draw says what sample k of series i has in step h.
func panel(t rapid.TB, values [][]float64, steps, samples int, draw func(i, k, h int) float64) (*tidewatch.Panel, *tidewatch.Paths) {
	var series []tidewatch.Series
	for i, v := range values {
		series = append(series, tidewatch.Series{ID: string(rune('a' + i)), Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	a, err := tidewatch.Ask{Steps: steps}.Check(len(values))
	if err != nil {
		t.Fatal(err)
	}
	paths := tidewatch.NewPaths(tidewatch.NewForecast(p, a), samples)
	for i := range values {
		for k := range samples {
			for h := range steps {
				paths.Path(i, k)[h] = draw(i, k, h)
			}
		}
	}
	return p, paths
}

func flat(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

// TestAbove: an item that sold nothing lately goes on so in three paths of five; a third of a unit is none.
func TestAbove(t *testing.T) {
	p, paths := panel(t, [][]float64{append(flat(52, 3), flat(4, 0)...)}, 4, 5, func(_, k, h int) float64 {
		return [...]float64{0, 0, .08, 1, 2}[k]
	})
	moves, err := Measure(p, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := moves[0].Recent; c.From != 0 || c.Above != .4 || c.Rise != .7 {
		t.Errorf("%+v", c)
	}
}

func TestMeasure(t *testing.T) {
	// 60 weeks at 10, then as many paths below as above 10 a week, from 8 to 16.
	p, paths := panel(t, [][]float64{flat(60, 10)}, 4, 5, func(_, k, _ int) float64 { return 8 + 2*float64(k) })
	moves, err := Measure(p, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := moves[0]
	if m.ID != "a" || m.Next.Mean != 48 || m.Next.Median != 48 || m.Recent.From != 40 || m.YearAgo.From != 40 {
		t.Errorf("got %+v", m)
	}
	// Sums 32 40 48 56 64: three above 40, one tie.
	if m.Recent.Rise != .7 || m.Recent.Above != .6 || m.Recent.Difference.Mean != 8 || m.Recent.Relative().Mean != .2 {
		t.Errorf("got %+v", m.Recent)
	}
	// The 10 % and 90 % quantiles of five values, type 7: 32 + .4*8 and 56 + .6*8.
	if math.Abs(m.Next.Low-35.2) > 1e-12 || math.Abs(m.Next.High-60.8) > 1e-12 {
		t.Errorf("interval %g to %g", m.Next.Low, m.Next.High)
	}
}

func TestBasesThatAreNotKnown(t *testing.T) {
	gap := flat(60, 10)
	gap[58] = math.NaN()
	p, paths := panel(t, [][]float64{gap, flat(3, 10), flat(50, 10)}, 4, 3, func(_, k, _ int) float64 { return float64(k) })
	moves, err := Measure(p, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ recent, year bool }{{false, true}, {false, false}, {true, false}} {
		if m := moves[i]; m.Recent.Known() != want.recent || m.YearAgo.Known() != want.year {
			t.Errorf("series %d: recent %v, a year ago %v, want %v", i, m.Recent, m.YearAgo, want)
		}
	}
	if !math.IsNaN(moves[1].Recent.Rise) || math.IsNaN(moves[1].Next.Mean) {
		t.Errorf("without a base the change is unknown and the sum is not: %+v", moves[1])
	}
	// A horizon beyond a year has no such base.
	p, paths = panel(t, [][]float64{flat(60, 10)}, 53, 3, func(_, k, _ int) float64 { return float64(k) })
	if moves, _ = Measure(p, paths, Options{}); moves[0].YearAgo.Known() {
		t.Errorf("53 weeks have been compared with a year ago: %+v", moves[0].YearAgo)
	}
}

func TestMeasureRefuses(t *testing.T) {
	p, paths := panel(t, [][]float64{flat(9, 1), flat(9, 1)}, 2, 3, func(_, _, _ int) float64 { return 1 })
	if _, err := Measure(p.Select([]int{0}), paths, Options{}); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("a series without history: %v", err)
	}
	if _, err := Measure(p, paths, Options{Level: 1}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("level 1: %v", err)
	}
	if _, err := Rank(nil, RankOptions{N: -1}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("-1 risers: %v", err)
	}
}

// TestSumKeepsDependence shows why sums are made of paths: two series that move together vary twice as much, two that move against
// each other not at all.
func TestSumKeepsDependence(t *testing.T) {
	for _, c := range []struct{ sign, width float64 }{{1, 2}, {-1, 0}} {
		p, paths := panel(t, [][]float64{flat(9, 10), flat(9, 10)}, 1, 101, func(i, k, _ int) float64 {
			d := float64(k-50) / 100
			if i == 1 {
				d *= c.sign
			}
			return 10 + d
		})
		each, err := Measure(p, paths, Options{})
		if err != nil {
			t.Fatal(err)
		}
		both, err := Sum(p, paths, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		one := each[0].Next.High - each[0].Next.Low
		if got := both.Next.High - both.Next.Low; math.Abs(got-c.width*one) > 1e-9 {
			t.Errorf("the interval of the sum is %g wide, want %g times %g", got, c.width, one)
		}
		if both.Row != -1 || both.Recent.From != 20 {
			t.Errorf("got %+v", both)
		}
	}
}

func TestRank(t *testing.T) {
	move := func(id string, from, next, rise float64) Move {
		c := Change{From: from, Rise: rise, Difference: Interval{Mean: next - from, Median: next - from}}
		return Move{ID: id, Next: Interval{Mean: next, Median: next}, Recent: c, YearAgo: Change{From: math.NaN()}}
	}
	moves := []Move{
		move("big up", 1000, 1300, .95), move("unsure", 1000, 1300, .6), move("noise", 1, 9, .99), move("down", 1100, 550, .02),
		move("gone", 1100, 0, 0), move("flat", 1000, 1000, .5), move("unknown", math.NaN(), 500, math.NaN()),
	}
	for i := range 20 { // a long tail, so that the ranking has to draw a line
		moves = append(moves, move(string(rune('a'+i)), 20, 60, 1), move(string(rune('A'+i)), 940, 940, .5))
	}
	r, err := Rank(moves, RankOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(moves []Move) (s []string) {
		for _, m := range moves {
			s = append(s, m.ID)
		}
		return s
	}
	if got := ids(r.Risers); !slices.Equal(got, []string{"big up", "unsure"}) {
		t.Errorf("risers %q: noise must not lead, certainty must count", got)
	}
	if got := ids(r.Fallers); !slices.Equal(got, []string{"gone", "down"}) {
		t.Errorf("fallers %q", got)
	}
	if r.Ranked < 12 || r.MinVolume < 100 {
		t.Errorf("%d ranked above %g", r.Ranked, r.MinVolume)
	}
	if r, _ = Rank(moves, RankOptions{MinVolume: 9, N: 1}); !slices.Equal(ids(r.Risers), []string{"a"}) {
		t.Errorf("with any volume and one place: %q", ids(r.Risers))
	}
	if r, _ = Rank(moves, RankOptions{Base: YearBefore}); r.Ranked != 0 {
		t.Errorf("%d ranked against a year that nobody knows", r.Ranked)
	}
}

// TestRankIgnoresOrder: the ranking depends on the moves alone, and each of them stands on one side at most.
func TestRankIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "series")
		values := make([][]float64, n)
		for i := range values {
			values[i] = rapid.SliceOfN(rapid.Float64Range(0, 50), 8, 8).Draw(t, "values")
		}
		p, paths := panel(t, values, 3, 7, func(i, k, h int) float64 { return math.Abs(math.Sin(float64(i*31+k*7+h))) * 40 })
		moves, err := Measure(p, paths, Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := Rank(moves, RankOptions{})
		slices.Reverse(moves)
		b, _ := Rank(moves, RankOptions{})
		same := func(x, y []Move) bool {
			return slices.EqualFunc(x, y, func(x, y Move) bool { return x.ID == y.ID })
		}
		if !same(a.Risers, b.Risers) || !same(a.Fallers, b.Fallers) {
			t.Fatalf("the order of the input shows: %v, %v", a, b)
		}
		for _, m := range moves {
			if c := m.Recent; c.Rise < 0 || c.Rise > 1 || m.Next.Low > m.Next.High || c.Difference.Low > c.Difference.High {
				t.Fatalf("not a move: %+v", m)
			}
		}
		for _, m := range a.Risers {
			if slices.ContainsFunc(a.Fallers, func(f Move) bool { return f.ID == m.ID }) {
				t.Fatalf("%s rises and falls", m.ID)
			}
		}
	})
}

func TestNewcomers(t *testing.T) {
	p, paths := panel(t, [][]float64{flat(60, 10), flat(3, 10), flat(2, 90), {}, flat(8, 10), flat(7, 0)}, 8, 3, func(i, _, _ int) float64 {
		return []float64{10, 10, 90, math.NaN(), 10, 0}[i]
	})
	moves, err := Measure(p, paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range Newcomers(p, moves, 8, 5) {
		ids = append(ids, m.ID)
	}
	if !slices.Equal(ids, []string{"c", "b"}) {
		t.Errorf("newcomers %q, want the two that sell and began within 8 weeks, the larger first", ids)
	}
	if got := Newcomers(p, moves, 8, 1); len(got) != 1 {
		t.Errorf("%d newcomers, want 1", len(got))
	}
}
