package job

import (
	"cmp"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

// Sample paths are drawn for changes and sums, as many as keep their values below maxPathValues but minSamples at least, and held in
// blocks of about blockValues. A model that draws its own draws all at once: as many as maxPathValues.
const (
	maxSamples    = 500
	minSamples    = 100
	maxPathValues = 40_000_000
	blockValues   = 8_000_000
)

// forecast fits the method on all that is known and asks for the future.
func (r *run) forecast() error {
	p, d := r.result.Data.Panel, &r.result.Data
	ask := tidewatch.Ask{Steps: r.config.Horizon, Levels: r.config.Levels, Seed: r.config.Seed}
	var err error
	if ask.Future, err = r.whatIf(p); err != nil {
		return err
	}
	r.enter(Fitting)
	model, err := r.method.Fit(r.ctx, p)
	if err != nil {
		return err
	}
	if m, ok := model.(*clean.Model); ok {
		r.cleaned(m.Cleaned())
	} else if err := r.clean(); err != nil { // the same again, for the record
		return err
	}
	r.result.Record.Effects = effects(model)
	r.clock.lap(Fitting)
	r.enter(Forecasting)
	f, err := model.Forecast(r.ctx, ask)
	if err != nil {
		return err
	}
	if err := f.Check(); err != nil {
		return err
	}
	if f, err = r.agree(p, f); err != nil {
		return err
	}
	d.Forecast = f
	if err := r.adjust(); err != nil {
		return err
	}
	if err := r.drivers(model); err != nil {
		return err
	}
	r.result.Record.Problems = append(r.result.Record.Problems, f.Problems...)
	r.result.Record.Methods = countMethods(f)
	if len(f.Rows) > 0 && !slices.ContainsFunc(f.Rows, func(row tidewatch.ForecastRow) bool { return !row.Abstains() }) {
		why := "no series has enough history"
		if len(f.Problems) > 0 {
			why = f.Problems[0].Reason
		}
		return tidewatch.Errorf(tidewatch.CodeData, "none of the %d series can be forecast: %s", len(f.Rows), why)
	}
	r.clock.lap(Forecasting)
	if err := r.sample(model, ask); err != nil {
		return err
	}
	return r.why(model)
}

// sample measures the changes on joint sample paths.
func (r *run) sample(model tidewatch.Model, ask tidewatch.Ask) error {
	d := &r.result.Data
	cells := max(1, len(d.Forecast.Rows)*ask.Steps)
	samples := max(minSamples, min(maxSamples, maxPathValues/cells))
	r.enter(Sampling)
	var sum trend.Total
	var noSum error // series that end at different times have no sum
	done := 0
	sums, err := r.newSums(d.Panel)
	if err != nil {
		return err
	}
	story, err := r.newTelling(d.Panel)
	if err != nil {
		return err
	}
	block := blockValues
	if _, own := model.(tidewatch.Sampler); own {
		block = maxPathValues
	}
	if r.together { // its paths are there already
		block = max(block, cells*samples)
	}
	ok, err := conform.Blocks(r.ctx, model, d.Panel, ask, samples, block, func(paths *tidewatch.Paths) error {
		r.shifted(d.Panel, paths, done)
		if err := sums.add(d.Panel, paths, done); err != nil {
			return err
		}
		story.add(d.Panel, paths, done)
		moves, err := trend.Measure(d.Panel, paths, trend.Options{})
		for k := range moves {
			moves[k].Row += done
		}
		d.Moves = append(d.Moves, moves...)
		if d.Total == "" && noSum == nil && err == nil {
			noSum = sum.Add(d.Panel, paths, nil)
		}
		done += len(paths.IDs)
		r.watch.tell(Sampling, int64(done), int64(len(d.Forecast.Rows)))
		return err
	})
	if err != nil {
		return err
	}
	if !ok {
		n := message.NoteOf("note.moves", len(d.Forecast.Rows), ask.Steps)
		r.result.Record.Notes = append(r.result.Record.Notes, n)
		if d.Quality != nil {
			d.Quality.Notes = append(d.Quality.Notes, n)
		}
	}
	if sums != nil && !ok {
		return tidewatch.Errorf(tidewatch.CodeUsage, "sums and probabilities need sample paths, and %d series of %d steps are too many for this method's own: ask for fewer series or steps", len(d.Forecast.Rows), ask.Steps)
	}
	r.result.Sums = sums
	r.result.Total = total(d.Moves, d.Total)
	if r.result.Total == nil && d.Total == "" && noSum == nil {
		if t, err := sum.Move(trend.Options{}); err == nil {
			r.result.Total = &t
		}
	}
	if d.Story, err = story.tell(r.ctx, r, d.Panel); err != nil {
		return err
	}
	r.clock.lap(Sampling)
	return nil
}

// total is the move of the series that is the sum of the others; nil if there is none.
func total(moves []trend.Move, id string) *trend.Move {
	for i := range moves {
		if moves[i].ID == id && id != "" {
			return &moves[i]
		}
	}
	return nil
}

// countMethods says which method made how many forecasts.
func countMethods(f *tidewatch.Forecast) []MethodCount {
	count := map[string]int{}
	for k := range f.Rows {
		if r := &f.Rows[k]; !r.Abstains() {
			count[r.Method]++
		}
	}
	var counts []MethodCount
	for m, n := range count {
		counts = append(counts, MethodCount{m, n})
	}
	slices.SortFunc(counts, func(a, b MethodCount) int {
		return cmp.Or(cmp.Compare(b.Series, a.Series), cmp.Compare(a.Method, b.Method))
	})
	return counts
}
