// Package frame is what all neural forecasters share: windows cut from the series of a panel, scaled one by one, with their covariates,
// as the input of a network, and the networks' common form: from such windows to quantiles of the steps that follow.
package frame
