package clean

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/num/smooth"
)

// Scaling is a way to bring a series to a common scale.
type Scaling string

// The ways to scale: what is subtracted, and what divides.
const (
	Standard  Scaling = "standard" // the mean; the standard deviation (of all n values, as scikit-learn's StandardScaler)
	MinMax    Scaling = "minmax"   // the smallest value; the range
	RobustIQR Scaling = "robust"   // the median; the distance of the quartiles
	MeanSize  Scaling = "mean"     // nothing; the mean of the absolute values (Salinas et al. 2020, DeepAR)
)

var scalings = []string{string(Standard), string(MinMax), string(RobustIQR), string(MeanSize)}

// Scale brings a series to a common scale. A series without spread is divided by 1.
type Scale struct{ By Scaling } // "" = Standard

// String implements [Step].
func (s Scale) String() string {
	if s.By == "" || s.By == Standard {
		return "scale"
	}
	return named("scale", []string{string(s.By)})
}

// Apply implements [Step].
func (s Scale) Apply(of Subject) (Outcome, error) {
	x := knownOf(of.Values)
	if len(x) == 0 {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.few", 1)
	}
	l := s.line(x)
	return transformed(of, l, func(v float64) float64 { return (v - l.at) / l.unit }, always("why.formula", fmt.Sprintf("(y - %.6g) / %.6g", l.at, l.unit))), nil
}

// line finds what is subtracted from, and divides, known values.
func (s Scale) line(x []float64) line {
	l := line{}
	switch s.By {
	case MinMax:
		l.at = slices.Min(x)
		l.unit = slices.Max(x) - l.at
	case RobustIQR:
		q := tidewatch.SampleQuantiles(slices.Clone(x), []float64{.25, .5, .75})
		l.at, l.unit = q[1], q[2]-q[0]
	case MeanSize:
		for _, v := range x {
			l.unit += math.Abs(v) / float64(len(x))
		}
	default:
		l.at = mean(x)
		for _, v := range x {
			l.unit += (v - l.at) * (v - l.at) / float64(len(x))
		}
		l.unit = math.Sqrt(l.unit)
	}
	if size := max(math.Abs(slices.Min(x)), math.Abs(slices.Max(x))); !(l.unit > 1e-12*size) {
		l.unit = 1
	}
	return l
}

// transformed is an outcome whose every known value went through f.
func transformed(of Subject, back Inverse, f func(float64) float64, why func(int) message.Note) Outcome {
	values := make([]float64, len(of.Values))
	for t, v := range of.Values {
		values[t] = f(v)
	}
	return Outcome{Values: values, Back: back, Why: why}
}

// Log is log(1 + y), for series whose spread grows with their level. Zeros stay zeros.
type Log struct{}

// String implements [Step].
func (Log) String() string { return "log" }

// Apply implements [Step].
func (Log) Apply(of Subject) (Outcome, error) {
	if err := notBelowZero(of); err != nil {
		return Outcome{}, err
	}
	return transformed(of, power{plus: 1}, math.Log1p, always("why.formula", "log(1 + y)")), nil
}

func notBelowZero(of Subject) error {
	for t, v := range of.Values {
		if v < 0 {
			return cannot(tidewatch.CodeData, "why.belowZero", fmt.Sprintf("%g", v), of.Grid.Stamp(of.Start+t).Format("2006-01-02"))
		}
	}
	return nil
}

// Likelihood is the way to choose a power.
type Likelihood string

// The ways to choose the power.
const (
	Guerrero Likelihood = "guerrero" // that makes the spread of seasons most alike (Guerrero 1993, Journal of Forecasting 12)
	MLE      Likelihood = "mle"      // that makes the values most like independent normal ones (Box & Cox 1964)
)

// BoxCox is (y^λ - 1) / λ, log y for λ = 0 (Box & Cox 1964), for series whose spread grows with their level.
type BoxCox struct {
	By     Likelihood // "" = Guerrero
	Fixed  bool       // Lambda is given, not chosen
	Lambda float64
	// Low and High bound the chosen power; both 0 = 0 to 1, because forecasts through powers below 0 have no finite upper quantiles.
	Low, High float64
}

// String implements [Step].
func (b BoxCox) String() string {
	switch {
	case b.Fixed:
		return named("boxcox", []string{strconv.FormatFloat(b.Lambda, 'g', -1, 64)})
	case b.By == MLE:
		return "boxcox(mle)"
	}
	return "boxcox"
}

// Apply implements [Step].
func (b BoxCox) Apply(of Subject) (Outcome, error) {
	if err := notBelowZero(of); err != nil {
		return Outcome{}, err
	}
	lambda := b.Lambda
	if !b.Fixed {
		lambda = b.Choose(of.Values, of.Season())
	}
	if lambda <= 0 && slices.Contains(of.Values, 0) {
		return Outcome{}, cannot(tidewatch.CodeData, "why.zeros", fmt.Sprintf("%.3g", lambda))
	}
	return transformed(of, power{lambda: lambda}, func(v float64) float64 { return boxCox(v, lambda) }, always("why.formula", fmt.Sprintf("Box-Cox, λ = %.6g", lambda))), nil
}

func boxCox(v, lambda float64) float64 {
	if math.Abs(lambda) < 1e-10 {
		return math.Log(v)
	}
	return math.Expm1(lambda*math.Log(v)) / lambda
}

// Choose is the power for the known ones of y, with a season of m periods (1 = none). Values not above 0 are left out. It is 1 where too little
// is known.
func (b BoxCox) Choose(y []float64, m int) float64 {
	lo, hi := b.Low, b.High
	if lo == 0 && hi == 0 {
		hi = 1
	}
	f := guerrero(y, m)
	if b.By == MLE {
		f = likelihood(y)
	}
	if f == nil {
		return min(max(1, lo), hi)
	}
	// Neither has one minimum on every series: a grid, then a golden section around the best.
	best, step := lo, (hi-lo)/40
	for k := 1; k <= 40; k++ {
		if at := lo + float64(k)*step; f(at) < f(best) {
			best = at
		}
	}
	return smooth.Golden(f, max(lo, best-step), min(hi, best+step), 1e-8)
}

// guerrero is the coefficient of variation, over seasons, of spread / level^(1-λ); nil where fewer than two have one.
func guerrero(y []float64, m int) func(float64) float64 {
	m = max(2, m)
	var levels, spreads []float64
	for t := len(y) % m; t+m <= len(y); t += m {
		x := knownOf(y[t : t+m])
		if len(x) < 2 {
			continue
		}
		c, ss := mean(x), 0.0
		for _, v := range x {
			ss += (v - c) * (v - c)
		}
		if c > 0 {
			levels, spreads = append(levels, c), append(spreads, math.Sqrt(ss/float64(len(x)-1)))
		}
	}
	if len(levels) < 2 || slices.Max(spreads) == 0 {
		return nil
	}
	return func(lambda float64) float64 {
		r := make([]float64, len(levels))
		for i := range r {
			r[i] = spreads[i] / math.Pow(levels[i], 1-lambda)
		}
		c, ss := mean(r), 0.0
		for _, v := range r {
			ss += (v - c) * (v - c)
		}
		return math.Sqrt(ss/float64(len(r)-1)) / c
	}
}

// likelihood is the negative profile log-likelihood of λ (Box & Cox 1964, equation 8); nil where fewer than three values are above 0, or
// all are equal.
func likelihood(y []float64) func(float64) float64 {
	var x []float64
	logs := 0.0
	for _, v := range y {
		if v > 0 {
			x = append(x, v)
			logs += math.Log(v)
		}
	}
	if len(x) < 3 || slices.Min(x) == slices.Max(x) {
		return nil
	}
	n := float64(len(x))
	return func(lambda float64) float64 {
		z := make([]float64, len(x))
		for i, v := range x {
			z[i] = boxCox(v, lambda)
		}
		c, ss := mean(z), 0.0
		for _, v := range z {
			ss += (v - c) * (v - c)
		}
		return n/2*math.Log(ss/n) - (lambda-1)*logs
	}
}
