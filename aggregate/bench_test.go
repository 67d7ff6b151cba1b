package aggregate_test

import (
	"os"
	"testing"

	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/bundled"
	"github.com/tidewatch/tidewatch/read"
)

// BenchmarkOnlineRetail makes 3,977 weekly series of 541,909 order lines (48 MB unpacked).
func BenchmarkOnlineRetail(b *testing.B) {
	for b.Loop() {
		in, err := read.OpenSources(b.Context(), []read.Source{bundled.OnlineRetail()}, read.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := aggregate.Build(b.Context(), in, aggregate.Config{By: []string{"total", "country", "item"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(48_039_726)
}

// BenchmarkFile makes a panel of the file that TIDEWATCH_FILE names.
func BenchmarkFile(b *testing.B) {
	path := os.Getenv("TIDEWATCH_FILE")
	info, err := os.Stat(path)
	if err != nil {
		b.Skip("TIDEWATCH_FILE names no file")
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		in, err := read.Open(b.Context(), []string{path}, read.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := aggregate.Build(b.Context(), in, aggregate.Config{}); err != nil {
			b.Fatal(err)
		}
	}
}
