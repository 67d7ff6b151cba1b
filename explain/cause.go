package explain

import (
	"regexp"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// Cause is what a step of a waterfall stands for. The catalogue's "cause.CAUSE" names it.
type Cause string

// The causes, in the order they are shown in.
const (
	Level      Cause = "level"      // where the series stands, trend and season aside
	Trend      Cause = "trend"      // growth or decline
	Season     Cause = "season"     // the phase of the season
	Calendar   Cause = "calendar"   // working days, weekends, pay-days, the ends of months
	Festival   Cause = "festival"   // holidays, feasts and own events
	Price      Cause = "price"      // what was asked for a unit
	Promotion  Cause = "promotion"  // promotions, discounts and sales events
	StockOut   Cause = "stockout"   // what could not be sold for want of stock
	Volume     Cause = "volume"     // how much was sold in all
	Mix        Cause = "mix"        // dearer or cheaper things among what was sold
	Launched   Cause = "launched"   // things not sold before
	Gone       Cause = "gone"       // things no longer sold
	Driver     Cause = "driver"     // another influence that is known beforehand
	Momentum   Cause = "momentum"   // what earlier values say beyond the other causes
	NewData    Cause = "data"       // what came in between two forecasts
	NewModel   Cause = "model"      // another method, configuration or version
	Coherence  Cause = "coherence"  // what making items, groups and totals add up moves
	Adjustment Cause = "adjustment" // calibration, and values held within bounds
	Surprise   Cause = "surprise"   // what came beside what was expected, and is not expected again
	Rest       Cause = "rest"       // what no other cause accounts for
)

// Order is all causes, in the order they are shown in.
var Order = []Cause{Level, Trend, Season, Calendar, Festival, Price, Promotion, StockOut, Volume, Mix, Launched, Gone, Driver, Momentum, NewData, NewModel,
	Coherence, Adjustment, Surprise, Rest}

// Causes tells which cause a part of an account stands for. The zero value knows the names that columns usually have; with a calendar, its
// events too.
type Causes struct{ events map[string]calendar.Kind }

// NewCauses knows the events of the calendar from one day to another. cal may be nil.
func NewCauses(cal *calendar.Calendar, from, to calendar.Day) Causes {
	c := Causes{events: map[string]calendar.Kind{}}
	if cal != nil {
		for _, e := range cal.Events(from, to) {
			c.events[e.Key] = e.Kind
		}
	}
	return c
}

var (
	shifted   = regexp.MustCompile(`[-+]\d+$`) // days before or after an event
	priced    = regexp.MustCompile(`(?i)price|价`)
	promoted  = regexp.MustCompile(`(?i)promo|discount|coupon|markdown|campaign|display|mailer|\bdeal|促销|折扣|优惠|满减|活动`)
	stocked   = regexp.MustCompile(`(?i)stock|库存|缺货|断货`)
	feasts    = regexp.MustCompile(`(?i)holiday|festival|event|feast|节|假`)
	calendars = regexp.MustCompile(`(?i)^(working-days|saturdays|sundays|weekday.*|month-(start|end)|payday|make-up-workday|month|week|day|snap.*)$`)
)

// Of is the cause that a part of an account stands for, and the name that tells it from others of the same cause.
func (c Causes) Of(p tidewatch.Part) (Cause, string) {
	switch p.Kind {
	case tidewatch.LevelPart:
		return Level, ""
	case tidewatch.TrendPart:
		return Trend, ""
	case tidewatch.SeasonPart:
		return Season, "" // of whatever length
	case tidewatch.PastPart:
		return Momentum, ""
	case tidewatch.CovariatePart:
		return c.covariate(p.Name)
	}
	if p.Name == "reconciliation" {
		return Coherence, ""
	}
	return Adjustment, ""
}

func (c Causes) covariate(name string) (Cause, string) {
	key, _, _ := strings.Cut(name, "=")
	if _, after, ok := strings.Cut(key, ":"); ok { // a region
		key = after
	}
	key = strings.TrimSuffix(shifted.ReplaceAllString(key, ""), "-substitute")
	switch kind, known := c.events[key]; {
	case known && kind == calendar.Shopping:
		return Promotion, key
	case known:
		return Festival, key
	case calendars.MatchString(key):
		return Calendar, ""
	case priced.MatchString(name):
		return Price, ""
	case promoted.MatchString(name):
		return Promotion, key
	case stocked.MatchString(name):
		return StockOut, ""
	case feasts.MatchString(name):
		return Festival, name
	}
	return Driver, name
}
