package tree

// lookup is a search for splits that is under way. It lies in the grower, as do the loops over it: a tree has hundreds of searches, and
// none leaves anything behind.
type lookup struct {
	small, large             *leaf
	searchSmall, searchLarge searcher
	parts                    int // of the rows of small, each with a histogram of its own
}

// search fills the histograms of small and of its sibling large, whose hist holds the parent's, and finds their best splits.
// large is nil for the root.
func (g *grower) search(small, large *leaf, key uint64) {
	g.draw(key)
	blocks := len(g.ds.blocks)
	g.lookup = lookup{small: small, large: large, parts: 1, searchSmall: newSearcher(g.cfg, &g.quantizer, small)}
	if large != nil {
		g.lookup.searchLarge = newSearcher(g.cfg, &g.quantizer, large)
	}
	if n := g.team.size; n > 1 && blocks%n != 0 {
		g.lookup.parts = max(1, min(n, (small.hi-small.lo)/chunkRows))
	}
	for len(g.partials) < g.lookup.parts-1 {
		g.partials = append(g.partials, g.histogram())
	}
	if g.lookup.parts > 1 {
		g.team.run(g.lookup.parts*blocks, g.accumulatePart)
	}
	g.team.run(blocks, g.searchBlock)
	for i, l := range [2]*leaf{small, large} {
		if l == nil {
			continue
		}
		for _, b := range g.ds.blocks {
			for _, ln := range b.lanes {
				for _, f := range ln.features {
					if c := &g.candidate[i][f]; c.gain > l.best.gain || c.gain == l.best.gain && c.gain > 0 && f < l.best.feature {
						l.best = *c
					}
				}
			}
		}
	}
}

// addPart adds a part of the rows of the small leaf to a block of that part's histogram.
func (g *grower) addPart(task int) {
	l := &g.lookup
	b, p := &g.ds.blocks[task/l.parts], task%l.parts
	hist := l.small.hist
	if p > 0 {
		hist = g.partials[p-1]
	}
	n := l.small.hi - l.small.lo
	lo, hi := l.small.lo+p*n/l.parts, l.small.lo+(p+1)*n/l.parts
	b.clear(hist)
	b.accumulate(hist, g.rows[lo:hi], g.gh[lo:hi])
}

// findInBlock completes a block of the histograms and finds the best splits by its features.
func (g *grower) findInBlock(i int) {
	b, l := &g.ds.blocks[i], &g.lookup
	if l.parts == 1 {
		b.clear(l.small.hist)
		b.accumulate(l.small.hist, g.rows[l.small.lo:l.small.hi], g.gh[l.small.lo:l.small.hi])
	}
	for p := range l.parts - 1 {
		b.add(l.small.hist, g.partials[p])
	}
	b.margins(l.small.hist, &g.ds.layout)
	for _, ln := range b.lanes {
		for _, f := range ln.features {
			hist := g.ds.layout.of(l.small.hist, f)
			g.candidate[0][f] = g.best(&l.searchSmall, l.small, hist, f)
			if l.large != nil {
				other := g.ds.layout.of(l.large.hist, f)
				subtract(other, hist)
				g.candidate[1][f] = g.best(&l.searchLarge, l.large, other, f)
			}
		}
	}
}

// best is the best split of leaf l by feature f.
func (g *grower) best(s *searcher, l *leaf, hist []int64, f int32) split {
	if !g.drawn[f] || !g.splittable(l) {
		return split{}
	}
	if g.ds.features[f].categorical {
		return s.categorical(hist, f, &g.quantizer)
	}
	return s.numeric(hist, f, g.ds.features[f].missing, g.monotone(f))
}
