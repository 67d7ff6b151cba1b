package picture

// canvas is what a chart is drawn on. Coordinates are pixels from the upper left corner; colours are #rrggbb.
type canvas interface {
	// area fills a polygon.
	area(points []point, colour string)
	// line strokes a polyline; dash is the lengths of stroke and gap, 0 = solid.
	line(points []point, colour string, width, dash float64)
	dot(at point, radius float64, colour string)
	// text sets a line of text at its baseline.
	text(at point, s string, style textStyle)
	// width is how wide the text would be.
	width(s string, style textStyle) float64
}

type point struct{ x, y float64 }

type textStyle struct {
	size   float64
	bold   bool
	colour string
	anchor anchor
}

type anchor int8

const (
	start anchor = iota
	middle
	end
)

// theme is the colours of a chart: those of the report.
type theme struct {
	paper, ink, soft, line, rule, history, median, year, festival, promotion string
	bands                                                                    [3]string // from the inside out
}

var light = theme{paper: "#ffffff", ink: "#12202f", soft: "#5c6977", line: "#e4e9ef", rule: "#c6d0da", history: "#24333f", median: "#0e5a94", year: "#a0694f",
	festival: "#b3294f", promotion: "#8f5b00", bands: [3]string{"#93c0e3", "#c0dbf0", "#e1eef8"}}

var dark = theme{paper: "#121a23", ink: "#e8eef4", soft: "#95a3b1", line: "#22303d", rule: "#3a4a59", history: "#d7e0e8", median: "#8ccbf6", year: "#d6a892",
	festival: "#f08aa8", promotion: "#e8b455", bands: [3]string{"#2f6a9a", "#234c6b", "#1a3549"}}
