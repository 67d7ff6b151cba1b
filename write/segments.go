package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
)

// SegmentColumns are the columns of a list of segments.
var SegmentColumns = []string{"id", "segment", "name", "distance", "probability", "x", "y"}

// Segments writes which segment each subject belongs to as CSV, in the order of the table: its number from 1, what sets it apart in language l,
// the distance from its middle, the probability where the method knows one, and the place on the map. A subject of no segment has no number.
func Segments(w io.Writer, f *segment.Found, l message.Lang) error {
	names := make([][]byte, len(f.Segments))
	for a := range f.Segments {
		names[a] = []byte(csvField(f.Segments[a].Name(l)))
	}
	line := []byte("id,segment,name,distance,probability,x,y\n")
	for i, id := range f.IDs {
		line = append(append(line, csvField(id)...), ',')
		if a := f.Labels[i]; a >= 0 {
			line = append(strconv.AppendInt(line, int64(a+1), 10), ',')
			line = append(append(line, names[a]...), ',')
			line = appendNumber(line, f.Distance[i])
		} else {
			line = append(line, ",,"...)
		}
		line = append(line, ',')
		if f.Sure != nil {
			line = appendNumber(line, f.Sure[i])
		}
		line = appendNumber(append(line, ','), f.Map[i][0])
		line = append(appendNumber(append(line, ','), f.Map[i][1]), '\n')
		if len(line) > 1<<15 {
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	_, err := w.Write(line)
	return err
}
