package frame

import (
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Input is a group of what a network sees: the values of the window, the season or the level of its profile, or a covariate.
type Input struct {
	Kind tidewatch.PartKind
	Name string // of a covariate; the length of the season
}

// season names the season of profiles by its length.
func (w *Windows) season() string { return strconv.Itoa(w.Cycle) }

// Inputs are the groups of what windows hold.
func (w *Windows) Inputs() []Input {
	all := []Input{{Kind: tidewatch.PastPart}}
	if w.Cycle > 1 {
		all = append(all, Input{tidewatch.SeasonPart, w.season()})
	}
	if w.Base == TrendBase {
		all = append(all, Input{Kind: tidewatch.TrendPart})
	}
	for _, cols := range [][]Column{w.Features.Past, w.Features.Static} {
		for _, c := range cols {
			if in := (Input{tidewatch.CovariatePart, c.Name}); !slices.Contains(all, in) {
				all = append(all, in)
			}
		}
	}
	return all
}

// Shade fills to with rows that are row r of b, with every group of inputs times a share of it: shares [row][group of inputs]. Which values
// are unknown, and the scale, stay. At shares of zero a window is flat at its level and its covariates are usual.
func (w *Windows) Shade(to, b *Batch, r int, inputs []Input, shares [][]float64) {
	sh := w.Shape
	to.resize(sh, len(shares))
	share := func(row int, kind tidewatch.PartKind, name string) float64 {
		if k := slices.Index(inputs, Input{kind, name}); k >= 0 {
			return shares[row][k]
		}
		return 1
	}
	copyRow := func(dst, src []float32, row int, cols []Column, each int) {
		n := len(src) / b.Rows
		for k := range n {
			v := src[r*n+k]
			if c := k % max(1, each); c < len(cols) {
				v *= float32(share(row, tidewatch.CovariatePart, cols[c].Name))
			}
			dst[row*n+k] = v
		}
	}
	for row := range shares {
		to.Scales[row] = b.Scales[r]
		past, season, trend := share(row, tidewatch.PastPart, ""), share(row, tidewatch.SeasonPart, w.season()), share(row, tidewatch.TrendPart, "")
		for k := range sh.Lags {
			to.Y.Data[row*sh.Lags+k] = float32(past) * b.Y.Data[r*sh.Lags+k]
		}
		copyRow(to.Mask.Data, b.Mask.Data, row, nil, 0)
		copyRow(to.Past.Data, b.Past.Data, row, w.Features.Past, len(w.Features.Past))
		copyRow(to.Future.Data, b.Future.Data, row, w.Features.Future, sh.Future)
		copyRow(to.Static.Data, b.Static.Data, row, w.Features.Static, len(w.Features.Static))
		for h := range sh.Steps {
			s := b.Season[r*sh.Steps+h]
			z := season*s + trend*(b.Profile[r*sh.Steps+h]-s)
			to.Season[row*sh.Steps+h], to.Profile[row*sh.Steps+h] = season*s, z
			if sh.Future > len(w.Features.Future) {
				to.Future.Data[(row*sh.Steps+h)*sh.Future+sh.Future-1] = float32(z)
			}
		}
	}
}
