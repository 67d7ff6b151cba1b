package chronos

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/nn"
)

// scaling is what a context was normalised by.
type scaling struct{ loc, scale float64 }

// normalise takes the last values of a context (NaN = unknown), at most c.Bolt.Context of them, to mean 0 and deviation 1.
func (c *Config) normalise(y []float64) ([]float64, scaling) {
	if len(y) > c.Bolt.Context {
		y = y[len(y)-c.Bolt.Context:]
	}
	sum, n := 0., 0.
	for _, v := range y {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	s := scaling{0, 1}
	if n > 0 {
		s.loc = sum / n
		ss := 0.
		for _, v := range y {
			if !math.IsNaN(v) {
				ss += (v - s.loc) * (v - s.loc)
			}
		}
		if s.scale = math.Sqrt(ss / n); s.scale == 0 {
			s.scale = 1e-5
		}
	}
	z := make([]float64, len(y))
	for i, v := range y {
		z[i] = (v - s.loc) / s.scale
	}
	return z, s
}

// patches makes the input of the network for normalised contexts, padded on the left to one length.
func (c *Config) patches(contexts [][]float64) *nn.Tensor {
	longest := 0
	for _, y := range contexts {
		longest = max(longest, len(y))
	}
	size, stride := c.Bolt.Patch, c.Bolt.Stride
	longest = max(1, (longest+size-1)/size) * size
	n := (longest-size)/stride + 1
	x := nn.Zeros(len(contexts), n, 2*size)
	for i, y := range contexts {
		pad := longest - len(y)
		for t := range n {
			row := x.Data[(i*n+t)*2*size:][:2*size]
			for j := range size {
				if at := t*stride + j - pad; at >= 0 && !math.IsNaN(y[at]) {
					row[j], row[size+j] = float32(y[at]), 1
				}
			}
		}
	}
	return x
}

// block forecasts one block of c.Bolt.Prediction steps of each context: [context][level][step], in the contexts' units.
func (b *Bolt) block(p *nn.Pass, contexts [][]float64) [][][]float64 {
	normal, scales := make([][]float64, len(contexts)), make([]scaling, len(contexts))
	for i, y := range contexts {
		normal[i], scales[i] = b.normalise(y)
	}
	y := b.Forward(p, b.patches(normal))
	levels, steps := y.Shape[1], y.Shape[2]
	out := make([][][]float64, len(contexts))
	for i := range out {
		out[i] = make([][]float64, levels)
		for l := range levels {
			row := make([]float64, steps)
			for h := range row {
				row[h] = float64(y.Data[(i*levels+l)*steps+h])*scales[i].scale + scales[i].loc
			}
			out[i][l] = row
		}
	}
	return out
}

// Predict forecasts so many steps of each context at the trained levels: [context][level][step]. Beyond the trained length it goes
// on from each of its own quantiles as if they had been observed, and takes the quantiles of what all of them give, as the
// published pipeline does.
func (b *Bolt) Predict(ctx context.Context, p *nn.Pass, contexts [][]float64, steps int) ([][][]float64, error) {
	out := b.block(p, contexts)
	levels := b.Bolt.Levels
	branches := make([][]float64, 0, len(contexts)*len(levels)) // a context for each quantile
	for done := b.Bolt.Prediction; done < steps; done += b.Bolt.Prediction {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range contexts {
			for l := range levels {
				recent := out[i][l][done-b.Bolt.Prediction:]
				if done == b.Bolt.Prediction {
					branches = append(branches, slices.Concat(last(contexts[i], b.Bolt.Context), recent))
				} else {
					k := i*len(levels) + l
					branches[k] = append(last(branches[k], b.Bolt.Context), recent...)
				}
			}
		}
		next := b.block(p, branches)
		sample := make([]float64, 0, len(levels)*len(levels))
		for i := range contexts {
			for h := range b.Bolt.Prediction {
				sample = sample[:0]
				for l := range levels {
					for _, path := range next[i*len(levels)+l] {
						sample = append(sample, path[h])
					}
				}
				for l, q := range tidewatch.SampleQuantiles(sample, levels) {
					out[i][l] = append(out[i][l], q)
				}
			}
		}
	}
	for i := range out {
		for l := range out[i] {
			out[i][l] = out[i][l][:steps]
		}
	}
	return out, nil
}

func last(y []float64, n int) []float64 { return y[max(0, len(y)-n):] }
