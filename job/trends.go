package job

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/claim"
)

// Trends is Forecast that always tells the story of the market, and writes o.
func Trends(ctx context.Context, c Config, o Outputs, w Watch) (*Result, error) {
	o.Story = true
	return Forecast(ctx, c, o, w)
}

// telling is the story of a run while its sample paths pass by; nil where nobody will read it.
type telling struct {
	options trend.Telling
	board   *claim.Board
	paths   []claim.Chance
}

// newTelling prepares the story if it is wanted.
func (r *run) newTelling(p *tidewatch.Panel) (*telling, error) {
	o := r.outputs
	if !o.Story && o.Report == "" && o.Data == "" || p.Len() == 0 {
		return nil, nil
	}
	group := map[string]string{}
	for _, l := range r.result.Data.Labels {
		group[l.ID] = l.Group
	}
	numbers := map[string]int{}
	t := &telling{options: trend.Telling{By: r.config.Beyond, Seed: r.config.Seed, Kind: make([]int, p.Len())}, paths: make([]claim.Chance, p.Len())}
	for i := range t.options.Kind {
		name := group[p.ID(i)]
		if _, ok := numbers[name]; !ok {
			numbers[name] = len(numbers)
		}
		t.options.Kind[i] = numbers[name]
		t.paths[i] = claim.Chance{Up: math.NaN(), Down: math.NaN()}
	}
	t.options.Whole = r.wholes(p)
	// A window is the horizon, but no more than a quarter of a year: what lies further ahead is another question.
	t.options.Steps = r.config.Horizon
	year := trend.Year(p.Grid().Freq)
	if year >= 4 {
		t.options.Steps = min(t.options.Steps, year/4)
	}
	var err error
	t.board, err = claim.New(p, t.options.Kind, claim.Question{Steps: t.options.Steps, By: t.options.By, Year: year})
	return t, err
}

// add takes the paths of the series of p from number first on.
func (t *telling) add(p *tidewatch.Panel, paths *tidewatch.Paths, first int) {
	if t == nil {
		return
	}
	end := p.End()
	for k := range paths.IDs {
		if paths.First[k] == end {
			t.paths[first+k] = t.board.ByPaths(first+k, t.board.End(), paths, k)
		}
	}
}

// tell makes the story.
func (t *telling) tell(ctx context.Context, r *run, p *tidewatch.Panel) (*trend.Story, error) {
	if t == nil {
		return nil, nil
	}
	t.options.Beside = r.measures(p)
	t.options.Paths = func(*claim.Board) []claim.Chance { return t.paths }
	return trend.Tell(ctx, p, t.options)
}

// wholes are the series that each series is a part of, where series add up: the smallest group that holds it and others, but not the total, of which its
// kind is another name. nil where they do not add up.
func (r *run) wholes(p *tidewatch.Panel) []int {
	h := r.hierarchy
	if h == nil || h.Len() != p.Len() {
		return nil
	}
	out := make([]int, h.Len())
	for v := range out {
		out[v] = -1
	}
	take := func(v, whole int) {
		if h.Size(whole) > h.Size(v) && h.Size(whole) < h.Len()-h.Bottom() && (out[v] < 0 || h.Size(whole) < h.Size(out[v])) {
			out[v] = whole
		}
	}
	for l, level := range h.Levels() {
		from, _ := h.Nodes(l)
		for b, g := range level.Of {
			if g >= 0 {
				take(h.Bottom()+b, from+int(g))
			}
		}
		for k, inner := range h.Levels() { // groups within groups
			first, end := h.Nodes(k)
			in := make([]int, end-first) // the one that holds all of it, -1 = none
			for b, g := range inner.Of {
				if g < 0 {
					continue
				}
				switch of := int(level.Of[b]); {
				case of < 0:
					in[g] = -1
				case in[g] == 0:
					in[g] = of + 1
				case in[g] != of+1:
					in[g] = -1
				}
			}
			for g, whole := range in {
				if k != l && whole > 0 {
					take(first+g, from+whole-1)
				}
			}
		}
	}
	return out
}
