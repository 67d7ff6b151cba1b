package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func write(t testing.TB, d Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// outline is the structure of a page: headings, captions, landmarks and charts, one a line, without the texts of figures.
func outline(html string) string {
	html = html[:strings.Index(html, `<script type="application/json"`)]
	var lines []string
	for _, m := range regexp.MustCompile(`(?s)<(h1|h2|h3|caption|main|header|footer|dialog|section|noscript)\b([^>]*)>(.*?)(?:</(?:h1|h2|h3|caption)>|\n|$)|<div class="chart[^"]*" id="[^"]*"`).FindAllStringSubmatch(html, -1) {
		text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(m[3], `</span><span`, `</span> | <span`), "")
		switch m[1] {
		case "":
			lines = append(lines, "  chart "+strings.TrimPrefix(m[0], `<div class="chart `))
		case "section", "main", "header", "footer", "dialog", "noscript":
			lines = append(lines, m[1]+m[2])
		default:
			lines = append(lines, "  "+m[1]+" "+strings.Join(strings.Fields(text), " "))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestOutline(t *testing.T) {
	got := outline(write(t, sample(t, 40, 8)))
	path := filepath.Join("testdata", "outline.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the outline of the page has changed (go test ./report -update):\n%s", got)
	}
}

// TestPage looks at what must hold for every report, whatever its data.
func TestPage(t *testing.T) {
	for name, d := range cases(t) {
		t.Run(name, func(t *testing.T) {
			html := write(t, d)
			if html != write(t, d) {
				t.Error("the same data give other bytes")
			}
			if strings.Contains(html, "[report.") || strings.Contains(html, "ZgotmplZ") || strings.Contains(html, "%!") || regexp.MustCompile(`\{\d(\||\})`).MatchString(html[:strings.Index(html, `<script`)]) {
				t.Error("a message is missing or malformed")
			}
			if i := strings.Index(html, "NaN"); i >= 0 && i < strings.Index(html, "<script") {
				t.Errorf("the page says NaN: …%s…", html[max(0, i-200):i+20])
			}
			for _, m := range regexp.MustCompile(`(?:src|href|action|data)=["']([^"']*)`).FindAllStringSubmatch(html[:strings.Index(html, `<script`)], -1) {
				if !strings.HasPrefix(m[1], "#") {
					t.Errorf("the page refers to %q", m[1])
				}
			}
			for _, id := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(html, -1) {
				if strings.Count(html, ` id="`+id[1]+`"`) != 1 {
					t.Errorf("%d elements have the id %q", strings.Count(html, ` id="`+id[1]+`"`), id[1])
				}
			}
			var p struct {
				Stamps []string
				Levels [][]float64
				Series [][]any
				Charts map[string]int
			}
			if err := json.Unmarshal([]byte(payloadOf(t, html)), &p); err != nil {
				t.Fatal(err)
			}
			if len(p.Series) != min(len(d.Forecast.Rows), maxSeries) {
				t.Errorf("%d series in the payload, want %d", len(p.Series), len(d.Forecast.Rows))
			}
			for element, at := range p.Charts {
				if at < 0 || at >= len(p.Series) || !strings.Contains(html, `id="`+element+`"`) {
					t.Errorf("chart %q of series %d is not on the page", element, at)
				}
			}
		})
	}
}

func payloadOf(t testing.TB, html string) string {
	t.Helper()
	_, rest, ok := strings.Cut(html, `<script type="application/json" id="data">`)
	if !ok {
		t.Fatal("no payload")
	}
	json, _, _ := strings.Cut(rest, "</script>")
	return json
}

// cases are the reports that real runs can lead to.
func cases(t testing.TB) map[string]Data {
	full := sample(t, 60, 8)
	change := func(edit func(d *Data)) Data {
		d := full
		f := *full.Forecast
		d.Forecast = &f
		edit(&d)
		return d
	}
	wave := func(n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = 20*math.Sin(float64(i)) - 5
		}
		return y
	}
	return map[string]Data{
		"full":        full,
		"chinese":     change(func(d *Data) { d.Lang = message.Chinese }),
		"no total":    change(func(d *Data) { d.Total = "" }),
		"no groups":   change(func(d *Data) { d.Labels, d.Total = nil, "" }),
		"no moves":    change(func(d *Data) { d.Moves = nil }),
		"bare":        change(func(d *Data) { *d = Data{Panel: full.Panel, Forecast: full.Forecast} }),
		"no backtest": change(func(d *Data) { d.Accuracy = nil }),
		"total abstains": change(func(d *Data) {
			d.Forecast.Rows = slices.Clone(full.Forecast.Rows)
			d.Forecast.Rows[0].Mean, d.Forecast.Rows[0].Quantiles = nil, nil
		}),
		"nothing":      flat(t, tidewatch.Weekly, 8, nil),
		"one series":   flat(t, tidewatch.Monthly, 18, nil, tidewatch.Series{ID: "AirPassengers", Values: wave(144)}),
		"empty series": flat(t, tidewatch.Weekly, 8, nil, tidewatch.Series{ID: "empty"}),
		"unknown":      flat(t, tidewatch.Weekly, 8, nil, tidewatch.Series{ID: "a", Values: []float64{1, math.NaN()}}, tidewatch.Series{ID: "b", Values: wave(9)}),
		"one value":    flat(t, tidewatch.Daily, 1, nil, tidewatch.Series{ID: "a", Values: []float64{3}}),
		"huge":         flat(t, tidewatch.Yearly, 6, nil, tidewatch.Series{ID: "a", Values: []float64{1e300, -1e300, 1e300}}),
		"hourly":       flat(t, tidewatch.Hourly, 48, nil, tidewatch.Series{ID: "a", Values: wave(1000)}, tidewatch.Series{ID: "b", Start: 400, Values: wave(600)}),
		"quarterly":    flat(t, tidewatch.Quarterly, 8, nil, tidewatch.Series{ID: "a", Values: wave(40)}),
		"two days":     flat(t, tidewatch.Freq{N: 2, Unit: tidewatch.Day}, 8, nil, tidewatch.Series{ID: "a", Values: wave(40)}),
		"median only":  flat(t, tidewatch.Daily, 14, []float64{.5}, tidewatch.Series{ID: "a", Values: wave(40)}),
		"three levels": flat(t, tidewatch.Daily, 14, []float64{.1, .5, .9}, tidewatch.Series{ID: "a", Values: wave(40)}, tidewatch.Series{ID: "b", Values: wave(4)}),
		"upper only":   flat(t, tidewatch.Daily, 14, []float64{.9, .95}, tidewatch.Series{ID: "a", Values: wave(40)}),
		"long horizon": flat(t, tidewatch.Daily, 900, nil, tidewatch.Series{ID: "a", Values: wave(3000)}),
		"hostile":      hostile(t),
	}
}

// flat makes a report of series at a frequency, forecast flat by their last value.
func flat(t testing.TB, freq tidewatch.Freq, steps int, levels []float64, series ...tidewatch.Series) Data {
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: freq, Anchor: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	a, err := tidewatch.Ask{Steps: steps, Levels: levels}.Check(p.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := tidewatch.NewForecast(p, a)
	for i := range f.Rows {
		y := p.Series(i).Values
		if len(y) == 0 {
			f.Rows[i].Mean, f.Rows[i].Quantiles = nil, nil
			f.Problems = append(f.Problems, tidewatch.Problem{ID: f.Rows[i].ID, Code: tidewatch.CodeTooShort, Reason: "no known value"})
			continue
		}
		for h := range steps {
			f.Rows[i].Mean[h] = y[len(y)-1]
			for l, q := range f.Levels {
				f.Rows[i].Quantiles[h*len(f.Levels)+l] = y[len(y)-1] + q - .5
			}
		}
	}
	return Data{Panel: p, Forecast: f}
}

// evil are names that try to leave their place in the page.
var evil = []string{"</script><script>window.hacked = 1</script>", `"><img src=x onerror="window.hacked=2">`, "'; window.hacked=3; '", "<!--", "]]>",
	"\u202eright to left\u202c", "עגבניות", "🍅🧑🏽‍🌾 emoji", "javascript:window.hacked=4", "{{.Payload}}", "${window.hacked=5}", "a\u2028b\u2029c", "\x00nul \xff bad", "&lt;b&gt;", strings.Repeat("very long ", 60)}

// hostile is a report in which every text that comes from data is evil.
func hostile(t testing.TB) Data {
	d := sample(t, len(evil)*2, 8)
	d.Title, d.Unit = evil[0], evil[1]
	d.Labels = slices.Clone(d.Labels)
	for i := range d.Labels {
		if d.Labels[i].Group != "total" {
			d.Labels[i].Name, d.Labels[i].Group = evil[i%len(evil)], evil[i%2]
		}
	}
	d.Labels[0].Name = evil[0]
	for i := range d.Forecast.Rows {
		d.Forecast.Rows[i].Method = evil[i%3]
	}
	q := *d.Quality
	d.Quality = &q
	for i, s := range evil {
		d.Forecast.Problems = append(d.Forecast.Problems, tidewatch.Problem{ID: d.Forecast.Rows[i].ID, Code: tidewatch.CodeData, Reason: s, Method: s})
		q.Rejects = append(q.Rejects, Reject{Reason: s, Count: 1, Example: s})
		q.Recognised = append(q.Recognised, Setting{s, s})
		q.Files, q.Notes = append(q.Files, s), append(q.Notes, message.Plain(s))
		d.Run.Settings = append(d.Run.Settings, Setting{s, s})
	}
	d.Run.Command, d.Run.Version, d.Run.Digest = evil[0], evil[1], evil[2]
	a := *d.Accuracy
	a.Methods = slices.Clone(a.Methods)
	a.Chosen, a.Methods[0].Method, a.Naive, a.Methods[3].Method = evil[0], evil[0], evil[1], evil[1]
	d.Accuracy = &a
	return d
}

func TestHostileTextStaysText(t *testing.T) {
	html := write(t, hostile(t))
	if n := strings.Count(html, "<script"); n != 4 {
		t.Errorf("%d script elements, want 4", n)
	}
	for _, bad := range []string{"<img", "<script>window"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func TestPolicyNamesItsScripts(t *testing.T) {
	_, own, policy := scripts()
	if strings.Contains(strings.ToLower(echarts+string(own)), "</script") {
		t.Error("a script ends early")
	}
	if strings.Contains(policy, "http") || !strings.HasPrefix(policy, "default-src 'none'") || strings.Count(policy, "sha256-") != 2 {
		t.Errorf("policy %q", policy)
	}
	if len(echarts) > 1<<20 {
		t.Errorf("the charts' library takes %d bytes", len(echarts))
	}
}

func TestRefuses(t *testing.T) {
	d := sample(t, 5, 2)
	d.Panel = d.Panel.Select([]int{0})
	if err := Write(&bytes.Buffer{}, d); tidewatch.CodeOf(err) != tidewatch.CodeInternal {
		t.Errorf("a forecast without history: %v", err)
	}
	if err := Write(&bytes.Buffer{}, Data{}); tidewatch.CodeOf(err) != tidewatch.CodeInternal {
		t.Errorf("no data: %v", err)
	}
	if err := Write(full{}, sample(t, 5, 2)); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestCertaintyWords(t *testing.T) {
	for _, c := range []struct {
		rise float64
		want string
	}{{1, "a rise is very likely"}, {.9, "a rise is very likely"}, {.8, "a rise is likely"}, {.5, "a rise and a fall are about equally likely"}, {.2, "a fall is likely"}, {.05, "a fall is very likely"}} {
		if got := certainty(c.rise).in(message.English); got != c.want {
			t.Errorf("%g: %q, want %q", c.rise, got, c.want)
		}
	}
}

func TestHeadlineWithoutABase(t *testing.T) {
	d := sample(t, 12, 8)
	d.Moves = slices.Clone(d.Moves)
	nan := math.NaN()
	d.Moves[0].Recent = trend.Change{From: 0, Rise: 1, Difference: d.Moves[0].Next}
	d.Moves[0].YearAgo = trend.Change{From: nan, Rise: nan}
	p, err := newPage(d)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Headline.First.in(message.English); !strings.HasPrefix(got, "We expect ") || strings.Contains(got, "more than") {
		t.Errorf("from nothing: %q", got)
	}
}

// TestLargeReport: a report of more than maxSeries series, with long histories and horizons of numbers that take many digits, stays
// below 10 MiB.
func TestLargeReport(t *testing.T) {
	var series []tidewatch.Series
	for i := range maxSeries + 500 {
		y := make([]float64, 300)
		for k := range y {
			y[k] = 98765.4321 * (1 + math.Sin(float64(i*k)))
		}
		series = append(series, tidewatch.Series{ID: fmt.Sprintf("a series with rather a long name, number %d", i), Values: y})
	}
	d := flat(t, tidewatch.Daily, 90, nil, series...)
	start := time.Now()
	html := write(t, d)
	t.Logf("%d series: %.1f MiB in %v", len(d.Forecast.Rows), float64(len(html))/(1<<20), time.Since(start).Round(time.Millisecond))
	if len(html) > 10<<20 {
		t.Errorf("%d series take %d bytes", maxSeries, len(html))
	}
}

func BenchmarkWrite(b *testing.B) {
	d := sample(b, maxSeries, 8)
	b.ResetTimer()
	for range b.N {
		if err := Write(&bytes.Buffer{}, d); err != nil {
			b.Fatal(err)
		}
	}
}
