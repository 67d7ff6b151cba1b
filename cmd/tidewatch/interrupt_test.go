//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manySeries writes enough series to be busy with for a while.
func manySeries(t *testing.T, path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range 1000 {
		for m := range 60 {
			fmt.Fprintf(&b, "s%d,%d-%02d-01,%d\n", i, 2019+m/12, m%12+1, (i*7+m*m)%97)
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKilled: a run that is interrupted or killed leaves no file, and the old ones as they were.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	manySeries(t, in)
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		stage  string // after whose line the signal is sent
		input  string
		status int
	}{
		{"interrupted while choosing", syscall.SIGINT, "choosing", in, exitInterrupted},
		{"terminated while reading a pipe", syscall.SIGTERM, "reading", "-", exitInterrupted},
		{"killed while choosing", syscall.SIGKILL, "choosing", in, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := t.TempDir()
			old := filepath.Join(out, "forecast.csv")
			if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self, "forecast", "--in", c.input, "--horizon", "12", "--out", old, "--report", filepath.Join(out, "r.html"))
			cmd.Args[0] = "tidewatch"
			cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
			hold, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer hold.Close()
			said, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var heard strings.Builder
			lines := bufio.NewScanner(io.TeeReader(said, &heard))
			for lines.Scan() && !strings.HasPrefix(lines.Text(), c.stage) {
			}
			time.Sleep(50 * time.Millisecond)
			sent := time.Now()
			if err := cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() {
			}
			err = cmd.Wait()
			if took := time.Since(sent); took > 5*time.Second {
				t.Errorf("it took %v to stop", took)
			}
			exit := (*exec.ExitError)(nil)
			if !errors.As(err, &exit) || exit.ExitCode() != c.status {
				t.Errorf("ended with %v, not status %d:\n%s", err, c.status, heard.String())
			}
			entries, err := os.ReadDir(out)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := os.ReadFile(old); len(entries) != 1 || string(b) != "old" {
				t.Errorf("the folder holds %v, the old file %q", entries, b)
			}
		})
	}
}
