package backtest

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/naive"
)

// Baseline is the seasonal naive forecast: what every method is measured against.
func Baseline() tidewatch.Method { return fleet.Lifted{Method: naive.Seasonal{}} }
