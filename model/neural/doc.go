// Package neural forecasts panels with networks trained on them: N-HiTS, N-BEATS, DLinear, LSTM, TCN and PatchTST, each in a folder of its own, on one
// shared frame (package frame).
//
// A [Method] trains a few networks that differ in their seed and in how far back they look, on windows drawn from all series, by the pinball
// loss at the levels of [Levels], and forecasts the mean of their quantiles.
package neural
