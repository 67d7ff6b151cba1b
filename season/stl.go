package season

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// STL decomposes a series into trend, season and remainder by loess (Cleveland, Cleveland, McRae & Terpenning 1990). The zero value of a
// field is its default; windows are rounded up to odd numbers.
type STL struct {
	Period   int // of the season, at least 2
	Seasonal int // window of the seasonal loess, in periods; 0 = 11; -1 = the season is the same in every period
	Trend    int // window of the trend loess, in observations; 0 = the smallest odd one at least 1.5 Period / (1 - 1.5/Seasonal)
	LowPass  int // window of the low-pass loess; 0 = the smallest odd one at least Period
	Slope    int // degree of the seasonal loess, 0 or 1
	Inner    int // passes of the inner loop; 0 = 2
	Robust   int // passes of the outer loop, which gives outliers less weight
	// Jumps between the points at which the loess is computed; 0 = a tenth of the window, rounded up.
	SeasonalJump, TrendJump, LowPassJump int
}

// Parts is a series taken apart: trend + seasonal + remainder = the series. Trend and Seasonal are known everywhere, Remainder is NaN
// where the series is.
type Parts struct {
	Trend, Seasonal, Remainder []float64
	Weights                    []float64 // of the last robust pass, in [0, 1]; nil without one
}

// Decompose takes y apart. Unknown values (NaN) have no weight. At least two full seasons with a known value in every phase are needed.
func (s STL) Decompose(y []float64) (*Parts, error) {
	n, m := len(y), s.Period
	if m < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "STL with a season of %d periods: it must be at least 2", m)
	}
	if n < 2*m {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "STL needs two full seasons, %d values: there are %d", 2*m, n)
	}
	x, known := slices.Clone(y), make([]float64, n)
	phases := make([]bool, m)
	gaps := false
	for t, v := range y {
		if v == v {
			known[t] = 1
			phases[t%m] = true
		} else {
			x[t] = 0
			gaps = true
		}
	}
	if slices.Contains(phases, false) {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "STL: a phase of the season of %d periods is never known", m)
	}
	w := s.work(n)
	p := &Parts{Trend: make([]float64, n), Seasonal: make([]float64, n), Remainder: make([]float64, n)}
	var weight []float64
	if gaps {
		weight = known
	}
	inner := s.Inner
	if inner <= 0 {
		inner = 2
	}
	for pass := 0; ; pass++ {
		for range inner {
			w.pass(x, weight, p)
		}
		for t := range y {
			p.Remainder[t] = y[t] - p.Trend[t] - p.Seasonal[t]
		}
		if pass >= s.Robust {
			break
		}
		p.Weights = bisquare(p.Remainder)
		weight = p.Weights
	}
	if s.Seasonal < 0 {
		w.fix(p, y)
	}
	return p, nil
}

// stlWork is what the inner loop works with.
type stlWork struct {
	period                    int
	seasonal, trend, lowPass  loess
	cycle, a, b, part, weight []float64
}

func odd(n int) int { return max(3, n) | 1 }

func (s STL) work(n int) *stlWork {
	window := s.Seasonal
	degree := s.Slope
	switch {
	case window < 0:
		window, degree = 10*n+1, 0
	case window == 0:
		window = 11
	}
	window = odd(window)
	trend := s.Trend
	if trend == 0 {
		trend = int(math.Ceil(1.5 * float64(s.Period) / (1 - 1.5/float64(window))))
	}
	low := s.LowPass
	if low == 0 {
		low = s.Period
	}
	make1 := func(window, degree, jump int) loess {
		if jump == 0 {
			jump = (window + 9) / 10
		}
		return loess{window, degree, jump}
	}
	m := s.Period
	return &stlWork{period: m, seasonal: make1(window, degree, s.SeasonalJump), trend: make1(odd(trend), 1, s.TrendJump),
		lowPass: make1(odd(low), 1, s.LowPassJump), cycle: make([]float64, n+2*m), a: make([]float64, n+2*m), b: make([]float64, n+2*m),
		part: make([]float64, n/m+3), weight: make([]float64, n/m+3)}
}

// pass is one turn of the inner loop (section 2.2 of the paper): p.Seasonal and p.Trend are made anew from p.Trend.
func (w *stlWork) pass(x, weight []float64, p *Parts) {
	n, m := len(x), w.period
	// Cycle-subseries smoothing, extended by one period at both ends.
	sub := w.a[:n/m+1]
	for phase := range m {
		k := 0
		for t := phase; t < n; t += m {
			sub[k] = x[t] - p.Trend[t]
			if weight != nil {
				w.weight[k] = weight[t]
			}
			k++
		}
		var sw []float64
		if weight != nil {
			sw = w.weight[:k]
		}
		w.seasonal.smooth(sub[:k], sw, w.part[1:k+1])
		width := min(w.seasonal.window, k)
		var ok bool
		if w.part[0], ok = w.seasonal.at(sub[:k], sw, -1, 0, width); !ok {
			w.part[0] = w.part[1]
		}
		if w.part[k+1], ok = w.seasonal.at(sub[:k], sw, float64(k), k-width, k); !ok {
			w.part[k+1] = w.part[k]
		}
		for i, v := range w.part[:k+2] {
			w.cycle[phase+i*m] = v
		}
	}
	// Low-pass filtering of the smoothed cycle-subseries: moving averages of m, m and 3, then loess.
	moving(w.cycle, m, w.a)
	moving(w.a[:n+m+1], m, w.b)
	moving(w.b[:n+2], 3, w.a)
	w.lowPass.smooth(w.a[:n], nil, w.b[:n])
	for t := range n {
		p.Seasonal[t] = w.cycle[t+m] - w.b[t]
		w.a[t] = x[t] - p.Seasonal[t]
	}
	w.trend.smooth(w.a[:n], weight, p.Trend)
}

// moving fills out with the len(x)-m+1 means of m consecutive values.
func moving(x []float64, m int, out []float64) {
	sum := 0.0
	for _, v := range x[:m] {
		sum += v
	}
	out[0] = sum / float64(m)
	for t := m; t < len(x); t++ {
		sum += x[t] - x[t-m]
		out[t-m+1] = sum / float64(m)
	}
}

// fix makes the season the same in every period: the mean by phase (R's s.window = "periodic").
func (w *stlWork) fix(p *Parts, y []float64) {
	for phase := range w.period {
		sum, k := 0.0, 0
		for t := phase; t < len(y); t += w.period {
			sum += p.Seasonal[t]
			k++
		}
		for t := phase; t < len(y); t += w.period {
			p.Seasonal[t] = sum / float64(k)
			p.Remainder[t] = y[t] - p.Trend[t] - p.Seasonal[t]
		}
	}
}

// bisquare is the robustness weights of remainders: (1 - (r / 6 median|r|)²)², 0 for unknown ones (section 2.3 of the paper).
func bisquare(r []float64) []float64 {
	size := make([]float64, 0, len(r))
	for _, v := range r {
		if v == v {
			size = append(size, math.Abs(v))
		}
	}
	slices.Sort(size)
	k := len(size)
	w := make([]float64, len(r))
	if k == 0 {
		return w
	}
	h := 3 * (size[k/2] + size[(k-1)/2])
	for t, v := range r {
		switch v = math.Abs(v); {
		case v <= .001*h:
			w[t] = 1
		case v <= .999*h:
			u := v / h
			w[t] = (1 - u*u) * (1 - u*u)
		}
	}
	return w
}

// Strength is how much of what is not trend is season, from 0 to 1: max(0, 1 - Var(remainder) / Var(season + remainder)) of an STL
// decomposition (Wang, Smith & Hyndman 2006). It is 0 for fewer than two full seasons and for a phase that is never known.
func Strength(y []float64, m int) float64 {
	if m < 2 || len(y) <= 2*m {
		return 0
	}
	p, err := STL{Period: m}.Decompose(y)
	if err != nil {
		return 0
	}
	both := make([]float64, len(y))
	for t := range y {
		both[t] = p.Seasonal[t] + p.Remainder[t]
	}
	if v := variance(both); v > 0 {
		return min(1, max(0, 1-variance(p.Remainder)/v))
	}
	return 0
}

// variance of the known values, about their mean.
func variance(x []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range x {
		if v == v {
			sum += v
			n++
		}
	}
	mean, ss := sum/n, 0.0
	for _, v := range x {
		if v == v {
			ss += (v - mean) * (v - mean)
		}
	}
	return ss / (n - 1)
}
