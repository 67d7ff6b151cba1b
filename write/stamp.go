package write

import (
	"time"

	"github.com/tidewatch/tidewatch"
)

// Layouts of times, as in package time.
const (
	dateLayout   = "2006-01-02"
	timeLayout   = "2006-01-02 15:04:05"
	offsetLayout = "2006-01-02 15:04:05-07:00"
)

// TimeLayout is the layout, as in package time, that stamps of the grid are written in.
func TimeLayout(g tidewatch.Grid) string {
	if g.Freq.Unit == tidewatch.Hour {
		if g.Anchor.Location() == time.UTC {
			return timeLayout
		}
		return offsetLayout // an hour that daylight saving repeats stays two hours
	}
	if h, m, s := g.Anchor.Clock(); h != 0 || m != 0 || s != 0 {
		return timeLayout
	}
	return dateLayout
}

// stamps writes the times of a grid, each only once.
type stamps struct {
	grid   tidewatch.Grid
	layout string
	text   map[int]string
}

func newStamps(g tidewatch.Grid) *stamps {
	return &stamps{grid: g, layout: TimeLayout(g), text: map[int]string{}}
}

func (s *stamps) at(i int) string {
	t, ok := s.text[i]
	if !ok {
		t = s.grid.Stamp(i).Format(s.layout)
		s.text[i] = t
	}
	return t
}
