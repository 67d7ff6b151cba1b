package tree

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Growth is the order in which the leaves of a tree are split.
type Growth int

// The orders.
const (
	LeafWise  Growth = iota // the leaf with the largest gain first
	DepthWise               // level by level, within a level the largest gain first
)

// Config says how to train. Its zero value is a sound default: 100 trees of 31 leaves for squared loss.
type Config struct {
	Objective    Objective // nil means Squared{}
	Rounds       int       // boosting rounds, each one tree an output; 0 means 100
	LearningRate float64   // what a tree's leaf values are multiplied by, (0, 1]; 0 means .1 (1 in a forest)
	Forest       bool      // a random forest (Breiman 2001): independent trees on samples of the rows, averaged

	Growth     Growth
	MaxLeaves  int     // of a tree; 0 means 31
	MaxDepth   int     // splits from the root to a leaf; 0 means no limit
	MinRows    int     // in a leaf; 0 means 20
	MinHessian float64 // sum in a leaf; 0 means .001
	MinGain    float64 // of a split, the reduction of the loss's second-order approximation times two
	L1, L2     float64 // penalties on leaf values

	RowFraction     float64 // rows drawn for every round, without replacement, (0, 1]; 0 means 1 (.632 in a forest)
	FeatureFraction float64 // features drawn for every tree; 0 means 1
	SplitFraction   float64 // features drawn for every split, of the tree's; 0 means 1 (a third, or the root for classes, in a forest)
	// One-side sampling (GOSS, Ke et al. 2017): every round keeps the GOSSTop share of rows with the largest gradients and draws a
	// GOSSRest share of all rows from the others, scaled up to stand for them. 0, 0 means off.
	GOSSTop, GOSSRest float64

	// Monotone says a column how predictions may move with its value: +1 never down, -1 never up, 0 freely. nil means 0 everywhere.
	Monotone []int8

	CategorySmoothing float64 // added to the Hessians of a category when categories are put in order; 0 means 10
	CategoryL2        float64 // further L2 for splits of many categories; 0 means 10
	MaxCategories     int     // on the smaller side of a split; 0 means 32
	CategoryRows      int     // least rows of a group of categories; 0 means 100

	Valid    *Dataset // watched while training; made by the training set's Like
	Patience int      // rounds without a better validation loss after which to stop and keep the best; 0 means train all rounds
	// Loss replaces the objective's own validation loss; scores are in the units of predictions, as many a row as outputs.
	Loss     func(target, weight, predictions []float64) float64
	Progress func(Progress) // called after every round

	Seed    uint64
	Threads int // 0 means GOMAXPROCS; changes nothing but the time taken
}

// Progress is what training reports after every round.
type Progress struct {
	Round, Rounds int     // rounds done, at most to do
	Leaves        int     // of the round's trees
	Valid         float64 // validation loss; NaN without a validation set
	Best          int     // the round with the lowest validation loss so far, 0 without
}

// withDefaults replaces zeros by what they mean for so many features.
func (c Config) withDefaults(features int) Config {
	set := func(v *float64, def float64) {
		if *v == 0 {
			*v = def
		}
	}
	seti := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	if c.Objective == nil {
		c.Objective = Squared{}
	}
	seti(&c.Rounds, 100)
	seti(&c.MaxLeaves, 31)
	seti(&c.MinRows, 20)
	seti(&c.MaxCategories, 32)
	seti(&c.CategoryRows, 100)
	set(&c.MinHessian, 1e-3)
	set(&c.CategorySmoothing, 10)
	set(&c.CategoryL2, 10)
	set(&c.FeatureFraction, 1)
	if c.Forest {
		set(&c.LearningRate, 1)
		set(&c.RowFraction, .632)
		if l := c.Objective.Link(); l == Logit || l == Shares {
			set(&c.SplitFraction, 1/math.Sqrt(float64(features)))
		}
		set(&c.SplitFraction, 1.0/3)
	}
	set(&c.LearningRate, .1)
	set(&c.RowFraction, 1)
	set(&c.SplitFraction, 1)
	return c
}

// Validate says what is wrong with the configuration, whatever the data.
func (c Config) Validate() error {
	bad := func(name string, v any, want string) error {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %s is %v: it must be %s", name, v, want)
	}
	for _, f := range []struct {
		name string
		v    float64
	}{{"LearningRate", c.LearningRate}, {"RowFraction", c.RowFraction}, {"FeatureFraction", c.FeatureFraction}, {"SplitFraction", c.SplitFraction},
		{"GOSSTop", c.GOSSTop}, {"GOSSRest", c.GOSSRest}, {"GOSSTop + GOSSRest", c.GOSSTop + c.GOSSRest}} {
		if !(f.v >= 0 && f.v <= 1) {
			return bad(f.name, f.v, "between 0 and 1")
		}
	}
	for _, f := range []struct {
		name string
		v    float64
	}{{"MinHessian", c.MinHessian}, {"MinGain", c.MinGain}, {"L1", c.L1}, {"L2", c.L2}, {"CategorySmoothing", c.CategorySmoothing}, {"CategoryL2", c.CategoryL2}} {
		if !(f.v >= 0) || math.IsInf(f.v, 0) {
			return bad(f.name, f.v, "finite and not negative")
		}
	}
	for _, f := range []struct {
		name string
		v    int
	}{{"Rounds", c.Rounds}, {"MaxLeaves", c.MaxLeaves}, {"MaxDepth", c.MaxDepth}, {"MinRows", c.MinRows}, {"MaxCategories", c.MaxCategories},
		{"CategoryRows", c.CategoryRows}, {"Patience", c.Patience}} {
		if f.v < 0 {
			return bad(f.name, f.v, "at least 0")
		}
	}
	for i, m := range c.Monotone {
		if m < -1 || m > 1 {
			return bad("Monotone of column "+itoa(i), m, "-1, 0 or 1")
		}
	}
	switch {
	case c.MaxLeaves == 1 || c.MaxLeaves > 1<<16:
		return bad("MaxLeaves", c.MaxLeaves, "2 to 65536, or 0 for 31")
	case c.Growth != LeafWise && c.Growth != DepthWise:
		return bad("Growth", int(c.Growth), "LeafWise or DepthWise")
	case (c.GOSSTop > 0) != (c.GOSSRest > 0):
		return bad("GOSSRest", c.GOSSRest, "above 0 together with GOSSTop")
	case c.GOSSTop > 0 && c.RowFraction > 0 && c.RowFraction < 1:
		return bad("RowFraction", c.RowFraction, "0 together with GOSSTop")
	case c.Forest && c.GOSSTop > 0:
		return bad("GOSSTop", c.GOSSTop, "0 in a forest")
	case c.Forest && c.Patience > 0:
		return bad("Patience", c.Patience, "0 in a forest: more trees never make it worse")
	case c.Patience > 0 && c.Valid == nil:
		return bad("Patience", c.Patience, "0 without a validation set")
	}
	if c.Objective != nil {
		if n := c.Objective.Outputs(); n < 1 || n > maxOutputs {
			return bad("the number of outputs of the objective", n, "1 to 10000")
		}
		if v, ok := c.Objective.(interface{ validate() error }); ok {
			return v.validate()
		}
	}
	return nil
}
