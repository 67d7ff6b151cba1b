package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/score"
)

// Scores writes what a backtest found as CSV: a line for each method overall, for each series, window (1 is the earliest) and step
// ahead, named by the columns "by" and "key". forecasts
// counts series at origins, cells their values that came true. A score that is not known is empty.
func Scores(w io.Writer, b *backtest.Result) error {
	line := []byte("by,key,method,forecasts,cells,sql,wql,mase,rmsse,smape,mae,rmse,bias,cov80,cov95,calib,crps,msis\n")
	put := func(by, key, method string, s score.Summary) error {
		line = append(append(append(line, by...), ','), csvField(key)...)
		line = append(append(line, ','), csvField(method)...)
		line = strconv.AppendInt(append(line, ','), int64(s.Series), 10)
		line = strconv.AppendInt(append(line, ','), int64(s.Cells), 10)
		for _, v := range []float64{s.SQL, s.WQL, s.MASE, s.RMSSE, s.SMAPE, s.MAE, s.RMSE, s.Bias, s.Cov80, s.Cov95, s.Calib, s.CRPS, s.MSIS} {
			line = append(line, ',')
			if v == v && s.Cells > 0 {
				line = appendNumber(line, v)
			}
		}
		_, err := w.Write(append(line, '\n'))
		line = line[:0]
		return err
	}
	each := func(by string, key func(int) string, of [][]score.Summary) error {
		for m, name := range b.Methods {
			for i, s := range of[m] {
				if err := put(by, key(i), name, s); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for m, name := range b.Methods {
		if err := put("overall", "all", name, b.Overall[m]); err != nil {
			return err
		}
	}
	count := func(i int) string { return strconv.Itoa(i + 1) }
	if err := each("window", count, b.ByWindow); err != nil {
		return err
	}
	if err := each("horizon", count, b.ByHorizon); err != nil {
		return err
	}
	return each("series", func(i int) string { return b.IDs[i] }, b.BySeries)
}
