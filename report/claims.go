package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/ledger"
	"github.com/tidewatch/tidewatch/message"
)

// claims is how earlier claims did.
type claims struct {
	Intro, This, Sentence both
	Scored                bool
	Broken                *both
	Bins                  []claimBin
	Picture               template.HTML
	Records               []claimRecord
	Anchor                both
}

type claimBin struct{ Claimed, Claims, Came, Between both }

type claimRecord struct {
	Name                                      both
	Claims, Scored, Came, Brier, Skill, Error both
}

// claimsSection is how the claims of earlier reports did, and what this one adds to them.
func (p *page) claimsSection() (part, error) {
	l := p.data.Ledger
	if l == nil {
		return part{}, nil
	}
	c := &claims{Intro: say("ledger.intro", l.All.Scored, l.All.Claims), This: say("ledger.this", l.Claims, l.Scored), Scored: l.All.Scored > 0, Anchor: say("ledger.anchor", l.Head)}
	if l.Breaks > 0 {
		said := say("ledger.broken", l.Breaks)
		c.Broken = &said
	}
	if !c.Scored {
		return part{Title: say("ledger.title"), Data: c}, nil
	}
	best := l.All.Bins[0]
	for _, b := range l.All.Bins {
		if b.Claims > best.Claims {
			best = b
		}
		c.Bins = append(c.Bins, claimBin{percent(b.Claimed, 0), count(b.Claims), percent(b.Share(), 0), say("to", percent(b.Low, 0), percent(b.High, 0))})
	}
	c.Sentence = say("ledger.sentence", best.Claims, percent(best.Claimed, 0), percent(best.Share(), 0), percent(best.Low, 0), percent(best.High, 0))
	c.Picture = reliability(l.All.Bins)
	record := func(r ledger.Record, name both) {
		share := math.NaN()
		if r.Scored > 0 {
			share = float64(r.True) / float64(r.Scored)
		}
		decimals := func(v float64, n int) both { return each(func(l message.Lang) string { return l.Number(v, n) }) }
		c.Records = append(c.Records, claimRecord{name, count(r.Claims), count(r.Scored), percent(share, 0), decimals(r.Brier, 3), decimals(r.Skill, 2), decimals(r.Error, 3)})
	}
	record(l.All, say("ledger.all"))
	for _, r := range l.Kinds {
		record(r, named("ledger.kind.", r.Name))
	}
	for _, r := range l.Methods[:min(len(l.Methods), maxMethods)] {
		if r.Name != "" && len(l.Methods) > 1 {
			record(r, plain(r.Name))
		}
	}
	return part{Title: say("ledger.title"), Data: c}, nil
}

// reliability draws the share of claims that came true over what was claimed (Murphy & Winkler 1977), with 95 % intervals; dots are as large as there
// are claims.
func reliability(bins []ledger.Bin) template.HTML {
	const left, top, side = 44., 10., 250.
	x, y := func(p float64) float64 { return left + side*p }, func(p float64) float64 { return top + side*(1-p) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="reliability" viewBox="0 0 %g %g" role="img" aria-labelledby="claimsPicture"><path class="frame" d="M%g %gV%gH%g"/>`, left+side+16, top+side+30, left, top, top+side, left+side)
	most := 1
	for _, bin := range bins {
		most = max(most, bin.Claims)
	}
	for _, p := range []float64{0, .25, .5, .75, 1} {
		fmt.Fprintf(&b, `<path class="grid" d="M%g %gH%g"/><text x="%g" y="%g" text-anchor="end">%.0f%%</text><text x="%g" y="%g" text-anchor="middle">%.0f%%</text>`,
			left, y(p), left+side, left-7, y(p)+4, 100*p, x(p), top+side+18, 100*p)
	}
	fmt.Fprintf(&b, `<path class="even" d="M%g %gL%g %g"/>`, x(0), y(0), x(1), y(1))
	for _, bin := range bins {
		fmt.Fprintf(&b, `<path class="range" d="M%.1f %.1fV%.1f"/><circle class="dot" cx="%.1f" cy="%.1f" r="%.1f"/>`,
			x(bin.Claimed), y(bin.Low), y(bin.High), x(bin.Claimed), y(bin.Share()), 3+5*math.Sqrt(float64(bin.Claims)/float64(most)))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
