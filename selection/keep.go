package selection

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
)

// keyOf digests all that decides what a finished group is: its series, how it is tried, and the group it learns from.
func (g *group) keyOf(a Auto) fleet.Key {
	teacher := ""
	if g.teacher != nil {
		teacher = hex.EncodeToString(g.teacher.key[:])
	}
	return fleet.KeyOf(g.panel, "auto", string(a.Preset), strings.Join(g.names, "\x1e"), fmt.Sprint(a.Horizon, a.Loss, a.Seed, g.counts, g.plan.Windows, g.plan.Step, g.plan.Horizon), teacher)
}

// How the model of a member is kept.
const (
	noModel    = iota // no series needs it
	savedModel        // its state
	fitAgain          // it cannot be saved
)

// state is the finished group.
func (g *group) state() []byte {
	var w fleet.Writer
	w.Floats(g.pool)
	w.Floats(g.share)
	for i, c := range g.choices {
		w.Floats(g.weight[i])
		w.Float(c.Expected)
		w.Float(c.Baseline)
	}
	g.calibration.Save(&w)
	for _, m := range g.members {
		if m.model == nil {
			w.Int(noModel)
			continue
		}
		var inner fleet.Writer
		if f, ok := fleet.Of(m.model); ok && f.Save(&inner) == nil {
			w.Int(savedModel)
			w.Text(string(inner.Bytes()))
		} else {
			w.Int(fitAgain)
		}
	}
	return w.Bytes()
}

// recall fills the group from what was kept of it, and reports whether anything was. What cannot be read counts as not kept.
func (g *group) recall(ctx context.Context, keep fleet.Keep) (bool, error) {
	b := keep.Load(g.key)
	if b == nil {
		return false, nil
	}
	kept := *g
	again, err := kept.read(fleet.NewReader(b))
	if err != nil {
		return false, nil //nolint:nilerr // it is done again
	}
	for _, k := range again {
		if kept.members[k], err = fitMember(ctx, g.panel, g.methods[k], kept.needs(k)); err != nil {
			return false, err
		}
	}
	*g = kept
	return true, nil
}

// read fills the group from its state. again lists the members that have to be fitted.
func (g *group) read(r *fleet.Reader) (again []int, err error) {
	n, methods := g.panel.Len(), len(g.methods)
	if g.pool = r.Floats(); len(g.pool) != methods {
		r.Fail("the state is damaged: %d methods, not %d", len(g.pool), methods)
	}
	if g.share = r.Floats(); len(g.share) == 0 {
		g.share = nil
	} else if len(g.share) != methods {
		r.Fail("the state is damaged: shares of %d methods, not %d", len(g.share), methods)
	}
	g.weight, g.choices = make([][]float64, n), make([]Choice, n)
	for i := 0; i < n && r.Err() == nil; i++ {
		if g.weight[i] = r.Floats(); len(g.weight[i]) != methods {
			r.Fail("the state is damaged: weights of %d methods, not %d", len(g.weight[i]), methods)
			break
		}
		g.choices[i] = Choice{ID: g.panel.ID(i), Members: shares(g.names, g.weight[i]), Expected: r.Float(), Baseline: r.Float()}
	}
	g.calibration = conform.LoadCalibration(r, n)
	g.members = make([]member, methods)
	for k := 0; k < methods && r.Err() == nil; k++ {
		kind := r.Count(noModel, fitAgain)
		if kind == noModel {
			continue
		}
		if kind == fitAgain {
			again = append(again, k)
			continue
		}
		state := r.Text()
		local, ok := g.methods[k].(fleet.Lifted)
		if r.Err() != nil || !ok {
			r.Fail("the state is damaged: no model of %s", g.names[k])
			break
		}
		g.members[k], _ = placeMember(g.panel, local, g.needs(k))
		m, err := fleet.Load(fleet.NewReader([]byte(state)), local.Method, local.Fallback, local.Workers)
		if err != nil {
			return nil, err
		}
		g.members[k].model = m
	}
	if r.Err() == nil && r.Left() > 0 {
		r.Fail("the state is damaged: %d bytes are left over", r.Left())
	}
	return again, r.Err()
}
