package job

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/effect"
)

// effects are what a fitted model took out of the series and put back; nil if it did not.
func effects(m tidewatch.Model) []effect.Effect {
	if c, ok := m.(*clean.Model); ok {
		m = c.Inner()
	}
	if e, ok := m.(*effect.Model); ok {
		return e.Effects()
	}
	return nil
}
