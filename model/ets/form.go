package ets

import (
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Component is how the error, the trend or the season enters a form.
type Component byte

// The components.
const (
	None           Component = 'N'
	Additive       Component = 'A'
	Multiplicative Component = 'M'
)

// Form is one of the thirty exponential smoothing models: error, trend (perhaps damped) and season (Hyndman, Koehler, Ord & Snyder 2008,
// tables 2.2 and 2.3). The zero Form means "choose".
type Form struct {
	Error  Component
	Trend  Component
	Damped bool
	Season Component
}

// ParseForm reads a form such as "ANN", "MAdM" or "AAA"; "ZZZ" and "" are the zero Form.
func ParseForm(s string) (Form, error) {
	if s == "" || s == "ZZZ" {
		return Form{}, nil
	}
	rest := s
	next := func(allowed string) Component {
		if rest == "" || !strings.Contains(allowed, rest[:1]) {
			return 0
		}
		c := Component(rest[0])
		rest = rest[1:]
		return c
	}
	f := Form{Error: next("AM"), Trend: next("NAM")}
	if f.Trend != None && strings.HasPrefix(rest, "d") {
		f.Damped, rest = true, rest[1:]
	}
	f.Season = next("NAM")
	if rest != "" || f.Error == 0 || f.Trend == 0 || f.Season == 0 {
		return Form{}, tidewatch.Errorf(tidewatch.CodeUsage, "exponential smoothing form %q: write the error (A or M), the trend (N, A, Ad, M or Md) and the season (N, A or M), such as AAdM", s)
	}
	return f, nil
}

// IsZero reports whether the form is still to be chosen.
func (f Form) IsZero() bool { return f == Form{} }

// String is what ParseForm reads.
func (f Form) String() string {
	if f.IsZero() {
		return "ZZZ"
	}
	d := ""
	if f.Damped {
		d = "d"
	}
	return string(f.Error) + string(f.Trend) + d + string(f.Season)
}

// smoothing is how many smoothing parameters the form has: level, trend, season, damping.
func (f Form) smoothing() int {
	n := 1
	if f.Trend != None {
		n++
	}
	if f.Season != None {
		n++
	}
	if f.Damped {
		n++
	}
	return n
}

// parameters is the number of free parameters in the likelihood: smoothing, initial states (the seasonal ones sum to a constant) and
// the variance.
func (f Form) parameters(season int) int {
	n := f.smoothing() + 2
	if f.Trend != None {
		n++
	}
	if f.Season != None {
		n += season - 1
	}
	return n
}

// positive reports whether the form makes sense only for data above zero.
func (f Form) positive() bool {
	return f.Error == Multiplicative || f.Trend == Multiplicative || f.Season == Multiplicative
}
