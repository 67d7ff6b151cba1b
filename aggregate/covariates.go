package aggregate

import (
	"context"

	"github.com/tidewatch/tidewatch"
)

func readCovariates(ctx context.Context, series []tidewatch.Series, grid tidewatch.Grid, c *Config, s *Summary) ([]tidewatch.Covariate, error) {
	return nil, nil
}
