package ledger

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

func week(n int) time.Time { return monday.AddDate(0, 0, 7*n) }

func claim(series string, from, to int, low, high, p float64) Claim {
	return Claim{Kind: Interval, Series: series, Method: "ets", From: week(from), To: week(to), Horizon: 1, Low: Bound(low), High: Bound(high), P: p}
}

func add(t testing.TB, path string, entries ...Entry) *Ledger {
	t.Helper()
	l, err := Append(path, func(*Ledger) ([]Entry, error) { return entries, nil })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func panel(t testing.TB, n int, series ...tidewatch.Series) *tidewatch.Panel {
	t.Helper()
	for i := range series {
		series[i].Values = series[i].Values[:min(n, len(series[i].Values))]
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: monday}, nil, series)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClaimsAreScoredWhenDataArrive(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	if l, err := Open(path); err != nil || l.Head() != "" || len(l.Claims()) != 0 {
		t.Fatal(l, err)
	}
	add(t, path, Entry{At: week(2), Scope: "units", Freq: "W", Claims: []Claim{
		claim("a", 2, 2, 5, 10, .8), claim("a", 2, 3, 0, 11, .6), claim("b", 2, 2, 0, 1, .8), claim("gone", 2, 2, 0, 1, .8),
		{Kind: Trend, Series: "a", From: week(2), To: week(3), Horizon: 2, Low: Bound(12), Strict: true, Base: Bound(12), P: .3},
		{Kind: Event, Series: "a", From: week(2), To: week(2), Horizon: 1, Low: Bound(10), P: .1},
	}})
	values := func() []tidewatch.Series {
		return []tidewatch.Series{{ID: "a", Values: []float64{1, 2, 10, 2}}, {ID: "b", Values: []float64{1, 1, 0, 0}, Unavailable: []bool{false, false, true, false}}}
	}
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Score(panel(t, 2, tidewatch.Series{ID: "a", Values: []float64{1, 2}}), "units"); len(got) != 0 {
		t.Errorf("what is not known yet is scored: %+v", got)
	}
	if got := l.Score(panel(t, 9, values()...), "revenue"); len(got) != 0 {
		t.Errorf("claims about units are scored by revenue: %+v", got)
	}
	got := l.Score(panel(t, 9, values()...), "units")
	want := []Outcome{{1, 0, 10, true}, {1, 1, 12, false}, {1, 4, 12, false}, {1, 5, 10, true}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	l = add(t, path, Entry{At: week(4), Outcomes: got})
	if again := l.Score(panel(t, 9, values()...), "units"); len(again) != 0 {
		t.Errorf("scored again: %+v", again)
	}
	// Corrected data correct the outcome, and the first one stays where it is.
	corrected := values()
	corrected[0].Values[2] = 3
	if got = l.Score(panel(t, 9, corrected...), "units"); len(got) != 4 || got[0].Came {
		t.Errorf("%+v", got)
	}
	l = add(t, path, Entry{At: week(5), Outcomes: got})
	if c := l.Claims()[0]; !c.Known || c.True || c.Value != 3 {
		t.Errorf("%+v", c)
	}
	if c := l.Claims()[2]; c.Known {
		t.Errorf("what was out of stock is scored: %+v", c)
	}
	if _, err := Append(path, func(*Ledger) ([]Entry, error) { return []Entry{{Claims: []Claim{{Series: "a"}}}}, nil }); err == nil {
		t.Error("a claim that says nothing is taken")
	}
	if l, err := Open(path); err != nil || len(l.Entries) != 3 || len(l.Breaks) > 0 {
		t.Error(l, err)
	}
}

// Every change of a line, and every line that is left out, added or moved, shows; so does a tail that was cut off, by its head.
func TestEditsShow(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	var l *Ledger
	for i := range 6 {
		l = add(t, path, Entry{At: week(i), Scope: "units", Freq: "W", Claims: []Claim{claim("a", i, i, 5, 10, .8)}})
	}
	head := l.Head()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) *Ledger {
		l := &Ledger{}
		l.read([]byte(text))
		return l
	}
	if l := read(string(text)); len(l.Breaks) != 0 || l.Torn != 0 || l.Head() != head || l.Find(head) != 5 {
		t.Fatalf("%+v", l)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(string(text))
		at := rapid.IntRange(0, len(b)-2).Draw(t, "at")
		to := rapid.Byte().Draw(t, "to")
		if b[at] == to || to == '\n' {
			t.Skip()
		}
		was := b[at]
		b[at] = to
		if l := read(string(b)); len(l.Breaks) == 0 && l.Torn == 0 {
			t.Fatalf("byte %d was changed from %q to %q, and nothing shows", at, was, to)
		}
	})
	lines := strings.SplitAfter(string(text), "\n")[:6]
	for name, changed := range map[string][]string{"removed": append(append([]string{}, lines[:2]...), lines[3:]...), "first removed": lines[1:],
		"doubled": append(append([]string{}, lines[:3]...), lines[2:]...), "moved": {lines[0], lines[2], lines[1], lines[3], lines[4], lines[5]}} {
		if l := read(strings.Join(changed, "")); len(l.Breaks) == 0 {
			t.Errorf("%s: nothing shows", name)
		}
	}
	if l := read(strings.Join(lines[:4], "")); l.Find(head) >= 0 {
		t.Error("lines were cut off, and the head is there")
	}
	// What an edited line claims does not count.
	edited := strings.Replace(string(text), `"p":0.8`, `"p":0.1`, 1)
	if l := read(edited); len(l.Breaks) != 1 || l.Breaks[0] != (Break{1, Edited}) || len(l.Claims()) != 5 {
		t.Errorf("%+v", l.Breaks)
	}
}

// A line that was half written is recognised, is not counted, and does not hurt what is written after it.
func TestTornTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	add(t, path, Entry{At: week(0), Claims: []Claim{claim("a", 1, 1, 0, 1, .5)}})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	add(t, path, Entry{At: week(1), Claims: []Claim{claim("a", 2, 2, 0, 1, .5)}})
	both, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole) + 1; cut < len(both); cut += 7 {
		if err := os.WriteFile(path, both[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path)
		if err != nil || l.Torn != int64(cut-len(whole)) || len(l.Entries) != 1 || len(l.Breaks) > 0 {
			t.Fatalf("cut at %d: %+v, %v", cut, l, err)
		}
		l = add(t, path, Entry{At: week(2), Claims: []Claim{claim("b", 2, 2, 0, 1, .5)}})
		again, err := Open(path)
		if err != nil || len(again.Entries) != 2 || again.Torn != 0 || len(again.Breaks) > 0 || again.Entries[1].Cut != int64(cut-len(whole)) || again.Head() != l.Head() {
			t.Fatalf("cut at %d: %+v, %v", cut, again, err)
		}
	}
	for _, text := range []string{"id,time,value\n", "no ledger at all", "{}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Errorf("%q is taken for a ledger: %v", text, err)
		}
	}
}

// A writer that is killed at any moment loses nothing that it was told is written, and leaves nothing that is not recognised.
func TestKilled(t *testing.T) {
	if path := os.Getenv("LEDGER_WRITER"); path != "" {
		for i := 0; ; i++ {
			big := make([]Claim, 200)
			for k := range big {
				big[k] = claim(fmt.Sprint("series ", i, " ", k), i, i, 0, 1, .5)
			}
			l := add(t, path, Entry{At: week(i), Claims: big})
			fmt.Println("written", len(l.Entries), l.Head())
		}
	}
	path := filepath.Join(t.TempDir(), Name)
	last, head := 0, ""
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilled$")
		cmd.Env = append(os.Environ(), "LEDGER_WRITER="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			f := strings.Fields(lines.Text())
			if len(f) != 3 || f[0] != "written" {
				continue
			}
			last, err = strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			head = f[2]
			if n++; n == 1+round {
				time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
		l, err := Open(path)
		if err != nil || len(l.Breaks) > 0 || len(l.Entries) < last || l.Find(head) != last-1 {
			t.Fatalf("round %d: %d entries of %d acknowledged, breaks %v, %v", round, len(l.Entries), last, l.Breaks, err)
		}
	}
}

// By hand: of four claims at .8 three came true, of one at .1 none.
func TestCalibration(t *testing.T) {
	var claims []Scored
	for i, p := range []float64{.8, .8, .8, .8, .1, .5} {
		claims = append(claims, Scored{Claim: Claim{Kind: Interval, P: p}, Known: p != .5, True: i < 3})
	}
	r := Calibration("", claims)
	if r.Claims != 6 || r.Scored != 5 || r.True != 3 || len(r.Bins) != 2 {
		t.Fatalf("%+v", r)
	}
	brier := (3*.04 + .64 + .01) / 5
	if math.Abs(r.Brier-brier) > 1e-12 || math.Abs(r.Error-(.8*.05+.2*.1)) > 1e-12 || math.Abs(r.Skill-(1-brier/.24)) > 1e-12 {
		t.Errorf("%+v", r)
	}
	if b := r.Bins[1]; b.From != .75 || b.To != .85 || b.Claims != 4 || b.Share() != .75 || math.Abs(b.Low-.3006) > 1e-3 || math.Abs(b.High-.9544) > 1e-3 {
		t.Errorf("%+v", b)
	}
	if r := Calibration("", nil); r.Claims != 0 || !math.IsNaN(r.Brier) || r.Bins != nil {
		t.Errorf("%+v", r)
	}
	for _, p := range []float64{0, .05, .15, .999, 1} {
		if r := Calibration("", []Scored{{Claim: Claim{P: p}, Known: true}}); len(r.Bins) != 1 || r.Bins[0].From > p || r.Bins[0].To < p {
			t.Errorf("%g: %+v", p, r.Bins)
		}
	}
	by := By(claims, func(c *Scored) string { return strconv.FormatBool(c.Known) })
	if len(by) != 2 || by[0].Name != "true" || by[0].Claims != 5 {
		t.Errorf("%+v", by)
	}
}

// Claims whose probabilities are right are found to be, whatever the probabilities are.
func TestHonestClaimsAreCalibrated(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var claims []Scored
	for range 40000 {
		p := rng.Float64()
		claims = append(claims, Scored{Claim: Claim{P: p}, Known: true, True: rng.Float64() < p})
	}
	r := Calibration("", claims)
	if r.Error > .01 || math.Abs(r.Brier-1./6) > .005 || math.Abs(r.Skill-1./3) > .02 {
		t.Errorf("%+v", r)
	}
}

func FuzzRead(f *testing.F) {
	path := filepath.Join(f.TempDir(), Name)
	add(f, path, Entry{At: week(0), Claims: []Claim{claim("a", 1, 1, 0, 1, .5)}}, Entry{At: week(1), Outcomes: []Outcome{{1, 0, 3, false}, {1, 7, 3, false}, {9, -1, 3, false}}})
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("{}\n")
	f.Fuzz(func(t *testing.T, text string) {
		l := &Ledger{}
		l.read([]byte(text))
		Calibration("", l.Claims())
		if l.size+l.Torn != int64(len(text)) {
			t.Errorf("%d and %d bytes of %d", l.size, l.Torn, len(text))
		}
	})
}
