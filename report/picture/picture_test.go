package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/picture"
)

// data is a report of series, forecast flat.
func data(t *testing.T, freq tidewatch.Freq, steps int, levels []float64, series ...tidewatch.Series) report.Data {
	t.Helper()
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: freq, Anchor: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	a, err := tidewatch.Ask{Steps: steps, Levels: levels}.Check(p.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := tidewatch.NewForecast(p, a)
	d := report.Data{Title: "Shop", Unit: "GBP", Panel: p, Forecast: f}
	for i := range f.Rows {
		y := p.Series(i).Values
		if len(y) == 0 {
			f.Rows[i].Mean, f.Rows[i].Quantiles = nil, nil
			continue
		}
		for h := range steps {
			f.Rows[i].Mean[h] = y[len(y)-1]
			for l, q := range f.Levels {
				f.Rows[i].Quantiles[h*len(f.Levels)+l] = y[len(y)-1] + (q-.5)*10
			}
		}
	}
	for y := 2023; y < 2027; y++ {
		d.Events = append(d.Events, report.Event{English: "Christmas", Chinese: "圣诞节", First: time.Date(y, 12, 25, 0, 0, 0, 0, time.UTC), Major: true})
	}
	return d
}

func wave(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 100 + 50*math.Sin(float64(i)/8)
	}
	return y
}

func draw(t *testing.T, d report.Data, id string, o picture.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := picture.Write(&b, d, id, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPictures(t *testing.T) {
	hole := wave(90)
	hole[40], hole[41], hole[87] = math.NaN(), math.NaN(), math.NaN()
	for name, d := range map[string]report.Data{
		"daily":       data(t, tidewatch.Daily, 28, nil, tidewatch.Series{ID: "a", Values: wave(800)}),
		"hourly":      data(t, tidewatch.Hourly, 48, nil, tidewatch.Series{ID: "a", Values: wave(200)}),
		"weekly":      data(t, tidewatch.Weekly, 8, nil, tidewatch.Series{ID: "a", Values: wave(110)}),
		"yearly":      data(t, tidewatch.Yearly, 3, nil, tidewatch.Series{ID: "a", Values: wave(12)}),
		"gaps":        data(t, tidewatch.Monthly, 12, nil, tidewatch.Series{ID: "a", Values: hole}),
		"median only": data(t, tidewatch.Daily, 3, []float64{.5}, tidewatch.Series{ID: "a", Values: wave(9)}),
		"one value":   data(t, tidewatch.Daily, 1, nil, tidewatch.Series{ID: "a", Values: []float64{3}}),
		"zeros":       data(t, tidewatch.Daily, 2, nil, tidewatch.Series{ID: "a", Values: make([]float64, 30)}),
		"nothing":     data(t, tidewatch.Daily, 2, nil, tidewatch.Series{ID: "a"}),
		"huge":        data(t, tidewatch.Daily, 2, nil, tidewatch.Series{ID: "a", Values: []float64{1e300, -1e300, 4}}),
	} {
		t.Run(name, func(t *testing.T) {
			svg := draw(t, d, "a", picture.Options{})
			if !bytes.Equal(svg, draw(t, d, "a", picture.Options{})) {
				t.Error("drawn twice, the bytes differ")
			}
			wellFormed(t, svg)
			if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
				t.Error("a coordinate is no number")
			}
			if name != "gaps" && name != "nothing" && name != "weekly" {
				return
			}
			img, err := png.Decode(bytes.NewReader(draw(t, d, "a", picture.Options{Format: picture.PNG, Width: 400, Height: 300, Dark: true})))
			if err != nil {
				t.Fatal(err)
			}
			if b := img.Bounds(); b.Dx() != 800 || b.Dy() != 600 {
				t.Errorf("a picture of %v", b)
			}
			colours := map[[4]uint32]bool{}
			for y := range 600 {
				for x := range 800 {
					r, g, b, a := img.At(x, y).RGBA()
					colours[[4]uint32{r, g, b, a}] = true
				}
			}
			if len(colours) < 20 {
				t.Errorf("%d colours: nothing was drawn", len(colours))
			}
		})
	}
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	for x := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := x.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("the SVG is not well formed: %v", err)
		}
	}
}

func TestFindsSeriesAndSaysWhatIsLikeIt(t *testing.T) {
	d := data(t, tidewatch.Daily, 2, nil, tidewatch.Series{ID: "item=7", Values: wave(9)}, tidewatch.Series{ID: `<script>"&'` + "\x00\xff", Values: wave(9)})
	d.Labels = []report.Label{{ID: "item=7", Name: "TEAPOT", Group: "item"}}
	for _, id := range []string{"item=7", "7", "TEAPOT"} {
		if svg := draw(t, d, id, picture.Options{}); !bytes.Contains(svg, []byte("<title>Shop · TEAPOT</title>")) {
			t.Errorf("%s: another series is drawn", id)
		}
	}
	wellFormed(t, draw(t, d, `<script>"&'`+"\x00\xff", picture.Options{}))
	err := picture.Write(io.Discard, d, "TEAPORT", picture.Options{})
	if tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), "did you mean TEAPOT") {
		t.Errorf("%v", err)
	}
	for _, o := range []picture.Options{{Width: 20}, {Height: 1 << 20}, {Format: "gif"}} {
		if err := picture.Write(io.Discard, d, "7", o); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%v: %v", o, err)
		}
	}
	if svg := draw(t, d, "7", picture.Options{Lang: message.Chinese}); !bytes.Contains(svg, []byte("实际值")) {
		t.Error("the picture is not in Chinese")
	}
}
