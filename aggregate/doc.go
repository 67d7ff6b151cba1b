// Package aggregate makes series of rows: a [tidewatch.Panel] of what package read read.
//
// Records and ready series are different things. Of records (orders, events) a period without rows is zero, from a series' first sale to
// the end of the data, and the last period, if it is unfinished, is left out. Of ready series an absent row is unknown, and the last
// row always counts.
//
//	in, err := read.Open(ctx, paths, read.Options{})
//	panel, summary, err := aggregate.Build(ctx, in, aggregate.Config{By: []string{"total", "country", "item"}, Freq: tidewatch.Weekly})
package aggregate
