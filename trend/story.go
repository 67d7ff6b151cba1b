package trend

import (
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
	// Q is the p-value of a trend by [slope.Dependent], corrected for all series of the kind (Benjamini & Hochberg): below 0.1 it is called one.
	Q float64
	// Share is the part of its kind that it made up in the last window, and how that changes: in points (hundredths) a year.
	Share       float64
	ShareGrowth Growth
	Turns       []change.Turn // places are grid indices
	Turned      bool          // its level changed within the last quarter of a year, says [change.Monitor]
	Stage       life.Stage
	Claim       *Claim // nil where the series is not asked about
}

// Growth is a yearly rate with its interval.
type Growth struct{ Value, Low, High float64 }

// Sure reports whether the whole interval lies on one side of zero.
func (g Growth) Sure() bool { return g.Low > 0 || g.High < 0 }

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

// Leading is a lead between two series.
type Leading struct {
	Leader, Follower string
	lead.Lead
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
