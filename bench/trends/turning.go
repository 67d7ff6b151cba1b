package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch/trend/change"
)

// turning simulates weekly counts whose level changes once, and prints how soon the monitor and CUSUM tell, and how often they do so wrongly. Counts
// are negative binomial; in one world in two, one week in fifty is a promotion with three times the sales.
func turning() {
	const weeks, learn, series = 156, 26, 2000
	fmt.Println("| world | detector | false alarms per 1,000 series-weeks | found: -30 % | +30 % | -50 % | +100 % | weeks until found (median): -30 % | +30 % | -50 % | +100 % |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	detectors := []struct {
		name string
		make func() func(x float64) bool
	}{
		{"Tidewatch", func() func(float64) bool { m := change.Monitor{}; return m.Add }},
		{"CUSUM, slack 0.5, bound 16", func() func(float64) bool { return cusum(learn, 16) }},
		{"CUSUM, slack 0.5, bound 8", func() func(float64) bool { return cusum(learn, 8) }},
		{"CUSUM, slack 0.5, bound 12", func() func(float64) bool { return cusum(learn, 12) }},
	}
	for _, promotions := range []bool{false, true} {
		world := "steady"
		if promotions {
			world = "promotions"
		}
		for _, d := range detectors {
			rng := rand.New(rand.NewPCG(21, 4))
			alarms, at := 0, 0
			for range series {
				tell := d.make()
				for t, x := range simulate(rng, weeks, weeks, 1, promotions) {
					if t >= learn {
						at++
						if tell(x) {
							alarms++
						}
					} else {
						tell(x)
					}
				}
			}
			row, delay := "", ""
			for _, times := range []float64{.7, 1.3, .5, 2} {
				var late []float64
				asked := 0
				for range series / 4 {
					turn := 60 + rng.IntN(40)
					tell := d.make()
					x := simulate(rng, weeks, turn, times, promotions)
					asked++
					for t, v := range x[:turn+26] {
						if tell(v) && t >= turn {
							late = append(late, float64(t-turn+1))
							break
						}
					}
				}
				slices.Sort(late)
				middle := math.NaN()
				if len(late) > 0 {
					middle = late[len(late)/2]
				}
				row += fmt.Sprintf(" %.0f %% |", 100*float64(len(late))/float64(asked))
				delay += fmt.Sprintf(" %.0f |", middle)
			}
			fmt.Printf("| %s | %s | %.2f |%s%s\n", world, d.name, 1000*float64(alarms)/float64(at), row, delay)
		}
	}
}

// simulate is counts around a level between 10 and 200 that changes at turn by times.
func simulate(rng *rand.Rand, weeks, turn int, times float64, promotions bool) []float64 {
	level := 10 * math.Pow(20, rng.Float64())
	x := make([]float64, weeks)
	for t := range x {
		mean := level
		if t >= turn {
			mean *= times
		}
		if promotions && rng.Float64() < .02 {
			mean *= 3
		}
		shape := 15. // of the gamma that makes a Poisson negative binomial
		g := 0.
		for range int(shape) {
			g += rng.ExpFloat64()
		}
		mean *= g / shape
		for s := rng.ExpFloat64(); s < mean; s += rng.ExpFloat64() {
			x[t]++
		}
	}
	return x
}

// cusum is Page's chart on the same roots, around mean and standard deviation of the first values; it begins anew after an alarm.
func cusum(learn int, bound float64) func(x float64) bool {
	var usual []float64
	var mean, sd float64
	c := change.CUSUM{}
	return func(x float64) bool {
		x = 2 * math.Sqrt(x+.375)
		if len(usual) < learn {
			usual = append(usual, x)
			mean, sd = 0, 0
			for _, v := range usual {
				mean += v / float64(len(usual))
			}
			for _, v := range usual {
				sd += (v - mean) * (v - mean) / float64(len(usual)-1)
			}
			sd = math.Sqrt(sd)
			return false
		}
		if c.Add((x-mean)/sd) > bound {
			c, usual = change.CUSUM{}, usual[:0]
			return true
		}
		return false
	}
}
