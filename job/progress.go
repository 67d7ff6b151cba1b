package job

import "github.com/tidewatch/tidewatch/model/neural"

// Stage is a part of a run. The catalogue of messages has "phase.STAGE" for each.
type Stage string

// The stages, in the order they are gone through.
const (
	Reading     Stage = "read"
	Cleaning    Stage = "clean"    // repairing series
	Scoring     Stage = "score"    // a backtest of the methods
	Fitting     Stage = "fit"      // choosing and fitting methods
	Forecasting Stage = "forecast" // with the fitted model
	Sampling    Stage = "paths"    // of joint futures
	Writing     Stage = "write"
	Segmenting  Stage = "segment" // finding groups
	Measuring   Stage = "measure" // of behaviour
	Tuning      Stage = "tune"    // a search for a network's configuration, in place of the stages after reading
)

// Progress says how far a run is.
type Progress struct {
	Phase       Stage
	Done, Total int64 // within the stage; Total 0: nobody knows how much there is
	// Training is the network being trained, nil if there is none; Done and Total are then its steps.
	Training *neural.Progress
}

// Watch is told of progress, often and from one goroutine at a time. nil is a run that nobody watches.
type Watch func(Progress)

func (w Watch) tell(s Stage, done, total int64) {
	if w != nil {
		w(Progress{Phase: s, Done: done, Total: total})
	}
}
