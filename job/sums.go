package job

import (
	"io"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/write"
)

// Sums are the distributions of sums over time, of every series.
type Sums struct {
	List   []conform.Sum // series by series, windows in their order
	Window int           // periods summed
	Levels []float64
	Events []conform.Event
	grid   tidewatch.Grid
}

// Write writes them as CSV.
func (s *Sums) Write(w io.Writer) error { return write.Sums(w, s.grid, s.Levels, s.Events, s.List) }

func (c Config) parseEvents() ([]conform.Event, error) {
	var events []conform.Event
	for _, text := range c.Prob {
		e, err := conform.ParseEvent(text)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// newSums is what was asked for of sums; nil if nothing was.
func (r *run) newSums(p *tidewatch.Panel) (*Sums, error) {
	c := r.config
	if c.SumOver == "" && len(c.Prob) == 0 {
		return nil, nil
	}
	s := &Sums{Window: c.Horizon, Levels: c.Levels, Events: r.events, grid: p.Grid()}
	if c.SumOver != "" {
		var err error
		if s.Window, err = conform.Periods(c.SumOver, p.Grid().Freq); err != nil {
			return nil, err
		}
	}
	if s.Window > c.Horizon {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--sum-over %s is longer than the horizon of %d periods: say a longer --horizon", c.SumOver, c.Horizon)
	}
	return s, nil
}

// add takes the paths of the series of p from number first on.
func (s *Sums) add(p *tidewatch.Panel, paths *tidewatch.Paths, first int) error {
	if s == nil {
		return nil
	}
	more, err := conform.Sums(paths, s.Window, s.Levels, s.Events, func(i int) bool { return conform.SupportOf(p.Series(first + i).Demand()).Integer })
	s.List = append(s.List, more...)
	return err
}
