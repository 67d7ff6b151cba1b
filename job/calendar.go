package job

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// Calendar is the calendar that c names: its regions and its own events.
func (c Config) Calendar() (*calendar.Calendar, error) {
	cal, err := calendar.New(c.Country...)
	if err != nil {
		return nil, err
	}
	for _, f := range c.Events {
		own, err := calendar.OpenEvents(f)
		if err != nil {
			return nil, err
		}
		cal = cal.With(own)
	}
	return cal, nil
}

// withCalendar is the panel with the calendar as covariates known ahead.
func (r *run) withCalendar(p *tidewatch.Panel) (*tidewatch.Panel, error) {
	cal, err := r.config.Calendar()
	if err != nil || cal.Empty() && r.config.Paydays == nil || p.Len() == 0 {
		return p, err
	}
	first := p.Series(0).Start
	for i := range p.Len() {
		first = min(first, p.Series(i).Start)
	}
	return p.Add(cal.Covariates(p.Grid(), first, p.End()+r.config.Horizon, calendar.Regressors{Months: true, Paydays: r.config.Paydays})...)
}
