// Package arima is seasonal ARIMA with a mean or drift and known covariates (regression with SARIMA errors), fitted by exact Gaussian
// maximum likelihood, unknown values included; orders are given, or chosen by AICc in the manner of Hyndman & Khandakar (2008).
//
// With L the lag operator and m the season length, the series less its regression, z, follows
//
//	φ(L) Φ(L^m) (1-L)^d (1-L^m)^D z_t = θ(L) Θ(L^m) e_t,  e_t ~ N(0, σ²)
//
// where φ(L) = 1 - φ₁L - ... and θ(L) = 1 + θ₁L + ... (the signs of R and statsmodels).
package arima

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Order is the form of a model: (p,d,q)(P,D,Q)[m], and whether it has a constant.
type Order struct {
	P, D, Q    int // autoregression, differences, moving average
	SP, SD, SQ int // the same of the season
	Season     int // its length m in periods; below 2 = none
	// Constant: a mean where nothing is differenced, a drift (a linear trend) where d+D = 1. Two differences allow none.
	Constant bool
}

// MostLag bounds the longest lag of a model, p+Pm or q+Qm: a likelihood takes time in proportion to it.
const MostLag = 2000

// String is the form [Parse] reads, such as "arima(2,1,1)(0,1,1)[12]". A constant is understood exactly where nothing is differenced;
// elsewhere it is "arima(0,1,1,drift)", and "arima(1,0,0,zero)" has none.
func (o Order) String() string {
	word := ""
	switch stationary := o.D+o.SD == 0; {
	case o.Constant && !stationary:
		word = ",drift"
	case !o.Constant && stationary:
		word = ",zero"
	}
	s := fmt.Sprintf("arima(%d,%d,%d%s)", o.P, o.D, o.Q, word)
	if o.SP+o.SD+o.SQ > 0 {
		s += fmt.Sprintf("(%d,%d,%d)", o.SP, o.SD, o.SQ)
		if o.Season > 1 {
			s += fmt.Sprintf("[%d]", o.Season)
		}
	}
	return s
}

// Parse makes a method of what stands in the brackets of its name, one by one: nothing chooses the order; "full" too, by trying every
// one; "2", "1", "1", "0", "1", "1", "[12" is arima(2,1,1)(0,1,1)[12], and "drift" or "zero" may stand among them. Without "[12" the
// season is the series' own.
func Parse(params []string) (Method, error) {
	if len(params) == 0 {
		return Method{}, nil
	}
	if len(params) == 1 && params[0] == "full" {
		return Method{Full: true}, nil
	}
	var o Order
	var drift, zero bool
	orders := []*int{&o.P, &o.D, &o.Q, &o.SP, &o.SD, &o.SQ}
	at := 0
	for _, p := range params {
		n, err := strconv.Atoi(strings.TrimPrefix(p, "["))
		switch {
		case p == "drift":
			drift = true
		case p == "zero":
			zero = true
		case err != nil:
			return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "%q is not one of its parameters", p)
		case p[0] == '[' && at == 6 && o.Season == 0 && n > 1:
			o.Season = n
		case p[0] != '[' && at < 6:
			*orders[at] = n
			at++
		default:
			return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "%q is one parameter too many", p)
		}
	}
	if at != 3 && at != 6 {
		return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "it has %d orders: give three, or six with those of the season", at)
	}
	if o.SP+o.SD+o.SQ == 0 {
		o.Season = 0
	}
	o.Constant = drift || o.D+o.SD == 0 && !zero
	if drift && zero {
		return Method{}, tidewatch.Errorf(tidewatch.CodeUsage, "drift and zero exclude each other")
	}
	if err := o.check(); err != nil {
		return Method{}, err
	}
	return Method{Form: &o}, nil
}

// check reports an order that cannot be.
func (o Order) check() error {
	for _, v := range []int{o.P, o.D, o.Q, o.SP, o.SD, o.SQ} {
		if v < 0 || v > 9 {
			return tidewatch.Errorf(tidewatch.CodeUsage, "%s: an order must be from 0 to 9", o)
		}
	}
	switch {
	case o.D > 2 || o.SD > 1:
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s: at most 2 differences and 1 seasonal difference", o)
	case o.Constant && o.D+o.SD > 1:
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s: a constant of a series differenced twice would be a quadratic trend: leave out drift", o)
	case o.SP+o.SD+o.SQ > 0 && (o.Season == 1 || o.Season < 0):
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s: a season has at least 2 periods", o)
	case max(o.P+o.SP*o.Season, o.Q+o.SQ*o.Season) > MostLag:
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s: the longest lag may be %d periods", o, MostLag)
	}
	return nil
}

// lost is the number of values that differencing takes.
func (o Order) lost() int { return o.D + o.SD*o.Season }

// coefficients is the number of φ, θ, Φ and Θ.
func (o Order) coefficients() int { return o.P + o.Q + o.SP + o.SQ }
