package clean

import (
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Default are the steps that were shown to lower the error on damaged series, and not to raise it on others (docs/cleaning.md).
func Default() Plan {
	return Plan{Order{}, Stamps{}, Duplicates{}, Outliers{}, Shifts{}, Gaps{By: Fitting}}
}

// Known is a step as [Parse] knows it.
type Known struct{ Name, Forms, Does string }

// Steps lists the steps there are.
func Steps() []Known {
	return []Known{
		{"order", "", "list the rows that stood out of order; they are sorted in any case"},
		{"stamps", "stamps(period)", "bring rows beside the stamps of the frequency onto the nearest one; or onto that of the period that contains them"},
		{"duplicates", "duplicates(" + strings.Join(merges[1:], "), duplicates(") + ")", "make one of several rows of a series at one stamp: the first; or another"},
		{"shifts", "shifts(model), shifts(8)", "move the past to the level after a lasting step, or let methods model the step; the number is the limit, in robust standard deviations"},
		{"outliers", "outliers(0.01), outliers(hampel), outliers(stl,3,cap)", "make values unknown that neither trend nor season nor an event explains; or cap, or replace them"},
		{"gaps", "gaps(" + strings.Join(fills[1:], "), gaps(") + "), gaps(linear,3)", "fill unknown values, in gaps of at most so many periods; without parameters they stay unknown"},
		{"smooth", "smooth(median,5), smooth(mean,5)", "smooth noise by the Kalman smoother, running medians or means"},
		{"log", "", "forecast log(1 + y)"},
		{"boxcox", "boxcox(mle), boxcox(0.5)", "forecast a power of the values, chosen by Guerrero's method or by likelihood"},
		{"scale", "scale(" + strings.Join(scalings[1:], "), scale(") + ")", "bring series to a common scale"},
		{"difference", "difference(1), difference(1,1), difference(adf)", "forecast differences: as many as tests ask for, or so many, and so many seasonal ones"},
		{"pca", "pca(3)", "put principal components in the place of covariates"},
	}
}

// Parse reads a plan: steps by commas, such as "outliers(hampel),gaps(kalman)". Among them "auto" stands for [Default]; "none" is the
// empty plan.
func Parse(text string) (Plan, error) {
	if text = strings.TrimSpace(text); text == "none" || text == "" {
		return nil, nil
	}
	var p Plan
	for _, word := range splitSteps(text) {
		if strings.TrimSpace(word) == "auto" {
			p = append(p, Default()...)
			continue
		}
		s, err := parseStep(word)
		if err != nil {
			return nil, err
		}
		p = append(p, s)
	}
	return p, nil
}

// splitSteps cuts at commas outside brackets.
func splitSteps(text string) (words []string) {
	depth, from := 0, 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				words = append(words, text[from:i])
				from = i + 1
			}
		}
	}
	return append(words, text[from:])
}

func parseStep(text string) (Step, error) {
	name, rest, brackets := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	p := &parameters{}
	if brackets {
		inside, ok := strings.CutSuffix(rest, ")")
		if !ok || strings.ContainsAny(inside, "()") {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "step %q: the brackets do not match", text)
		}
		for w := range strings.SplitSeq(inside, ",") {
			if w = strings.TrimSpace(w); w != "" {
				p.left = append(p.left, w)
			}
		}
	}
	var names []string
	for _, k := range Steps() {
		names = append(names, k.Name)
		if k.Name != name {
			continue
		}
		s := p.step(name)
		if len(p.left) > 0 || p.bad {
			forms := "it takes no parameters"
			if k.Forms != "" {
				forms = "write it as " + name + ", " + k.Forms
			}
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "step %q: %s", text, forms)
		}
		return s, nil
	}
	hint := ""
	if near := tidewatch.Nearest(name, names); near != "" {
		hint = " (did you mean " + near + "?)"
	}
	return nil, tidewatch.Errorf(tidewatch.CodeUsage, "step %q is not known%s; there are auto, none, %s", name, hint, strings.Join(names, ", "))
}

// parameters are what stands in the brackets of a step, less what was taken.
type parameters struct {
	left []string
	bad  bool
}

// word takes the first of the choices that stands there, "" if none does.
func (p *parameters) word(choices ...string) string {
	for i, w := range p.left {
		for _, c := range choices {
			if w == c {
				p.left = append(p.left[:i:i], p.left[i+1:]...)
				return w
			}
		}
	}
	return ""
}

// number takes the next word if it is a number from lo to hi; 0 and false if there is none.
func (p *parameters) number(lo, hi float64) (float64, bool) {
	if len(p.left) == 0 {
		return 0, false
	}
	v, err := strconv.ParseFloat(p.left[0], 64)
	if err != nil {
		return 0, false
	}
	if !(v >= lo && v <= hi) {
		p.bad = true
		return 0, false
	}
	p.left = p.left[1:]
	return v, true
}

// count takes the next word if it is a whole number from lo to hi.
func (p *parameters) count(lo, hi int) (int, bool) {
	v, ok := p.number(float64(lo), float64(hi))
	if v != float64(int(v)) {
		p.bad = true
	}
	return int(v), ok
}

const many = 1_000_000 // periods, more than any gap or window has

func (p *parameters) step(name string) Step {
	switch name {
	case "order":
		return Order{}
	case "stamps":
		s := Stamps{Period: p.word("period") != ""}
		p.word("nearest")
		return s
	case "duplicates":
		return Duplicates{By: Merge(p.word(merges...))}
	case "shifts":
		s := Shifts{Model: p.word("model") != ""}
		p.word("repair")
		s.Limit, _ = p.number(1, 100)
		return s
	case "outliers":
		o := Outliers{By: Detector(p.word(string(STLFences), string(Hampel), string(GESD))), Then: Treatment(p.word(string(Forget), string(Cap), string(Replace)))}
		lo, hi := .5, 100.
		if o.By == GESD || o.By == "" {
			lo, hi = 1e-12, .5
		}
		o.Limit, _ = p.number(lo, hi)
		return o
	case "gaps":
		g := Gaps{By: Fill(p.word(fills...))}
		g.Longest, _ = p.count(1, many)
		return g
	case "smooth":
		s := Smooth{By: Noise(p.word(string(Level), string(RunningMedian), string(RunningMean)))}
		s.Window, _ = p.count(3, many)
		return s
	case "log":
		return Log{}
	case "boxcox":
		b := BoxCox{By: Likelihood(p.word(string(Guerrero), string(MLE)))}
		b.Lambda, b.Fixed = p.number(-2, 2)
		return b
	case "scale":
		return Scale{By: Scaling(p.word(scalings...))}
	case "difference":
		d := Difference{ADF: p.word("adf") != ""}
		p.word("kpss")
		if d.Times, d.Fixed = p.count(0, 2); d.Fixed {
			d.Seasonal, _ = p.count(0, 1)
		}
		return d
	}
	k, _ := p.count(1, many)
	return PCA{Components: k}
}
