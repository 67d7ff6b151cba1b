package report

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

// sample is the data of a report on weekly sales of a shop that never was: a total, countries, and items with a winter season and
// moods of their own. The forecasts are those of a damped level with a normal error, the paths are joint by a common factor.
func sample(t testing.TB, items, steps int) Data {
	t.Helper()
	const weeks = 75
	rng := rand.New(rand.NewPCG(7, 11))
	anchor := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
	countries := []string{"United Kingdom", "Germany", "France", "Eire", "Spain", "Netherlands"}
	nouns := []string{"LANTERN", "CAKE STAND", "LUNCH BAG", "TEA TOWEL", "STORAGE TIN", "PICTURE FRAME", "HAND WARMER", "PARTY BUNTING", "TEACUP", "DOORMAT"}
	adjectives := []string{"VINTAGE RED", "REGENCY", "WHITE HEART", "JUMBO", "SET OF 3", "PINK RETROSPOT", "WOODEN", "GLASS STAR", "BLUE POLKADOT"}
	series := []tidewatch.Series{{ID: "Total", Values: make([]float64, weeks)}}
	labels := []Label{{ID: "Total", Name: "Online shop", Group: "total"}}
	for _, c := range countries {
		series = append(series, tidewatch.Series{ID: "country/" + c, Values: make([]float64, weeks)})
		labels = append(labels, Label{ID: "country/" + c, Name: c, Group: "country"})
	}
	for i := range items {
		first := 0
		if i%9 == 4 {
			first = weeks - 3 - rng.IntN(weeks-6)
			if i%2 == 1 {
				first = weeks - 7
			}
		}
		s := tidewatch.Series{ID: fmt.Sprintf("%05d", 20700+i*7), Start: first, Values: make([]float64, weeks-first)}
		level, slope, winter := math.Exp(5.5-2.2*math.Log1p(float64(i)/12)+.5*rng.NormFloat64()), .012*rng.NormFloat64(), .6*rng.Float64()
		for k := range s.Values {
			w := first + k
			season := 1 + winter*math.Cos(2*math.Pi*float64(w+26-48)/52)
			v := math.Max(0, math.Round(level*math.Exp(slope*float64(w-weeks))*season*math.Exp(.25*rng.NormFloat64())))
			s.Values[k] = v
			series[0].Values[w] += v
			series[1+i%len(countries)%(1+rng.IntN(len(countries)))].Values[w] += v
		}
		series = append(series, s)
		labels = append(labels, Label{ID: s.ID, Name: adjectives[i%len(adjectives)] + " " + nouns[i/3%len(nouns)], Group: "item"})
	}
	panel, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: anchor}, []int{52}, series)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := tidewatch.Ask{Steps: steps}.Check(panel.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := tidewatch.NewForecast(panel, ask)
	const samples = 100
	paths := tidewatch.NewPaths(f, samples)
	common := make([]float64, samples)
	for k := range common {
		common[k] = rng.NormFloat64()
	}
	for i := range f.Rows {
		y, r := panel.Series(i).Values, &f.Rows[i]
		if len(y) < 6 {
			r.Mean, r.Quantiles = nil, nil
			f.Problems = append(f.Problems, tidewatch.Problem{ID: r.ID, Code: tidewatch.CodeTooShort, Reason: fmt.Sprintf("%d known values; at least 6 are needed", len(y))})
			for k := range samples {
				for h := range steps {
					paths.Path(i, k)[h] = math.NaN()
				}
			}
			continue
		}
		r.Method = []string{"ses", "hw", "stm", "median", "snaive"}[i%5]
		if len(y) < 20 {
			r.Method = "window"
			f.Problems = append(f.Problems, tidewatch.Problem{ID: r.ID, Code: tidewatch.CodeTooShort, Reason: "fewer than two seasons", Method: "window"})
		}
		for h := range steps {
			level, sd := 0., 0.
			for _, v := range y[len(y)-6:] {
				level += v / 6
			}
			if past := len(y) - 52 + h%52; past >= 0 {
				level = .5*level + .5*y[past]
			}
			sd = (.12 + .02*math.Sqrt(float64(h+1))) * level
			if i > 6 {
				sd *= 2
			}
			r.Mean[h] = level
			for l, q := range f.Levels {
				r.Quantiles[h*len(f.Levels)+l] = math.Max(0, level+sd*math.Sqrt2*math.Erfinv(2*q-1))
			}
			for k := range samples {
				paths.Path(i, k)[h] = math.Max(0, level+sd*(.7*common[k]+.7*rng.NormFloat64()))
			}
		}
	}
	moves, err := trend.Measure(panel, paths, trend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	whole, made := 0., 0. // countries make the total
	for _, m := range moves {
		if m.ID == "Total" {
			whole = m.Next.Mean
		} else if strings.HasPrefix(m.ID, "country/") {
			made += m.Next.Mean
		}
	}
	for i := range moves {
		if n := &moves[i].Next; strings.HasPrefix(moves[i].ID, "country/") {
			n.Mean, n.Median, n.Low, n.High = n.Mean*whole/made, n.Median*whole/made, n.Low*whole/made, n.High*whole/made
		}
	}
	kinds := make([]int, panel.Len())
	for i, l := range labels {
		kinds[i] = map[string]int{"country": 1, "item": 2}[l.Group]
	}
	story, err := trend.Tell(t.Context(), panel, trend.Telling{Steps: steps, Kind: kinds})
	if err != nil {
		t.Fatal(err)
	}
	bySteps := func(base float64) []StepScore {
		var s []StepScore
		for h := range steps {
			v := base * (1 + .04*float64(h))
			s = append(s, StepScore{h + 1, Estimate{v, v * .94, v * 1.06}, Estimate{v / 2, v * .45, v * .55}})
		}
		return s
	}
	nan := math.NaN()
	accuracy := &Accuracy{Skill: Estimate{.24, .19, .28}, Origins: 3, Series: items, Chosen: "auto", Naive: "snaive", Methods: []MethodScore{
		{Method: "auto", SQL: .612, WQL: .231, MASE: .81, RMSSE: .77, BySteps: bySteps(.55)},
		{Method: "median", Chosen: 120, SQL: .634, WQL: .239, MASE: .83, RMSSE: .79},
		{Method: "hw", Chosen: 61, SQL: .671, WQL: .252, MASE: .88, RMSSE: .84},
		{Method: "snaive", Chosen: 12, SQL: .803, WQL: .311, MASE: 1.04, RMSSE: .99, BySteps: bySteps(.74)},
		{Method: "croston", Chosen: 0, SQL: .84, WQL: nan, MASE: nan, RMSSE: nan},
	}}
	for _, q := range tidewatch.DefaultLevels() {
		accuracy.Coverage = append(accuracy.Coverage, Coverage{q, q + .02*math.Sin(9*q)})
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	var events []Event
	for y := 2024; y <= 2026; y++ {
		events = append(events, Event{English: "Christmas", Chinese: "圣诞节", First: day(y, 12, 25), Last: day(y, 12, 26), Major: true}, Event{English: "New Year", Chinese: "元旦", First: day(y, 1, 1), Major: true},
			Event{English: "Black Friday", Chinese: "黑色星期五", First: day(y, 11, 28), Promotion: true, Major: true}, Event{English: "Singles' Day", Chinese: "双十一", First: day(y, 10, 20), Last: day(y, 11, 11), Promotion: true, Major: true})
	}
	change, claims := told()
	return Data{Title: "Online shop", Events: events, Lang: message.English, Unit: "units", Made: anchor.AddDate(0, 0, 7*weeks), Panel: panel, Forecast: f, Change: change, Ledger: claims,
		Labels: labels, Total: "Total", Moves: moves, Story: story, Accuracy: accuracy, Adjusted: adjustments(t, f), Drivers: sampleDrivers(), Training: learned(),
		Quality: &Quality{Files: []string{"orders.csv.gz"}, Rows: 541909, Used: 530104, Returns: 10624,
			Rejects:    []Reject{{Column: "quantity", Code: "number", Reason: `"x" is not a number`, Count: 41, Example: "orders.csv:118"}, {Reason: "time is empty", Count: 3, Example: "orders.csv:90211"}},
			Repairs:    []Repair{{Kind: "outliers", Values: 12, Series: 5}, {Kind: "gaps", Values: 31, Series: 2}},
			Recognised: []Setting{{"delimiter", "comma"}, {"encoding", "UTF-8"}, {"layout", "orders"}, {"time", "InvoiceDate, as 2006-01-02 15:04:05"}, {"quantity", "Quantity"}},
			Unfinished: &Unfinished{From: anchor.AddDate(0, 0, 7*weeks), Last: anchor.AddDate(0, 0, 7*weeks+4).Add(12*time.Hour + 50*time.Minute), Rows: 9812}},
		Segments: alike(t, panel, labels), Behaviour: behaved(t),
		Run: Run{Command: "tidewatch forecast --in orders.csv.gz --horizon 8 --seed 1 --report report.html --out forecast.csv", Version: "0.1.0", Seed: 1,
			Digest: "sha256:6f1ed002ab5595859014ebf0951522d9", Settings: []Setting{{"freq", "W"}, {"season", "52"}, {"horizon", fmt.Sprint(steps)}, {"method", "auto"}, {"preset", "standard"}},
			Timings: []Setting{{"read", "0.42 s"}, {"select", "2.9 s"}, {"total", "3.6 s"}}}}
}

// learned is how two networks and a trial before them learned.
func learned() *Training {
	t := &Training{Method: "nhits"}
	for k := range 3 {
		c := Curve{Network: k}
		for i := range 20 {
			q := LossPoint{Step: 60 * (i + 1), Train: .2 + .02*float64(k) + .2*math.Exp(-float64(i)/4), Validation: math.NaN()}
			if k == 0 {
				q.Validation = .26 + .2*math.Exp(-float64(i)/3) + .001*float64(i)
			}
			c.Points = append(c.Points, q)
		}
		t.Curves = append(t.Curves, c)
	}
	return t
}

// adjustments are what two planners changed about f.
func adjustments(t testing.TB, f *tidewatch.Forecast) *Adjusted {
	t.Helper()
	path := filepath.Join(t.TempDir(), adjust.Name)
	for _, e := range []struct {
		id, by, who, why string
		step, withdraws  int
	}{{"Total", "+12%", "Ann", "television campaign", 2, 0}, {"country/France", "-30", "李四", "a strike of the carriers </script>", 0, 0}, {"", "", "Ann", "the strike is off", 0, 2},
		{"country/Germany", "=900", "Ann", "an order of one customer", 1, 0}, {"no such", "+5%", "Bob", "a slip", 0, 0}} {
		entry := adjust.Entry{At: time.Date(2025, 12, 1, 8, 30, 0, 0, time.UTC), By: e.who, Withdraws: e.withdraws, ID: e.id, Why: e.why}
		if e.withdraws == 0 {
			first, last := calendar.Period(f.Grid, f.Rows[0].First+e.step)
			entry.From, entry.To = first, last
			change, err := adjust.ParseChange(e.by)
			if err != nil {
				t.Fatal(err)
			}
			entry.Change = change
		}
		if _, err := adjust.Append(path, entry); err != nil {
			t.Fatal(err)
		}
	}
	book, err := adjust.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	a := AdjustedOf(adjust.Apply(f, book.InForce()), book)
	a.Scored = "adjusted.csv"
	a.Scores = []adjust.Score{{Cells: 12, Model: 120, Adjusted: 80, ModelBias: -40, AdjustedBias: 12}, {Number: 1, Cells: 12, Model: 120, Adjusted: 80, ModelBias: -40, AdjustedBias: 12}, {Number: 7, Cells: 1}}
	return a
}

// alike are the segments of the items, of a sample that is not too large for a test.
func alike(t testing.TB, p *tidewatch.Panel, labels []Label) *segment.Found {
	t.Helper()
	var items []int
	for i, l := range labels {
		if l.Group == "item" {
			items = append(items, i)
		}
	}
	if len(items) < 12 || len(items) > 500 {
		return nil
	}
	f, err := segment.Find(context.Background(), segment.Shapes(p.Select(items)), segment.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return f.Slim()
}
