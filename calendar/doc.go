// Package calendar knows the days that move a market: public holidays of countries with their substitute days, the days off and make-up
// workdays of mainland China, shopping festivals with their presales, and the moving feasts of the lunar, Islamic, Hindu and Christian
// years. It says them in English and in Chinese, reads a shop's own events from a file, and makes of all of them the regressors that methods
// take.
//
// Dates follow rules wherever there is a rule; the tables are the orders of the State Council (data/china.txt), feasts that follow the
// sighting of the moon (data/moving.txt) and the lengths of the Chinese lunar months (lunar.go). docs/calendar.md says what each was
// checked against.
package calendar
