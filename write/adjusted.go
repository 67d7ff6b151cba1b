package write

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch/adjust"
)

// Adjusted writes the adjusted forecast as CSV: the columns of a forecast, then model_mean, what the model had said, and adjustments, the numbers
// of those that changed it.
func Adjusted(w io.Writer, a adjust.Adjusted) error {
	var plain bytes.Buffer
	if err := Forecast(&plain, a.Forecast, CSV); err != nil {
		return err
	}
	in, out := csv.NewReader(&plain), csv.NewWriter(w)
	head, err := in.Read()
	if err != nil {
		return err
	}
	if err := out.Write(append(head, adjust.ModelColumn, adjust.NumbersColumn)); err != nil {
		return err
	}
	for k, r := range a.Model.Rows {
		if r.Abstains() {
			continue
		}
		for h, mean := range r.Mean {
			record, err := in.Read()
			if err != nil {
				return err
			}
			var numbers []string
			for _, n := range a.Numbers[k][h] {
				numbers = append(numbers, strconv.Itoa(n))
			}
			if err := out.Write(append(record, strconv.FormatFloat(mean, 'g', Digits, 64), strings.Join(numbers, "+"))); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
