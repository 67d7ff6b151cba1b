// Package tidewatch is the vocabulary of market forecasting: frequencies, series, panels, forecasts, and the contracts between
// methods that forecast and everything that uses a forecast.
package tidewatch
