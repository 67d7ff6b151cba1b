package frame

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestProfile: the season is found beside a trend, through unknown values, at any origin, and it does not see what comes after it.
func TestProfile(t *testing.T) {
	season := []float64{3, -1, 0, -2}
	y := make([]float64, 40)
	for k := range y {
		y[k] = 100 + .5*float64(k) + season[k%4]
		if k == 17 || k == 33 {
			y[k] = math.NaN()
		}
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Quarterly, Anchor: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{4}, []tidewatch.Series{{ID: "a", Values: y}})
	if err != nil {
		t.Fatal(err)
	}
	w := New(p, Shape{Lags: 8, Steps: 6, Levels: 1}, BySpread, SeasonBase, nil)
	s := p.Series(0)
	for _, at := range []int{40, 38, 21} {
		got := make([]float64, 6)
		w.profile(got, make([]float64, 6), &s, at, Scale{Size: 2})
		for h, v := range got {
			if want := season[(at+h)%4] / 2; math.Abs(v-want) > .15 { // a cycle with a gap has a mean of three
				t.Errorf("from %d, step %d: %.3f, want %.3f", at, h, v, want)
			}
		}
	}
	cut := p.Before(5).Series(0)
	a, b := make([]float64, 6), make([]float64, 6)
	w.profile(a, make([]float64, 6), &s, 35, Scale{Size: 1})
	w.profile(b, make([]float64, 6), &cut, 35, Scale{Size: 1})
	for h := range a {
		if a[h] != b[h] {
			t.Errorf("step %d: %g, without later values %g", h, a[h], b[h])
		}
	}
	w.profile(a, make([]float64, 6), &s, 7, Scale{Size: 1}) // less than two cycles
	if a[0] != 0 || a[5] != 0 {
		t.Errorf("profile of one cycle is %v", a)
	}
}
