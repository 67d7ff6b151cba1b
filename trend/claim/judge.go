package claim

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Chance is the probability that a series will lie above, and below, what its season alone expects by more than the share asked for.
type Chance struct{ Up, Down float64 }

// Judge gives chances, as it learned them from outcomes that were known at an origin.
type Judge struct {
	board   *Board
	learned *logistic
	// Cases are the series at origins that it learned from, Origins the different origins among them, Base the shares that rose and fell.
	Cases, Origins int
	Base           Chance
	width          int
}

// Learning says what to learn from. The zero value is the documented default.
type Learning struct {
	Every   int // periods between the origins; 0 = half a window, at least 1
	Origins int // the latest so many; 0 = 60
	Cases   int // drawn from all if there are more; 0 = 60,000
	Seed    uint64
	From    *Judge // an earlier judge to start from, which saves time
	// Reversion learns from the last change alone: how much of a jump falls back on average. It is what a judge must beat.
	Reversion bool
}

// fewestCases and fewestOrigins are below which nothing is learned.
const (
	fewestCases   = 200
	fewestOrigins = 3
)

// Learn makes a judge from everything that was known at origin t: claims at origins up to a window earlier. It fails with CodeTooShort
// where there were too few.
func (b *Board) Learn(t int, l Learning) (*Judge, error) {
	if l.Every == 0 {
		l.Every = max(1, b.Steps/2)
	}
	if l.Origins == 0 {
		l.Origins = 60
	}
	if l.Cases == 0 {
		l.Cases = 60_000
	}
	var origins []int
	for o := t - b.Steps; o >= 4*b.Steps && len(origins) < l.Origins; o -= l.Every {
		origins = append(origins, o)
	}
	slices.Reverse(origins)
	type place struct{ i, t int }
	var places []place
	for _, o := range origins {
		for i := range b.series {
			if b.Asked(i, o) {
				if _, ok := b.Outcome(i, o); ok {
					places = append(places, place{i, o})
				}
			}
		}
	}
	if len(places) > l.Cases {
		rng := rand.New(rand.NewPCG(l.Seed, uint64(t)))
		kept := places[:0]
		left, want := len(places), l.Cases
		for _, p := range places { // Knuth's algorithm S
			if rng.IntN(left) < want {
				kept = append(kept, p)
				want--
			}
			left--
		}
		places = kept
	}
	j := &Judge{board: b, Cases: len(places), width: width}
	if l.Reversion {
		j.width = reversion
	}
	terms := make([]float64, 0, len(places)*j.width)
	outcomes, weights := make([]Outcome, len(places)), make([]float64, len(places))
	var one [width]float64
	last := -1
	for k, p := range places {
		if p.t != last {
			j.Origins++
			last = p.t
		}
		weights[k] = math.Exp2(-float64(t-b.Steps-p.t) / float64(b.Steps)) // a window ago counts half
		x := b.at(p.i, p.t)
		terms = append(terms, x.terms(one[:])[:j.width]...)
		outcomes[k], _ = b.Outcome(p.i, p.t)
		switch outcomes[k] {
		case Up:
			j.Base.Up++
		case Down:
			j.Base.Down++
		}
	}
	if len(places) < fewestCases || j.Origins < fewestOrigins {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%d claims at %d earlier origins are too few to learn from: at least %d at %d are needed", len(places), j.Origins, fewestCases, fewestOrigins)
	}
	j.Base.Up /= float64(len(places))
	j.Base.Down /= float64(len(places))
	var from *logistic
	if l.From != nil {
		from = l.From.learned
	}
	j.learned = fitLogistic(terms, j.width, outcomes, from)
	if !l.Reversion {
		j.learned.shift(terms, outcomes, weights)
	}
	return j, nil
}

// Chance is that of series i at origin t, which must be asked about there.
func (j *Judge) Chance(i, t int) Chance {
	x := j.board.at(i, t)
	var terms, scratch [width]float64
	up, down := j.learned.chance(x.terms(terms[:])[:j.width], scratch[:j.width])
	return Chance{up, down}
}
