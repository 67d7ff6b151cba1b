package train

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// checkpointFormat is the version of the layout: weights under their names, optimizer.*, ema.* and best.* beside them.
const checkpointFormat = "1"

// Save writes everything that further training depends on, into a new file that then takes the place of path.
func (t *Trainer) Save(path string) error {
	tensors := nn.Tensors(t.params)
	optimizerSteps, state := t.cfg.Optimizer.State()
	tensors = append(tensors, nn.Tensors(state)...)
	if t.ema != nil {
		tensors = append(tensors, nn.Tensors(t.ema.Averages())...)
	}
	for i, best := range t.best {
		tensors = append(tensors, safetensors.Tensor{Name: "best." + t.params[i].Name, Shape: t.params[i].Shape, Data: best})
	}
	float := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	meta := t.recipe()
	meta["step"], meta["optimizer_steps"], meta["bad_epochs"] = strconv.Itoa(t.step), strconv.Itoa(optimizerSteps), strconv.Itoa(t.bad)
	meta["best_loss"], meta["epoch_loss"] = float(t.bestLoss), float(t.epochLoss)

	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // it is gone after the rename
	err = safetensors.Write(f, tensors, meta)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	return nil
}

// recipe is what must agree for training to go on as if it had not stopped.
func (t *Trainer) recipe() map[string]string {
	return map[string]string{
		"format": checkpointFormat, "seed": strconv.FormatUint(t.cfg.Seed, 10),
		"batch": strconv.Itoa(t.cfg.Batch), "shards": strconv.Itoa(t.cfg.Shards),
	}
}

// Resume takes up the state that Save wrote. The configuration must be the one it was written with; more epochs are allowed.
func (t *Trainer) Resume(path string) error {
	f, err := safetensors.Open(path)
	if err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	for key, want := range t.recipe() {
		if got := f.Metadata[key]; got != want {
			return fmt.Errorf("train: checkpoint %s was written with %s %q, this run has %q", path, key, got, want)
		}
	}
	number := func(key string) int {
		n, e := strconv.Atoi(f.Metadata[key])
		if (e != nil || n < 0) && err == nil {
			err = fmt.Errorf("train: checkpoint %s: %s %q is no count", path, key, f.Metadata[key])
		}
		return n
	}
	float := func(key string) float64 {
		x, e := strconv.ParseFloat(f.Metadata[key], 64)
		if e != nil && err == nil {
			err = fmt.Errorf("train: checkpoint %s: %s %q is no number", path, key, f.Metadata[key])
		}
		return x
	}
	step, optimizerSteps, bad := number("step"), number("optimizer_steps"), number("bad_epochs")
	bestLoss, epochLoss := float("best_loss"), float("epoch_loss")
	if err != nil {
		return err
	}
	lookup := func(name string, shape []int) ([]float32, error) {
		info, ok := f.Lookup(name)
		if !ok || !slices.Equal(info.Shape, shape) {
			return nil, fmt.Errorf("train: checkpoint %s has no %s of shape %v", path, name, shape)
		}
		return f.Float32s(name)
	}
	if _, err := nn.Load(f, t.params, nil); err != nil {
		return fmt.Errorf("train: checkpoint %s: %w", path, err)
	}
	for _, replica := range t.all[1:] {
		nn.Share(t.params, replica)
	}
	if err := t.cfg.Optimizer.Restore(t.params, optimizerSteps, lookup); err != nil {
		return err
	}
	if t.ema != nil {
		t.ema.Update(t.params)
		for _, a := range t.ema.Averages() {
			x, err := lookup(a.Name, a.Shape)
			if err != nil {
				return err
			}
			copy(a.Data, x)
		}
	}
	t.best = nil
	for _, p := range t.params {
		if _, ok := f.Lookup("best." + p.Name); !ok {
			break // no validation yet
		}
		x, err := lookup("best."+p.Name, p.Shape)
		if err != nil {
			return err
		}
		t.best = append(t.best, x)
	}
	if t.best != nil && len(t.best) != len(t.params) {
		return fmt.Errorf("train: checkpoint %s: the best weights are incomplete", path)
	}
	t.step, t.bad, t.bestLoss, t.epochLoss = step, bad, bestLoss, epochLoss
	return nil
}
