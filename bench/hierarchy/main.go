// Command hierarchy judges reconciled forecasts beside unreconciled ones, by the levels of a hierarchy: WRMSSE and weighted scaled CRPS, the
// coverage of sums over time, and what reconciling takes.
//
//	go run ./bench/hierarchy -data ../shared/data -set m5 -end 1913
package main

import (
	"context"
	"encoding/gob"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/selection"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the data")
	set := flag.String("set", "m5", "m5, completejourney or online_retail")
	ends := flag.String("end", "0", "periods known at each origin; 0 = all but the last horizon, -1 = all but the last two ...")
	preset := flag.String("preset", "light", "of auto")
	methods := flag.String("methods", "bu,ols,struct,wls,mint", "ways to reconcile")
	sums := flag.String("sums", "", "method whose forecasts of nodes of at least 30 series are averaged with auto's, such as ets, ets:calibrated or ets:cqr; empty = none")
	samples := flag.Int("samples", 100, "sample paths; 0 = judge means alone")
	cache := flag.String("cache", "", "folder to keep base forecasts in, for a second run")
	out := flag.String("out", "", "write the last method's bottom forecasts here, as wrmsse.py reads them")
	flag.Parse()
	if err := run(*data, *set, strings.Split(*ends, ","), *preset, *sums, strings.Split(*methods, ","), *samples, *cache, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var readers = map[string]func(string) (*market, error){"m5": readM5, "completejourney": readJourney, "online_retail": readRetail}

func run(data, set string, ends []string, preset, sums string, methods []string, samples int, cache, out string) error {
	ctx := context.Background()
	reader, ok := readers[set]
	if !ok {
		return fmt.Errorf("no set %q", set)
	}
	clock := start()
	m, err := reader(data)
	if err != nil {
		return err
	}
	var all *judge
	for _, text := range ends {
		end, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		if end <= 0 {
			end = len(m.units[0]) - m.horizon*(1-end)
		}
		j, err := origin(ctx, m, set, end, preset, sums, methods, samples, cache, out, clock)
		if err != nil {
			return err
		}
		j.print()
		if all == nil {
			all = j
		} else {
			all.merge(j)
		}
	}
	if len(ends) > 1 {
		fmt.Printf("\nall %d origins\n", len(ends))
		all.print()
	}
	return nil
}

// origin judges all methods at one origin.
func origin(ctx context.Context, m *market, set string, end int, preset, sums string, methods []string, samples int, cache, out string, clock *clock) (*judge, error) {
	bottom, err := m.panel(end)
	if err != nil {
		return nil, err
	}
	p, _, err := m.h.Panel(bottom)
	if err != nil {
		return nil, err
	}
	clock.lap("read")
	j := newJudge(m, end)
	ask := tidewatch.Ask{Steps: m.horizon, Levels: conform.Grid(), Seed: 1}
	base, err := cached(cache, fmt.Sprintf("%s-%d-%s.gob", set, end, preset), func() (*tidewatch.Forecast, error) {
		model, err := selection.Auto{Horizon: m.horizon, Preset: selection.Preset(preset), Seed: 1}.Fit(ctx, p)
		if err != nil {
			return nil, err
		}
		return model.Forecast(ctx, ask)
	})
	if err != nil {
		return nil, err
	}
	if sums != "" {
		var many []int
		for v := range m.h.Len() {
			if m.h.Size(v) >= 30 {
				many = append(many, v)
			}
		}
		name, how, _ := strings.Cut(sums, ":")
		method, err := model.Panel(name, 1, 0)
		if err != nil {
			return nil, err
		}
		switch how {
		case "calibrated":
			method = conform.Calibrated{Method: method, Horizon: m.horizon, Seed: 1}
		case "cqr":
			method = conform.CQR{Method: method, Horizon: m.horizon, Seed: 1}
		}
		fitted, err := method.Fit(ctx, p.Select(many))
		if err != nil {
			return nil, err
		}
		f, err := fitted.Forecast(ctx, ask)
		if err != nil {
			return nil, err
		}
		for k, v := range many {
			mix(&base.Rows[v], &f.Rows[k])
		}
	}
	clock.lap("base forecasts")
	var paths *tidewatch.Paths
	if samples > 0 {
		if paths, err = conform.Reorder(ctx, p, base, ask, samples); err != nil {
			return nil, err
		}
		clock.lap("paths")
	}
	fmt.Printf("%s, end %d: %d nodes, %d of them bottom\n", set, end, m.h.Len(), len(m.ids))
	j.add("base", base, paths)
	variance := hierarchy.Spread(base)
	support := make([]conform.Support, m.h.Len())
	for v := range support {
		support[v] = conform.SupportOf(p.Series(v).Values)
	}
	var last *tidewatch.Forecast
	for _, name := range methods {
		clock.begin()
		method, level, err := hierarchy.ParseMethod(name)
		if err != nil {
			return nil, err
		}
		known := hierarchy.Known{Variance: variance, Level: level}
		if method == hierarchy.Shrink {
			known.Past = hierarchy.Residuals(p, 8*m.horizon)
		}
		r, err := hierarchy.NewReconciler(m.h, method, known)
		if err != nil {
			return nil, err
		}
		if _, err := r.Means(ctx, base, true); err != nil {
			return nil, err
		}
		clock.lap(name + ": means")
		var own *tidewatch.Paths
		if paths != nil {
			copied := *paths
			own = &copied
			own.Values = append([]float64(nil), paths.Values...)
			if err := r.Paths(ctx, own, true); err != nil {
				return nil, err
			}
			clock.lap(name + ": paths")
		}
		f, err := r.Forecast(ctx, base, own, true, func(v int, q []float64) {
			mean := 0.0
			support[v].Fit(&mean, q)
		})
		if err != nil {
			return nil, err
		}
		clock.lap(name + ": forecast")
		j.add(name, f, own)
		last = f
	}
	if out != "" && last != nil {
		return j, write(out, m, last)
	}
	return j, nil
}

// mix averages two forecasts, as package hierarchy does for sums.
func mix(a, b *tidewatch.ForecastRow) {
	for i := range a.Mean {
		a.Mean[i] = (a.Mean[i] + b.Mean[i]) / 2
	}
	for i := range a.Quantiles {
		a.Quantiles[i] = (a.Quantiles[i] + b.Quantiles[i]) / 2
	}
}

func cached(dir, name string, make func() (*tidewatch.Forecast, error)) (*tidewatch.Forecast, error) {
	if dir == "" {
		return make()
	}
	if f, err := os.Open(dir + "/" + name); err == nil {
		defer f.Close() //nolint:errcheck // it was read only
		var fc tidewatch.Forecast
		return &fc, gob.NewDecoder(f).Decode(&fc)
	}
	fc, err := make()
	if err != nil {
		return nil, err
	}
	f, err := os.Create(dir + "/" + name)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(f).Encode(fc); err != nil {
		return nil, err
	}
	return fc, f.Close()
}

// panel is what was known up to end, each series from its first sale.
func (m *market) panel(end int) (*tidewatch.Panel, error) {
	series := make([]tidewatch.Series, len(m.ids))
	for i, y := range m.units {
		from := 0
		for from < end && y[from] == 0 {
			from++
		}
		series[i] = tidewatch.Series{ID: m.ids[i], Start: from, Values: y[from:end]}
	}
	return tidewatch.NewPanel(m.grid, m.seasons, series)
}

func write(path string, m *market, f *tidewatch.Forecast) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "id,time,mean")
	for i := range m.ids {
		row := &f.Rows[m.h.Bottom()+i]
		for step := range f.Steps {
			mean := 0.0
			if !row.Abstains() {
				mean = row.Mean[step]
			}
			fmt.Fprintf(w, "%s,%d,%.6g\n", row.ID, step+1, mean)
		}
	}
	return w.Close()
}

// clock prints the processor seconds of what was done since it was asked last.
type clock struct {
	cpu  float64
	wall time.Time
}

func start() *clock { c := &clock{}; c.begin(); return c }

func usage() (cpu float64, peak int64) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, u.Maxrss
}

func (c *clock) begin() {
	c.cpu, _ = usage()
	c.wall = time.Now()
}

func (c *clock) lap(what string) {
	cpu, peak := usage()
	fmt.Fprintf(os.Stderr, "%-20s %7.2f CPU s %7.2f s wall, peak %d MiB\n", what, cpu-c.cpu, time.Since(c.wall).Seconds(), peak>>10)
	c.begin()
}
