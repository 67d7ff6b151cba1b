//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
)

// printTable reads lines of JSON, this program's and the peers', and prints a row for every configuration and library, and what the
// comparison with LightGBM and with the best peer comes to. Of several runs of a library the quickest counts.
func printTable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var cells []cell
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r result
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		cells = add(cells, r)
	}
	fmt.Println("| matrix | leaves | threads | library | binning wall; CPU s | training wall; CPU s | of LightGBM's | valid metric | of the best peer's | rows/s predicted (wall; CPU) | of LightGBM's | MiB over the matrix | of LightGBM's |")
	fmt.Println("|" + strings.Repeat("---|", 13))
	for _, c := range cells {
		c.print()
	}
	fmt.Println()
	for _, threads := range []int{1, 2} {
		summarise(cells, threads)
	}
	return nil
}

// cell is a configuration and what the libraries made of it.
type cell struct {
	result // of the first library: the matrix, the leaves and the threads count
	all    []result
}

func add(cells []cell, r result) []cell {
	for i := range cells {
		c := &cells[i]
		if c.Matrix != r.Matrix || c.Leaves != r.Leaves || c.Threads != r.Threads {
			continue
		}
		for j := range c.all {
			if c.all[j].Lib == r.Lib {
				if r.TrainCPU < c.all[j].TrainCPU {
					c.all[j] = r
				}
				return cells
			}
		}
		c.all = append(c.all, r)
		return cells
	}
	return append(cells, cell{r, []result{r}})
}

// of is the result of a library; ok is false where it is missing.
func (c *cell) of(lib string) (r result, ok bool) {
	for _, r := range c.all {
		if r.Lib == lib {
			return r, true
		}
	}
	return result{}, false
}

// best is the lowest validation metric of the peers, +Inf without one.
func (c *cell) best() float64 {
	best := math.Inf(1)
	for _, r := range c.all {
		if r.Lib != "tidewatch" {
			best = min(best, r.Valid)
		}
	}
	return best
}

func (c *cell) print() {
	peer, ok := c.of("lightgbm")
	share := func(a, b float64) string {
		if !ok {
			return ""
		}
		return fmt.Sprintf("%.2f", a/b)
	}
	for _, r := range c.all {
		against := ""
		if best := c.best(); !math.IsInf(best, 1) {
			against = fmt.Sprintf("%+.2f %%", 100*(r.Valid/best-1))
		}
		fmt.Printf("| %s | %d | %d | %s | %.2f; %.2f | %.2f; %.2f | %s; %s | %.5f | %s | %.0f k; %.0f k | %s; %s | %.0f | %s |\n",
			r.Matrix, r.Leaves, r.Threads, r.Lib, r.BinWall, r.BinCPU, r.TrainWall, r.TrainCPU, share(r.TrainWall, peer.TrainWall), share(r.TrainCPU, peer.TrainCPU),
			r.Valid, against, r.PredRows/1e3, predicted/r.PredCPU/1e3, share(r.PredRows, peer.PredRows), share(peer.PredCPU, r.PredCPU),
			r.RSSOver, share(r.RSSOver, peer.RSSOver))
	}
}

// summarise says in a line what the cells of so many threads come to.
func summarise(cells []cell, threads int) {
	var wall, cpu float64
	n, slowestWall, slowestCPU := 0.0, 0.0, 0.0
	worst, memory, slowestPrediction := math.Inf(-1), 0.0, math.Inf(1)
	for _, c := range cells {
		own, hasOwn := c.of("tidewatch")
		peer, hasPeer := c.of("lightgbm")
		if c.Threads != threads || !hasOwn || !hasPeer {
			continue
		}
		n++
		w, u := own.TrainWall/peer.TrainWall, own.TrainCPU/peer.TrainCPU
		wall, cpu = wall+math.Log(w), cpu+math.Log(u)
		slowestWall, slowestCPU = max(slowestWall, w), max(slowestCPU, u)
		worst, memory = max(worst, 100*(own.Valid/c.best()-1)), max(memory, own.RSSOver/peer.RSSOver)
		slowestPrediction = min(slowestPrediction, own.PredRows/peer.PredRows)
	}
	if n == 0 {
		return
	}
	fmt.Printf("%d thread(s), %.0f cells, of LightGBM's: training, geometric mean %.2f (wall), %.2f (CPU), largest %.2f (wall), %.2f (CPU); memory at most %.2f; rows predicted at least %.1f times (wall). "+
		"Valid metric at most %+.2f %% from the best peer's.\n", threads, n, math.Exp(wall/n), math.Exp(cpu/n), slowestWall, slowestCPU, memory, slowestPrediction, worst)
}
