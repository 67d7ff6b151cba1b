package job

import (
	"context"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/bundled"
	"github.com/tidewatch/tidewatch/read"
)

// Bundled is the name of the input that comes with the program: the orders of package bundled.
const Bundled = "demo:online-retail"

// Demo is the configuration of the demo: eight weeks of the bundled orders by item, by country and in total.
func Demo() Config {
	return Config{In: []string{Bundled}, Freq: tidewatch.Weekly, Horizon: 8, Country: []string{"GB"}, By: []string{"total", "country", "item"}, Seed: 1}
}

// ExportBundled writes the bundled orders as CSV.
func ExportBundled(w io.Writer) (err error) {
	packed, err := bundled.OnlineRetail().Open()
	if err != nil {
		return err
	}
	defer packed.Close() //nolint:errcheck // it is memory
	z, err := zstd.NewReader(packed)
	if err != nil {
		return err
	}
	defer z.Close()
	_, err = io.Copy(w, z)
	return err
}

func openBundled(ctx context.Context, opt read.Options) (*read.Input, error) {
	return read.OpenSources(ctx, []read.Source{bundled.OnlineRetail()}, opt)
}
