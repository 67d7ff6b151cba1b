// Package gbm forecasts panels with gradient boosted trees that learn from all series together: a global model (Januschowski et al.
// 2020, Criteria for classifying forecasting methods, IJF 36; Makridakis, Spiliotis & Assimakopoulos 2022, M5 accuracy competition, IJF
// 38). Its features come from package feature, its trees from package tree.
package gbm

import (
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Method is boosted trees over a panel. The zero value of a field is its documented default.
type Method struct {
	Horizon int // steps to learn for; 0 = one season, at least 8. Later steps are forecast like the last one learnt
	// Block is how many steps are forecast at once before they are fed back as if they were known: 0 = all (direct), 1 = recursive.
	Block int
	// Span is how many periods before the end of the panel are learnt from; 0 = from the frequency: 1800 for days.
	Span int
	// Parts lists the partitions of the series by a static covariate; each part of each partition gets a model of its own, and the
	// forecasts of the partitions are averaged. "" is the whole panel in one part. nil = the whole panel. Attributes the panel lacks are
	// passed over.
	Parts []string
	// Groups adds to the whole panel, where Parts is nil, a partition by every static attribute of few values that no other one implies.
	Groups bool
	Draws  int // models per part, each with other origins and another seed, averaged; 0 = 1
	// Rows bounds the rows the models of a partition learn from together; 0 = 2,000,000. More are thinned at random: days are few however
	// many series there are, and learning them by heart helps nobody.
	Rows int

	Rounds   int     // trees; 0 = 100
	Leaves   int     // of a tree; 0 = 127, fewer where rows are few
	Rate     float64 // of learning; 0 = .08
	Features float64 // share of the features drawn for every tree; 0 = .5
	Bagging  float64 // share of the rows drawn for every tree; 0 = .5
	MinRows  int     // of a leaf; 0 = 200, fewer where rows are few
	Bins     int     // of a feature; 0 = 255
	Power    float64 // variance power of the Tweedie loss of counts, between 1 and 2; 0 = 1.1

	// Anchor is how far counts are held to a forecast of their groups' totals, as the power of the ratio of the two; the groups are those
	// alike in all static attributes of few values. 0 = .75, below 0 = not.
	Anchor float64
	Omit   []string // features to do without
	Target Target
	// Percent makes the mean the number with the least squared percentage error, for targets of Log.
	Percent bool
	Seed    uint64
	Workers int // 0 = as many as there are processors; it does not change results
}

// Target says what the trees learn.
type Target string

// The targets.
const (
	Choose Target = ""      // from the data
	Count  Target = "count" // the value itself, by the Tweedie loss: demand with many zeros
	Log    Target = "log"   // the logarithm of the value over its series' level, by squared error: amounts above zero
	Ratio  Target = "ratio" // the value over its series' level, by squared error
)

// Budget is m with what a preset of computing time says where m leaves it open: light, standard (also ""), or large.
func (m Method) Budget(preset string) Method {
	m.Groups = preset != "light"
	switch {
	case preset == "light" && m.Rows == 0:
		m.Rows = 500_000
	case preset == "large" && m.Draws == 0:
		m.Draws = 3
	}
	return m
}

// everything is a span longer than any history.
const everything = 1_000_000_000

// String implements [tidewatch.Method].
func (m Method) String() string {
	var in []string
	if m.Percent {
		in = append(in, "percent")
	}
	for _, by := range m.Parts {
		if by == "" {
			by = "all"
		}
		in = append(in, by)
	}
	if in == nil {
		return "gbm"
	}
	return "gbm(" + strings.Join(in, ",") + ")"
}

func (m Method) withDefaults(p *tidewatch.Panel) (Method, error) {
	season := 1
	if s := p.Seasons(); len(s) > 0 {
		season = s[0]
	}
	set := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	setf := func(v *float64, def float64) {
		if *v == 0 {
			*v = def
		}
	}
	set(&m.Horizon, max(season, 8))
	set(&m.Block, m.Horizon)
	set(&m.Span, map[tidewatch.Unit]int{tidewatch.Day: 1800, tidewatch.Hour: 24 * 60}[p.Grid().Freq.Unit])
	set(&m.Draws, 1)
	set(&m.Rows, 2_000_000)
	set(&m.Rounds, 100)
	set(&m.Leaves, 127)
	set(&m.MinRows, 200)
	setf(&m.Rate, .08)
	setf(&m.Features, .5)
	setf(&m.Bagging, .5)
	setf(&m.Power, 1.1)
	setf(&m.Anchor, .75)
	for name, v := range map[string]int{"Horizon": m.Horizon, "Block": m.Block, "Span": m.Span, "Draws": m.Draws, "Rows": m.Rows, "Rounds": m.Rounds} {
		if v < 0 || v > 1e9 {
			return m, tidewatch.Errorf(tidewatch.CodeUsage, "gbm: %s is %d: it cannot be below 0", name, v)
		}
	}
	if m.Horizon > tidewatch.MaxSteps {
		return m, tidewatch.Errorf(tidewatch.CodeUsage, "gbm: a horizon of %d: at most %d", m.Horizon, tidewatch.MaxSteps)
	}
	if !(m.Power > 1 && m.Power < 2) {
		return m, tidewatch.Errorf(tidewatch.CodeUsage, "gbm: Power is %g: it must lie between 1 and 2", m.Power)
	}
	switch m.Target {
	case Choose, Count, Log, Ratio:
		return m, nil
	}
	return m, tidewatch.Errorf(tidewatch.CodeUsage, "gbm: target %q is not known: use %s, %s or %s", string(m.Target), Count, Log, Ratio)
}
