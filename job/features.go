package job

import (
	"context"

	"github.com/tidewatch/tidewatch/feature"
)

const featuresCommand = "features"

// Features are those that the global method makes of the input, in the order of its columns. Nothing is fitted and no file written.
func Features(ctx context.Context, c Config, o Outputs, w Watch) ([]feature.Feature, *Result, error) {
	r, err := begin(ctx, featuresCommand, c, o, w)
	if err != nil {
		return nil, nil, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return nil, nil, err
	}
	b, err := feature.New(r.result.Data.Panel, feature.Config{Horizon: c.Horizon})
	if err != nil {
		return nil, nil, err
	}
	return b.Features(), r.result, nil
}
