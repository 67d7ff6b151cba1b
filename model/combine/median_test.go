package combine

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// flat forecasts its value, with quantiles value+level; NaN stands for a series it cannot fit.
type flat float64

func (m flat) String() string { return fmt.Sprint(float64(m)) }

func (m flat) Fit(tidewatch.Series, *rand.Rand) (fleet.Model, error) {
	if math.IsNaN(float64(m)) {
		return nil, errors.New("cannot")
	}
	return m, nil
}

func (m flat) Forecast(levels, mean, q []float64) {
	for h := range mean {
		mean[h] = float64(m)
		for l, p := range levels {
			q[h*len(levels)+l] = float64(m) + p
		}
	}
}

func (m flat) Update(tidewatch.Series, int) {}

func TestMedian(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		members []float64
		want    float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 4}, 4}, {[]float64{9, 1, 4, 6}, 5}, {[]float64{nan, 1, nan, 2}, 1.5}, {[]float64{inf, 1, 2}, 1.5}, {[]float64{1, inf, 3, 2}, 2}} {
		var m Median
		for _, v := range c.members {
			m.Members = append(m.Members, flat(v))
		}
		f, err := m.Fit(tidewatch.Series{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		mean, q := make([]float64, 2), make([]float64, 4)
		f.Forecast([]float64{.25, .5}, mean, q)
		if w := c.want; !slices.Equal(mean, []float64{w, w}) || !slices.Equal(q, []float64{w + .25, w + .5, w + .25, w + .5}) {
			t.Errorf("%v: means %v, quantiles %v", c.members, mean, q)
		}
	}
	if _, err := (Median{Members: []fleet.Method{flat(nan), flat(nan)}}).Fit(tidewatch.Series{}, nil); err == nil {
		t.Error("a median of nothing")
	}
}
