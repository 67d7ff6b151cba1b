// Package feature turns panels into the tables that global models learn from: one row a series and time, one column a feature.
//
// A row says for which time it stands and how many steps ahead of its origin. Whatever a feature of the past is made of lies before that origin;
// a feature of the time itself is made of what is known ahead of it (the calendar, planned prices, promotions, events). Changing every
// value from the origin on therefore moves no feature: a test does so. Features are declared as data, in one table ([Builder.Features]).
package feature
