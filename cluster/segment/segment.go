// Package segment parts series, items and customers into groups that are alike and says in words what sets each group apart.
//
//	found, err := segment.Find(ctx, segment.Shapes(panel), segment.Config{})
//	for _, s := range found.Segments {
//		fmt.Println(s.Size, s.Name(message.English))
//	}
package segment

import (
	"github.com/tidewatch/tidewatch/cluster"
	"github.com/tidewatch/tidewatch/message"
)

// Subject is what is parted.
type Subject string

// The subjects.
const (
	Series    Subject = "series"
	Items     Subject = "items"
	Customers Subject = "customers"
)

// Subjects are all of them.
func Subjects() []Subject { return []Subject{Series, Items, Customers} }

// Table is what is known of many subjects.
type Table struct {
	Of     Subject
	IDs    []string
	Traits []Trait
	Values [][]float64 // [trait][row]; NaN = unknown, which counts as the mean

	Lines *Lines // of series: how they ran; nil for others
	Left  []Left // what could not be placed, and is not in IDs
}

// Trait is a number known of each subject. The catalogue of messages has "trait.NAME" for it, and "trait.NAME.high" and "trait.NAME.low" for
// those who have much and little of it.
type Trait struct {
	Name  string
	Log   bool   // it is counted on a scale of logarithms, as sizes are; values are 0 or more
	Aside bool   // it is told, but subjects are not parted by it
	Unit  string // of its values: "days", "share", "money", ""
}

// Left is a subject that is in no segment. The catalogue has "segment.left.CODE".
type Left struct{ ID, Code string }

// Found is the segments of a table.
type Found struct {
	Of       Subject
	Method   string
	Auto     bool // the number of segments was chosen
	IDs      []string
	Labels   []int        // segment of each, -1 = none: unlike all others
	Distance []float64    // from the middle of its segment; NaN for none
	Sure     []float64    // probability of its segment; nil where the method has none
	Map      [][2]float64 // places on a plane: those near each other are alike
	Segments []Segment    // largest first
	Tried    []cluster.Choice
	Quality  cluster.Score // silhouette
	Traits   []Trait
	Lines    *Lines // of series
	Left     []Left
}

// Segment is one group.
type Segment struct {
	Size    int
	Members []int // rows, the most typical first
	Facts   []Fact
	Medians []float64 // of each trait, as it is
	Effects []float64 // of each trait: how far the mean lies from that of all, in standard deviations (of the scale it is counted on)
	// Of series: at each place of the lines, the mean and the middle half of the members, each over its own mean (1 = its usual size).
	Line, Low, High []float64
	Phase           []float64 // by weekday or hour: the mean of the members

	Of  Subject
	Nth int // of several segments of one name, from 2; 0 = the first
}

// Fact is something that sets a segment apart.
type Fact struct {
	Key   string  // of the catalogue
	Month int     // or weekday, or hour, where it is about one
	Value float64 // a ratio or a change, where it is about one
}

func (f Fact) words(l message.Lang) string {
	switch f.Key {
	case "segment.peak.month", "segment.low.month":
		return l.Say(f.Key, l.Say("segment.month."+string("abcdefghijkl"[f.Month-1])), l.Value(f.Value))
	case "segment.peak.weekday":
		return l.Say(f.Key, l.Say("segment.weekday."+string("abcdefg"[f.Month])), l.Value(f.Value))
	case "segment.peak.hour":
		return l.Say(f.Key, f.Month, l.Value(f.Value))
	case "segment.growing", "segment.falling", "segment.ends.above", "segment.ends.below":
		v := f.Value
		if v < 0 {
			v = -v
		}
		return l.Say(f.Key, l.Percent(v, 0))
	}
	if f.Key == "segment.ends.times" {
		return l.Say(f.Key, l.Value(f.Value))
	}
	return l.Say(f.Key)
}

// Name says what sets the segment apart: "recent, frequent, high-value buyers", "peaks in December (2.3 times its usual)".
func (s *Segment) Name(l message.Lang) string {
	text := ""
	for i, f := range s.Facts {
		if i > 0 {
			text += l.Say("segment.and")
		}
		text += f.words(l)
	}
	if text == "" {
		text = l.Say("segment.usual")
	}
	if s.Of != Series {
		text = l.Say("segment.of."+string(s.Of), text)
	}
	if s.Nth > 0 {
		text = l.Say("segment.nth", text, s.Nth)
	}
	return text
}

// Slim is what is needed to show the segments: without the lines and the distances of each subject.
func (f *Found) Slim() *Found {
	g := *f
	g.Distance = nil
	if f.Lines != nil {
		g.Lines = &Lines{Freq: f.Lines.Freq, Stamps: f.Lines.Stamps, Bin: f.Lines.Bin}
	}
	return &g
}
