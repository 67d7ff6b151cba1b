package feature_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
)

const length = 500

// described is a panel with covariates of every kind; series are random, some begin late, some have gaps. From index from on every value and every
// covariate that is not known ahead is changed.
func described(t testing.TB, from int) *tidewatch.Panel {
	t.Helper()
	const n = 12
	rng := rand.New(rand.NewPCG(3, 4))
	series := make([]tidewatch.Series, n)
	price := tidewatch.Covariate{Name: "price", Scope: tidewatch.ByCell, Ahead: true}
	visits := tidewatch.Covariate{Name: "visits", Scope: tidewatch.ByCell}
	promo := tidewatch.Covariate{Name: "promo", Scope: tidewatch.ByCell, Ahead: true}
	event := tidewatch.Covariate{Name: "event", Ahead: true, Labels: []string{"spring", "sale"}}
	dept := tidewatch.Covariate{Name: "dept", Scope: tidewatch.BySeries, Labels: []string{"a", "b", "c"}}
	size := tidewatch.Covariate{Name: "size", Scope: tidewatch.BySeries}
	for i := range series {
		start := i % 3 * 20
		y := make([]float64, length-start)
		out := make([]bool, len(y))
		cells := tidewatch.Cells{Start: 0, Offset: i * (length + 60), Len: length + 60}
		price.Cells, visits.Cells, promo.Cells = append(price.Cells, cells), append(visits.Cells, cells), append(promo.Cells, cells)
		for at := range length + 60 {
			price.Values = append(price.Values, float32(5+i+rng.IntN(3)))
			promo.Values = append(promo.Values, float32(rng.IntN(5)/4))
			v := float32(rng.IntN(100))
			if at >= from {
				v = -7
			}
			visits.Values = append(visits.Values, v)
		}
		for k := range y {
			y[k] = float64(rng.IntN(4) * rng.IntN(5+i))
			u, gap := rng.IntN(40) == 0, rng.IntN(50) == 0
			if start+k >= from {
				y[k], u, gap = 1e6, false, false
			}
			if out[k] = u; gap {
				y[k] = math.NaN()
			}
		}
		series[i] = tidewatch.Series{ID: string(rune('a' + i)), Start: start, Values: y, Unavailable: out}
		dept.Values, size.Values = append(dept.Values, float32(i%3)), append(size.Values, float32(i))
	}
	for range length + 60 {
		v := float32(math.NaN())
		if k := rng.IntN(20); k < 2 {
			v = float32(k)
		}
		event.Values = append(event.Values, v)
	}
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, []int{7}, series, price, visits, promo, event, dept, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func build(t testing.TB, p *tidewatch.Panel, c feature.Config) *feature.Builder {
	t.Helper()
	b, err := feature.New(p, c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fill(b *feature.Builder, i int, rows []feature.Row) [][]float32 {
	dst := make([][]float32, len(b.Features()))
	for c := range dst {
		dst[c] = make([]float32, len(rows))
	}
	b.Worker().Fill(i, rows, dst)
	return dst
}

// The proof that no feature sees what comes after its origin: with everything from the origin on changed, every feature is the same.
func TestTheFutureMovesNoFeature(t *testing.T) {
	for _, relative := range []bool{false, true} {
		for _, origin := range []int{length, 460, 431} {
			c := feature.Config{Horizon: 28, Relative: relative}
			before, after := build(t, described(t, 1<<30), c), build(t, described(t, origin), c)
			for i := range 12 {
				var rows []feature.Row
				for h := range 28 {
					rows = append(rows, feature.Row{Time: int32(origin + h), Step: int32(h + 1)})
				}
				x, y := fill(before, i, rows), fill(after, i, rows)
				for f := range x {
					for r := range rows {
						if x[f][r] != y[f][r] && (x[f][r] == x[f][r] || y[f][r] == y[f][r]) {
							t.Fatalf("series %d, origin %d, step %d: %s was %g, and is %g after the future has changed", i, origin, r+1, before.Features()[f].Name, x[f][r], y[f][r])
						}
					}
				}
			}
		}
	}
}

// Features made for training, from a panel that knows more, are those that would have been made at the time.
func TestThePastLooksAsItDid(t *testing.T) {
	p := described(t, 1<<30)
	now, then := build(t, p, feature.Config{Horizon: 14}), build(t, p.Until(450), feature.Config{Horizon: 14})
	different := 0
	for i := range p.Len() {
		var rows []feature.Row
		for h := range 14 {
			rows = append(rows, feature.Row{Time: int32(450 + h), Step: int32(h + 1)})
		}
		x, y := fill(now, i, rows), fill(then, i, rows)
		for f := range x {
			for r := range rows {
				if a, b := float64(x[f][r]), float64(y[f][r]); math.Abs(a-b) > 1e-5*(1+math.Abs(a)) || (a != a) != (b != b) {
					different++
					t.Errorf("series %d, step %d: %s is %g, was %g", i, r+1, now.Features()[f].Name, a, b)
					if different > 10 {
						t.FailNow()
					}
				}
			}
		}
	}
}

// Rolling statistics agree with sums over the window, also where values are large and close together.
func TestRollingIsExact(t *testing.T) {
	const base = 1e7
	rng := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 300)
	for k := range y {
		y[k] = base + rng.Float64()
	}
	y[250], y[260] = math.NaN(), 0
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, []int{7}, []tidewatch.Series{{ID: "a", Values: y[:255]}, {ID: "b", Values: y}})
	if err != nil {
		t.Fatal(err)
	}
	b := build(t, p, feature.Config{})
	for i := range 2 {
		rows := []feature.Row{{Time: 200, Step: 1}, {Time: 230, Step: 10}, {Time: 254, Step: 1}}
		x := fill(b, i, rows)
		for c, f := range b.Features() {
			var n int
			switch f.Name {
			case "mean_28", "sd_28":
				n = 28
			case "sd_7":
				n = 7
			default:
				continue
			}
			for r, row := range rows {
				sum, square, known := 0.0, 0.0, 0.0
				for _, v := range y[row.Origin()-n : row.Origin()] {
					if v == v {
						sum += v - base
						known++
					}
				}
				m := sum / known
				for _, v := range y[row.Origin()-n : row.Origin()] {
					if v == v {
						square += (v - base - m) * (v - base - m)
					}
				}
				want := base + m
				if f.Name != "mean_28" {
					want = math.Sqrt(square / known)
				}
				if got := float64(x[c][r]); math.Abs(got-want) > 1e-6*want && (i == 0 || f.Name == "mean_28") {
					t.Errorf("series %d, %s of %v is %g, want %g", i, f.Name, row, got, want)
				}
			}
		}
	}
}

// A what-if changes what is made of the covariate, after the end alone.
func TestFutureReplaces(t *testing.T) {
	p := described(t, 1<<30)
	halved := p.Covariates()[0]
	halved.Values = append([]float32(nil), halved.Values...)
	for k := range halved.Values {
		halved.Values[k] /= 2
	}
	rows := []feature.Row{{Time: length - 1, Step: 1}, {Time: length, Step: 1}}
	a := build(t, p, feature.Config{Horizon: 1})
	b := build(t, p, feature.Config{Horizon: 1, Future: []tidewatch.Covariate{halved}})
	x, y := fill(a, 0, rows), fill(b, 0, rows)
	for c, f := range a.Features() {
		if f.Name == "price" && (x[c][0] != y[c][0] || y[c][1] != x[c][1]/2) {
			t.Errorf("price %v became %v", x[c], y[c])
		}
	}
	if _, err := feature.New(p, feature.Config{Future: []tidewatch.Covariate{{Name: "weather"}}}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("an unknown covariate: %v", err)
	}
}

// The table says what each feature is, once.
func TestTableIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range build(t, described(t, 1<<30), feature.Config{Horizon: 7}).Features() {
		if f.Name == "" || f.Does == "" || len(f.Inputs) == 0 || seen[f.Name] {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
	for _, name := range []string{"lag_1", "phase_7_lag_1", "mean_28", "sd_28", "smooth_0.1", "since_sale", "zeros_7", "price_over_28", "promo_+1", "promo_-1",
		"event_until", "weekday", "age", "mean_all", "dept", "size", "dept_phase_7", "visits_mean_7", "alike_mean_6", "dept_year_ago", "step"} {
		if !seen[name] {
			t.Errorf("there is no feature %s", name)
		}
	}
}

// BenchmarkTenFeatures makes ten lags and rolling means and deviations of every row of a million, on one thread.
func BenchmarkTenFeatures(b *testing.B) {
	const series, n = 700, 1430
	rng := rand.New(rand.NewPCG(1, 2))
	s := make([]tidewatch.Series, series)
	for i := range s {
		y := make([]float64, n)
		for k := range y {
			y[k] = float64(rng.IntN(20))
		}
		s[i] = tidewatch.Series{ID: string(rune(i + 1000)), Values: y}
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{7}, s)
	if err != nil {
		b.Fatal(err)
	}
	build := build(b, p, feature.Config{Only: []string{"lag_1", "phase_7_lag_1", "phase_7_lag_2", "phase_7_lag_3", "mean_7", "mean_28", "mean_56", "sd_7", "sd_28", "sd_56"}})
	if len(build.Features()) != 10 {
		b.Fatal(len(build.Features()))
	}
	rows := make([]feature.Row, n)
	for k := range rows {
		rows[k] = feature.Row{Time: int32(k), Step: 1}
	}
	dst := make([][]float32, 10)
	for c := range dst {
		dst[c] = make([]float32, n)
	}
	w := build.Worker()
	b.ResetTimer()
	for b.Loop() {
		for i := range series {
			w.Fill(i, rows, dst)
		}
	}
	b.ReportMetric(float64(b.N)*series*n/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
