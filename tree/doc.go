// Package tree trains and runs gradient boosted decision trees and random forests.
//
// Features are binned once (at most 255 bins a feature beside the one for missing values); trees grow best leaf first, or level by
// level, on histograms of quantised gradients. The histograms hold integers, so their sums do not depend on the order of addition:
// the same data, configuration and seed give the same model, bit for bit, at any number of threads.
//
// The method is that of Friedman (2001), "Greedy function approximation: a gradient boosting machine", with second-order gains as in
// Chen and Guestrin (2016), "XGBoost", leaf-wise growth, histogram subtraction and one-side sampling as in Ke et al. (2017),
// "LightGBM", and quantised gradients as in Shi et al. (2022), "Quantized training of gradient boosting decision trees".
package tree
