//go:build linux

// Command tree measures package tree on the matrices that gbm_peers.py writes, one configuration a run, and prints a line of JSON with
// the same fields as that script. With -table it prints a comparison of such lines.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch/tree"
)

// description is what the peers' script writes beside a matrix.
type description struct {
	Rows        int      `json:"rows"`
	Cols        int      `json:"cols"`
	Train       int      `json:"n_train"`
	Names       []string `json:"names"`
	Categorical []int    `json:"categorical"`
	Objective   string   `json:"objective"`
}

// predicted is the number of rows whose prediction is timed.
const predicted = 200_000

// result is one line.
type result struct {
	Lib       string  `json:"lib"`
	Matrix    string  `json:"matrix"`
	Leaves    int     `json:"leaves"`
	Threads   int     `json:"threads"`
	BinWall   float64 `json:"bin_wall"`
	BinCPU    float64 `json:"bin_cpu"`
	TrainWall float64 `json:"train_wall"`
	TrainCPU  float64 `json:"train_cpu"`
	Train     float64 `json:"train"`
	Valid     float64 `json:"valid"`
	Valid2    float64 `json:"valid2"`
	PredRows  float64 `json:"pred_rows_s"`
	PredCPU   float64 `json:"pred_cpu"`
	ModelKiB  float64 `json:"model_kib"`
	RSS       float64 `json:"rss"`
	RSSOver   float64 `json:"rss_over"`
}

func main() {
	log.SetFlags(0)
	dir := flag.String("data", "bench", "folder of the matrices")
	matrix := flag.String("matrix", "rossmann", "rossmann or m5")
	leaves := flag.Int("leaves", 31, "leaves a tree")
	threads := flag.Int("threads", 1, "threads")
	rounds := flag.Int("rounds", 200, "trees")
	seed := flag.Uint64("seed", 0, "seed of the random numbers")
	native := flag.Bool("native-cat", false, "treat category codes as categories")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the training here")
	heap := flag.String("memprofile", "", "write a profile of what was allocated here")
	table := flag.String("table", "", "print a table of this file of results instead")
	flag.Parse()
	if *table != "" {
		if err := printTable(*table); err != nil {
			log.Fatal(err)
		}
		return
	}
	runtime.GOMAXPROCS(*threads)
	r := result{Lib: "tidewatch", Matrix: *matrix, Leaves: *leaves, Threads: *threads}
	if err := measure(&r, *dir, *rounds, *seed, *native, *profile); err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		log.Fatal(err)
	}
	if *heap != "" {
		if err := writeHeap(*heap); err != nil {
			log.Fatal(err)
		}
	}
}

func writeHeap(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	runtime.GC() // the profile knows what was allocated before the last collection
	return errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
}

func measure(r *result, dir string, rounds int, seed uint64, native bool, profile string) error {
	ctx := context.Background()
	text, err := os.ReadFile(filepath.Join(dir, r.Matrix+".json"))
	if err != nil {
		return err
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	x, err := readFloats(filepath.Join(dir, r.Matrix+"_X.f32"), d.Rows*d.Cols)
	if err != nil {
		return err
	}
	y32, err := readFloats(filepath.Join(dir, r.Matrix+"_y.f32"), d.Rows)
	if err != nil {
		return err
	}
	y := make([]float64, len(y32))
	for i, v := range y32 {
		y[i] = float64(v)
	}
	part := func(lo, hi int) tree.Rows[float32] {
		return tree.Rows[float32]{Data: x[lo*d.Cols : hi*d.Cols], Cols: d.Cols}
	}
	data := tree.Data{X: part(0, d.Train), Target: y[:d.Train], Names: d.Names, Threads: r.Threads}
	if native {
		data.Categorical = d.Categorical
	}
	cfg := tree.Config{Rounds: rounds, LearningRate: .05, MaxLeaves: r.Leaves, Seed: seed, Threads: r.Threads}
	if d.Objective == "tweedie" {
		cfg.Objective = tree.Tweedie{Power: 1.1}
	}
	debug.FreeOSMemory()
	base, err := residentMiB()
	if err != nil {
		return err
	}
	var ds *tree.Dataset
	r.BinWall, r.BinCPU, err = timed(func() error { ds, err = tree.NewDataset(ctx, data); return err })
	if err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	var m *tree.Model
	r.TrainWall, r.TrainCPU, err = timed(func() error { m, err = tree.Train(ctx, ds, cfg); return err })
	if err != nil {
		return err
	}
	pprof.StopCPUProfile()
	predict := func(lo, hi int) ([]float64, error) { return m.Predict(ctx, part(lo, hi), r.Threads) }
	var wall float64
	n := min(predicted, d.Rows)
	wall, r.PredCPU, err = timed(func() error { _, err := predict(0, n); return err })
	if err != nil {
		return err
	}
	r.PredRows = float64(n) / wall
	r.RSS = peakMiB()
	r.RSSOver = r.RSS - base
	inTrain, err := predict(0, d.Train)
	if err != nil {
		return err
	}
	inValid, err := predict(d.Train, d.Rows)
	if err != nil {
		return err
	}
	r.Train, _ = metric(d.Objective, y[:d.Train], inTrain)
	r.Valid, r.Valid2 = metric(d.Objective, y[d.Train:], inValid)
	encoded, err := m.MarshalBinary()
	r.ModelKiB = float64(len(encoded)) / 1024
	return err
}

// metric is that of gbm_peers.py.
func metric(objective string, y, p []float64) (first, second float64) {
	n := float64(len(y))
	for i := range y {
		if objective == "l2" {
			first += (y[i] - p[i]) * (y[i] - p[i]) / n
			second += math.Pow(1-math.Exp(p[i]-y[i]), 2) / n
			continue
		}
		const r = 1.1
		q := max(p[i], 1e-9)
		first += 2 * (math.Pow(y[i], 2-r)/((1-r)*(2-r)) - y[i]*math.Pow(q, 1-r)/(1-r) + math.Pow(q, 2-r)/(2-r)) / n
		second += (y[i] - q) * (y[i] - q) / n
	}
	if objective == "l2" {
		first = math.Sqrt(first)
	}
	return first, math.Sqrt(second)
}

func readFloats(path string, n int) ([]float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	v := make([]float32, n)
	buffer := make([]byte, 1<<20)
	for at := 0; at < n; {
		k := min(len(buffer)/4, n-at)
		if _, err := io.ReadFull(f, buffer[:4*k]); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for i := range k {
			v[at+i] = math.Float32frombits(binary.LittleEndian.Uint32(buffer[4*i:]))
		}
		at += k
	}
	return v, nil
}

func timed(f func() error) (wall, cpu float64, err error) {
	w, c := time.Now(), cpuSeconds()
	err = f()
	return time.Since(w).Seconds(), cpuSeconds() - c, err
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func peakMiB() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Maxrss) / 1024
}

func residentMiB() (float64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	return float64(pages*os.Getpagesize()) / (1 << 20), err
}
