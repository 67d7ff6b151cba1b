package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
)

// TestClusters: the report shows a picture of every segment and names it in both languages; without segments there is no such section.
func TestClusters(t *testing.T) {
	d := sample(t, 40, 8)
	d.Segments = nil
	show := func() string {
		var b bytes.Buffer
		if err := Write(&b, d); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if strings.Contains(show(), `id="clusters"`) {
		t.Error("there is a section without segments")
	}
	f, err := segment.Find(t.Context(), segment.Shapes(d.Panel, "Total"), segment.Config{K: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	d.Segments = f.Slim()
	page := show()
	if n := strings.Count(page, `<svg class="line `); n != 3 {
		t.Errorf("%d pictures of 3 segments", n)
	}
	for a := range f.Segments {
		for _, l := range message.Langs {
			if !strings.Contains(page, f.Segments[a].Name(l)) {
				t.Errorf("segment %q is not named", f.Segments[a].Name(l))
			}
		}
	}
}
