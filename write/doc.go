// Package write puts the results of a run into files: forecasts as CSV, Parquet, JSON or JSON lines, refused rows, and the record of
// the run. A file appears whole, or not at all.
//
// Numbers of a forecast are rounded to [Digits] significant digits. Times are written as the stamps of the panel's grid: a date where every
// stamp is a midnight, date and time otherwise, with the offset from UTC where the stamps are hours of a zone that is not UTC.
package write
