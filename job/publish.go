package job

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/saved"
	"github.com/tidewatch/tidewatch/report/workbook"
	"github.com/tidewatch/tidewatch/write"
)

// Load reads what a run left in its folder for further reports: run.tide, or the file itself.
func Load(path string) (report.Data, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, saved.Name)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return report.Data{}, tidewatch.Errorf(tidewatch.CodeInput, "there is no %s: a run writes it into its folder (tidewatch forecast --in orders.csv --horizon 8 --out %s%c)",
			path, filepath.Dir(path), filepath.Separator)
	}
	if err != nil {
		return report.Data{}, tidewatch.Errorf(tidewatch.CodeInput, "cannot read %s: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	d, err := saved.Read(f)
	if err != nil {
		return d, tidewatch.Errorf(tidewatch.CodeOf(err), "%s: %w", path, err)
	}
	return d, nil
}

// Reports are the files that Publish can write, by their endings.
var Reports = []string{".html", ".xlsx"}

// Publish writes reports of d by their endings: .html a page, .xlsx a workbook; all of them or none.
func Publish(ctx context.Context, d report.Data, files []string) error {
	var set write.Set
	defer set.Discard()
	for _, path := range files {
		fill := func(w io.Writer) error { return report.Write(w, d) }
		switch strings.ToLower(filepath.Ext(path)) {
		case ".html":
		case ".xlsx":
			fill = func(w io.Writer) error { return workbook.Write(w, d) }
		default:
			return tidewatch.Errorf(tidewatch.CodeUsage, "cannot write %s: a report is .html or .xlsx", path)
		}
		if err := set.Stage(ctx, path, fill); err != nil {
			return err
		}
	}
	return set.Commit()
}
