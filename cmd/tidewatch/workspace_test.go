//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/job"
)

// program runs this program in a folder.
type program struct {
	t   *testing.T
	dir string
}

func newProgram(t *testing.T) program {
	t.Helper()
	if !duck.Available {
		t.Skip("this build keeps no workspaces")
	}
	return program{t, t.TempDir()}
}

func (p program) command(args ...string) *exec.Cmd {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.t.Context(), self, args...)
	cmd.Args[0], cmd.Dir = "tidewatch", p.dir
	cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
	return cmd
}

// try runs a command and gives its output, what it said, and its exit status.
func (p program) try(args ...string) (string, string, int) {
	p.t.Helper()
	cmd := p.command(args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return out.String(), said.String(), cmd.ProcessState.ExitCode()
}

// run is try of a command that must do.
func (p program) run(args ...string) string {
	p.t.Helper()
	out, said, status := p.try(args...)
	if status != 0 {
		p.t.Fatalf("tidewatch %s: status %d\n%s%s", strings.Join(args, " "), status, out, said)
	}
	return out
}

func (p program) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// dailyFiles are the header and the rows, by day, of the last ten days of the demo's orders.
func dailyFiles(t *testing.T) (string, [][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := job.ExportBundled(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	var days [][]string
	last := ""
	for _, l := range slices.Backward(lines[1:]) {
		fields := strings.Split(l, ",")
		day := strings.Fields(fields[len(fields)-4])[0]
		if day != last {
			if len(days) == 10 {
				break
			}
			days = append(days, nil)
			last = day
		}
		days[len(days)-1] = append(days[len(days)-1], l)
	}
	return lines[0], days
}

// same compares two workspaces: snapshots, whole and at a day, and the bytes of forecasts.
func (p program) same(a, b string, days int) {
	p.t.Helper()
	for _, args := range [][]string{{"snapshots", "--table", "orders"}, {"snapshots", "--origin", "2011-12-05"},
		{"forecast", "--by", "total,country", "--measure", "revenue", "--freq", "D", "--horizon", "3", "--method", "ses", "--season", "none", "--keep", "unfinished"},
		{"forecast", "--by", "item", "--freq", "D", "--horizon", "2", "--method", "mean", "--origin", "2011-12-06"}} {
		x, y := p.run(append(args, "--workspace", a)...), p.run(append(args, "--workspace", b)...)
		if x != y || len(x) < 60 {
			p.t.Errorf("tidewatch %s of %d days differs:\n%.2000s\n%.2000s", strings.Join(args, " "), days, x, y)
		}
	}
}

// TestTenDays: ten daily files of real orders in random order, some twice, are the same as one file: duplicates stay, snapshots and
// forecasts are the same bytes.
func TestTenDays(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	header, days := dailyFiles(t)
	rng := rand.New(rand.NewPCG(4, 2))
	var all []string
	var names []string
	rows := 0
	for d, lines := range days {
		rows += len(lines)
		all = append(all, lines...)
		name := fmt.Sprintf("day%d.csv", d)
		p.write(name, header+"\n"+strings.Join(lines, "\n")+"\n")
		names = append(names, name)
	}
	p.write("all.csv", header+"\n"+strings.Join(all, "\n")+"\n")
	p.run("init", "clean")
	p.run("import", "--workspace", "clean", "all.csv")
	p.run("init", "messy")
	names = append(names, names[3], names[7])
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for len(names) > 0 { // one by one, or several together
		n := min(len(names), 1+rng.IntN(3))
		p.run(append([]string{"import", "--workspace", "messy"}, names[:n]...)...)
		names = names[n:]
	}
	p.same("clean", "messy", len(days))
	if out := p.run("status", "--workspace", "messy", "--json"); !strings.Contains(out, fmt.Sprintf(`"rows": %d`, rows)) {
		t.Errorf("not all %d rows, real duplicates among them:\n%s", rows, out)
	}
}

// TestCorrectedDays: ten daily files with a key, in random order, some twice, some wrong at first, are the same as one file of what is right.
func TestCorrectedDays(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	header, days := dailyFiles(t)
	header = "line," + header
	rng := rand.New(rand.NewPCG(7, 1))
	right := make([]string, len(days))
	var names []string
	id := 0
	for d, lines := range days {
		var wrong string
		for _, l := range lines {
			id++
			right[d] += fmt.Sprintf("%d,%s\n", id, l)
			if rng.IntN(10) == 0 {
				l = strings.Replace(l, "United Kingdom", "France", 1)
			}
			wrong += fmt.Sprintf("%d,%s\n", id, l)
		}
		name := fmt.Sprintf("day%d.csv", d)
		p.write(name, header+"\n"+right[d])
		names = append(names, name)
		if d%3 == 0 {
			p.write("wrong"+name, header+"\n"+wrong)
			names = append(names, "wrong"+name, "wrong"+name)
		}
	}
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	slices.SortStableFunc(names, func(a, b string) int { // what is wrong comes before what corrects it
		if a != b && strings.TrimPrefix(a, "wrong") == strings.TrimPrefix(b, "wrong") {
			if strings.HasPrefix(a, "wrong") {
				return -1
			}
			return 1
		}
		return 0
	})
	p.write("all.csv", header+"\n"+strings.Join(right, ""))
	p.run("init", "clean")
	p.run("import", "--workspace", "clean", "--key", "line", "all.csv")
	p.run("init", "messy")
	for i, name := range names {
		if after := slices.Index(names, strings.TrimPrefix(name, "wrong")); strings.HasPrefix(name, "wrong") && after < i {
			continue // a wrong file after the right one would be the newest version
		}
		p.run("import", "--workspace", "messy", "--key", "line", name)
	}
	p.same("clean", "messy", len(days))
	if out := p.run("snapshots", "--workspace", "messy", "--json"); !strings.Contains(out, `"changed": `) || !strings.Contains(strings.ReplaceAll(out, `"changed": 0`, ""), `"changed": `) {
		t.Errorf("nothing was corrected:\n%s", out)
	}
}

// TestKilledImport: an import that is killed leaves what was there, or all of the new, and is done again.
func TestKilledImport(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	trials := 6
	if os.Getenv("TIDEWATCH_LONG") != "" {
		trials = 50
	}
	header, days := dailyFiles(t)
	p.write("old.csv", header+"\n"+strings.Join(days[9], "\n")+"\n")
	var text strings.Builder
	text.WriteString(header + "\n")
	for d := range 9 {
		for k := range 2 { // users, too, are new in each
			for _, l := range days[d] {
				text.WriteString(strings.Replace(l, ".0,", fmt.Sprintf("%d,", k), 1) + "\n")
			}
		}
	}
	p.write("new.csv", text.String())
	state := func() string {
		t.Helper()
		out, said, status := p.try("snapshots", "--workspace", "w", "--table", "orders")
		if status != 0 {
			t.Fatalf("the workspace cannot be read: %s", said)
		}
		return out
	}
	fresh := func() {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(p.dir, "w")); err != nil {
			t.Fatal(err)
		}
		p.run("init", "w")
		p.run("import", "--workspace", "w", "old.csv")
	}
	fresh()
	before := state()
	began := time.Now()
	p.run("import", "--workspace", "w", "new.csv")
	took := time.Since(began)
	after := state()
	rng := rand.New(rand.NewPCG(9, 9))
	fresh()
	killed, done := 0, 0
	for i := range trials {
		cmd := p.command("import", "--workspace", "w", "new.csv")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		at := took * time.Duration(i*100+rng.IntN(100)) / time.Duration(trials*100)
		if i%2 == 1 { // half of the trials at the end, where it is committed
			at = took*7/10 + time.Duration(rng.Int64N(int64(took/2)))
		}
		time.Sleep(at)
		_ = cmd.Process.Kill()
		err := cmd.Wait()
		switch now := state(); {
		case now == before && err == nil:
			t.Errorf("trial %d: it said it was done, and nothing is there", i)
		case now == before:
			killed++
		case now == after:
			done++
			fresh()
		default:
			t.Fatalf("trial %d, killed after %v of %v: neither what was there nor all of the new: %s", i, at, took, now)
		}
	}
	p.run("import", "--workspace", "w", "new.csv")
	if now := state(); now != after {
		t.Errorf("done again, it is %s, not %s", now, after)
	}
	t.Logf("%d trials over %v: %d left what was there, %d all of the new", trials, took, killed, done)
	if killed == 0 {
		t.Error("no trial was killed in time: the test tests nothing")
	}
}

// TestFullDisk: a disk that fills up leaves what was there, and says what to do.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	w := filepath.Join(p.dir, "disk")
	if err := os.Mkdir(w, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", w, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no right to mount a small disk:", err)
	}
	defer func() {
		if err := syscall.Unmount(w, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	header, days := dailyFiles(t)
	p.write("old.csv", header+"\n"+strings.Join(days[9][:100], "\n")+"\n")
	var b bytes.Buffer
	if err := job.ExportBundled(&b); err != nil {
		t.Fatal(err)
	}
	p.write("new.csv", strings.Join(strings.SplitAfter(b.String(), "\n")[:150_000], ""))
	p.run("init", "disk/w")
	p.run("import", "--workspace", "disk/w", "old.csv")
	before := p.run("snapshots", "--workspace", "disk/w")
	_, said, status := p.try("import", "--workspace", "disk/w", "new.csv")
	if status != exitOutput || !strings.Contains(said, "disk is full") || !strings.Contains(said, "make room") {
		t.Errorf("status %d: %s", status, said)
	}
	if after := p.run("snapshots", "--workspace", "disk/w"); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
	if err := syscall.Mount("tmpfs", w, "tmpfs", syscall.MS_REMOUNT, "size=400m"); err != nil {
		t.Fatal(err)
	}
	p.run("import", "--workspace", "disk/w", "old.csv") // with room again
	p.run("import", "--workspace", "disk/w", "new.csv")

	// A folder that cannot be written is read all the same.
	if err := syscall.Mount("tmpfs", w, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("no right to make a disk read only:", err)
	}
	before = p.run("snapshots", "--workspace", "disk/w")
	for _, args := range [][]string{{"import", "--workspace", "disk/w", "old.csv"}, {"init", "disk/v"}, {"forget", "--workspace", "disk/w", "--user", "1"}} {
		_, said, status := p.try(args...)
		if status != exitOutput || !strings.Contains(said, "cannot be written") {
			t.Errorf("%v on a read-only disk: status %d: %s", args, status, said)
		}
	}
	p.run("status", "--workspace", "disk/w")
	if after := p.run("snapshots", "--workspace", "disk/w"); after != before {
		t.Errorf("before\n%safter\n%s", before, after)
	}
}

// TestTwoPrograms: while one imports, a second hears so; afterwards it can.
func TestTwoPrograms(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.write("a.csv", "date,item,quantity\n2024-03-01,mug,1\n2024-03-02,mug,1\n")
	p.run("init", "w")
	p.run("import", "--workspace", "w", "a.csv")
	first := p.command("import", "--workspace", "w", "-")
	hold, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	heard, err := first.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := heard.Read(make([]byte, 1)); err != nil { // it says that it reads when it has the workspace
		t.Fatal(err)
	}
	_, said, status := p.try("import", "--workspace", "w", "a.csv")
	if status != exitOutput || !strings.Contains(said, fmt.Sprintf("in use by process %d", first.Process.Pid)) {
		t.Errorf("status %d: %s", status, said)
	}
	if _, said, status = p.try("forecast", "--workspace", "w", "--horizon", "1"); status != exitOutput || !strings.Contains(said, "in use by process") {
		t.Errorf("a forecast meanwhile: status %d: %s", status, said)
	}
	if _, err := hold.Write([]byte("date,item,quantity\n2024-03-02,mug,7\n")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(hold.Close(), first.Wait()); err != nil {
		t.Fatal(err)
	}
	if out := p.run("status", "--workspace", "w", "--json"); !strings.Contains(out, `"rows": 3`) {
		t.Errorf("afterwards:\n%s", out)
	}
}
