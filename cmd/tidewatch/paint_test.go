package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

func TestPaint(t *testing.T) {
	if newPaint(&bytes.Buffer{}) {
		t.Error("a pipe is painted")
	}
	t.Setenv("CLICOLOR_FORCE", "1")
	p := newPaint(&bytes.Buffer{})
	if s := p.bold("x"); s != "\x1b[1mx\x1b[0m" || unpainted(s) != "x" || width(s) != 1 {
		t.Errorf("%q", s)
	}
	if p.signed(1, "a") == p.signed(-1, "a") || p.signed(0, "a") != "a" {
		t.Error("rises and falls look the same")
	}
	if paint(false).up("x") != "x" {
		t.Error("painted without colours")
	}
}

// TestTableIgnoresColours: a painted table is the plain one once its colours are taken away.
func TestTableIgnoresColours(t *testing.T) {
	build := func(p paint) string {
		tab := &table{indent: "  ", left: 1}
		tab.add(p.bold("商品"), "a")
		tab.add("x", p.up("+12%"))
		var b bytes.Buffer
		tab.print(&b)
		return b.String()
	}
	if plain, painted := build(false), build(true); unpainted(painted) != plain || plain == painted {
		t.Errorf("%q, painted %q", plain, painted)
	}
}

func TestBlocks(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		lo, hi float64
		want   string
	}{{[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 0, 7.9, "▁▂▃▄▅▆▇█"}, {[]float64{nan, 5, 5}, 0, 5, " ██"}, {[]float64{0, 0}, 0, 0, "▁▁"}, {nil, 0, 1, ""}, {[]float64{-4, 4}, -4, 4, "▁█"}} {
		if got := blocks(c.values, c.lo, c.hi); got != c.want {
			t.Errorf("%v: %q, want %q", c.values, got, c.want)
		}
	}
	if strings.Contains(blocks([]float64{math.Inf(1)}, 0, 1), "█") {
		t.Error("infinity is drawn")
	}
}
