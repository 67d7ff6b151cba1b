// Package chronos forecasts with the pretrained Chronos-Bolt models: T5 encoder-decoders over patches of a series that give all
// quantiles of many steps at once. Ansari et al., "Chronos: Learning the Language of Time Series" (2024), and the model cards of
// amazon/chronos-bolt-tiny to -base. A model is a folder with config.json and model.safetensors, as published.
package chronos

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// Config is the part of config.json that the network depends on.
type Config struct {
	Width           int     `json:"d_model"`
	HeadWidth       int     `json:"d_kv"`
	FeedForward     int     `json:"d_ff"`
	EncoderLayers   int     `json:"num_layers"`
	DecoderLayers   int     `json:"num_decoder_layers"`
	Heads           int     `json:"num_heads"`
	Buckets         int     `json:"relative_attention_num_buckets"`
	MaxDistance     int     `json:"relative_attention_max_distance"`
	Eps             float32 `json:"layer_norm_epsilon"`
	Activation      string  `json:"dense_act_fn"`
	Gated           bool    `json:"is_gated_act"`
	DecoderStart    int     `json:"decoder_start_token_id"`
	RegisterTokenID int     `json:"reg_token_id"`
	Bolt            struct {
		Context    int       `json:"context_length"`
		Prediction int       `json:"prediction_length"`
		Patch      int       `json:"input_patch_size"`
		Stride     int       `json:"input_patch_stride"`
		Levels     []float64 `json:"quantiles"`
		Register   bool      `json:"use_reg_token"` // a token of its own after the patches
	} `json:"chronos_config"`
}

// check refuses what the network cannot be or this package does not know.
func (c *Config) check() error {
	if c.DecoderLayers == 0 {
		c.DecoderLayers = c.EncoderLayers
	}
	for _, f := range []struct {
		name     string
		n, limit int
	}{
		{"d_model", c.Width, 1 << 14}, {"d_kv", c.HeadWidth, 1 << 10}, {"d_ff", c.FeedForward, 1 << 16}, {"num_layers", c.EncoderLayers, 200},
		{"num_decoder_layers", c.DecoderLayers, 200}, {"num_heads", c.Heads, 256}, {"relative_attention_num_buckets", c.Buckets, 4096},
		{"relative_attention_max_distance", c.MaxDistance, 1 << 16}, {"chronos_config.context_length", c.Bolt.Context, 1 << 16},
		{"chronos_config.prediction_length", c.Bolt.Prediction, 1 << 14}, {"chronos_config.input_patch_size", c.Bolt.Patch, 1 << 12},
		{"chronos_config.input_patch_stride", c.Bolt.Stride, c.Bolt.Patch}, {"chronos_config.quantiles (their number)", len(c.Bolt.Levels), 999},
	} {
		if f.n < 1 || f.n > f.limit {
			return fmt.Errorf("%s is %d, it must be from 1 to %d", f.name, f.n, f.limit)
		}
	}
	if c.Gated {
		return fmt.Errorf("is_gated_act is set: gated feed-forward layers are not a part of Chronos-Bolt")
	}
	if _, ok := activations[c.Activation]; !ok {
		return fmt.Errorf("dense_act_fn is %q, known are relu, gelu and gelu_new", c.Activation)
	}
	if c.Buckets < 4 || c.MaxDistance <= c.Buckets/2 {
		return fmt.Errorf("relative_attention_num_buckets %d and max_distance %d do not go together", c.Buckets, c.MaxDistance)
	}
	if err := tidewatch.CheckLevels(c.Bolt.Levels); err != nil {
		return fmt.Errorf("chronos_config.quantiles: %w", err)
	}
	if !slices.Contains(c.Bolt.Levels, .5) {
		return fmt.Errorf("chronos_config.quantiles %v lack the median", c.Bolt.Levels)
	}
	if c.DecoderStart != 0 || (c.Bolt.Register && c.RegisterTokenID != 1) {
		return fmt.Errorf("decoder_start_token_id %d and reg_token_id %d: 0 and 1 are expected", c.DecoderStart, c.RegisterTokenID)
	}
	return nil
}

var activations = map[string]nn.Function{"relu": nn.ReLU, "gelu": nn.GELU, "gelu_new": nn.GELUTanh}

// Open reads a model from a folder.
func Open(dir string) (*Bolt, error) { return OpenPacked(dir, nn.Float32) }

// OpenPacked is Open with the weights of its dense layers packed; such a model cannot be trained.
func OpenPacked(dir string, how nn.Packing) (*Bolt, error) {
	fail := func(err error) (*Bolt, error) {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "chronos-bolt model %s: %w", dir, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		return fail(err)
	}
	c := Config{RegisterTokenID: 1}
	if err := json.Unmarshal(text, &c); err != nil {
		return fail(fmt.Errorf("config.json: %w", err))
	}
	if err := c.check(); err != nil {
		return fail(fmt.Errorf("config.json: %w", err))
	}
	f, err := safetensors.Open(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		return fail(err)
	}
	defer func() { _ = f.Close() }() // only read
	if err := c.plausible(f); err != nil {
		return fail(err)
	}
	b := New(c)
	nn.Pack(b.Params(), how)
	if _, err := nn.Load(f, b.Params(), nil); err != nil {
		return fail(err)
	}
	return b, nil
}

// plausible compares the size of the network with that of the file, before memory is taken for it.
func (c *Config) plausible(f *safetensors.File) error {
	inner := c.Heads * c.HeadWidth
	out := len(c.Bolt.Levels) * c.Bolt.Prediction
	need := c.FeedForward*(2*c.Bolt.Patch+2*c.Width+out) + c.Width*(2*c.Bolt.Patch+out) + c.EncoderLayers*(4*c.Width*inner+2*c.Width*c.FeedForward) + c.DecoderLayers*(8*c.Width*inner+2*c.Width*c.FeedForward)
	have := 0
	for _, t := range f.Tensors {
		have += t.Len()
	}
	if have < need {
		return fmt.Errorf("model.safetensors holds %d weights, those of config.json need at least %d: the two do not belong together", have, need)
	}
	return nil
}
