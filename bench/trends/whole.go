package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/claim"
)

// whole tells the story of all of M5 by weeks and prints what it took. Chances by paths are given, as they are once forecasts are there.
func whole(data string) error {
	s, err := load(data, "m5")
	if err != nil {
		return err
	}
	start, cpu := time.Now(), cpuSeconds()
	story, err := trend.Tell(context.Background(), s.panel, trend.Telling{Steps: 4, Kind: s.group, Paths: func(*claim.Board) []claim.Chance {
		all := make([]claim.Chance, s.panel.Len())
		for i := range all {
			all[i] = claim.Chance{Up: math.NaN(), Down: math.NaN()}
		}
		return all
	}})
	if err != nil {
		return err
	}
	trending := 0
	for i := range story.Profiles {
		if story.Profiles[i].Trending() {
			trending++
		}
	}
	fmt.Printf("M5, %d series of %d weeks: told in %.1f s on %d processors (%.1f CPU s); %d asked about, %d with a trend, %d prospects, %d leads\n", s.panel.Len(), s.panel.End(),
		time.Since(start).Seconds(), runtime.GOMAXPROCS(0), cpuSeconds()-cpu, story.Learning.Asked, trending, len(story.Prospects), len(story.Leads))
	return nil
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
