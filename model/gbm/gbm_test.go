package gbm_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/gbm"
)

// shop is daily sales of n items with a week, a price and promotions that double them; counts are small whole numbers.
func shop(t testing.TB, n, days int, size float64, counts bool) *tidewatch.Panel {
	t.Helper()
	const ahead = 28
	rng := rand.New(rand.NewPCG(5, uint64(n)))
	promo := tidewatch.Covariate{Name: "promo", Scope: tidewatch.ByCell, Ahead: true}
	kind := tidewatch.Covariate{Name: "kind", Scope: tidewatch.BySeries, Labels: []string{"a", "b"}}
	series := make([]tidewatch.Series, n)
	for i := range series {
		level := size * math.Exp(rng.NormFloat64()/2)
		y := make([]float64, days)
		promo.Cells = append(promo.Cells, tidewatch.Cells{Offset: i * (days + ahead), Len: days + ahead})
		for k := range days + ahead {
			on := rng.IntN(5) == 0
			v := level * (1 + .5*math.Sin(2*math.Pi*float64(k)/7))
			if on {
				v *= 2
			}
			if k < days {
				y[k] = v * math.Exp(.1*rng.NormFloat64())
				if counts {
					y[k] = poisson(rng, v)
				}
			}
			promo.Values = append(promo.Values, map[bool]float32{true: 1}[on])
		}
		kind.Values = append(kind.Values, float32(i%2))
		series[i] = tidewatch.Series{ID: fmt.Sprint("item", i), Values: y}
	}
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, []int{7}, series, promo, kind)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func poisson(rng *rand.Rand, mean float64) float64 {
	k, p, limit := 0.0, 1.0, math.Exp(-mean)
	for {
		if p *= rng.Float64(); p < limit {
			return k
		}
		k++
	}
}

func small() gbm.Method {
	return gbm.Method{Horizon: 14, Rounds: 25, Leaves: 15, Rate: .25}
}

func forecast(t testing.TB, m gbm.Method, p *tidewatch.Panel, a tidewatch.Ask) *tidewatch.Forecast {
	t.Helper()
	fitted, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fitted.Forecast(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return f
}

// errors of the mean and the share of values below the quantiles, over the last 14 days.
func judge(t *testing.T, m gbm.Method, p *tidewatch.Panel) (relative float64, below []float64) {
	known := p.Before(14)
	f := forecast(t, m, known, tidewatch.Ask{Steps: 14, Levels: []float64{.1, .5, .9}})
	below = make([]float64, 3)
	sum, size, n := 0.0, 0.0, 0.0
	for i, r := range f.Rows {
		for h, y := range p.Series(i).Values[len(known.Series(i).Values):] {
			sum += math.Abs(y - r.Mean[h])
			size += y
			n++
			for l, q := range f.At(i, h) {
				if y < q {
					below[l]++
				} else if y == q {
					below[l] += .5
				}
			}
		}
	}
	for l := range below {
		below[l] /= n
	}
	return sum / size, below
}

// Week, level and promotion explain all but the noise, and the quantiles hold as often as they say.
func TestLearnsWhatThereIsToLearn(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		size  float64
		count bool
		worst float64
		m     gbm.Method
	}{
		{"amounts", 30, 100, false, .13, small()},
		{"counts", 60, 2, true, .6, small()},
		{"recursive", 30, 100, false, .15, gbm.Method{Horizon: 14, Block: 7, Rounds: 25, Leaves: 15, Rate: .25}},
		{"parts", 30, 100, false, .14, gbm.Method{Horizon: 14, Rounds: 25, Leaves: 15, Rate: .25, Parts: []string{"", "kind"}}},
		{"percent", 30, 100, false, .13, gbm.Method{Horizon: 14, Rounds: 25, Leaves: 15, Rate: .25, Percent: true}},
	} {
		relative, below := judge(t, c.m, shop(t, c.n, 200, c.size, c.count))
		t.Logf("%s: error %.3f, below %.3f", c.name, relative, below)
		if relative > c.worst {
			t.Errorf("%s: the mean error is %.3f of the mean", c.name, relative)
		}
		for l, p := range []float64{.1, .5, .9} {
			if math.Abs(below[l]-p) > .08 {
				t.Errorf("%s: %.3f of the values lie below the quantile at %g", c.name, below[l], p)
			}
		}
	}
}

func TestSameAtAnyNumberOfWorkers(t *testing.T) {
	p := shop(t, 20, 200, 20, false)
	a, b := small(), small()
	a.Workers, b.Workers = 1, 3
	x, y := forecast(t, a, p, tidewatch.Ask{Steps: 14}), forecast(t, b, p, tidewatch.Ask{Steps: 14})
	if !reflect.DeepEqual(x.Rows, y.Rows) {
		t.Error("3 workers forecast otherwise than 1")
	}
	// Asked for alone, a series is forecast as among the others.
	one := forecast(t, a, p, tidewatch.Ask{Steps: 14, Series: []int{7}})
	if !reflect.DeepEqual(one.Rows[0], x.Rows[7]) {
		t.Error("series 7 alone is forecast otherwise")
	}
}

// A shop that is shut sells nothing, which is neither learnt from nor forecast otherwise.
func TestShutDaysAreZero(t *testing.T) {
	base := shop(t, 12, 300, 50, false)
	open := tidewatch.Covariate{Name: "open", Ahead: true}
	for k := range 328 {
		open.Values = append(open.Values, map[bool]float32{true: 1}[k%7 != 6])
	}
	var series []tidewatch.Series
	for i := range base.Len() {
		s := base.Series(i)
		y := append([]float64(nil), s.Values...)
		for k := range y {
			y[k] *= float64(open.Values[k])
		}
		series = append(series, tidewatch.Series{ID: s.ID, Values: y})
	}
	p, err := tidewatch.NewPanel(base.Grid(), []int{7}, series, append(base.Covariates(), open)...)
	if err != nil {
		t.Fatal(err)
	}
	f := forecast(t, small(), p, tidewatch.Ask{Steps: 14})
	for _, r := range f.Rows {
		for h, v := range r.Mean {
			if shut := open.Values[300+h] == 0; shut != (v == 0) {
				t.Fatalf("%s step %d: mean %g, shut %v", r.ID, h+1, v, shut)
			}
		}
	}
}

// A what-if moves the forecast: promotion on every day sells about twice what none sells.
func TestWhatIf(t *testing.T) {
	p := shop(t, 20, 200, 50, false)
	m, err := small().Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	total := func(v float32) float64 {
		c := p.Covariates()[0]
		c.Values = make([]float32, len(c.Values))
		for k := range c.Values {
			c.Values[k] = v
		}
		f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 7, Future: []tidewatch.Covariate{c}})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, r := range f.Rows {
			for _, v := range r.Mean {
				sum += v
			}
		}
		return sum
	}
	if ratio := total(1) / total(0); ratio < 1.6 || ratio > 2.3 {
		t.Errorf("promotion sells %.2f times as much", ratio)
	}
}

// The parts add up to the forecast, and a promotion's part is seen when there is one.
func TestExplainAddsUp(t *testing.T) {
	for _, count := range []bool{false, true} {
		p := shop(t, 20, 200, 10, count)
		fitted, err := small().Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(t.Context(), tidewatch.Ask{Steps: 14, Series: []int{3}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := fitted.(tidewatch.Explainer).Explain(t.Context(), p, 3, 14)
		if err != nil {
			t.Fatal(err)
		}
		total := a.Total()
		on, off, n := 0.0, 0.0, 0.0
		promo := a.Part(tidewatch.CovariatePart, "promo", len(total))
		for h, v := range f.Rows[0].Mean {
			if got := total[200+h]; math.Abs(got-v) > 1e-9*(1+v) {
				t.Errorf("step %d: the parts make %g, the forecast is %g", h+1, got, v)
			}
			if p.Series(3).Covariate(0, 200+h) == 1 {
				on += promo[200+h]
				n++
			} else {
				off += promo[200+h]
			}
		}
		if n == 0 || on/n < off/(14-n)+1 {
			t.Errorf("promotion adds %g on %g days with one and %g on the others", on, n, off)
		}
	}
}

func TestErrors(t *testing.T) {
	p := shop(t, 5, 60, 10, false)
	for _, m := range []gbm.Method{{Horizon: -1}, {Power: 3}, {Target: "square"}, {Horizon: 1 << 30}, {Parts: []string{"colour"}}, {Rate: 7}} {
		if _, err := m.Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%+v: %v", m, err)
		}
	}
	f := forecast(t, small(), p.Until(1), tidewatch.Ask{Steps: 3})
	if len(f.Problems) != p.Len() || !f.Rows[0].Abstains() {
		t.Errorf("one value a series: %v", f.Problems)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := small().Fit(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
