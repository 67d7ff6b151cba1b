package chronos

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// fixture is a model and what the published code computed with it.
type fixture struct {
	*testing.T
	dir string // laid out as Open wants it
	io  *safetensors.File
}

// fixtures are the one in testdata and, where it is there, one of ../shared with overlapping patches, GELU and no register.
func fixtures(t *testing.T, f func(fx fixture)) {
	run := func(name, config, weights, io string) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for to, from := range map[string]string{"config.json": config, "model.safetensors": weights} {
				b, err := os.ReadFile(from)
				if err != nil {
					t.Skip("needs ../shared/reference: ", err)
				}
				if to == "config.json" { // in ../shared the configuration is part of a description
					var outer struct{ Config json.RawMessage }
					if json.Unmarshal(b, &outer) == nil && outer.Config != nil {
						b = outer.Config
					}
				}
				if err := os.WriteFile(filepath.Join(dir, to), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			file, err := safetensors.Open(io)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			f(fixture{t, dir, file})
		})
	}
	run("plain", "testdata/config.json", "testdata/weights.safetensors", "testdata/io.safetensors")
	const at = "../../../shared/reference/neural/chronos_bolt_overlap_gelu"
	run("overlap", at+".json", at+".weights.safetensors", at+".io.safetensors")
}

func (f fixture) get(name string) *nn.Tensor {
	f.Helper()
	x, err := f.io.Float32s(name)
	if err != nil {
		f.Fatal(err)
	}
	info, _ := f.io.Lookup(name)
	return nn.Of(x, info.Shape...)
}

func (f fixture) open() *Bolt {
	f.Helper()
	b, err := Open(f.dir)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// near compares to 2e-5 of the largest value.
func (f fixture) near(what string, got []float32, want []float32) {
	f.Helper()
	if len(got) != len(want) {
		f.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	scale := 1e-3
	for _, v := range want {
		scale = math.Max(scale, math.Abs(float64(v)))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 2e-5*scale) {
			f.Errorf("%s[%d] = %g, want %g", what, i, got[i], want[i])
			return
		}
	}
}

// contexts are the rows of a [batch, time] tensor.
func contexts(x *nn.Tensor) [][]float64 {
	out := make([][]float64, x.Shape[0])
	n := x.Shape[1]
	for i := range out {
		for _, v := range x.Data[i*n : (i+1)*n] {
			out[i] = append(out[i], float64(v))
		}
	}
	return out
}

func flat(x [][][]float64) []float32 {
	var out []float32
	for _, a := range x {
		for _, b := range a {
			for _, v := range b {
				out = append(out, float32(v))
			}
		}
	}
	return out
}

// TestForward compares the whole pass and its intermediates: unknown values, ragged, long and short contexts.
func TestForward(t *testing.T) {
	fixtures(t, func(f fixture) {
		b := f.open()
		for _, c := range []string{"nan", "ragged", "long", "short"} {
			y := contexts(f.get(c + ".context"))
			var normal [][]float64
			for i := range y {
				z, s := b.normalise(y[i])
				normal = append(normal, z)
				f.near(c+" loc", []float32{float32(s.loc)}, f.get(c + ".loc").Data[i:i+1])
				f.near(c+" scale", []float32{float32(s.scale)}, f.get(c + ".scale").Data[i:i+1])
			}
			patches := b.patches(normal)
			f.near(c+" patches", patches.Data, f.get(c+".patched").Data)
			for _, workers := range []int{1, 3} {
				b.Forward(&nn.Pass{Workers: workers}, patches)
				if b.Bolt.Register {
					f.near(c+" embeddings", b.embeds.Data, f.get(c+".input_embeds").Data)
				}
				want := f.get(c + ".quantiles")
				for i, q := range b.block(&nn.Pass{Workers: workers}, y) {
					if !known(y[i]) && !b.Bolt.Register {
						continue // nothing to look at: the published code looks at all patches alike, this package at none
					}
					n := len(want.Data) / len(y)
					f.near(fmt.Sprint(c, " quantiles of ", i), flat([][][]float64{q}), want.Data[i*n:(i+1)*n])
				}
			}
		}
	})
}

// TestPredict compares the pipeline, within and beyond the trained length.
func TestPredict(t *testing.T) {
	fixtures(t, func(f fixture) {
		b := f.open()
		var y [][]float64
		for i := range 3 {
			x := f.get(fmt.Sprintf("pipe.context.%d", i))
			y = append(y, contexts(nn.Of(x.Data, 1, len(x.Data)))[0])
		}
		for _, steps := range []int{8, 20} {
			got, err := b.Predict(t.Context(), &nn.Pass{}, y, steps)
			if err != nil {
				f.Fatal(err)
			}
			f.near(fmt.Sprint(steps, " steps"), flat(got), f.get(fmt.Sprintf("pipe.h%d", steps)).Data)
		}
	})
}

// TestGradients compares the training loss, 2 |e (1(y <= pred) - q)| over levels in the mean and over steps in the sum, and the
// gradient of every weight.
func TestGradients(t *testing.T) {
	fixtures(t, func(f fixture) {
		b := f.open()
		y, target := contexts(f.get("train.context")), contexts(f.get("train.target"))
		var normal [][]float64
		var scales []scaling
		for i := range y {
			z, s := b.normalise(y[i])
			normal, scales = append(normal, z), append(scales, s)
		}
		p := &nn.Pass{Train: true}
		out := b.Forward(p, b.patches(normal))
		levels, steps := len(b.Bolt.Levels), b.Bolt.Prediction
		dy, loss := nn.Zeros(out.Shape...), 0.
		for i := range target {
			for h, v := range target[i] {
				if math.IsNaN(v) {
					continue
				}
				v = (v - scales[i].loc) / scales[i].scale
				for l, q := range b.Bolt.Levels {
					at := (i*levels+l)*steps + h
					pred := float64(out.Data[at])
					slope := -q
					if v <= pred {
						slope = 1 - q
					}
					k := 2 / float64(levels*len(target))
					loss += k * (pred - v) * slope
					dy.Data[at] = float32(k * slope)
				}
			}
		}
		f.near("loss", []float32{float32(loss)}, f.get("train.loss").Data)
		b.Backward(p, dy)
		checked := 0
		for _, w := range b.Params() {
			if _, ok := f.io.Lookup("train.grad." + w.Name); ok {
				f.near(w.Name, w.Gradient(), f.get("train.grad."+w.Name).Data)
				checked++
			}
		}
		if checked < 30 {
			f.Errorf("only %d gradients were found", checked)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	config, err := os.ReadFile("testdata/config.json")
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile("testdata/weights.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config  string
		weights []byte
		want    string
	}{
		"no chronos":  {`{"d_model": 32}`, weights, "d_kv is 0"},
		"huge":        {strings.Replace(string(config), `"num_layers": 2`, `"num_layers": 199`, 1), weights, "do not belong together"},
		"huge output": {strings.Replace(string(config), `"prediction_length": 8`, `"prediction_length": 16000`, 1), weights, "do not belong together"},
		"other width": {strings.Replace(string(config), `"d_ff": 64`, `"d_ff": 48`, 1), weights, "shape"},
		"gated":       {strings.Replace(string(config), `"is_gated_act": false`, `"is_gated_act": true`, 1), weights, "gated"},
		"truncated":   {string(config), weights[:len(weights)-9], "truncated"},
		"not JSON":    {"{", weights, "config.json"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			os.WriteFile(filepath.Join(dir, "config.json"), []byte(c.config), 0o600)
			os.WriteFile(filepath.Join(dir, "model.safetensors"), c.weights, 0o600)
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("an empty folder was opened")
	}
}
