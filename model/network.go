package model

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural"
)

// network is the method of a name such as nhits or nhits(lags=72): networks that are trained on the panel. They forecast many series at
// once, so they are no rows of the table, whose methods forecast one; ok is false for every other name.
func network(name string, seed uint64, workers int) (m tidewatch.Method, ok bool, err error) {
	c, ok, err := neural.Parse(name)
	if !ok || err != nil {
		return nil, ok, err
	}
	return neural.Method{Config: c, Seed: seed, Workers: workers, Fallback: fleet.Lifted{Method: Fallback(), Seed: seed, Workers: workers}}, true, nil
}

// Networks are the families of networks that are trained on a panel, as rows beside those of [All].
func Networks() []Entry {
	var all []Entry
	for _, f := range neural.Families() {
		all = append(all, Entry{Name: f.Name, Forms: f.Name + "(lags=72,members=6,steps=500)",
			Does: f.Does, Cost: Trained, Paper: f.Paper, Version: 1})
	}
	return all
}

// For is the method for forecasts of so many steps, which a method that is trained for a horizon must know. Other methods stay as they are.
func For(m tidewatch.Method, steps int) tidewatch.Method {
	if n, ok := m.(neural.Method); ok {
		n.Horizon = steps
		return n
	}
	return m
}
