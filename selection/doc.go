// Package selection decides which methods forecast which series. Every candidate forecasts every series at rolling origins inside the
// history it is given; how it did there, shrunk to how it did on all series, becomes its weight; and what the weighted combination did
// there calibrates its quantiles. One pass of rolling origins serves both.
package selection
