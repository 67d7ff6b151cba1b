// Command nn measures the throughput of the networks of ../shared/bench/neural_peers.py on this engine: the same shapes, batches
// and steps (draw a batch, forward, loss, backward, Adam step), the same table. See README.md.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/loss"
	"github.com/tidewatch/tidewatch/nn/train"
	"github.com/tidewatch/tidewatch/num/f32"
)

// bench is one row of the table.
type bench struct {
	name    string
	batch   int
	in, out []int // shapes of one sample
	train   bool
	flop    float64 // of one sample's forward pass, matrix products only
	build   func(rng *rand.Rand) nn.Layer
}

var benches = []bench{
	{"lstm", 32, []int{60, 1}, []int{1}, true, lstmFLOP, lstm},
	{"lstm-infer-1", 1, []int{60, 1}, []int{1}, false, lstmFLOP, lstm},
	{"lstm-infer-256", 256, []int{60, 1}, []int{1}, false, lstmFLOP, lstm},
	{"tcn", 64, []int{96, 1}, []int{1}, true, tcnFLOP, tcn},
	{"tcn-infer-256", 256, []int{96, 1}, []int{1}, false, tcnFLOP, tcn},
	{"mlp", 256, []int{168}, []int{24}, true, mlpFLOP, mlp},
	{"nhits", 256, []int{96}, []int{48}, true, nhitsFLOP, hits},
	{"patchtst", 32, []int{512}, []int{48}, true, patchFLOP, patches},
	{"encoder-forward", 32, []int{64, 256}, []int{64, 256}, false, encoderFLOP, encoder},
	{"encoder-train", 32, []int{64, 256}, []int{64, 256}, true, encoderFLOP, encoder},
	{"chronos-base", 32, []int{chronosPatches, 32}, []int{9 * 64}, false, chronosFLOP, bolt},
}

const (
	lstmFLOP    = 60 * (2*200*51 + 2*200*100)
	tcnFLOP     = 96 * (2*3*32 + 7*2*3*32*32 + 2*32)
	mlpFLOP     = 3 * 2 * (168*512 + 512*512 + 512*192)
	nhitsFLOP   = 2 * (2*48*512 + 96*512 + 9*512*512 + 512*(3*96+12+24))
	patchFLOP   = 64*(2*16*128+3*(2*(4*128*128+2*128*256)+4*64*128)) + 2*64*128*48
	encoderFLOP = 6 * 64 * (2*(4*256*256+2*256*1024) + 2*2*64*256)
)

// network feeds random numbers to a layer.
type network struct {
	nn.Layer
	bench
	x, grad *nn.Tensor
	y       []float32
	rng     *rand.Rand
}

func newNetwork(b bench) *network {
	return &network{Layer: b.build(rand.New(rand.NewPCG(1, 1))), bench: b, rng: rand.New(rand.NewPCG(2, 2))}
}

func (n *network) Loss(p *nn.Pass, samples []int) (sum, total float64) {
	shape := append([]int{len(samples)}, n.in...)
	out := append([]int{len(samples)}, n.out...)
	if n.x == nil || n.x.Shape[0] != len(samples) {
		n.x, n.grad = nn.Zeros(shape...), nn.Zeros(out...)
		n.y = make([]float32, len(n.grad.Data))
	}
	draw(n.rng, n.x.Data)
	draw(n.rng, n.y)
	pred := n.Forward(p, n.x)
	if !p.Train {
		return float64(pred.Data[0]), 1
	}
	sum, total = loss.MSE(n.grad.Data, pred.Data, n.y, nil)
	n.Backward(p, n.grad)
	return sum, total
}

func draw(rng *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
}

func main() {
	threads := flag.Int("threads", 2, "goroutines")
	shards := flag.Int("shards", 2, "parts of a batch that are computed apart")
	only := flag.String("only", "", "comma list of cases")
	secs := flag.Float64("secs", 4, "measured seconds a case")
	chunks := flag.Int("chunks", 5, "equal pieces of them; the table has the median and the best")
	flag.Parse()
	runtime.GOMAXPROCS(*threads)
	fmt.Printf("<!-- tidewatch, %s, %d threads, kernels %s -->\n", runtime.Version(), *threads, f32.Kernels())
	fmt.Println("| case | threads | batch | params | ms/step median | ms/step best | samples/s median | samples/s best | CPU s / 1000 samples | GFLOP/s |")
	fmt.Println("|" + strings.Repeat("---|", 10))
	for _, b := range benches {
		if *only == "" || slices.Contains(strings.Split(*only, ","), b.name) {
			run(b, *threads, *shards, *secs, *chunks)
		}
	}
}

func run(b bench, threads, shards int, secs float64, chunks int) {
	var step func()
	samples := make([]int, b.batch)
	var params int
	if b.train {
		t, err := train.New(train.Config{Epochs: 1, Batch: b.batch, Shards: shards, Workers: threads}, func() train.Network { return newNetwork(b) })
		if err != nil {
			panic(err)
		}
		params = nn.Count(t.Network().Params())
		step = func() {
			if _, err := t.Step(samples); err != nil {
				panic(err)
			}
		}
	} else {
		n := newNetwork(b)
		params = nn.Count(n.Params())
		step = func() { n.Loss(&nn.Pass{Workers: threads}, samples) }
	}
	start := time.Now()
	count := 0
	for ; count < 3 || time.Since(start).Seconds() < max(.5, secs/5); count++ {
		step()
	}
	perChunk := max(1, int(secs/float64(chunks)/(time.Since(start).Seconds()/float64(count))))
	var times []float64
	cpu := cpuSeconds()
	for range chunks {
		start := time.Now()
		for range perChunk {
			step()
		}
		times = append(times, time.Since(start).Seconds()/float64(perChunk))
	}
	cpu = cpuSeconds() - cpu
	slices.Sort(times)
	median, best, batch := times[len(times)/2], times[0], float64(b.batch)
	flop := b.flop
	if b.train {
		flop *= 3
	}
	fmt.Printf("| %s | %d | %d | %d | %.3f | %.3f | %.0f | %.0f | %.4f | %.1f |\n", b.name, threads, b.batch, params, median*1e3, best*1e3,
		batch/median, batch/best, cpu/(batch*float64(perChunk*chunks))*1000, batch/median*flop/1e9)
}

func cpuSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
}
