package frame

// alphas are the smoothing weights that a base is chosen from.
var alphas = [...]float64{.05, .1, .2, .3, .4, .5, .65, .8, 1}

// addLevel adds to base [step] the forecast of simple exponential smoothing with drift of z, values from which the season has been
// taken, less loc, from so many steps past its end: the theta method in the form of Hyndman and Billah (2003), Unmasking the Theta method, whose
// drift is half the slope of the least squares line. The weight is the one of a few that makes the smallest squared errors a step ahead.
// NaN = unknown.
func addLevel(base, z []float64, past int, loc float64) {
	var n, st, sz, stt, stz float64
	for t, v := range z {
		if v == v {
			t := float64(t)
			n++
			st += t
			sz += v
			stt += t * t
			stz += t * v
		}
	}
	if n == 0 {
		return
	}
	slope := 0.
	if d := n*stt - st*st; d > 0 && n >= leastTrend {
		slope = (n*stz - st*sz) / d
	}
	start, drift := (sz-slope*st)/n, slope/2
	var levels, losses [len(alphas)]float64
	for k := range levels {
		levels[k] = start - drift
	}
	for _, v := range z {
		known := v == v
		for k, a := range alphas {
			l := levels[k] + drift
			if known {
				e := v - l
				losses[k] += e * e
				l += a * e
			}
			levels[k] = l
		}
	}
	best := 0
	for k, l := range losses {
		if l < losses[best] {
			best = k
		}
	}
	for h := range base {
		base[h] += levels[best] + drift*float64(past+h+1) - loc
	}
}

// leastTrend is the fewest values that show a trend.
const leastTrend = 8
