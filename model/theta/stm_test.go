package theta

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/tidewatch/tidewatch"
)

type seasonal struct {
	M int
	Y []float64
}

func read(t testing.TB, file string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func (s seasonal) series(id string) tidewatch.Series {
	out := tidewatch.Series{ID: id, Values: s.Y}
	if s.M > 1 {
		out.Seasons = []int{s.M}
	}
	return out
}

func TestSTMGolden(t *testing.T) {
	var g struct {
		Series map[string]seasonal
		Cases  []struct {
			Series string
			Mean   []float64
		}
	}
	read(t, "thetaf.json", &g)
	for _, c := range g.Cases {
		f, err := STM{}.Fit(g.Series[c.Series].series(c.Series), nil)
		if err != nil {
			t.Fatal(err)
		}
		mean := make([]float64, len(c.Mean))
		f.Forecast(nil, mean, nil)
		for h := range mean {
			if math.Abs(mean[h]-c.Mean[h]) > 1e-3*math.Abs(c.Mean[h]) {
				t.Errorf("%s: step %d is %g, not %g", c.Series, h+1, mean[h], c.Mean[h])
				break
			}
		}
	}
}

func BenchmarkSTM(b *testing.B) {
	y := make([]float64, 100)
	for i := range y {
		y[i] = 100 + float64(i) + 10*math.Sin(float64(i)*math.Pi/6) + math.Mod(float64(i*i), 7)
	}
	s := tidewatch.Series{Values: y, Seasons: []int{12}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (STM{}).Fit(s, nil); err != nil {
			b.Fatal(err)
		}
	}
}
