package main

import (
	"io"
	"os"
	"regexp"
)

// paint colours what a person reads at a terminal, and leaves it alone where it goes into a file or a pipe, where NO_COLOR is set
// (no-color.org), or where the terminal is dumb. CLICOLOR_FORCE=1 colours in any case, for less -R.
type paint bool

func newPaint(w io.Writer) paint {
	if v := os.Getenv("CLICOLOR_FORCE"); v != "" && v != "0" {
		return true
	}
	return paint(os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w))
}

func (p paint) with(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string { return p.with("1", s) }
func (p paint) dim(s string) string  { return p.with("2", s) }
func (p paint) up(s string) string   { return p.with("32", s) }
func (p paint) down(s string) string { return p.with("33", s) }
func (p paint) next(s string) string { return p.with("36", s) }

// signed is a change in the colour of its direction.
func (p paint) signed(v float64, s string) string {
	switch {
	case v > 0:
		return p.up(s)
	case v < 0:
		return p.down(s)
	}
	return s
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// unpainted is s without its colours.
func unpainted(s string) string { return escapes.ReplaceAllString(s, "") }
