package job

import "github.com/tidewatch/tidewatch/adjust"

// Adjusted is what planners' adjustments changed.
type Adjusted struct {
	File   string `json:"file"`
	Values int    `json:"values"`           // steps of series that were changed
	Unused []int  `json:"unused,omitempty"` // numbers of adjustments in force that the forecast is not about
	Broken []int  `json:"broken,omitempty"` // lines of the file that were changed after they were written
}

// openAdjustments reads the file of adjustments, if there is one to read.
func (r *run) openAdjustments() (err error) {
	if r.config.Adjust != "" {
		r.book, err = adjust.Open(r.config.Adjust)
	}
	return err
}

// adjust makes the adjusted forecast beside the model's.
func (r *run) adjust() {
	if r.book == nil {
		return
	}
	a := adjust.Apply(r.result.Data.Forecast, r.book.InForce())
	r.result.Adjusted = &a
	r.result.Record.Adjusted = &Adjusted{File: r.config.Adjust, Values: a.Cells, Unused: a.Unused, Broken: r.book.Broken}
}
