package adjust

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Change is what an adjustment does to the value of a period.
type Change struct {
	Kind   ChangeKind
	Amount float64 // .2 for +20%
}

// ChangeKind is how a change is meant.
type ChangeKind uint8

// The kinds of changes.
const (
	Factor ChangeKind = iota // +20%, -5%: of the forecast
	Add                      // +30, -12: units a period
	Set                      // =120: units a period
)

// ParseChange reads +20%, -5%, +30, -12 or =120.
func ParseChange(s string) (Change, error) {
	text := strings.TrimSpace(s)
	bad := tidewatch.Errorf(tidewatch.CodeUsage, "change %q: write +20%% or -5%% of the forecast, +30 or -12 units a period, or =120 for a value", s)
	if text == "" {
		return Change{}, bad
	}
	c := Change{Kind: Add}
	number := text
	switch {
	case text[0] == '=':
		c.Kind, number = Set, text[1:]
	case text[0] != '+' && text[0] != '-':
		return c, bad // 20 could mean any of them
	case strings.HasSuffix(text, "%"):
		c.Kind, number = Factor, strings.TrimSuffix(text, "%")
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1e15 {
		return c, bad
	}
	if c.Amount = v; c.Kind == Factor {
		c.Amount /= 100
	}
	if c.Kind == Factor && c.Amount < -1 || c.Kind == Set && c.Amount < 0 {
		return c, tidewatch.Errorf(tidewatch.CodeUsage, "change %q: less than nothing cannot be sold", s)
	}
	return c, nil
}

// String is the form that ParseChange reads.
func (c Change) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	sign := ""
	if c.Amount >= 0 {
		sign = "+"
	}
	switch c.Kind {
	case Factor:
		return sign + number(math.Round(c.Amount*1e14)/1e12) + "%"
	case Set:
		return "=" + number(c.Amount)
	}
	return sign + number(c.Amount)
}

// apply changes mean and quantiles, where the share of a period's days that the adjustment is about is given. What was not below zero stays so.
func (c Change) apply(mean *float64, q []float64, share float64) {
	positive := *mean >= 0 && (len(q) == 0 || q[0] >= 0)
	factor, shift := 1.0, 0.0
	switch {
	case c.Kind == Factor:
		factor = 1 + c.Amount*share
	case c.Kind == Add:
		shift = c.Amount * share
	case *mean > 0:
		factor = 1 + (c.Amount / *mean - 1)*share
	default:
		shift = (c.Amount - *mean) * share
	}
	to := func(v float64) float64 {
		v = v*factor + shift
		if positive {
			v = max(v, 0)
		}
		return v
	}
	*mean = to(*mean)
	for i := range q {
		q[i] = to(q[i])
	}
}
