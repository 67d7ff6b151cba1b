// Package score holds the measures a forecast is judged by: of points (MAE, RMSE, sMAPE, MASE, RMSSE), of quantiles (pinball loss, WQL,
// SQL) and of honesty (coverage, calibration).
//
// Unknown values (NaN) are left out of every mean; a measure of nothing is NaN. Losses are better when smaller. Scales come from the
// values a forecast was made from, never from those it is judged on.
package score
