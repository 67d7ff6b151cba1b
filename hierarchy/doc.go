// Package hierarchy makes forecasts of items, categories, stores and their totals add up, with their uncertainty. A [Hierarchy] is one or
// several crossed groupings beside bottom series; a [Reconciler] maps base forecasts of all nodes to coherent ones (bottom-up, top-down,
// middle-out, and the trace-minimising projections of Wickramasuriya, Athanasopoulos & Hyndman 2019), of means as of sample paths, so
// that every node of every path is the sum of its bottom series.
//
// Projections with uncorrelated errors are solved by passing messages up and down the longest chain of nested groupings, in time
// proportional to the nodes; nodes of groupings that cross that chain are added exactly by a system of their number.
package hierarchy
