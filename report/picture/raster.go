package picture

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// density is how many pixels of a PNG stand for one of the chart, so that it is sharp on today's screens.
const density = 2

// raster is a canvas of pixels.
type raster struct {
	image *image.RGBA
	fill  *vector.Rasterizer
	fonts *fonts
}

func newRaster(width, height int, paper, words string) (*raster, error) {
	f, err := openFonts(words)
	if err != nil {
		return nil, err
	}
	r := &raster{image: image.NewRGBA(image.Rect(0, 0, width*density, height*density)), fill: vector.NewRasterizer(width*density, height*density), fonts: f}
	draw.Draw(r.image, r.image.Bounds(), image.NewUniform(rgb(paper)), image.Point{}, draw.Src)
	return r, nil
}

func rgb(hex string) color.RGBA {
	v, _ := strconv.ParseUint(hex[1:], 16, 32) // colours are our own
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// paint fills what was added to the rasterizer.
func (r *raster) paint(colour string) {
	r.fill.Draw(r.image, r.image.Bounds(), image.NewUniform(rgb(colour)), image.Point{})
	b := r.image.Bounds()
	r.fill.Reset(b.Dx(), b.Dy())
}

func (r *raster) polygon(points ...point) {
	for i, p := range points {
		x, y := float32(p.x*density), float32(p.y*density)
		if i == 0 {
			r.fill.MoveTo(x, y)
		} else {
			r.fill.LineTo(x, y)
		}
	}
	r.fill.ClosePath()
}

func (r *raster) area(points []point, colour string) {
	r.polygon(points...)
	r.paint(colour)
}

// line is made of a rectangle for each segment and a disc for each joint, all wound the same way.
func (r *raster) line(points []point, colour string, width, dash float64) {
	if dash > 0 {
		for _, stroke := range dashes(points, dash) {
			r.strokes(stroke, width)
		}
	} else {
		r.strokes(points, width)
	}
	r.paint(colour)
}

func (r *raster) strokes(points []point, width float64) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length == 0 {
			continue
		}
		nx, ny := (b.y-a.y)/length*width/2, -(b.x-a.x)/length*width/2
		r.polygon(point{a.x + nx, a.y + ny}, point{b.x + nx, b.y + ny}, point{b.x - nx, b.y - ny}, point{a.x - nx, a.y - ny})
		if i > 1 {
			r.disc(a, width/2)
		}
	}
}

func (r *raster) disc(at point, radius float64) {
	const corners = 16
	var points [corners]point
	for k := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / corners)
		points[k] = point{at.x + radius*cos, at.y + radius*sin}
	}
	r.polygon(points[:]...)
}

func (r *raster) dot(at point, radius float64, colour string) {
	r.disc(at, radius)
	r.paint(colour)
}

// dashes cuts a polyline into strokes as long as the gaps between them.
func dashes(points []point, length float64) (strokes [][]point) {
	on, left := true, length
	stroke := []point{points[0]}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		for {
			d := math.Hypot(b.x-a.x, b.y-a.y)
			if d < left {
				left -= d
				if on {
					stroke = append(stroke, b)
				}
				break
			}
			a = point{a.x + (b.x-a.x)*left/d, a.y + (b.y-a.y)*left/d}
			if on {
				strokes = append(strokes, append(stroke, a))
			}
			on, left, stroke = !on, length, []point{a}
		}
	}
	if on && len(stroke) > 1 {
		strokes = append(strokes, stroke)
	}
	return strokes
}

func (r *raster) width(text string, style textStyle) float64 {
	return float64(font.MeasureString(r.fonts.face(style.size, style.bold), text)) / 64 / density
}

func (r *raster) text(at point, text string, style textStyle) {
	switch style.anchor {
	case middle:
		at.x -= r.width(text, style) / 2
	case end:
		at.x -= r.width(text, style)
	}
	d := font.Drawer{Dst: r.image, Src: image.NewUniform(rgb(style.colour)), Face: r.fonts.face(style.size, style.bold),
		Dot: fixed.Point26_6{X: fixed.Int26_6(at.x * density * 64), Y: fixed.Int26_6(at.y * density * 64)}}
	d.DrawString(text)
}

func (r *raster) encode(w io.Writer) error {
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, r.image)
}
