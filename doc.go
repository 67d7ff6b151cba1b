// Package tidewatch is the vocabulary of market forecasting, shared by every other package: frequencies and grids of time, series and
// panels of series, forecasts and sample paths, and the contracts between methods that forecast and everything that uses a forecast.
//
// The way of the data: rows become a [Panel]; a [Method] fits it and returns a [Model]; the model answers an [Ask] with a [Forecast]
// (quantiles and a mean for every series and step). Sums over time or items are never made from quantiles, only from [Paths].
//
// The package depends on the standard library only. ARCHITECTURE.md names the layers above it.
package tidewatch
