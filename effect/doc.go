// Package effect takes what is known ahead (holidays, promotions, closed days, prices) out of series before a method sees them, and puts it
// back into the method's forecast: so that methods which know a series' past alone gain from it.
//
// The model of a value is y = level · season · exp(Σ x·b), fitted as a quasi-Poisson regression (McCullagh & Nelder 1989, Generalized Linear
// Models, ch. 9) whose level is a moving ratio of sums. The effects b are estimated three times: over all series together, where a day
// counts as one observation however many series saw it, because days have shocks of their own; then how much series differ is measured
// (the moments of DerSimonian & Laird 1986, Controlled Clinical Trials 7); then for each series, drawn towards what all have in common by as
// much. Effects that all series together do not show are left out. Days on which nearly everything known is zero are closed: their values are
// unknown to the inner method, and zero when they come again.
package effect
