package chronos

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/nn"
)

// Method forecasts panels with a pretrained model, without training: fitting only remembers the panel.
type Method struct {
	Dir     string // of config.json and model.safetensors
	Packing nn.Packing
	Workers int // 0 = as many as there are processors; it does not change results
}

func (m Method) String() string { return "chronos-bolt" }

// batch is the number of series that go through the network together.
const batch = 32

// Fit implements [tidewatch.Method]: it reads the model.
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	net, err := OpenPacked(m.Dir, m.Packing)
	if err != nil {
		return nil, err
	}
	workers := m.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return &model{nets: []*Bolt{net}, panel: p, workers: workers}, nil
}

type model struct {
	mu      sync.Mutex
	nets    []*Bolt // free copies of the network, which share their weights; the first is never lent
	panel   *tidewatch.Panel
	workers int
}

// Forecast implements [tidewatch.Model]. The mean is that of the piecewise linear distribution through the trained quantiles.
// Levels beyond the trained ones follow a normal tail; see [fleet.Tail].
func (m *model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.panel, a)
	batches := (len(f.Rows) + batch - 1) / batch
	problems := make([][]tidewatch.Problem, batches)
	errs := make([]error, batches)
	var wg sync.WaitGroup
	workers := min(m.workers, batches)
	inner := max(1, m.workers/max(1, workers))
	for w := range workers {
		wg.Go(func() {
			net := m.borrow()
			defer m.giveBack(net)
			for k := w; k < batches; k += workers {
				if errs[k] = ctx.Err(); errs[k] == nil {
					problems[k], errs[k] = m.rows(ctx, net, inner, a, f, k*batch, min(len(f.Rows), (k+1)*batch))
				}
			}
		})
	}
	wg.Wait()
	for k := range batches {
		if errs[k] != nil {
			return nil, errs[k]
		}
		f.Problems = append(f.Problems, problems[k]...)
	}
	return f, nil
}

// borrow takes a free network or makes one that shares the weights.
func (m *model) borrow() *Bolt {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.nets); n > 1 {
		net := m.nets[n-1]
		m.nets = m.nets[:n-1]
		return net
	}
	net := New(m.nets[0].Config)
	nn.Share(m.nets[0].Params(), net.Params())
	return net
}

func (m *model) giveBack(net *Bolt) {
	m.mu.Lock()
	m.nets = append(m.nets, net)
	m.mu.Unlock()
}

// rows forecasts rows [from, to) of f.
func (m *model) rows(ctx context.Context, net *Bolt, workers int, a tidewatch.Ask, f *tidewatch.Forecast, from, to int) ([]tidewatch.Problem, error) {
	var problems []tidewatch.Problem
	var contexts [][]float64
	var at []int
	for k := from; k < to; k++ {
		f.Rows[k].Method = "chronos-bolt"
		y := last(m.panel.Series(a.Row(k)).Demand(), net.Bolt.Context)
		if !known(y) {
			problems = append(problems, tidewatch.Problem{ID: f.Rows[k].ID, Code: tidewatch.CodeTooShort, Reason: fmt.Sprintf("no known value among the last %d periods", net.Bolt.Context)})
			f.Rows[k].Mean, f.Rows[k].Quantiles = nil, nil
			continue
		}
		contexts, at = append(contexts, y), append(at, k)
	}
	if len(contexts) == 0 {
		return problems, nil
	}
	out, err := net.Predict(ctx, &nn.Pass{Workers: workers}, contexts, a.Steps)
	if err != nil {
		return nil, err
	}
	trained := make([]float64, len(net.Bolt.Levels))
	for i, k := range at {
		row := &f.Rows[k]
		for h := range a.Steps {
			for l := range trained {
				trained[l] = out[i][l][h]
			}
			slices.Sort(trained) // the network's quantiles may cross
			row.Mean[h] = fleet.MeanOf(net.Bolt.Levels, trained)
			for l, q := range a.Levels {
				row.Quantiles[h*len(a.Levels)+l] = fleet.Tail(net.Bolt.Levels, trained, q)
			}
		}
		if v := row.Mean[0]; math.IsNaN(v) || math.IsInf(v, 0) {
			problems = append(problems, tidewatch.Problem{ID: row.ID, Code: tidewatch.CodeNumeric, Reason: "the network gave no finite forecast"})
			row.Mean, row.Quantiles = nil, nil
		}
	}
	return problems, nil
}

func known(y []float64) bool {
	return slices.ContainsFunc(y, func(v float64) bool { return !math.IsNaN(v) })
}
