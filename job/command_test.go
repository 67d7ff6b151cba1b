package job

import (
	"testing"

	"github.com/tidewatch/tidewatch"
)

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Demo(), "tidewatch demo"},
		{Config{In: []string{"orders.csv"}, Horizon: 8, Seed: 1}, "tidewatch forecast --in orders.csv --horizon 8 --method auto --preset standard --seed 1"},
		{Config{In: []string{"it's here/a b.csv", "c.csv"}, Columns: map[string]string{"value": "Wert", "time": "Datum"}, Zone: "Europe/Berlin", By: []string{"total", "item"},
			Freq: tidewatch.Daily, Seasons: []int{7, 364}, Horizon: 14, Levels: []float64{.1, .5, .9}, Methods: []string{"ets", "snaive"}, Loss: "cost:4:1", Seed: 7},
			`tidewatch forecast --in 'it'\''s here/a b.csv' --in c.csv --map time=Datum,value=Wert --tz Europe/Berlin --by total,item --freq D --season 7,364 ` +
				`--horizon 14 --quantiles 0.1,0.5,0.9 --method ets,snaive --preset standard --loss cost:4:1 --seed 7`},
		{Config{In: []string{"-"}, Seasons: []int{}, Horizon: 1}, "tidewatch forecast --in - --season none --horizon 1 --method auto --preset standard --seed 0"},
	} {
		checked, err := c.config.Check()
		if err != nil {
			t.Fatal(err)
		}
		if got := checked.commandLine(forecastCommand); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	checked, err := Config{In: []string{"a.csv"}, Clean: "stamps,gaps(linear)", Origin: "2024-05-01", Horizon: 1}.Check()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := checked.commandLine(cleanCommand), "tidewatch clean --in a.csv --origin 2024-05-01 --clean 'stamps,gaps(linear)'"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
