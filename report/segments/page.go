// Package segments is the page that shows segments: a map of all subjects, what each segment is like, and how well the parting holds. One
// HTML file that needs no other file, no script and no network.
package segments

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
)

// Data is what the page shows.
type Data struct {
	Lang    message.Lang
	Title   string // what the data are about; "" = not said
	Found   *segment.Found
	Names   map[string]string // of subjects, for people; others are called by their ids
	Notes   []string
	Command string // that makes the page again
}

//go:embed page.html
var pageHTML string

const (
	typical = 5    // members named of each segment
	maxDots = 3000 // on the map: more would hide each other
)

type page struct {
	Lang, Title, Lede, Quality, Weak string
	Map                              template.HTML
	MapSay, Small, SmallSay          string
	MapTitle, Tried, TriedSay        string
	K, Silhouette, Stability         string
	Typical, Share                   string
	Cards                            []card
	Choices                          []choice
	Left, Notes                      []string
	Again, Command                   string
}

type card struct {
	Number     int
	Class      string
	Name, Size string
	Picture    template.HTML
	Members    string
}

type choice struct {
	K, Silhouette, Stability string
	Chosen                   bool
}

// Write writes the page. The same data give the same bytes.
func Write(w io.Writer, d Data) error {
	l, f := d.Lang, d.Found
	kind := l.Say("segment.kind." + string(f.Of))
	placed := 0
	for a := range f.Segments {
		placed += f.Segments[a].Size
	}
	p := page{Lang: l.Tag(), Title: l.Say("segments.title", len(f.Segments), len(f.IDs), kind), Lede: d.Title, Quality: Quality(l, f), Weak: Weak(l, f),
		Map: Map(f, l, maxDots), MapTitle: l.Say("segments.map"), MapSay: l.Say("segments.map.say", len(f.IDs), kind), Small: l.Say("segments.small"),
		Typical: l.Say("segments.typical"), Left: LeftOut(l, f), Notes: d.Notes, Again: l.Say("segments.again"), Command: d.Command}
	if n := (len(f.IDs) + maxDots - 1) / maxDots; n > 1 {
		p.MapSay += l.Say("segments.map.some", (len(f.IDs)+n-1)/n)
	}
	p.SmallSay = l.Say("segments.bars.say")
	if f.Lines != nil {
		p.SmallSay = l.Say("segments.line.say")
	}
	for a := range f.Segments {
		s := &f.Segments[a]
		c := card{Number: a + 1, Class: Class(a), Name: s.Name(l), Size: l.Say("segments.members", s.Size, l.Percent(float64(s.Size)/float64(len(f.IDs)), 0))}
		if f.Lines != nil {
			c.Picture = Line(f, a, l)
		} else {
			c.Picture = Bars(f, a, l)
		}
		c.Members = strings.Join(Typical(f, a, d.Names, typical), " · ")
		p.Cards = append(p.Cards, c)
	}
	if len(f.Tried) > 1 {
		p.Tried, p.TriedSay, p.K, p.Silhouette, p.Stability = l.Say("segments.tried"), l.Say("segments.tried.say"), l.Say("segments.k"), l.Say("segments.silhouette"), l.Say("segments.stability")
		for _, t := range f.Tried {
			p.Choices = append(p.Choices, choice{fmt.Sprint(t.K), score(l, t.Silhouette.Value, t.Silhouette.Error), score(l, t.Stability.Value, t.Stability.Error), t.K == len(f.Segments)})
		}
	}
	return template.Must(template.New("page").Parse(pageHTML)).Execute(w, p)
}

func score(l message.Lang, v, e float64) string {
	if math.IsNaN(v) {
		return message.Unknown
	}
	return l.Number(v, 2) + " ± " + l.Number(e, 2)
}

// Quality says how well the segments are apart, and how their number was chosen.
func Quality(l message.Lang, f *segment.Found) string {
	text := l.Say("segments.method", f.Method, l.Number(f.Quality.Value, 2), l.Number(f.Quality.Error, 2))
	for _, t := range f.Tried {
		if t.K == len(f.Segments) {
			text += l.Say("segments.stop") + l.Say("segments.stable", t.K, f.Tried[0].K, f.Tried[len(f.Tried)-1].K, l.Number(t.Stability.Value, 2))
		}
	}
	return text
}

// Weak is a warning where the segments are hardly apart; "" where they are.
func Weak(l message.Lang, f *segment.Found) string {
	if f.Quality.Value < .25 {
		return l.Say("segments.weak")
	}
	return ""
}

// LeftOut says which subjects are in no segment, and why.
func LeftOut(l message.Lang, f *segment.Found) []string {
	var out []string
	alone := 0
	for _, a := range f.Labels {
		if a < 0 {
			alone++
		}
	}
	if alone > 0 {
		out = append(out, l.Say("segments.alone", alone))
	}
	for _, code := range []string{"unknown", "zero", "sparse", "nothing"} {
		n := 0
		for _, x := range f.Left {
			if x.Code == code {
				n++
			}
		}
		if n > 0 {
			out = append(out, l.Say("segments.left", n, l.Say("segment.left."+code)))
		}
	}
	return out
}

// Typical are the names of the most typical members of a segment.
func Typical(f *segment.Found, a int, names map[string]string, n int) []string {
	var out []string
	for _, i := range f.Segments[a].Members[:min(n, f.Segments[a].Size)] {
		name := names[f.IDs[i]]
		if name == "" {
			name = f.IDs[i]
		}
		out = append(out, name)
	}
	return out
}
