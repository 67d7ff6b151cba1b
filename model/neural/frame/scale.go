package frame

import "math"

// Scaling is how a window is brought to a common scale before a network sees it. What the network says is brought back.
type Scaling int

// The scalings.
const (
	// Auto is ByLevel where values are counts with many zeros, ByLog where all are positive, and BySpread otherwise.
	Auto Scaling = iota
	// ByLevel divides by the mean size of the window's values (Salinas et al. 2020, DeepAR, section 3.3).
	ByLevel
	// BySpread subtracts the mean of the last season and divides by the standard deviation about it: reversible instance normalisation
	// (Kim et al. 2022), with a location that a trend does not leave behind.
	BySpread
	// ByLog is BySpread of logarithms; series with values that have none are scaled BySpread.
	ByLog
)

// Scale is what one window was scaled by: z = (f(y) - Loc) / Size, f the logarithm if Log.
type Scale struct {
	Loc, Size float64
	Log       bool
}

// To brings a value to the window's scale.
func (s Scale) To(y float64) float64 {
	if s.Log {
		y = math.Log(y)
	}
	return (y - s.Loc) / s.Size
}

// From is the inverse of To.
func (s Scale) From(z float64) float64 {
	y := s.Loc + s.Size*z
	if s.Log {
		return math.Exp(min(y, s.Loc+maxGrowth))
	}
	return y
}

// maxGrowth bounds a forecast in logarithms above the level of its window: a factor of about 1,100.
const maxGrowth = 7

// least keeps scales from zero: relative to the level, in logarithms absolute.
const least = 1e-2

// scaleOf measures a window. recent is how many of its last known values give the location. typical takes the place of what a
// window without known values cannot tell.
func scaleOf(y []float64, kind Scaling, log bool, recent int, typical Scale) Scale {
	s := Scale{Log: log}
	f := func(v float64) float64 {
		if log {
			return math.Log(v)
		}
		return v
	}
	var sum, size float64
	known, last := 0, 0
	for i := len(y) - 1; i >= 0; i-- {
		if v := y[i]; v == v {
			v = f(v)
			if last < recent {
				s.Loc += v
				last++
			}
			sum += v
			size += math.Abs(v)
			known++
		}
	}
	if known == 0 {
		return typical
	}
	if kind == ByLevel {
		s.Loc, s.Size = 0, size/float64(known)
		if s.Size == 0 {
			s.Size = typical.Size
		}
		return s
	}
	s.Loc /= float64(last)
	square := 0.
	for _, v := range y {
		if v == v {
			d := f(v) - s.Loc
			square += d * d
		}
	}
	s.Size = math.Sqrt(square / float64(known))
	floor := least
	if !log {
		floor = least * size / float64(known)
	}
	if s.Size = max(s.Size, floor); s.Size == 0 {
		s.Size = 1 // a window of zeros
	}
	return s
}
