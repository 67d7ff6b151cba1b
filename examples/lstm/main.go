// Command lstm is the tutorial everyone knows, in Go: read user_behavior.csv, difference and normalise it, cut windows of 60 hours, train an
// LSTM of two layers of 50 units with dropout for 50 epochs, and forecast. docs/lstm-tutorial.md sets it beside its Keras form.
//
//	go run ./examples/lstm
//
// It is a tour of packages nn and nn/train. To forecast, use tidewatch forecast --method lstm, which does more and better.
package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/loss"
	"github.com/tidewatch/tidewatch/nn/train"
	"gonum.org/v1/gonum/stat"
)

const (
	window = 60 // hours the network looks back
	units  = 50
)

func main() {
	if err := run(context.Background(), "examples/lstm/user_behavior.csv", 50, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, file string, epochs int, out io.Writer) error {
	// 1. Read, difference, normalise to mean 0 and deviation 1 by what training may see.
	values, err := load(file)
	if err != nil {
		return err
	}
	changes := difference(values)
	split := window + (len(changes)-window)*8/10 // four fifths to train on
	mean, sd := stat.MeanStdDev(changes[:split], nil)
	scaled := make([]float32, len(changes))
	for i, v := range changes {
		scaled[i] = float32((v - mean) / sd)
	}

	// 2. Windows: sample i is the 60 values before value window+i, its target that value.
	data := &samples{values: scaled}
	var training, validation []int
	for i := range len(scaled) - window {
		if window+i < split {
			training = append(training, i)
		} else {
			validation = append(validation, i)
		}
	}

	// 3. The network: LSTM 50, dropout, LSTM 50, dropout, dense 1.
	trainer, err := train.New(train.Config{
		Epochs: epochs, Batch: 32, Workers: 2, Seed: 1, // Adam at .001, as in Keras
		Progress: func(p train.Progress) {
			if p.Epoch%10 == 0 || p.Epoch == 1 || p.Epoch == p.Epochs {
				fmt.Fprintf(out, "epoch %2d/%d  loss %.4f  val_loss %.4f\n", p.Epoch, p.Epochs, p.Train, p.Validation)
			}
		},
	}, func() train.Network { return newNetwork(data) })
	if err != nil {
		return err
	}
	if err := trainer.Fit(ctx, training, validation); err != nil {
		return err
	}

	// 4. Evaluate, beside the forecast that the next hour is like the last.
	net := trainer.Network().(*network)
	own, naive := 0., 0.
	predicted := net.predict(validation)
	for k, i := range validation {
		change := float64(predicted[k])*sd + mean
		own += math.Abs(values[window+i] + change - values[window+i+1])
		naive += math.Abs(values[window+i] - values[window+i+1])
	}
	n := float64(len(validation))
	fmt.Fprintf(out, "validation: mse %.4f, mean error %.2f orders an hour, %.2f if every hour were as the one before\n", trainer.Evaluate(validation), own/n, naive/n)

	// 5. Predict the hour after the data.
	next := net.predict([]int{len(scaled) - window})
	fmt.Fprintf(out, "the next hour: %.0f orders after %.0f\n", values[len(values)-1]+float64(next[0])*sd+mean, values[len(values)-1])
	return nil
}

// samples are windows of one series.
type samples struct{ values []float32 }

// network is the layers with the data they learn from: what a trainer fits.
type network struct {
	nn.Sequential
	data *samples
}

func newNetwork(data *samples) *network {
	rng := rand.New(rand.NewPCG(1, 0)) // the same weights in every copy
	return &network{data: data, Sequential: nn.Sequential{
		nn.NewLSTM("lstm_1", 1, units, 1, 0, rng), &nn.Dropout{Rate: .2},
		nn.NewLSTM("lstm_2", units, units, 1, 0, rng), &nn.LastStep{}, &nn.Dropout{Rate: .2},
		nn.NewDense("dense", units, 1, rng),
	}}
}

// windows are the inputs [sample, hour, 1].
func (n *network) windows(samples []int) *nn.Tensor {
	x := nn.Zeros(len(samples), window, 1)
	for k, i := range samples {
		copy(x.Data[k*window:], n.data.values[i:i+window])
	}
	return x
}

// Loss implements train.Network: the squared error, and in training its gradients.
func (n *network) Loss(p *nn.Pass, samples []int) (sum, total float64) {
	y := n.Forward(p, n.windows(samples))
	target, grad := make([]float32, len(samples)), nn.Zeros(len(samples), 1)
	for k, i := range samples {
		target[k] = n.data.values[i+window]
	}
	sum, total = loss.MSE(grad.Data, y.Data, target, nil)
	if p.Train {
		n.Backward(p, grad)
	}
	return sum, total
}

// predict forecasts the value after each window.
func (n *network) predict(samples []int) []float32 {
	return append([]float32(nil), n.Forward(&nn.Pass{}, n.windows(samples)).Data...)
}

// load reads the second column of a CSV file with a header.
func load(file string) ([]float64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) < 2*window {
		return nil, fmt.Errorf("%s: %d rows, at least %d are needed", file, len(rows), 2*window)
	}
	values := make([]float64, len(rows)-1)
	for i, row := range rows[1:] {
		if values[i], err = strconv.ParseFloat(row[1], 64); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, i+2, err)
		}
	}
	return values, nil
}

// difference is what each value is more than the one before.
func difference(values []float64) []float64 {
	d := make([]float64, len(values)-1)
	for i := range d {
		d[i] = values[i+1] - values[i]
	}
	return d
}
