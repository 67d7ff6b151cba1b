package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
)

// outputFlags say where results go.
type outputFlags struct {
	out                               []string
	report, rejected, record, repairs string
	fresh                             bool
}

func (f *outputFlags) register(cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.out, "out", nil, what)
	flags.StringVar(&f.report, "report", "", "write a report to this .html file")
	flags.StringVar(&f.rejected, "rejected", "", "write refused rows to this .csv file, or none (default rejected.csv beside --out)")
	flags.StringVar(&f.repairs, "repairs", "", "write what --clean changed to this .csv file, or none (default repairs.csv beside --out)")
	flags.StringVar(&f.record, "record", "", "write the record of the run to this .json file, or none (default run.json beside --out)")
	flags.BoolVar(&f.fresh, "fresh", false, "begin anew: a run of more than 6,000 series that was stopped is otherwise taken up where it was by the same command")
}

// printing says what goes to standard output besides what people read.
type printing uint8

const (
	printSummary printing = iota // for people
	printTable                   // the result as CSV
	printRecord                  // the record of the run, as JSON
)

// resolve decides what is written where. With no --out, people at a terminal get a summary and programs in a pipe the table itself;
// --out - asks for the table wherever it goes, --json for the record of the run in place of either.
func (f *outputFlags) resolve(c console, asJSON bool) (job.Outputs, printing, error) {
	usage := func(format string, args ...any) (job.Outputs, printing, error) {
		return job.Outputs{}, 0, tidewatch.Errorf(tidewatch.CodeUsage, format, args...)
	}
	print := printSummary
	if len(f.out) == 0 && !isTerminal(c.out) {
		print = printTable
	}
	var o job.Outputs
	beside := ""
	for _, out := range f.out {
		switch {
		case out == "":
			return usage("--out needs a name: a file, a folder, or - for standard output")
		case out == "-":
			print = printTable
		case isFolder(out):
			if len(f.out) > 1 {
				return usage("--out %s is a folder and gets every file: give no other --out", out)
			}
			o = job.InFolder(filepath.Clean(out))
		default:
			o.Forecast = append(o.Forecast, out)
			if beside == "" && isPlain(out) {
				beside = filepath.Dir(out)
			}
		}
	}
	if asJSON {
		if len(f.out) > 0 && print == printTable {
			return usage("--json and --out - would both print to standard output: write the forecast to a file, or leave out --json")
		}
		print = printRecord
	}
	if beside != "" {
		o.Rejected, o.Repairs, o.Record = filepath.Join(beside, "rejected.csv"), filepath.Join(beside, "repairs.csv"), filepath.Join(beside, "run.json")
	}
	for _, choice := range []struct {
		flag string
		to   *string
	}{{f.report, &o.Report}, {f.rejected, &o.Rejected}, {f.repairs, &o.Repairs}, {f.record, &o.Record}} {
		switch choice.flag {
		case "":
		case "none":
			*choice.to = ""
		default:
			*choice.to = choice.flag
		}
	}
	if o.Report != "" && !strings.EqualFold(filepath.Ext(o.Report), ".html") && isPlain(o.Report) {
		return usage("--report %s: a report is HTML; give it the ending .html", o.Report)
	}
	o.Fresh = f.fresh
	return o, print, nil
}

// isFolder reports whether a name is meant as a folder: it is one, or ends like one.
func isFolder(name string) bool {
	if os.IsPathSeparator(name[len(name)-1]) {
		return true
	}
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// isPlain reports whether a name is, or would become, a plain file: not a pipe or device, beside which nothing can be written.
func isPlain(name string) bool {
	info, err := os.Stat(name)
	return err != nil || info.Mode().IsRegular()
}

// language is the one asked for, else that of the environment, else English.
func language(flag string) (message.Lang, error) {
	if flag != "" {
		return message.ParseLang(flag)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return message.Chinese, nil
			}
			return message.English, nil
		}
	}
	return message.English, nil
}
