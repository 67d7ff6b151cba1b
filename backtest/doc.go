// Package backtest forecasts the past: every method at several rolling origins, each time from what was known by then alone, scored
// against what came after, always beside the seasonal naive forecast.
//
// An origin is a cut of the panel ([tidewatch.Panel.Before] or [tidewatch.Panel.Until]): a method is handed the cut panel and nothing
// else, so that no later value can reach it.
package backtest
