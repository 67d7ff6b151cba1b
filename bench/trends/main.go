// Command trends scores claims about the market at many origins, each made from what was known by then alone: "up (or down) by more than
// 20 % over the next 4 weeks, against the same weeks expected from season alone". It prints tables in Markdown:
//
//	go run ./bench/trends -data ../shared/data
//
// Brier skill is 1 - Brier / Brier of the reference, with a 95 % interval by bootstrap over blocks of origins that do not share weeks. Climatology is
// the share of earlier claims that came true; mean reversion is a logistic regression on the last change, learned from the same claims.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the data")
	sets := flag.String("sets", "online_retail,m5,avocado,completejourney", "sets, by comma; taobao_hours, taobao_day, taobao_days = behaviour; turning = simulated turning points, whole = the story of all of M5, radar = new items")
	steps := flag.Int("steps", 4, "weeks in a window of the weekly sets")
	by := flag.Float64("by", .2, "the change that counts")
	until := flag.Int("until", 0, "last week known at any origin, to leave later ones unseen; 0 = all")
	every := flag.Int("every", 0, "weeks between origins; 0 = 1, of M5 4")
	paths := flag.String("paths", "ets", "method whose sample paths are pooled with what was learned; empty = none")
	flag.Parse()
	if err := run(*data, strings.Split(*sets, ","), *steps, *every, *by, *until, *paths); err != nil {
		fmt.Fprintln(os.Stderr, "trends:", err)
		os.Exit(1)
	}
}

func run(data string, sets []string, steps, every int, by float64, until int, paths string) error {
	var tried []*trial
	for _, name := range sets {
		switch name {
		case "turning":
			turning()
			continue
		case "radar":
			if err := radar(data); err != nil {
				return err
			}
			continue
		case "whole":
			if err := whole(data); err != nil {
				return err
			}
			continue
		}
		s, err := load(data, name)
		if err != nil {
			return err
		}
		if every > 0 {
			s.every = every
		}
		start := time.Now()
		t, err := try(s, steps, by, until, paths)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		t.seconds = time.Since(start).Seconds()
		tried = append(tried, t)
		fmt.Fprintf(os.Stderr, "%s: %.1f s\n", name, t.seconds)
	}
	if len(tried) > 0 {
		printTables(tried)
	}
	return nil
}
