package neural

import (
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch/model/neural/dlinear"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/model/neural/lstm"
	"github.com/tidewatch/tidewatch/model/neural/nhits"
	"github.com/tidewatch/tidewatch/model/neural/patchtst"
	"github.com/tidewatch/tidewatch/model/neural/tcn"
)

// Family is a kind of network.
type Family struct {
	Name, Does, Paper string
	Default           Config

	build   func(c Config, s frame.Shape, rng *rand.Rand) frame.Net
	weights func(c Config, s frame.Shape) int // how many build makes
}

// Families are all of them.
func Families() []Family {
	return []Family{
		{"nhits", "N-HiTS: fully connected blocks for slow and fast movement, trained on all series together",
			"Challu et al. 2023, N-HiTS: Neural hierarchical interpolation for time series forecasting, AAAI",
			Config{Members: 6, Width: 256, Depth: 2, Steps: 1200, Batch: 128, Rate: 1e-3}, buildNHiTS, weightsNHiTS},
		{"nbeats", "N-BEATS: fully connected blocks that each explain a part, trained on all series together",
			"Oreshkin, Carpov, Chapados & Bengio 2020, N-BEATS: Neural basis expansion analysis for time series forecasting, ICLR",
			Config{Members: 6, Width: 256, Depth: 3, Steps: 1200, Batch: 128, Rate: 1e-3}, buildNBEATS, weightsNBEATS},
		{"dlinear", "linear maps of trend and rest, trained on all series together",
			"Zeng, Chen, Zhang & Xu 2023, Are transformers effective for time series forecasting?, AAAI",
			Config{Members: 4, Width: 1, Depth: 1, Steps: 1500, Batch: 128, Rate: 3e-3}, buildDLinear, weightsDLinear},
		{"lstm", "LSTM: a recurrent network walks through the past, trained on all series together",
			"Hochreiter & Schmidhuber 1997, Long short-term memory, Neural Computation 9; Lai et al. 2018, SIGIR",
			Config{Members: 3, Width: 64, Depth: 2, Steps: 1200, Batch: 128, Rate: 2e-3, Drop: .1},
			func(c Config, s frame.Shape, rng *rand.Rand) frame.Net {
				return lstm.New(s, c.Width, c.Depth, c.Drop, rng)
			},
			func(c Config, s frame.Shape) int { return lstm.Weights(s, c.Width, c.Depth) }},
		{"tcn", "dilated causal convolutions over the past, trained on all series together",
			"Bai, Kolter & Koltun 2018, An empirical evaluation of generic convolutional and recurrent networks for sequence modeling",
			Config{Members: 3, Width: 32, Depth: 5, Steps: 1200, Batch: 128, Rate: 2e-3, Drop: .1},
			func(c Config, s frame.Shape, rng *rand.Rand) frame.Net { return tcn.New(s, tcnOptions(c), rng) },
			func(c Config, s frame.Shape) int { return tcn.Weights(s, tcnOptions(c)) }},
		{"patchtst", "PatchTST: a transformer over patches of the past, trained on all series together",
			"Nie, Nguyen, Sinthong & Kalagnanam 2023, A time series is worth 64 words: long-term forecasting with transformers, ICLR",
			Config{Members: 3, Width: 64, Depth: 2, Steps: 1200, Batch: 64, Rate: 1e-3, Drop: .1},
			func(c Config, s frame.Shape, rng *rand.Rand) frame.Net {
				return patchtst.New(s, patchOptions(c, s), rng)
			},
			func(c Config, s frame.Shape) int { return patchtst.Weights(s, patchOptions(c, s)) }},
	}
}

func familyOf(name string) *Family {
	all := Families()
	if i := slices.IndexFunc(all, func(f Family) bool { return f.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

func widths(c Config) []int { return slices.Repeat([]int{c.Width}, c.Depth) }

// buildNHiTS makes three blocks as in the paper: the first sees and forecasts coarsely, the last in full.
func buildNHiTS(c Config, s frame.Shape, rng *rand.Rand) frame.Net {
	lines := func(parts int) nhits.Basis { return nhits.Lines(s.Steps, (s.Steps+parts-1)/parts) }
	pool := min(2, s.Lags)
	blocks := []nhits.Block{{Pool: pool, Ahead: lines(4)}, {Pool: pool, Ahead: lines(2)}, {Pool: 1}}
	for i := range blocks {
		blocks[i].Width, blocks[i].Drop = widths(c), c.Drop
	}
	return nhits.New(s, blocks, rng)
}

// buildNBEATS makes three generic blocks.
func buildNBEATS(c Config, s frame.Shape, rng *rand.Rand) frame.Net {
	return nhits.New(s, slices.Repeat([]nhits.Block{{Pool: 1, Width: widths(c), Drop: c.Drop}}, 3), rng)
}

// tcnOptions doubles the dilation from layer to layer, so that a few layers see far.
func tcnOptions(c Config) tcn.Options {
	o := tcn.Options{Width: c.Width, Kernel: 3, Residual: true, Drop: c.Drop}
	for i := range c.Depth {
		o.Dilations = append(o.Dilations, 1<<min(i, 12))
	}
	return o
}

// patchOptions cuts patches of about a tenth of the window, overlapping by half.
func patchOptions(c Config, s frame.Shape) patchtst.Options {
	heads := 4
	for c.Width%heads != 0 {
		heads--
	}
	patch := max(2, min(16, s.Lags/8*2))
	return patchtst.Options{Width: c.Width, Layers: c.Depth, Heads: heads, Hidden: 2 * c.Width, Patch: patch, Stride: patch / 2, Drop: c.Drop}
}

func buildDLinear(_ Config, s frame.Shape, rng *rand.Rand) frame.Net {
	return dlinear.New(s, min(dlinear.Window, max(3, s.Lags/2*2-1)), rng)
}

// The numbers of weights, which must be known before memory is taken for a network that a file describes.

func dense(in, out int) int { return (in + 1) * out }

func stack(c Config, in, out int) int {
	return dense(in, c.Width) + (c.Depth-1)*dense(c.Width, c.Width) + dense(c.Width, out)
}

func weightsNHiTS(c Config, s frame.Shape) int {
	pool := min(2, s.Lags)
	coarse := (s.Lags+pool-1)/pool + s.Extra()
	knots := func(parts int) int { return (s.Steps + parts - 1) / parts * s.Levels }
	return stack(c, coarse, s.Lags+knots(4)) + stack(c, coarse, s.Lags+knots(2)) + stack(c, s.Lags+s.Extra(), knots(1))
}

func weightsNBEATS(c Config, s frame.Shape) int {
	in, out := s.Lags+s.Extra(), s.Steps*s.Levels
	return 2*stack(c, in, s.Lags+out) + stack(c, in, out)
}

func weightsDLinear(_ Config, s frame.Shape) int {
	n := 2 * dense(s.Lags, s.Steps*s.Levels)
	if s.Extra() > 0 {
		n += dense(s.Extra(), s.Steps*s.Levels)
	}
	return n
}
