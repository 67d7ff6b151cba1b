package trend

import (
	"math"

	"github.com/tidewatch/tidewatch/trend/change"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/trend/lead"
	"github.com/tidewatch/tidewatch/trend/life"
)

// Story is what the history of a market says: where each series is heading, where it turned, how likely it is to leave what its season expects,
// what is new, and what runs ahead of what.
type Story struct {
	Profiles  []Profile // in the order of the panel
	Question  claim.Question
	Learning  Learned
	Prospects []life.Prospect
	Launches  int // past launches that prospects were compared with; 0 = too few
	Leads     []Leading
	Looked    int // pairs looked at for leads
	Binned    int // periods that were added up to one before slopes and turns were looked for
	Bins      int // of the long term, and of the recent one
	Lately    int
	Judged    int // values that were compared with what was expected of them
}

// Learned is what the chances rest on.
type Learned struct {
	Cases, Origins int // 0 = nothing could be learned, and chances are those of the forecast's sample paths
	Base           claim.Chance
	Asked          int // series that are asked about
}

// Profile is one series.
type Profile struct {
	ID string
	// Growth is the slope of Theil and Sen's line through the long term, season taken out, a year, as a share of the median level; Low and High
	// bound it with 80 % probability. Recent is that of the latest part. NaN where there is too little.
	Growth, Recent Growth
	// Acceleration is Recent less Growth. Its interval takes the two for independent; as they share their latest part it is too wide rather than
	// too narrow.
	Acceleration Growth
	// Q is the p-value of a trend by [slope.Dependent], corrected for all series of the kind (Benjamini & Hochberg): below 0.1 it is called one.
	Q float64
	// Share is the part of its kind, or of the series it is a part of ([Telling].Whole), that it made up in the last window, and how that changes: in
	// points (hundredths) a year.
	Share       float64
	Whole       string // id of the series it is a share of; "" = its kind
	ShareGrowth Growth
	Turns       []change.Turn // in order of time; places are grid indices
	Unusual     []Unusual     // of the last bins, in order of time: those outside what was expected
	Turned      bool          // its level changed within the last quarter of a year, says [change.Monitor]
	Stage       life.Stage
	Claim       *Claim // nil where the series is not asked about

	row int
}

// Growth is a yearly rate with its interval.
type Growth struct{ Value, Low, High float64 }

// Sure reports whether the whole interval lies on one side of zero.
func (g Growth) Sure() bool { return g.Low > 0 || g.High < 0 }

// less is g less h, with the interval of the difference of independent rates.
func (g Growth) less(h Growth) Growth {
	d := g.Value - h.Value
	return Growth{d, d - math.Hypot(g.Value-g.Low, h.High-h.Value), d + math.Hypot(g.High-g.Value, h.Value-h.Low)}
}

// Claim is how likely it is that the next window lies above, or below, what season alone expects, by more than the share asked for.
type Claim struct {
	Last, Expected float64      // sums over a window: the last one, and the coming one by season alone
	Season         float64      // Expected / Last
	claim.Chance                // what is claimed: the two below pooled
	Judged         claim.Chance // what is learned from earlier claims; NaN where nothing could be
	Paths          claim.Chance // what the forecast's sample paths say by themselves; NaN without any
	// Up and Down reasons: what moved the chance most, the strongest first.
	WhyUp, WhyDown []claim.Reason
}

// Leading is a lead between two series, or of another measure over a series.
type Leading struct {
	Leader, Follower string
	Measure          string // of the leader; "" = that of the series
	Per              int    // periods in a step of the lag
	lead.Lead
}

// Ahead is by how many periods a lead runs ahead.
func (s *Story) Ahead(x Leading) int {
	if x.Per == 0 { // of a run that was kept by an earlier version
		return x.Lag * s.Binned
	}
	return x.Lag * x.Per
}

// Beyond is a riser or faller by its chance.
type Beyond struct {
	*Profile
	Chance float64
	Why    []claim.Reason
}

// Risers and fallers of a story: the series of ids that keep allows (nil = all) with the largest chances to lie beyond the share asked for, at most
// n, the more likely first, then the larger, then by id. Only those more likely than is usual (the share of earlier claims that came true) count.
func (s *Story) Risers(n int, keep func(id string) bool) []Beyond { return s.beyond(n, keep, true) }

// Fallers is like Risers, for falls.
func (s *Story) Fallers(n int, keep func(id string) bool) []Beyond { return s.beyond(n, keep, false) }
