package job

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/hierarchy"
)

// Grain is the forecast of sums over coarser periods, which agrees with the forecast.
type Grain struct {
	Freq     tidewatch.Freq
	Forecast *tidewatch.Forecast
}

// GrainFile is the name of the file of a grain beside that of the forecast: forecast.csv and forecast-W.csv.
func GrainFile(forecast string, freq tidewatch.Freq) string {
	ext := filepath.Ext(forecast)
	return strings.TrimSuffix(forecast, ext) + "-" + freq.String() + ext
}

// checkAlso reports grains that cannot be.
func (c Config) checkAlso() error {
	for k, f := range c.Also {
		if f.IsZero() || slices.Contains(c.Also[:k], f) {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--also %v: name each coarser frequency once, such as W,M", f)
		}
	}
	return nil
}

// agree forecasts the sums over coarser periods from panels of their own, and makes all grains agree, the forecast of the run among them.
func (r *run) agree(p *tidewatch.Panel, f *tidewatch.Forecast) (*tidewatch.Forecast, error) {
	if len(r.config.Also) == 0 {
		return f, nil
	}
	if r.hierarchy != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--also makes days, weeks and months of each series agree, and --by makes series add up: both at once cannot be kept; leave one out, or say --reconcile none")
	}
	monday, _ := weekStart(r.config.WeekStart) // days after Monday; checked before
	week := time.Weekday((monday + 1) % 7)
	begin, end := p.End(), 0 // of what is forecast
	for i := range f.Rows {
		begin, end = min(begin, f.Rows[i].First), max(end, f.Rows[i].First+f.Steps)
	}
	grains := []*tidewatch.Forecast{f}
	for _, freq := range r.config.Also {
		coarse, err := hierarchy.Coarser(p, freq, week)
		if err != nil {
			return nil, err
		}
		steps := coarse.Grid().Index(p.Grid().Stamp(end)) - coarse.Grid().Index(p.Grid().Stamp(begin)) + 1
		method := r.auto()
		method.Horizon, method.Progress = steps, nil
		m, err := method.Fit(r.ctx, coarse)
		if err != nil {
			return nil, err
		}
		g, err := m.Forecast(r.ctx, tidewatch.Ask{Steps: steps, Levels: f.Levels, Seed: r.config.Seed})
		if err != nil {
			return nil, err
		}
		if g = hierarchy.Within(f, g); g == nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--also %v: the horizon of %d periods holds no whole one: ask for a longer --horizon", freq, f.Steps)
		}
		r.result.Record.Problems = append(r.result.Record.Problems, g.Problems...)
		grains = append(grains, g)
	}
	nonNegative := true
	for i := range p.Len() {
		nonNegative = nonNegative && conform.SupportOf(p.Series(i).Values).NonNegative
	}
	out, err := hierarchy.Temporal(r.ctx, grains, nonNegative)
	if err != nil {
		return nil, err
	}
	for k, g := range out[1:] {
		r.result.Grains = append(r.result.Grains, Grain{r.config.Also[k], g})
	}
	r.moved(f, out[0])
	return out[0], nil
}

// moved keeps by how much agreeing has moved the means, so that sums over time are made of paths that moved with them.
func (r *run) moved(before, after *tidewatch.Forecast) {
	r.shift = make([][]float64, len(after.Rows))
	for k := range after.Rows {
		if after.Rows[k].Abstains() {
			continue
		}
		r.shift[k] = make([]float64, after.Steps)
		for h, v := range after.Rows[k].Mean {
			r.shift[k][h] = v - before.Rows[k].Mean[h]
		}
	}
}

// shifted moves the paths of the rows from the given one on as the forecast was.
func (r *run) shifted(p *tidewatch.Panel, paths *tidewatch.Paths, from int) {
	if r.shift == nil {
		return
	}
	for k := range paths.IDs {
		by := r.shift[from+k]
		if by == nil {
			continue
		}
		least := math.Inf(-1)
		if conform.SupportOf(p.Series(from + k).Values).NonNegative {
			least = 0
		}
		for n := range paths.Samples {
			for h, v := range paths.Path(k, n) {
				paths.Path(k, n)[h] = max(v+by[h], least)
			}
		}
	}
}
