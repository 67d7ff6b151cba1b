package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/bundled"
	"github.com/tidewatch/tidewatch/read"
)

var update = flag.Bool("update", false, "write user_behavior.csv anew")

// TestData: user_behavior.csv is the orders an hour in the bundled Online Retail data, of the hours in which there were any.
func TestData(t *testing.T) {
	in, err := read.OpenSources(context.Background(), []read.Source{bundled.OnlineRetail()}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := aggregate.Build(context.Background(), in, aggregate.Config{Freq: tidewatch.Hourly, By: []string{"total"}, Measure: "orders"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("hour,orders\n")
	s := p.Series(0)
	for k, v := range s.Values {
		if v > 0 {
			fmt.Fprintf(&b, "%s,%g\n", s.Grid.Stamp(s.Start+k).Format("2006-01-02 15:04"), v)
		}
	}
	if *update {
		if err := os.WriteFile("user_behavior.csv", b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile("user_behavior.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, b.Bytes()) {
		t.Error("user_behavior.csv is not what the bundled data gives; run: go test ./examples/lstm -run TestData -update")
	}
}

// TestRun runs the tutorial for six of its epochs and looks at what it prints: training must bring the loss down, and the network must beat the naive forecast.
func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), "user_behavior.csv", 6, &out); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	var first, last, mse, own, naive float64
	for line := range strings.Lines(out.String()) {
		_, _ = fmt.Sscanf(line, "epoch  1/6  loss %f", &first)
		_, _ = fmt.Sscanf(line, "epoch  6/6  loss %f", &last)
		_, _ = fmt.Sscanf(line, "validation: mse %f, mean error %f orders an hour, %f", &mse, &own, &naive)
	}
	if !(last > 0 && last < first && mse > 0 && own < naive) {
		t.Errorf("loss %g, then %g; mse %g; error %g beside %g", first, last, mse, own, naive)
	}
}

func TestBadFile(t *testing.T) {
	file := t.TempDir() + "/short.csv"
	if err := os.WriteFile(file, []byte("hour,orders\n2024-01-01,3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), file, 1, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "120 are needed") {
		t.Errorf("error is %v", err)
	}
}
