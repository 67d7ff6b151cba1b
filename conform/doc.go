// Package conform makes forecasts honest: it compares what a method said at past origins with what came after, across all series, and
// moves its quantiles to where they should have been (split conformal prediction: Vovk, Gammerman & Shafer 2005; Romano, Patterson &
// Candès 2019). It also turns the marginal forecasts of any method into joint sample paths by reordering past errors (the Schaake
// shuffle: Clark et al. 2004).
package conform
