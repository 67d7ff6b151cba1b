package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tidewatch/tidewatch/internal/duck"
)

const root = "../../"

// commands are the commands that are ours, in the order of the help.
func commands() []*cobra.Command {
	var ours []*cobra.Command
	for _, cmd := range newRoot(console{}).Commands() {
		if cmd.Name() != "help" && cmd.Name() != "completion" {
			ours = append(ours, cmd)
		}
	}
	return ours
}

// TestDocs: the part of docs/cli.md that lists commands and flags is what the program says itself. -update writes it.
func TestDocs(t *testing.T) {
	const path, mark = root + "docs/cli.md", "<!-- from here on written by: go test ./cmd/tidewatch -update -->\n"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, have, ok := strings.Cut(string(b), mark)
	if !ok {
		t.Fatalf("%s lacks the line %q", path, mark)
	}
	var want bytes.Buffer
	for _, cmd := range commands() {
		want.WriteString("\n## tidewatch " + cmd.Name() + "\n\n")
		long := cmd.Long
		if long == "" {
			long = cmd.Short + "."
		}
		want.WriteString(long + "\n\n```sh\n" + dedent(cmd.Example) + "\n```\n\n| flag | meaning | default |\n|---|---|---|\n")
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			name, usage := pflag.UnquoteUsage(f)
			if name != "" {
				name = " " + name
			}
			value := f.DefValue
			if value == "[]" || value == "false" || value == "0" {
				value = ""
			}
			want.WriteString("| `--" + f.Name + name + "` | " + strings.ReplaceAll(usage, "|", `\|`) + " | " + value + " |\n")
		})
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+mark+want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want.String() {
		t.Errorf("%s is not what the program says; run: go test ./cmd/tidewatch -update", path)
	}
}

func dedent(s string) string { return strings.TrimSpace(strings.ReplaceAll("\n"+s, "\n  ", "\n")) }

// shell runs the lines as one script, in an empty folder, with this program as tidewatch.
func shell(t *testing.T, dir, script string) string {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "tidewatch")); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-eu", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "LANG=C", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s\n%s", err, script, out)
	}
	return string(out)
}

// needsWorkspaces skips a script that uses one where this build keeps none.
func needsWorkspaces(t *testing.T, script string) {
	t.Helper()
	if !duck.Available && (strings.Contains(script, "tidewatch init") || strings.Contains(script, "--workspace")) {
		t.Skip("this build keeps no workspaces")
	}
}

// TestExamples runs every example of the help, each command's in a folder of its own that holds the orders of the demo.
func TestExamples(t *testing.T) {
	for _, cmd := range append(commands(), newRoot(console{})) {
		t.Run(cmd.Name(), func(t *testing.T) {
			t.Parallel()
			if cmd.Example == "" {
				t.Fatal("the command has no example")
			}
			needsWorkspaces(t, cmd.Example)
			if strings.Contains(cmd.Example, "orders.csv") || strings.Contains(cmd.Example, "demo") {
				long(t)
			}
			dir := t.TempDir()
			if !strings.Contains(cmd.Example, "--export orders.csv") {
				shell(t, dir, "tidewatch demo --export orders.csv")
			}
			shell(t, dir, dedent(cmd.Example))
		})
	}
}

var fenced = regexp.MustCompile("(?s)```sh\n(.*?)```")

// tour is the lines of a README that begin with tidewatch.
func tour(t *testing.T, path string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range fenced.FindAllStringSubmatch(string(b), -1) {
		for line := range strings.Lines(block[1]) {
			if strings.HasPrefix(line, "tidewatch ") || strings.HasPrefix(line, "cat ") {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
	}
	return lines
}

// long skips a test that runs for more than a few seconds, unless such tests are asked for.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("TIDEWATCH_LONG") == "" {
		t.Skip("set TIDEWATCH_LONG=1 to run it: it forecasts the orders of the demo several times")
	}
}

// TestTour runs the tour of README.md, which README.zh.md must repeat.
func TestTour(t *testing.T) {
	t.Parallel()
	lines := tour(t, "README.md")
	if len(lines) < 5 {
		t.Fatalf("README.md has only %d commands of tidewatch", len(lines))
	}
	if zh := tour(t, "README.zh.md"); !slices.Equal(lines, zh) {
		t.Errorf("README.md and README.zh.md run different commands:\n%s\n\n%s", strings.Join(lines, "\n"), strings.Join(zh, "\n"))
	}
	long(t)
	shell(t, t.TempDir(), strings.Join(lines, "\n"))
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinks: what a page of documentation links to is there.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob(root + "*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(root + "docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, page := range append(pages, more...) {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(b, -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links found", links)
	}
}
