package explain

import "math"

// Sale is what was sold of one thing in two periods.
type Sale struct {
	ID                         string
	UnitsBefore, RevenueBefore float64
	UnitsAfter, RevenueAfter   float64
	// What was taken off the price of all units together; 0 where it is not known.
	DiscountBefore, DiscountAfter float64
}

// Sales says why revenue differs between two periods, thing by thing: price, volume and mix, what is new and what is gone.
//
// The price effect is (p1-p0)·q1. If every thing that sold in both periods had grown as all of them together did, by the factor G = Σq1/Σq0, the
// revenue would have been G·p0·q0: that is the volume effect, (G-1)·p0·q0; what it sold beside that, (q1-G·q0)·p0, is the mix effect. Growth is that
// of the whole, so that the effects of things add up to those of any group of them, and of the whole (the usual three-way decomposition,
// e.g. Horngren, Datar & Rajan 2012, Cost Accounting, ch. 14, sales-volume, sales-mix and price variances).
//
// Where discounts are known, the price effect parts into that of the price before discounts, and that of discounts, which is called promotion:
// with d the discount of a unit, (p1+d1-p0-d0)·q1 and -(d1-d0)·q1.
//
// A thing that sold in one of the periods only is launched or gone. Where units or revenue are below zero (more came back than was sold), there is no price: all of it is the rest.
func Sales(things []Sale) ([]Waterfall, error) {
	q0, q1, size := 0.0, 0.0, 0.0
	for _, x := range things {
		size += 4 * (math.Abs(x.RevenueBefore) + math.Abs(x.RevenueAfter))
		if x.both() {
			q0, q1 = q0+x.UnitsBefore, q1+x.UnitsAfter
		}
	}
	growth := 1.0
	if q0 > 0 {
		growth = q1 / q0
	}
	sums := make([]sum, len(things))
	for i, x := range things {
		s := &sums[i]
		s.from, s.to = x.RevenueBefore, x.RevenueAfter
		switch {
		case x.both():
			p0 := x.RevenueBefore / x.UnitsBefore
			s.add(Volume, "", (growth-1)*x.RevenueBefore)
			s.add(Mix, "", p0*x.UnitsAfter-growth*x.RevenueBefore)
			off := x.DiscountBefore/x.UnitsBefore*x.UnitsAfter - x.DiscountAfter // discounts fell by so much
			s.add(Price, "", x.RevenueAfter-p0*x.UnitsAfter-off)
			s.add(Promotion, "", off)
		case x.UnitsBefore == 0 && x.RevenueBefore == 0 && x.UnitsAfter > 0:
			s.add(Launched, "", x.RevenueAfter)
		case x.UnitsAfter == 0 && x.RevenueAfter == 0 && x.UnitsBefore > 0:
			s.add(Gone, "", -x.RevenueBefore)
		default:
			s.add(Rest, "", x.RevenueAfter-x.RevenueBefore)
		}
		size = max(size, s.size())
	}
	for i := range sums {
		size += sums[i].size()
	}
	decimals := Decimals(size)
	out := make([]Waterfall, len(things))
	for i, x := range things {
		var err error
		if out[i], err = sums[i].close(x.ID, decimals); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// least is how much must be sold of a thing for it to have a price: a millionth is rounding.
const least = 1e-6

// both reports whether the thing had a price in both periods.
func (x Sale) both() bool {
	return x.UnitsBefore >= least && x.UnitsAfter >= least && x.RevenueBefore >= 0 && x.RevenueAfter >= 0
}
