package adjust

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Columns that an adjusted forecast has beside those of a forecast: what the model had said, and the numbers of the adjustments.
const (
	ModelColumn   = "model_mean"
	NumbersColumn = "adjustments"
)

// Score is how adjustments did beside the model.
type Score struct {
	Number       int     `json:"number"` // of the adjustment; 0 = all together
	Cells        int     `json:"cells"`  // values that came true
	Model        float64 `json:"model_mae"`
	Adjusted     float64 `json:"adjusted_mae"`
	ModelBias    float64 `json:"model_bias"` // mean of forecast minus actual
	AdjustedBias float64 `json:"adjusted_bias"`
}

// Gain is by how much of the model's error the adjustment lessened it: forecast value added (Gilliland 2010, The Business Forecasting Deal).
// Below zero it harmed.
func (s Score) Gain() float64 { return 1 - s.Adjusted/s.Model }

// Compare scores an adjusted forecast, as package write writes it, against what came: CSV with the columns id, time and value. A step changed by
// several adjustments counts for each of them. The first score is that of all together. Names are for errors.
func Compare(forecast, actual io.Reader, forecastName, actualName string) ([]Score, error) {
	type key struct{ id, time string }
	came := map[key]float64{}
	err := rows(actual, actualName, []string{"id", "time", "value"}, func(_ int, v []string) error {
		if v[2] == "" {
			return nil
		}
		y, err := strconv.ParseFloat(v[2], 64)
		if err != nil || math.IsNaN(y) || math.IsInf(y, 0) {
			return fmt.Errorf("column value: %q is no number", v[2])
		}
		came[key{v[0], v[1]}] = y
		return nil
	})
	if err != nil {
		return nil, err
	}
	sums := map[int]*Score{0: {}}
	adjusted := 0
	err = rows(forecast, forecastName, []string{"id", "time", "mean", ModelColumn, NumbersColumn}, func(_ int, v []string) error {
		if v[4] == "" {
			return nil
		}
		adjusted++
		y, ok := came[key{v[0], v[1]}]
		if !ok {
			return nil
		}
		mean, err1 := strconv.ParseFloat(v[2], 64)
		model, err2 := strconv.ParseFloat(v[3], 64)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("columns mean and %s: %q and %q must be numbers", ModelColumn, v[2], v[3])
		}
		numbers := []int{0}
		for _, s := range strings.Split(v[4], "+") {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 {
				return fmt.Errorf("column %s: %q is no number", NumbersColumn, s)
			}
			numbers = append(numbers, n)
		}
		for _, n := range numbers {
			s := sums[n]
			if s == nil {
				s = &Score{Number: n}
				sums[n] = s
			}
			s.Cells++
			s.Model += math.Abs(model - y)
			s.Adjusted += math.Abs(mean - y)
			s.ModelBias += model - y
			s.AdjustedBias += mean - y
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case adjusted == 0:
		return nil, tidewatch.Errorf(tidewatch.CodeData, "%s: no step was adjusted", forecastName)
	case sums[0].Cells == 0:
		return nil, tidewatch.Errorf(tidewatch.CodeData, "%s holds none of the %d adjusted steps of %s: ids and times must be written the same", actualName, adjusted, forecastName)
	}
	var all []Score
	for _, s := range sums {
		n := float64(s.Cells)
		s.Model, s.Adjusted, s.ModelBias, s.AdjustedBias = s.Model/n, s.Adjusted/n, s.ModelBias/n, s.AdjustedBias/n
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Score) int { return a.Number - b.Number })
	return all, nil
}

// rows hands the named columns of a CSV to use, line by line.
func rows(r io.Reader, file string, columns []string, use func(line int, v []string) error) error {
	fail := func(line int, err error) error {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %w", file, line, err)
	}
	in := csv.NewReader(r)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return fail(1, err)
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(head, c); at[i] < 0 {
			return fail(1, fmt.Errorf("there is no column %s", c))
		}
	}
	v := make([]string, len(columns))
	for line := 2; ; line++ {
		record, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fail(line, err)
		}
		for i, k := range at {
			v[i] = strings.Clone(record[k])
		}
		if err := use(line, v); err != nil {
			return fail(line, err)
		}
	}
}
