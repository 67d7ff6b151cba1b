package explain

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Span is periods of a series, by their places in its values: From up to, not including, To. Those from Account.Known on are ahead.
type Span struct{ From, To int }

// Len is how many periods it has.
func (s Span) Len() int { return s.To - s.From }

// Change says why the sum over the span now differs from that over the span before, from the account of the series by its method. What lies ahead is
// its forecast. Of the past, what was sold beside what the method expected is a [Surprise]; where stock was out, what it expected beside what
// was sold is the [StockOut]; where the method expected nothing yet, all that was sold is the [Rest]. The spans may be of different
// lengths. It fails with CodeData where a period of the past is not known.
func Change(a *tidewatch.Account, s tidewatch.Series, before, now Span, causes Causes) (Waterfall, error) {
	total := a.Total()
	var sums sum
	for _, span := range []struct {
		Span
		sign float64
		sum  *float64
	}{{before, -1, &sums.from}, {now, 1, &sums.to}} {
		if span.From < 0 || span.To > len(total) || span.Len() < 1 || a.Known > len(s.Values) {
			return Waterfall{}, tidewatch.Errorf(tidewatch.CodeTooShort, "series %q: periods %d to %d are not among its %d values and %d forecasts", s.ID, span.From+1, span.To, a.Known, len(total)-a.Known)
		}
		for t := span.From; t < span.To; t++ {
			expected, ahead := total[t], t >= a.Known
			sold := expected
			if !ahead {
				sold = s.Values[t]
			}
			if math.IsNaN(sold) {
				return Waterfall{}, tidewatch.Errorf(tidewatch.CodeData, "series %q: the value of a period that is compared is not known", s.ID)
			}
			*span.sum += sold
			if math.IsNaN(expected) {
				sums.add(Rest, "", span.sign*sold)
				continue
			}
			for _, p := range a.Parts {
				cause, name := causes.Of(p)
				sums.add(cause, name, span.sign*p.Values[t])
			}
			switch {
			case ahead:
			case s.Unavailable != nil && s.Unavailable[t]:
				sums.add(StockOut, "", span.sign*(sold-expected))
			default:
				sums.add(Surprise, "", span.sign*(sold-expected))
			}
		}
	}
	return sums.close(s.ID, Decimals(sums.size()))
}

// Forecasts is a forecast of one sum made twice: of the same periods, earlier and now. Again is what the earlier method and configuration make of
// what is known now; NaN = not known.
type Forecasts struct{ Earlier, Again, Now float64 }

// Revision says why a forecast differs from the one made earlier: what came in between, and what another method, configuration or version
// makes of it. Where Again is not known, the two cannot be told apart, and all of it is the rest.
func Revision(id string, f Forecasts, decimals int) (Waterfall, error) {
	s := sum{from: f.Earlier, to: f.Now}
	if math.IsNaN(f.Again) {
		s.add(Rest, "", f.Now-f.Earlier)
	} else {
		s.add(NewData, "", f.Again-f.Earlier)
		s.add(NewModel, "", f.Now-f.Again)
	}
	return s.close(id, decimals)
}

// Size is at least what any partial sum of the waterfall of f comes to, for [Decimals].
func (f Forecasts) Size() float64 {
	again := f.Again
	if math.IsNaN(again) {
		again = f.Now
	}
	return 2 * (math.Abs(f.Earlier) + math.Abs(again) + math.Abs(f.Now))
}
