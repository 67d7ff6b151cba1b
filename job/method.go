package job

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/effect"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/model/gbm"
	"github.com/tidewatch/tidewatch/model/neural"
	"github.com/tidewatch/tidewatch/selection"
)

const auto = "auto"

// chosen is the method that forecasts: auto, which chooses from all; one by its name, calibrated; or of several the best for each series; on
// cleaned series if that is asked for.
func (r *run) chosen() (tidewatch.Method, error) {
	m, err := r.choosing()
	if err != nil {
		return nil, err
	}
	return r.cleaning(m), nil
}

func (r *run) choosing() (tidewatch.Method, error) {
	names := r.config.Methods
	if len(names) == 1 || r.comparing() {
		return r.named(names[0])
	}
	if slices.Contains(names, auto) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "method auto chooses from all methods: name it alone, or name those to choose from without it")
	}
	a := r.auto()
	for _, name := range names {
		m, err := model.Panel(name, r.config.Seed, 0)
		if err != nil {
			return nil, err
		}
		a.Methods = append(a.Methods, r.prepared(m))
	}
	return r.withEffects(a, a.Methods...), nil
}

// comparing reports whether the methods named are to be compared, not chosen from: a backtest of several, auto among them.
func (r *run) comparing() bool {
	return r.result.Record.Command == backtestCommand && slices.Contains(r.config.Methods, auto)
}

// others are the methods that a backtest compares with the chosen one.
func (r *run) others() ([]tidewatch.Method, error) {
	names := r.config.Methods
	switch {
	case len(names) == 1 || r.result.Record.Command != backtestCommand:
		return nil, nil
	case r.comparing():
		names = names[1:]
	}
	var methods []tidewatch.Method
	for _, name := range names {
		m, err := r.named(name)
		if err != nil {
			return nil, err
		}
		methods = append(methods, r.cleaning(m))
	}
	return methods, nil
}

// named is one method as a forecast would use it.
func (r *run) named(name string) (tidewatch.Method, error) {
	if name == auto {
		return r.withEffects(r.auto()), nil
	}
	m, err := model.Panel(name, r.config.Seed, 0)
	if err != nil {
		return nil, err
	}
	m = r.prepared(m)
	if _, calibrated := m.(gbm.Method); calibrated {
		return m, nil // by itself, at less cost than fitting it at several origins
	}
	return r.withEffects(conform.Calibrated{Method: m, Horizon: r.config.Horizon, Seed: r.config.Seed}, m), nil
}

// withEffects lets a method gain from what is known ahead, unless one of the methods it is made of sees covariates itself.
func (r *run) withEffects(m tidewatch.Method, of ...tidewatch.Method) tidewatch.Method {
	if r.config.Effects == "none" || slices.ContainsFunc(of, seesCovariates) {
		return m
	}
	return effect.Method{Inner: m}
}

// seesCovariates reports whether a method takes covariates by itself, as methods over panels do, and a few of those over series.
func seesCovariates(m tidewatch.Method) bool {
	local, ok := m.(fleet.Lifted)
	if !ok {
		return true
	}
	return model.SeesCovariates(local.Method)
}

// prepared tells a method that is trained for a horizon which one it is, and listens to how its training goes.
func (r *run) prepared(m tidewatch.Method) tidewatch.Method {
	if g, ok := m.(gbm.Method); ok {
		g.Horizon = r.config.Horizon
		return g.Budget(r.config.Preset)
	}
	if l, ok := m.(fleet.Lifted); ok {
		l.Keep = r.resume
		return l
	}
	n, ok := m.(neural.Method)
	if !ok {
		return m
	}
	n.Horizon, n.Keep = r.config.Horizon, r.resume
	n.Progress = func(p neural.Progress) {
		r.curve(m.String(), p)
		if r.watch != nil {
			r.watch(Progress{Phase: r.stage, Done: int64(p.Done), Total: int64(p.Total), Training: &p})
		}
	}
	return n
}

func (r *run) auto() selection.Auto {
	return selection.Auto{Horizon: r.config.Horizon, Loss: r.loss, Preset: selection.Preset(r.config.Preset), Seed: r.config.Seed,
		Progress: func(done, total int) { r.fitting(done, total) }, Keep: r.resume}
}

// fitting tells of progress, unless a backtest is under way that tells of its own.
func (r *run) fitting(done, total int) {
	if r.stage == Fitting {
		r.watch.tell(Fitting, int64(done), int64(total))
	}
}
