package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
)

// TestProgress: a terminal sees one line that is rewritten and then cleared, a pipe one line a stage.
func TestProgress(t *testing.T) {
	steps := []job.Progress{{Phase: job.Reading}, {Phase: job.Reading, Done: 1, Total: 4}, {Phase: job.Reading, Done: 2, Total: 4}, {Phase: job.Writing}}
	show := func(terminal bool) string {
		var b bytes.Buffer
		now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		p := newProgress(&b, message.English)
		p.terminal, p.now = terminal, func() time.Time { now = now.Add(2 * time.Second); return now }
		for _, s := range steps {
			p.show(s)
		}
		p.clear()
		p.clear()
		return b.String()
	}
	if got, want := show(false), "reading ...\nwriting ...\n"; got != want {
		t.Errorf("a pipe sees %q, not %q", got, want)
	}
	const begin = "\r\x1b[K"
	want := begin + "reading ..." + begin + "reading  25%  about 6s left" + begin + "reading  50%  about 4s left" + begin + "writing ..." + begin
	if got := show(true); got != want {
		t.Errorf("a terminal sees %q, not %q", got, want)
	}
}

// TestStagesHaveNames: the catalogue names every stage of a run.
func TestStagesHaveNames(t *testing.T) {
	for _, s := range []job.Stage{job.Reading, job.Cleaning, job.Scoring, job.Fitting, job.Forecasting, job.Sampling, job.Writing} {
		if !message.Has("phase." + string(s)) {
			t.Errorf("the catalogue has no phase.%s", s)
		}
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	tab := &table{indent: " ", left: 1}
	tab.add("茶", "1")
	tab.add()
	tab.add("tea", "12.5", "x")
	tab.print(&b)
	if want := " 茶      1\n\n tea  12.5  x\n"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if got := shorten("茶叶 tea", 5); got != "茶叶…" || width(got) > 5 {
		t.Errorf("shortened to %q", got)
	}
}

func TestSplit(t *testing.T) {
	for s, want := range map[string][]string{"": nil, "a": {"a"}, "a, b,": {"a", "b"}, "ets(A,N),naive": {"ets(A,N)", "naive"}} {
		if got := split(s); !slices.Equal(got, want) {
			t.Errorf("%q is %q, not %q", s, got, want)
		}
	}
}

func TestParseSeasons(t *testing.T) {
	for s, want := range map[string][]int{"auto": nil, "none": {}, "12": {12}, "168,24": {24, 168}} {
		if got, err := parseSeasons(s); err != nil || !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	if _, err := parseSeasons("weekly"); err == nil || !strings.Contains(err.Error(), "24,168") {
		t.Errorf("weekly: %v", err)
	}
}

func TestSpread(t *testing.T) {
	if got := spread(3, 8); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("3 by 8: %v", got)
	}
	if got := spread(18, 4); !slices.Equal(got, []int{0, 5, 11, 17}) {
		t.Errorf("18 by 4: %v", got)
	}
}
