package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tidewatch/tidewatch"
)

// The nine days of the behaviour of Taobao's customers, by the clock of China.
var taobaoFrom = time.Date(2017, 11, 25, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))

const taobaoHours = 9 * 24

// loadTaobao counts views, carts, favourites and purchases by category and in all. taobao_hours asks at every third hour about the next six against
// what the hours of earlier days make of the last six; taobao_day about the next 24 hours against the last 24, the same hours; taobao_days about
// the next day, of counts a day: two origins.
func loadTaobao(data, name string) (*set, error) {
	rows, kinds := map[string][]float64{}, map[string]int{}
	var names []string
	var kind []int
	add := func(series, behaviour string, hour int) {
		if rows[series] == nil {
			if _, ok := kinds[behaviour]; !ok {
				kinds[behaviour] = len(kinds)
			}
			rows[series] = make([]float64, taobaoHours)
			names, kind = append(names, series), append(kind, kinds[behaviour])
		}
		rows[series][hour]++
	}
	err := unpacked(filepath.Join(data, "events/taobao/UserBehavior_first_users.csv.zst"), func(z io.Reader) error {
		r := csv.NewReader(z)
		r.FieldsPerRecord = -1
		for {
			f, err := r.Read()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if len(f) < 5 {
				continue // the last line is cut off
			}
			at, err := strconv.ParseInt(f[4], 10, 64)
			if err != nil {
				return err
			}
			hour := int(at-taobaoFrom.Unix()) / 3600
			if at < taobaoFrom.Unix() || hour >= taobaoHours {
				continue
			}
			add(f[3]+"/"+f[2], f[3], hour)
			add(f[3], f[3], hour)
		}
	})
	if err != nil {
		return nil, err
	}
	out := &set{name: name, group: kind}
	freq, bin, seasons := tidewatch.Hourly, 1, []int{24}
	switch name {
	case "taobao_hours":
		out.year, out.steps, out.least, out.first, out.every = 24, 6, 1, 72, 3
	case "taobao_day":
		out.steps, out.least, out.first, out.every = 24, .5, 144, 3
	case "taobao_days":
		out.steps, out.least, out.first, out.every = 1, 10, 7, 1
		freq, bin, seasons = tidewatch.Daily, 24, nil
	default:
		return nil, fmt.Errorf("no set %q", name)
	}
	series := make([]tidewatch.Series, len(names))
	for i, n := range names {
		v := make([]float64, taobaoHours/bin)
		for t, x := range rows[n] {
			v[t/bin] += x
		}
		series[i] = tidewatch.Series{ID: n, Values: v}
	}
	out.panel, err = tidewatch.NewPanel(tidewatch.Grid{Freq: freq, Anchor: taobaoFrom}, seasons, series)
	return out, err
}
