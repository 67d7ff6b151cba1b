// Package model is the one table of methods: from the name of a method, as the command line, configuration files and saved models spell it,
// to the method. It also writes and reads saved models.
package model

import (
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/ar"
	"github.com/tidewatch/tidewatch/model/ces"
	"github.com/tidewatch/tidewatch/model/combine"
	"github.com/tidewatch/tidewatch/model/count"
	"github.com/tidewatch/tidewatch/model/ets"
	"github.com/tidewatch/tidewatch/model/intermittent"
	"github.com/tidewatch/tidewatch/model/mstl"
	"github.com/tidewatch/tidewatch/model/naive"
	"github.com/tidewatch/tidewatch/model/prophet"
	"github.com/tidewatch/tidewatch/model/ses"
	"github.com/tidewatch/tidewatch/model/structural"
	"github.com/tidewatch/tidewatch/model/theta"
	"github.com/tidewatch/tidewatch/model/window"
)

// Cost is the cost class of a method: what fitting and forecasting one series of 100 values takes on one core.
type Cost string

// The cost classes.
const (
	Cheap    Cost = "cheap"    // under 10 µs
	Moderate Cost = "moderate" // under 300 µs
	Costly   Cost = "costly"   // more
	Trained  Cost = "trained"  // a network: seconds to minutes, whatever the number of series
)

// Entry is one row of the table.
type Entry struct {
	Name  string `json:"name"`
	Forms string `json:"forms,omitempty"` // how it is written with parameters
	Does  string `json:"does"`
	Cost  Cost   `json:"cost"`
	Paper string `json:"paper"`
	// Version of the states its saved models hold. A change that older states cannot be read by raises it.
	Version int `json:"version"`
	// Abilities are there in [Described] alone.
	Abilities []Ability `json:"abilities,omitempty"`

	parse func(p *params) fleet.Method
}

// table is a function, not a variable, because combinations look their members up in it.
func table() []Entry {
	return []Entry{
		{"naive", "", "repeats the last value", Cheap, fpp3, 1, nil,
			func(*params) fleet.Method { return naive.Naive{} }},
		{"snaive", "snaive(12)", "repeats the last season", Cheap, fpp3, 1, nil,
			func(p *params) fleet.Method { return naive.Seasonal{Season: p.season()} }},
		{"drift", "", "draws the line through the first and the last value on", Cheap, fpp3, 1, nil,
			func(*params) fleet.Method { return naive.Drift{} }},
		{"mean", "", "the mean of all values", Cheap, fpp3, 1, nil,
			func(*params) fleet.Method { return naive.Mean{} }},
		{"window", "window(56), window(season), window(112,season)", "mean and empirical quantiles of the last periods, or of those of the same phase of the season", Cheap,
			"Hyndman & Fan 1996, Sample quantiles in statistical packages, The American Statistician 50", 1, nil,
			func(p *params) fleet.Method {
				return window.Window{Periods: p.count(maxPeriods), Season: p.word("season")}
			}},
		{"ses", "", "simple exponential smoothing", Moderate, hkos, 1, nil,
			func(*params) fleet.Method { return ses.SES{} }},
		{"stm", "", "the standard Theta method, with seasonal adjustment by test", Moderate,
			"Assimakopoulos & Nikolopoulos 2000, The theta model, IJF 16; Hyndman & Billah 2003, Unmasking the Theta method, IJF 19", 1, nil,
			func(*params) fleet.Method { return theta.STM{} }},
		{"dotm", "", "the dynamic optimised Theta method: trend and weights fitted at each step", Moderate, fplpk, 1, nil,
			func(*params) fleet.Method { return theta.Optimised{Dynamic: true, Theta: true} }},
		{"otm", "", "the optimised Theta method: the weight of the trend is estimated", Moderate, fplpk, 1, nil,
			func(*params) fleet.Method { return theta.Optimised{Theta: true} }},
		{"dstm", "", "the dynamic standard Theta method", Moderate, fplpk, 1, nil,
			func(*params) fleet.Method { return theta.Optimised{Dynamic: true} }},
		{"theta", "", "the best of stm, otm, dstm and dotm by AICc", Moderate, fplpk, 1, nil,
			func(*params) fleet.Method { return theta.Auto{} }},
		{"ar", "", "seasonal autoregression with Bayesian shrinkage, for one season or several", Moderate,
			"Zellner 1971, An Introduction to Bayesian Inference in Econometrics; MacKay 1992, Bayesian interpolation, Neural Computation 4", 1, nil,
			func(*params) fleet.Method { return ar.AR{} }},
		{"ces", "ces(F)", "complex exponential smoothing: no season, simple, partial or full, by AICc", Costly,
			"Svetunkov, Kourentzes & Ord 2022, Complex exponential smoothing, Naval Research Logistics 69", 1, nil,
			func(p *params) fleet.Method { return ces.CES{Kind: p.kind()} }},
		{"mstl", "mstl(ets), mstl(ar,robust)", "decomposition by loess for one season or several; what is left is forecast by dotm unless another method is named", Costly,
			"Bandara, Hyndman & Bergmeir 2021, MSTL: a seasonal-trend decomposition algorithm for time series with multiple seasonal patterns", 1, nil,
			mstlOf},
		{"hw", "hw(damped)", "additive Holt-Winters: level, trend and season", Costly, hkos, 1, nil,
			func(p *params) fleet.Method { return ets.HoltWinters{Damped: p.word("damped")} }},
		{"count", "count(poisson), count(inflated)", "mixture of negative binomial and empirical distributions of whole numbers; or one family: a Poisson rate that wanders, or Poisson with more zeros", Moderate,
			"Raftery, Madigan & Hoeting 1997, Bayesian model averaging for linear regression models, JASA 92; Harvey & Fernandes 1989, JBES 7; Lambert 1992, Technometrics 34", 1, nil,
			countOf},
		{"ets", "ets(MAdM), ets(steady), ets(AAN,steady)", "exponential smoothing: the likeliest of the forms of error, trend and season by AICc", Costly, hkos, 1, nil,
			func(p *params) fleet.Method { return p.ets() }},
		{"arima", "arima(full), arima(2,1,1)(0,1,1)[12], arima(0,1,1,drift), arima(1,0,0,zero)", "seasonal ARIMA with known covariates: the likeliest order by AICc", Costly,
			"Hyndman & Khandakar 2008, Automatic time series forecasting: the forecast package for R, Journal of Statistical Software 27", 1, nil,
			func(p *params) fleet.Method { return p.arima() }},
		{"structural", "structural(level), structural(trend), structural(level,season), structural(trend,season)", "level, slope, seasons and known influences that move by random walks, by the Kalman filter; the form by AICc", Costly,
			"Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter", 1, nil,
			structuralOf},
		{"prophet", "", "regression on time: a trend that bends, Fourier terms for the seasons, known influences", Costly,
			"Taylor & Letham 2018, Forecasting at scale, The American Statistician 72", 1, nil,
			func(*params) fleet.Method { return prophet.Prophet{} }},
		{"croston", "croston(0.1)", "intermittent demand: sizes and intervals smoothed apart", Cheap,
			"Croston 1972, Forecasting and stock control for intermittent demands, Operational Research Quarterly 23", 1, nil,
			func(p *params) fleet.Method { return intermittent.Croston{Alpha: p.share()} }},
		{"sba", "sba(0.1)", "croston with its bias removed", Cheap,
			"Syntetos & Boylan 2005, The accuracy of intermittent demand estimates, IJF 21", 1, nil,
			func(p *params) fleet.Method { return intermittent.Croston{Approximate: true, Alpha: p.share()} }},
		{"tsb", "tsb(0.2,0.1)", "intermittent demand that may end: sizes and the chance of a demand smoothed apart", Cheap,
			"Teunter, Syntetos & Babai 2011, Intermittent demand: linking forecasting to inventory obsolescence, EJOR 214", 1, nil,
			func(p *params) fleet.Method { return intermittent.TSB{Size: p.share(), Chance: p.share()} }},
		{"adida", "", "intermittent demand summed over the mean interval, smoothed and shared out", Moderate,
			"Nikolopoulos et al. 2011, An aggregate-disaggregate intermittent demand approach, JORS 62", 1, nil,
			func(*params) fleet.Method { return intermittent.Aggregate{} }},
		{"imapa", "", "adida's forecasts for every number of periods up to the mean interval, averaged", Moderate,
			"Petropoulos & Kourentzes 2015, Forecast combinations for intermittent demand, JORS 66", 1, nil,
			func(*params) fleet.Method { return intermittent.Aggregate{All: true} }},
		{"median", "median(ets,dotm,ar,hw)", "the median of other methods' forecasts, level by level; of ets, dotm, ar and ces unless others are named", Costly,
			"Petropoulos & Svetunkov 2020, A simple combination of univariate models, IJF 36", 1, nil,
			medianOf},
		{"stack", "stack(ets,dotm,ar)", "a weighted mean of other methods' forecasts, by how they would have been best weighed at past origins of the series; of ets, dotm, ar and ces unless others are named", Costly,
			"Breiman 1996, Stacked regressions, Machine Learning 24", 1, nil,
			stackOf},
	}
}

// stackOf is the weighted mean of the named members, or of the default ones.
func stackOf(p *params) fleet.Method {
	m := combine.Stack(medianOf(p).(combine.Median))
	if m.Name != "" {
		m.Name = "stack"
	}
	return m
}

// medianOf is the median of the named members, or of the default ones.
func medianOf(p *params) fleet.Method {
	m := combine.Median{}
	names := p.left
	if len(names) == 0 {
		m.Name, names = "median", defaultMembers
	}
	for _, name := range names {
		x, err := Local(name)
		if err != nil && p.err == nil {
			p.err = err
		}
		m.Members = append(m.Members, x)
	}
	p.left = nil
	return m
}

// defaultMembers were chosen on the training parts of the sets of the benchmark.
var defaultMembers = []string{"ets", "dotm", "ar", "ces"}

// mstlOf is decomposition with the named method, or dotm, for what is left.
func mstlOf(p *params) fleet.Method {
	m := mstl.MSTL{Robust: p.word("robust"), Default: len(p.left) == 0}
	name := "dotm"
	if !m.Default {
		name, p.left = p.left[0], p.left[1:]
	}
	rest, err := Local(name)
	if err != nil && p.err == nil {
		p.err = err
	}
	m.Rest = rest
	return m
}

// countOf is the model of counts of the named family.
func countOf(p *params) fleet.Method {
	switch {
	case p.word("poisson"):
		return count.Following{}
	case p.word("inflated"):
		return count.Following{Inflated: true}
	}
	return count.Mixture{}
}

// structuralOf is the structural model of the named form.
func structuralOf(p *params) fleet.Method {
	m := structural.Structural{}
	if len(p.left) > 0 {
		form := structural.Form(strings.Join(p.left, ","))
		if slices.Contains(structural.Forms, form) {
			m.Form, p.left = form, nil
		}
	}
	return m
}

const (
	fpp3  = "Hyndman & Athanasopoulos 2021, Forecasting: Principles and Practice, 3rd edition, chapter 5"
	fplpk = "Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016, Models for optimising the theta method, IJF 32"
	hkos  = "Hyndman, Koehler, Ord & Snyder 2008, Forecasting with Exponential Smoothing"

	maxSeason  = 100_000
	maxPeriods = 1_000_000
)

// All is every method, in the order of the table.
func All() []Entry { return table() }

// Fallback is the method that takes the place of one that cannot fit a series.
func Fallback() fleet.Method { return naive.Seasonal{} }

// Panel is the named method over panels, with Fallback for the series it cannot fit. workers 0 = as many as there are processors.
func Panel(name string, seed uint64, workers int) (tidewatch.Method, error) {
	if m, ok, err := pretrained(name, workers); ok {
		return m, err
	}
	if m, ok, err := network(name, seed, workers); ok {
		return m, err
	}
	if m, ok, err := global(name, seed, workers); ok {
		return m, err
	}
	m, err := Local(name)
	if err != nil {
		return nil, err
	}
	return fleet.Lifted{Method: m, Fallback: Fallback(), Seed: seed, Workers: workers}, nil
}
