package tree

import (
	"math"
	"slices"
)

// drawRows chooses the rows of a round: all, a hashed fraction, or one-sided by gradient. It sets in to those drawn and out to the others,
// both ascending.
func (tr *trainer) drawRows(round int) {
	switch {
	case tr.cfg.GOSSTop > 0:
		tr.oneSided(round)
	case tr.cfg.RowFraction < 1:
		key := tr.key(round, 0, keyRows)
		want := min(tr.n, max(1, int(math.Round(tr.cfg.RowFraction*float64(tr.n)))))
		tr.in, tr.out = tr.in[:0], tr.out[:0]
		for r := range tr.n { // selection sampling (Knuth, The Art of Computer Programming, 3.4.2, algorithm S)
			if float64(tr.n-r)*unit(mix(key+uint64(r))) < float64(want-len(tr.in)) {
				tr.in = append(tr.in, uint32(r))
			} else {
				tr.out = append(tr.out, uint32(r))
			}
		}
	case len(tr.in) == 0:
		for r := range tr.n {
			tr.in = append(tr.in, uint32(r))
		}
	}
}

// oneSided keeps the rows with the largest gradients and a sample of the others, whose gradients it scales.
func (tr *trainer) oneSided(round int) {
	size := make([]float64, tr.n)
	for _, pair := range tr.pairs {
		for r, p := range pair {
			size[r] += math.Abs(float64(p.g) * float64(p.h))
		}
	}
	keep := max(1, int(tr.cfg.GOSSTop*float64(tr.n)))
	sorted := slices.Clone(size)
	selectNth(sorted, tr.n-keep)
	limit := sorted[tr.n-keep]
	ties := keep // rows at the limit still to keep
	for _, s := range size {
		if s > limit {
			ties--
		}
	}
	want := min(tr.n-keep, int(tr.cfg.GOSSRest*float64(tr.n)))
	scale := float32(float64(tr.n-keep) / float64(max(1, want)))
	key := tr.key(round, 0, keyRows)
	rest := tr.n - keep
	tr.in, tr.out = tr.in[:0], tr.out[:0]
	for r, s := range size {
		if s > limit || s == limit && ties > 0 {
			if s == limit {
				ties--
			}
			tr.in = append(tr.in, uint32(r))
			continue
		}
		if float64(rest)*unit(mix(key+uint64(r))) < float64(want) {
			want--
			tr.in = append(tr.in, uint32(r))
			for _, pair := range tr.pairs {
				pair[r].g *= scale
				pair[r].h *= scale
			}
		} else {
			tr.out = append(tr.out, uint32(r))
		}
		rest--
	}
}

// drawFeatures chooses the features of a tree.
func (g *grower) drawFeatures(key uint64) {
	drawFraction(g.allowed, nil, g.cfg.FeatureFraction, key)
}

// draw chooses the features of a split, from the tree's.
func (g *grower) draw(key uint64) {
	drawFraction(g.drawn, g.allowed, g.cfg.SplitFraction, key)
}

// drawFraction draws a fraction, rounded up, of the elements that from allows (nil: of all).
func drawFraction(drawn, from []bool, fraction float64, key uint64) {
	total := 0
	for i := range drawn {
		if from == nil || from[i] {
			total++
		}
	}
	want := int(math.Ceil(fraction*float64(total) - 1e-9))
	for i := range drawn {
		drawn[i] = false
		if from == nil || from[i] {
			if float64(total)*unit(mix(key+uint64(i))) < float64(want) {
				drawn[i] = true
				want--
			}
			total--
		}
	}
}
