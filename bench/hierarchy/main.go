// Command hierarchy judges reconciled forecasts beside unreconciled ones, by the levels of a hierarchy: WRMSSE and weighted scaled CRPS, the
// coverage of sums over time, and what reconciling takes.
//
//	go run ./bench/hierarchy -data ../shared/data -set m5 -end 1913
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/effect"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/model/etsx"
	"github.com/tidewatch/tidewatch/selection"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the data")
	set := flag.String("set", "m5", "m5, completejourney or online_retail")
	ends := flag.String("end", "0", "periods known at each origin; 0 = all but the last horizon, -1 = all but the last two ...")
	preset := flag.String("preset", "light", "of auto")
	methods := flag.String("methods", "bu,ols,struct,wls,mint", "ways to reconcile")
	sums := flag.Int("sums", 0, "forecast nodes of at least so many series by etsx; 0 = as the command line does, -1 = none")
	samples := flag.Int("samples", 100, "sample paths; 0 = judge means alone")
	out := flag.String("out", "", "write the last method's bottom forecasts to this name, a hyphen and the origin, as wrmsse.py reads them")
	flag.IntVar(&learn, "learn", 8, "past origins to learn the width of sums from; 0 = leave it")
	flag.IntVar(&every, "every", 1, "take every so many items of M5")
	flag.Parse()
	if err := run(*data, *set, strings.Split(*ends, ","), *preset, *sums, strings.Split(*methods, ","), *samples, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// every is how many items of M5 one is taken of.
var every int

// learn is how many past origins teach how wide sums are.
var learn int

var readers = map[string]func(string) (*market, error){"m5": readM5, "completejourney": readJourney, "online_retail": readRetail}

func run(data, set string, ends []string, preset string, sums int, methods []string, samples int, out string) error {
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
		j, err := origin(ctx, m, set, end, preset, sums, methods, samples, out, clock)
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
func origin(ctx context.Context, m *market, set string, end int, preset string, sums int, methods []string, samples int, out string, clock *clock) (*judge, error) {
	p, _, err := m.h.Panel(m.bottom.Until(end))
	if err != nil {
		return nil, err
	}
	clock.lap("read")
	j := newJudge(m, end)
	ask := tidewatch.Ask{Steps: m.horizon, Levels: conform.Grid(), Seed: 1}
	method := m.method(preset, sums)
	fitted, err := method.Fit(ctx, p)
	if err != nil {
		return nil, err
	}
	base, err := fitted.Forecast(ctx, ask)
	if err != nil {
		return nil, err
	}
	clock.lap("base forecasts")
	var paths *tidewatch.Paths
	if samples > 0 {
		if paths, err = hierarchy.BasePaths(ctx, fitted, p, base, ask, samples); err != nil {
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
	var widths *hierarchy.Widths
	if samples > 0 && learn > 0 {
		c := hierarchy.Coherent{Base: method, Hierarchy: m.h, Reconcile: hierarchy.OLS, Horizon: m.horizon, Seed: 1}
		if widths, err = c.LearnWidths(ctx, p, learn); err != nil {
			return nil, err
		}
		clock.lap("widths")
		fmt.Fprint(os.Stderr, widths)
	}
	var last *tidewatch.Forecast
	for _, name := range methods {
		clock.begin()
		method, level, err := hierarchy.ParseMethod(name)
		if err != nil {
			return nil, err
		}
		if method == hierarchy.Auto {
			if method, err = (hierarchy.Coherent{Base: m.method(preset, sums), Hierarchy: m.h, Horizon: m.horizon, Seed: 1}).Choose(ctx, p); err != nil {
				return nil, err
			}
			clock.lap("auto: " + string(method))
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
		var before []float64
		if paths != nil {
			copied := *paths
			own = &copied
			own.Values = append([]float64(nil), paths.Values...)
			if before, err = hierarchy.Spreads(ctx, own); err != nil {
				return nil, err
			}
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
		if own != nil {
			after, err := hierarchy.Spreads(ctx, own)
			if err != nil {
				return nil, err
			}
			hierarchy.Shape(f, base, before, after, support)
			if err := widths.Apply(ctx, m.h, own); err != nil {
				return nil, err
			}
		}
		clock.lap(name + ": forecast")
		j.add(name, f, own)
		last = f
	}
	if out != "" && last != nil {
		return j, write(fmt.Sprintf("%s-%d.csv", strings.TrimSuffix(out, ".csv"), end), m, last)
	}
	return j, nil
}

// method is what the command line forecasts all nodes by.
func (m *market) method(preset string, sums int) tidewatch.Method {
	var method tidewatch.Method = selection.Auto{Horizon: m.horizon, Preset: selection.Preset(preset), Seed: 1}
	if len(m.bottom.Covariates()) > 0 {
		method = effect.Method{Inner: method}
	}
	if sums >= 0 {
		method = hierarchy.Mixed{Hierarchy: m.h, All: method, Sums: etsx.Method{Horizon: m.horizon}, Many: sums}
	}
	return method
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
