package main

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/model/neural"
)

// progress shows how far a run is: one line that is rewritten on a terminal, with the time left; a plain line a phase otherwise.
type progress struct {
	w        io.Writer
	lang     message.Lang
	terminal bool
	now      func() time.Time
	phase    job.Stage
	began    time.Time
	shown    time.Time
	dirty    bool // a line stands on the terminal that must be cleared
}

func newProgress(w io.Writer, lang message.Lang) *progress {
	return &progress{w: w, lang: lang, terminal: isTerminal(w), now: time.Now}
}

// show is told of every step. It is cheap: a terminal is written to ten times a second at most.
func (p *progress) show(s job.Progress) {
	now := p.now()
	if s.Phase != p.phase {
		p.phase, p.began, p.shown = s.Phase, now, time.Time{}
		if !p.terminal {
			fmt.Fprintf(p.w, "%s ...\n", p.lang.Say("phase."+string(s.Phase)))
		}
	}
	if !p.terminal || now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown, p.dirty = now, true
	fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(s, now.Sub(p.began)))
}

// line is such as "choosing methods  40 %  about 12s left".
func (p *progress) line(s job.Progress, spent time.Duration) string {
	phase := p.lang.Say("phase." + string(s.Phase))
	if s.Total <= 0 {
		if s.Done > 0 {
			return phase + "  " + p.lang.Number(float64(s.Done), 0)
		}
		return phase + " ..."
	}
	done := float64(s.Done) / float64(s.Total)
	line := phase + "  " + p.lang.Percent(done, 0)
	if t := s.Training; t != nil {
		line += "  " + p.training(t)
		if t.Left > time.Second {
			line += "  " + p.lang.Say("phase.left", t.Left.Round(time.Second))
		}
		return line
	}
	if spent > time.Second && done > 0 && done < 1 {
		left := time.Duration(float64(spent) * (1 - done) / done)
		line += "  " + p.lang.Say("phase.left", left.Round(time.Second))
	}
	return line
}

// training is such as "network 2 of 4, loss 0.213, validation 0.220".
func (p *progress) training(t *neural.Progress) string {
	line := p.lang.Say("train.network", t.Member, t.Members)
	if t.Member == 0 {
		line = p.lang.Say("train.scout")
	}
	line += "  " + p.lang.Say("train.loss", p.lang.Number(t.Train, 3))
	if !math.IsNaN(t.Validation) {
		line += "  " + p.lang.Say("train.validation", p.lang.Number(t.Validation, 3))
	}
	return line
}

// clear takes the line off the terminal.
func (p *progress) clear() {
	if p.dirty {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.dirty = false
	}
}
