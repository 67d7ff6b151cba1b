// Package life says where items are in their lives, and how far new ones are likely to go.
package life

import "math"

// Stage is where an item is in its life.
type Stage string

// The stages, in the order in which their rules are tried: the first that holds is the item's.
const (
	Unsold   Stage = "unsold"   // no sale yet
	Launch   Stage = "launch"   // the first sale is at most a quarter of a year ago
	Revived  Stage = "revived"  // it sells again, at half its former pace at least, after a quarter of a year of next to nothing
	Ended    Stage = "ended"    // the last quarter of a year brought at most a hundredth of what was usual, and the same quarter a year ago more
	Seasonal Stage = "seasonal" // in both of the last two years the same quarter of the year brought two thirds of its sales or more
	Growth   Stage = "growth"   // its trend of the last year is upward beyond doubt and by a tenth a year at least
	Decline  Stage = "decline"  // the same downward
	Maturity Stage = "maturity" // none of these
)

// Stages are all stages, from launch on.
var Stages = [...]Stage{Launch, Growth, Maturity, Seasonal, Revived, Decline, Ended, Unsold}

// Record is what the rules look at.
type Record struct {
	Values []float64 // a period each, NaN = unknown, the last is the latest
	Year   int       // periods in a year; fewer than 4: no rule that needs a quarter holds
	// Low and High bound the trend a year as a share of the level, season taken out; NaN where there is none.
	Low, High float64
}

// Of is the stage of an item.
func Of(r Record) Stage {
	v := r.Values
	first := 0
	for first < len(v) && !(v[first] > 0) {
		first++
	}
	if first == len(v) {
		return Unsold
	}
	v = v[first:]
	quarter := r.Year / 4
	if quarter >= 1 {
		if len(v) <= quarter {
			return Launch
		}
		if revived(v, quarter) {
			return Revived
		}
		usual, last := mean(v[:len(v)-quarter]), mean(v[len(v)-quarter:])
		if last <= .01*usual && !waits(v, r.Year, quarter, usual) {
			return Ended
		}
		if len(v) >= 2*r.Year {
			a, peakA := densest(v[len(v)-r.Year:], quarter)
			b, peakB := densest(v[len(v)-2*r.Year:len(v)-r.Year], quarter)
			if apart := abs(a - b); peakA >= 2./3 && peakB >= 2./3 && min(apart, r.Year-apart) <= max(1, quarter/3) {
				return Seasonal
			}
		}
	}
	switch {
	case r.Low > .0 && r.High > .1:
		return Growth
	case r.High < .0 && r.Low < -.1:
		return Decline
	}
	return Maturity
}

// revived: a quiet quarter lies somewhere in the last year but before the last window, and what came since is half as much as before at least.
func revived(v []float64, quarter int) bool {
	n := len(v)
	for gap := n - quarter - 1; gap >= max(quarter, n-4*quarter); gap-- {
		before := mean(v[max(0, gap-4*quarter):gap])
		quiet := mean(v[gap : gap+quarter])
		after := mean(v[gap+quarter:])
		if before > 0 && quiet <= .02*before && after >= .5*before {
			return true
		}
	}
	return false
}

// waits reports that the same quarter of last year was as quiet: an item that only waits for its season has not ended.
func waits(v []float64, year, quarter int, usual float64) bool {
	end := len(v) - year
	return end-quarter >= 0 && mean(v[end-quarter:end]) <= .01*usual
}

// densest is where, in a year that closes on itself, the quarter with most sales begins, and its share of them.
func densest(v []float64, quarter int) (at int, share float64) {
	total := 0.
	for _, x := range v {
		total += max(0, known(x))
	}
	if total == 0 {
		return 0, 0
	}
	for k := range v {
		sum := 0.
		for j := range quarter {
			sum += max(0, known(v[(k+j)%len(v)]))
		}
		if sum/total > share+1e-12 {
			at, share = k, sum/total
		}
	}
	return at, share
}

func known(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return x
}

func mean(v []float64) float64 {
	sum, n := 0., 0.
	for _, x := range v {
		if x == x {
			sum, n = sum+x, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func abs(x int) int { return max(x, -x) }
