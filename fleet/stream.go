package fleet

import (
	"context"
	"iter"

	"github.com/tidewatch/tidewatch"
)

// Stream fits m to each panel as it comes and yields its forecast, in the order of the panels, so that memory holds one panel at a time.
// A method lifted from one series gives the same forecasts however the series are split into panels. The first error, of panels or of
// m, is yielded and ends the stream. a.Series and a.Future must be nil: they are about one panel.
func Stream(ctx context.Context, m tidewatch.Method, a tidewatch.Ask, panels iter.Seq2[*tidewatch.Panel, error]) iter.Seq2[*tidewatch.Forecast, error] {
	return func(yield func(*tidewatch.Forecast, error) bool) {
		if a.Series != nil || a.Future != nil {
			yield(nil, tidewatch.Errorf(tidewatch.CodeUsage, "a stream of panels is asked about all series of each, without other futures"))
			return
		}
		for p, err := range panels {
			var f *tidewatch.Forecast
			if err == nil {
				f, err = forecast(ctx, m, a, p)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func forecast(ctx context.Context, m tidewatch.Method, a tidewatch.Ask, p *tidewatch.Panel) (*tidewatch.Forecast, error) {
	fit, err := m.Fit(ctx, p)
	if err != nil {
		return nil, err
	}
	return fit.Forecast(ctx, a)
}
