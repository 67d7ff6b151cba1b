package tree

// search fills the histograms of small and of its sibling large, whose hist holds the parent's, and finds their best splits.
// large is nil for the root.
func (g *grower) search(small, large *leaf, key uint64) {
	g.draw(key)
	blocks := g.ds.blocks
	rows, gh := g.rows[small.lo:small.hi], g.gh[small.lo:small.hi]
	parts := 1 // of the rows, each with a histogram of its own
	if n := g.team.size; n > 1 && len(blocks)%n != 0 {
		parts = max(1, min(n, len(rows)/chunkRows))
	}
	for len(g.partials) < parts-1 {
		g.partials = append(g.partials, g.histogram())
	}
	if parts > 1 {
		g.team.run(parts*len(blocks), func(task int) {
			b, p := task/parts, task%parts
			hist := small.hist
			if p > 0 {
				hist = g.partials[p-1]
			}
			lo, hi := p*len(rows)/parts, (p+1)*len(rows)/parts
			blocks[b].clear(hist)
			blocks[b].accumulate(hist, rows[lo:hi], gh[lo:hi])
		})
	}
	searchSmall := newSearcher(g.cfg, &g.quantizer, small)
	var searchLarge searcher
	if large != nil {
		searchLarge = newSearcher(g.cfg, &g.quantizer, large)
	}
	g.team.run(len(blocks), func(i int) {
		b := &blocks[i]
		if parts == 1 {
			b.clear(small.hist)
			b.accumulate(small.hist, rows, gh)
		}
		for p := range parts - 1 {
			b.add(small.hist, g.partials[p])
		}
		b.margins(small.hist, &g.ds.layout)
		for _, l := range b.lanes {
			for _, f := range l.features {
				hist := g.ds.layout.of(small.hist, f)
				g.candidate[0][f] = g.best(&searchSmall, small, hist, f)
				if large != nil {
					other := g.ds.layout.of(large.hist, f)
					subtract(other, hist)
					g.candidate[1][f] = g.best(&searchLarge, large, other, f)
				}
			}
		}
	})
	for i, l := range []*leaf{small, large} {
		if l == nil {
			continue
		}
		for _, b := range blocks {
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
