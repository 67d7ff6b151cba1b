package report

import (
	"math"

	"github.com/tidewatch/tidewatch/message"
)

// Training is how the networks of the report's method learned.
type Training struct {
	Method string
	Curves []Curve // in the order in which they were trained
}

// Curve is the loss of one network.
type Curve struct {
	Network int         // from 1; 0 = one that was trained to find out how, and thrown away
	Points  []LossPoint // by step
}

// LossPoint is the mean loss in a network's own scale since the point before.
type LossPoint struct {
	Step       int
	Train      float64
	Validation float64 // on values that it does not learn from; NaN = none
}

// Last is the curve that was begun last, nil if there is none.
func (t *Training) Last() *Curve {
	if t == nil || len(t.Curves) == 0 {
		return nil
	}
	return &t.Curves[len(t.Curves)-1]
}

// Step is the last step of the curve.
func (c *Curve) Step() int {
	if len(c.Points) == 0 {
		return 0
	}
	return c.Points[len(c.Points)-1].Step
}

// trainingSection is how the loss fell.
func (p *page) trainingSection() (part, error) {
	t := p.data.Training
	if t == nil {
		return part{}, nil
	}
	type line struct {
		Network    int      `json:"network"`
		Train      []floats `json:"train"` // step, loss
		Validation []floats `json:"validation,omitempty"`
	}
	var lines []line
	networks, steps := 0, 0
	first, last := 0., 0.
	for i := range t.Curves {
		c := &t.Curves[i]
		if len(c.Points) < 2 {
			continue
		}
		l := line{Network: c.Network}
		for _, q := range c.Points {
			l.Train = append(l.Train, floats{float64(q.Step), q.Train})
			if !math.IsNaN(q.Validation) {
				l.Validation = append(l.Validation, floats{float64(q.Step), q.Validation})
			}
		}
		lines = append(lines, l)
		if c.Network > 0 {
			networks++
			steps = max(steps, c.Step())
			first, last = first+c.Points[0].Train, last+c.Points[len(c.Points)-1].Train
		}
	}
	if networks == 0 {
		return part{}, nil
	}
	p.draw("losses", "training", lines)
	score := func(v float64) both {
		return each(func(l message.Lang) string { return l.Number(v/float64(networks), 3) })
	}
	return part{Data: struct{ Intro, Say both }{
		say("training.intro", t.Method, count(networks)), say("training.say", count(networks), score(first), score(last), count(steps)),
	}}, nil
}
