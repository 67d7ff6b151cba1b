package ledger

import (
	"math"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Kind is what sort of claim it is.
type Kind string

// The kinds of claims.
const (
	Interval Kind = "interval" // a value lies between two quantiles of its forecast
	Rise     Kind = "rise"     // a sum is above that of as many periods before
	Trend    Kind = "trend"    // a sum is above, or below, what season alone expects, by more than a given share
	Event    Kind = "event"    // an event whose probability was asked for: a risk
)

// Claim says that the sum of a series over some periods lies between two bounds, with a probability. Intervals of a forecast, rises, trends
// and events are all such claims.
type Claim struct {
	Kind    Kind      `json:"kind"`
	Series  string    `json:"series"`
	Method  string    `json:"method,omitempty"` // what made the forecast it rests on
	From    time.Time `json:"from"`             // stamps of the first and the last period of the sum
	To      time.Time `json:"to"`
	Horizon int       `json:"horizon"`          // periods from the last one known to the last of the sum; 1 = the next one alone
	Low     *float64  `json:"low,omitempty"`    // nil = no bound
	High    *float64  `json:"high,omitempty"`   // nil = no bound
	Strict  bool      `json:"strict,omitempty"` // the bounds themselves lie outside
	Base    *float64  `json:"base,omitempty"`   // what a rise or a trend compares with
	P       float64   `json:"p"`                // probability that it comes true
}

// Bound is a bound of a claim.
func Bound(v float64) *float64 { return &v }

// Came reports whether the claim came true if the sum came to v.
func (c *Claim) Came(v float64) bool {
	if c.Strict && (c.Low != nil && v == *c.Low || c.High != nil && v == *c.High) {
		return false
	}
	return (c.Low == nil || v >= *c.Low) && (c.High == nil || v <= *c.High)
}

// Check reports a claim that says nothing, or nothing that could be scored.
func (c *Claim) Check() error {
	bad := func(format string, args ...any) error {
		return tidewatch.Errorf(tidewatch.CodeInternal, "claim about %q: "+format, append([]any{c.Series}, args...)...)
	}
	finite := func(v *float64) bool { return v == nil || !math.IsNaN(*v) && !math.IsInf(*v, 0) }
	switch {
	case c.Kind == "" || c.Series == "":
		return bad("it has no kind, or no series")
	case !(c.P >= 0 && c.P <= 1):
		return bad("its probability is %g", c.P)
	case c.Low == nil && c.High == nil || !finite(c.Low) || !finite(c.High) || !finite(c.Base):
		return bad("it has no bound that is a number")
	case c.Low != nil && c.High != nil && *c.Low > *c.High:
		return bad("it is bounded by %g and %g", *c.Low, *c.High)
	case c.From.IsZero() || c.To.Before(c.From) || c.Horizon < 1:
		return bad("it is about %v to %v, %d periods ahead", c.From, c.To, c.Horizon)
	}
	return nil
}
