package job

import (
	"context"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/neural"
)

const tuneCommand = "tune"

// Tuned is what a search for a configuration of networks found.
type Tuned struct {
	Method string         `json:"method"` // as --method takes it
	Trials []neural.Trial `json:"trials"`
}

// Tune reads the data of c and searches for the configuration of networks that forecasts its last horizon best. c.Methods are the families to
// search; "auto" is all. work is what may be spent: see [neural.Tuning].
func Tune(ctx context.Context, c Config, work float64, w Watch) (*Tuned, error) {
	families := c.Methods
	if len(families) == 1 && families[0] == auto {
		families = nil
	}
	known := map[string]bool{}
	var names []string
	for _, f := range neural.Families() {
		known[f.Name] = true
		names = append(names, f.Name)
	}
	for _, f := range families {
		if !known[f] {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "method %q cannot be tuned: name families of networks, of %s, without parameters", f, strings.Join(names, ", "))
		}
	}
	if !(work > 0 && work <= 1e6) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--work %g: it must be above 0 and up to 1000000 trainings", work)
	}
	c.Methods = []string{auto}
	r, err := begin(ctx, tuneCommand, c, Outputs{}, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return nil, err
	}
	r.enter(Tuning)
	best, trials, err := neural.Tuning{Families: families, Horizon: r.config.Horizon, Seed: r.config.Seed, Work: work,
		Progress: func(done, total int) { r.watch.tell(Tuning, int64(done), int64(total)) }}.Run(ctx, r.result.Data.Panel)
	if err != nil {
		return nil, err
	}
	return &Tuned{Method: best.String(), Trials: trials}, nil
}
