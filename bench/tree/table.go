//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
)

// printTable reads lines of JSON, this program's and the peers', and prints one row a configuration that both have. Of several runs of a
// configuration the quickest counts.
func printTable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var own, peer []result
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r result
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if r.Lib == "tidewatch" {
			own = merge(own, r)
		} else {
			peer = merge(peer, r)
		}
	}
	fmt.Println("| matrix | leaves | threads | binning CPU s | training wall s | training CPU s | CPU ratio | valid metric | rows/s predicted (wall; CPU) | MiB over the matrix |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	product, n, worst := 0.0, 0, 0.0
	for _, a := range own {
		for _, b := range peer {
			if a.Matrix != b.Matrix || a.Leaves != b.Leaves || a.Threads != b.Threads {
				continue
			}
			ratio := a.TrainCPU / b.TrainCPU
			product += math.Log(ratio)
			worst = max(worst, ratio)
			n++
			fmt.Printf("| %s | %d | %d | %.2f / %.2f | %.2f / %.2f | %.2f / %.2f | %.2f | %.5f / %.5f | %.0f k; %.0f k / %.0f k; %.0f k | %.0f / %.0f |\n", a.Matrix, a.Leaves, a.Threads,
				a.BinCPU, b.BinCPU, a.TrainWall, b.TrainWall, a.TrainCPU, b.TrainCPU, ratio, a.Valid, b.Valid,
				a.PredRows/1e3, predicted/a.PredCPU/1e3, b.PredRows/1e3, predicted/b.PredCPU/1e3, a.RSSOver, b.RSSOver)
		}
	}
	if n > 0 {
		fmt.Printf("\nCPU ratio of training: geometric mean %.2f, largest %.2f.\n", math.Exp(product/float64(n)), worst)
	}
	return nil
}

func merge(all []result, r result) []result {
	for i := range all {
		if a := &all[i]; a.Matrix == r.Matrix && a.Leaves == r.Leaves && a.Threads == r.Threads && a.Lib == r.Lib {
			if r.TrainCPU < a.TrainCPU {
				all[i] = r
			}
			return all
		}
	}
	return append(all, r)
}
