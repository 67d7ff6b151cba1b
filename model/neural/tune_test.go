package neural

import (
	"context"
	"reflect"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// TestTune: the search keeps within its work, ends with one configuration, finds the same one with any number of workers, and the
// configuration survives being written and parsed.
func TestTune(t *testing.T) {
	p := waves(t, 24)
	tuning := Tuning{Families: []string{"dlinear"}, Horizon: 6, Seed: 3, Workers: 1, Work: 1.5}
	done := 0
	tuning.Progress = func(d, total int) {
		if d != done+1 || d > total {
			t.Errorf("progress %d of %d after %d", d, total, done)
		}
		done = d
	}
	best, trials, err := tuning.Run(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	work, last := 0., trials[len(trials)-1]
	for _, x := range trials {
		work += x.Work
	}
	if work > 1.5*tuning.Work || len(trials) != done || last.Round < 2 || last.Steps <= trials[0].Steps {
		t.Errorf("work %g of %g, %d trials, last %+v", work, tuning.Work, len(trials), last)
	}
	if c, ok, err := Parse(best.String()); !ok || err != nil || !reflect.DeepEqual(c, best) {
		t.Errorf("%v is parsed as %v: %v", best, c, err)
	}
	tuning.Workers, tuning.Progress = 3, nil
	if again, others, err := tuning.Run(context.Background(), p); err != nil || again != best || !reflect.DeepEqual(trials, others) {
		t.Errorf("with three workers %v instead of %v: %v", again, best, err)
	}
}

func TestTuneRefuses(t *testing.T) {
	p := waves(t, 6)
	for name, c := range map[string]struct {
		tuning Tuning
		code   tidewatch.Code
	}{
		"family": {Tuning{Families: []string{"snaive"}, Horizon: 6}, tidewatch.CodeUsage},
		"short":  {Tuning{Families: []string{"dlinear"}, Horizon: 500}, tidewatch.CodeTooShort},
	} {
		if _, _, err := c.tuning.Run(context.Background(), p); tidewatch.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
