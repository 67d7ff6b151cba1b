package job

import (
	"github.com/tidewatch/tidewatch/model/neural"
	"github.com/tidewatch/tidewatch/report"
)

// curve keeps how the networks of a method learn, for the report. Of several trainings the last one counts: that of the forecast.
func (r *run) curve(method string, p neural.Progress) {
	t := r.result.Data.Training
	begins := p.Step >= p.Done // the first network of a training
	if last := t.Last(); t == nil || begins && (last == nil || last.Network > p.Member || p.Step <= last.Step()) {
		t = &report.Training{Method: method}
		r.result.Data.Training = t
	}
	last := t.Last()
	if last == nil || last.Network != p.Member || p.Step <= last.Step() {
		t.Curves = append(t.Curves, report.Curve{Network: p.Member})
		last = t.Last()
	}
	last.Points = append(last.Points, report.LossPoint{Step: p.Step, Train: p.Train, Validation: p.Validation})
}
