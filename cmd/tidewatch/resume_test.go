//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/job"
)

// TestKilledRunResumes: a run of many series that is killed while it chooses is taken up where it was, to the same bytes.
func TestKilledRunResumes(t *testing.T) {
	if testing.Short() || os.Getenv("TIDEWATCH_LONG") == "" {
		t.Skip("several runs of thousands of series: set TIDEWATCH_LONG=1")
	}
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range job.ResumeFrom + 4000 {
		for m := range 30 {
			fmt.Fprintf(&b, "s%d,%d-%02d-01,%d\n", i, 2019+m/12, m%12+1, 5000+(i*7+m*m)%970)
		}
	}
	if err := os.WriteFile(in, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(out string, more ...string) (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.CommandContext(t.Context(), self, append([]string{"forecast", "--in", in, "--horizon", "6", "--out", out}, more...)...)
		cmd.Args[0] = "tidewatch"
		cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, &said
	}
	for _, how := range [][]string{{"--preset", "light"}, {"--method", "ets(AAN)"}} {
		whole := filepath.Join(t.TempDir(), "f.csv")
		if cmd, said := run(whole, how...); cmd.Wait() != nil {
			t.Fatalf("%v: %s", how, said)
		}
		want, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "f.csv")
		for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
			before := kept(t, out)
			cmd, said := run(out, how...)
			for len(kept(t, out)) <= len(before) && cmd.Process.Signal(syscall.Signal(0)) == nil {
				time.Sleep(2 * time.Millisecond)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatalf("%v: it was too fast: %s", how, said)
			}
			if cmd.Wait() == nil {
				t.Fatalf("%v: it ended before it was stopped: %s", how, said)
			}
			if signal == syscall.SIGINT && !strings.Contains(said.String(), "goes on from there") {
				t.Errorf("%v: an interrupted run said %s", how, said)
			}
			if _, err := os.Stat(out); err == nil {
				t.Fatalf("%v: a stopped run wrote its output", how)
			}
		}
		left := kept(t, out)
		cmd, said := run(out, append(how, "--json")...)
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v: %v: %s", how, err, said)
		}
		got, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: the run that went on gives other bytes: %v", how, err)
		}
		var record job.Record
		if b, err := os.ReadFile(filepath.Join(filepath.Dir(out), "run.json")); err != nil || json.Unmarshal(b, &record) != nil || record.Timings.Resumed < len(left) {
			t.Errorf("%v: it took %d of %d blocks: %v", how, record.Timings.Resumed, len(left), err)
		}
		if _, err := os.Stat(out + ".resume"); err == nil {
			t.Errorf("%v: what was kept is still there", how)
		}
	}
}

// kept are the finished blocks of a run.
func kept(t *testing.T, out string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(out+".resume", "*.kept"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}
