package tidewatch

import (
	"context"
	"math"
)

// Explainer is a model that says what its forecasts are made of.
type Explainer interface {
	Model
	// Explain accounts for series i of p, the panel the model was fitted on: for its history, as the model saw each value coming one step
	// before, and for the given number of periods after it.
	Explain(ctx context.Context, p *Panel, i, steps int) (*Account, error)
}

// Account is what the fitted values and the forecasts of one series are made of. Its parts add up to them.
type Account struct {
	ID         string
	Method     string      // as named on the command line
	Form       string      // what it chose for this series, in the field's notation, such as "ETS(A,Ad,M)"; "" = nothing to choose
	First      int         // grid index of the first value
	Known      int         // how many of the values are history; forecasts follow
	Parts      []Part      // never two of the same kind and name
	Parameters []Parameter // what was estimated, or fixed by the form
}

// Part is a part of the values of an Account, in units of the series.
type Part struct {
	Kind   PartKind
	Name   string    // which one, where there can be several: a covariate, or the length of a season
	Values []float64 // [history, then steps]; NaN where nothing was expected yet
}

// PartKind is what a part stands for.
type PartKind string

// The kinds of parts.
const (
	LevelPart     PartKind = "level"     // where the series stands, trend and season aside
	TrendPart     PartKind = "trend"     // what growth adds to the level within the steps
	SeasonPart    PartKind = "season"    // what the phase of the season adds
	CovariatePart PartKind = "covariate" // what a known influence adds
	PastPart      PartKind = "past"      // what earlier values say beyond the other parts (autoregression)
	OtherPart     PartKind = "other"     // what no other kind stands for: calibration, a value held within bounds
)

// Parameter is one number of a fitted model.
type Parameter struct {
	Name  string
	Value float64
}

// Total is the sum of the parts at each place: the fitted values, then the forecasts. NaN where a part is NaN.
func (a *Account) Total() []float64 {
	if len(a.Parts) == 0 {
		return nil
	}
	total := make([]float64, len(a.Parts[0].Values))
	for _, p := range a.Parts {
		for t, v := range p.Values {
			total[t] += v
		}
	}
	return total
}

// Part is the part of a kind and name, made of zeros if there was none.
func (a *Account) Part(kind PartKind, name string, length int) []float64 {
	for _, p := range a.Parts {
		if p.Kind == kind && p.Name == name {
			return p.Values
		}
	}
	p := Part{kind, name, make([]float64, length)}
	a.Parts = append(a.Parts, p)
	return p.Values
}

// Trim drops parts that are zero wherever they are known.
func (a *Account) Trim() {
	kept := a.Parts[:0]
	for _, p := range a.Parts {
		for _, v := range p.Values {
			if v != 0 && !math.IsNaN(v) {
				kept = append(kept, p)
				break
			}
		}
	}
	if len(kept) == 0 && len(a.Parts) > 0 {
		kept = a.Parts[:1]
	}
	a.Parts = kept
}

// Mix is the weighted sum of accounts of the same series.
func Mix(accounts []*Account, weight []float64) *Account {
	length := 0
	for _, a := range accounts {
		for _, p := range a.Parts {
			length = max(length, len(p.Values))
		}
	}
	out := &Account{}
	for i, a := range accounts {
		for _, p := range a.Parts {
			to := out.Part(p.Kind, p.Name, length)
			for t, v := range p.Values {
				to[t] += weight[i] * v
			}
		}
	}
	return out
}

// WholeAccount is the account of s by a model that cannot take its forecast r apart: a single part, of which no past is known.
func WholeAccount(s Series, r *ForecastRow) (*Account, error) {
	if r.Abstains() {
		return nil, Errorf(CodeData, "series %q has no forecast", s.ID)
	}
	a := &Account{ID: s.ID, Method: r.Method, First: s.Start, Known: len(s.Values)}
	values := a.Part(PastPart, "", a.Known+len(r.Mean))
	for t := range a.Known {
		values[t] = math.NaN()
	}
	copy(values[a.Known:], r.Mean)
	return a, nil
}
