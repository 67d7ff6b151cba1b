package job

import (
	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// Result is what a run found.
type Result struct {
	Data     report.Data      // forecast, history, changes, accuracy and quality: what a report shows
	Total    *trend.Move      // of the sum of all series; nil where it has no meaning, because series begin their forecasts at different times
	Backtest *backtest.Result // nil where none was made
	Sums     *Sums            // nil where none were asked for
	Grains   []Grain          // the sums over coarser periods that were asked for
	Adjusted *adjust.Adjusted // the forecast with planners' adjustments; nil where none were asked for
	Cleaned  *clean.Cleaned   // nil where nothing was cleaned
	Segments *segment.Found   // nil where none were asked for
	Record   Record
	Outputs  Outputs // the files that were written
}
