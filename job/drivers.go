package job

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/report"
)

// Shapley values take longer than forecasts: so many series are accounted for.
const (
	driversSeries = 10 // have a row of their own
	driversEach   = 4  // of every category
	driversMost   = 60
	driversLabels = 20   // of an attribute that parts series into categories
	manySeries    = 5000 // from which fewer are accounted for, as each takes a look at all
)

// drivers accounts for the forecasts of boosted trees, of the largest series and of the largest in every category.
func (r *run) drivers(m tidewatch.Model) error {
	d := &r.result.Data
	p := d.Panel
	if r.outputs.Report == "" && r.outputs.Data == "" {
		return nil
	}
	var order []int // rows of trees
	sum := make([]float64, len(d.Forecast.Rows))
	for k := range d.Forecast.Rows {
		row := &d.Forecast.Rows[k]
		if row.Abstains() || !strings.HasPrefix(row.Method, model.Boosted) || row.ID == d.Total {
			continue
		}
		order = append(order, k)
		for _, v := range row.Mean {
			sum[k] += v
		}
	}
	if len(order) == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[b], sum[a]) })
	most := driversMost
	if p.Len() > manySeries {
		most = driversSeries + driversEach
	}
	chosen := slices.Clone(order[:min(len(order), driversSeries)])
	keep := len(chosen)
	var groups []report.DriversGroup
	for c, cov := range p.Covariates() {
		if cov.Scope != tidewatch.BySeries || len(cov.Labels) < 2 || len(cov.Labels) > driversLabels {
			continue
		}
		of := map[int][]int{}
		for _, k := range order {
			if v := p.Series(k).Covariate(c, 0); v == v && len(of[int(v)]) < driversEach {
				of[int(v)] = append(of[int(v)], k)
			}
		}
		for l, name := range cov.Labels {
			g := report.DriversGroup{Attribute: cov.Name, Value: name}
			for _, k := range of[l] {
				at := slices.Index(chosen, k)
				if at < 0 && len(chosen) < most {
					at = len(chosen)
					chosen = append(chosen, k)
				}
				if at >= 0 {
					g.Accounts = append(g.Accounts, at)
				}
			}
			if len(g.Accounts) > 0 {
				groups = append(groups, g)
			}
		}
	}
	accounts := make([]*tidewatch.Account, len(chosen))
	for n, k := range chosen {
		var err error
		if accounts[n], err = conform.Account(r.ctx, m, p, k, r.config.Horizon); err != nil {
			return err
		}
	}
	d.Drivers = report.NewDrivers(accounts, keep, groups)
	return nil
}
