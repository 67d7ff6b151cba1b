package conform

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
)

// Origins plans the rolling origins to learn from inside p: windows of the horizon (0: one season, at least 8), a horizon apart where
// the history of the middle series is long enough, closer where it is not, and fewer where even that leaves nothing to fit on.
// If half the series are shorter than the horizon and a few values, the origins are planned for a shorter horizon.
func Origins(p *tidewatch.Panel, horizon, windows int) backtest.Plan {
	season := 1
	if s := p.Seasons(); len(s) > 0 {
		season = s[0]
	}
	if horizon == 0 {
		horizon = max(season, 8)
	}
	if windows == 0 {
		windows = 4
	}
	lengths := make([]int, p.Len())
	for i := range lengths {
		lengths[i] = len(p.Series(i).Values)
	}
	slices.Sort(lengths)
	middle := 0
	if len(lengths) > 0 {
		middle = lengths[len(lengths)/2]
	}
	if middle < 2*season {
		season = 1 // too long to be seen: no reason to keep two of them to fit on
	}
	least := max(4, min(2*season+1, middle/2)) // values to fit on at the earliest origin
	plan := backtest.Plan{Levels: Grid(), Windows: windows}
	plan.Horizon = max(1, min(horizon, middle-least))
	room := max(0, middle-least-plan.Horizon)
	plan.Step = plan.Horizon
	if windows > 1 {
		plan.Step = max(1, min(plan.Step, room/(windows-1)))
	}
	plan.Windows = min(windows, 1+room/plan.Step)
	return plan
}
