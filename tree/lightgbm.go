package tree

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// lightGBM reads the text of a model file block by block: a block is "key=value" lines up to an empty line.
type lightGBM struct {
	in    *bufio.Scanner
	line  int
	keys  []string
	value []string
}

// longestLine bounds a line of a model file in bytes.
const longestLine = 1 << 28

func badFile(format string, args ...any) error {
	return tidewatch.Errorf(tidewatch.CodeModel, "tree: "+format, args...)
}

// ReadLightGBM reads a model that LightGBM saved as text (save_model), version 2 to 4. Linear trees and objectives without one of this
// package's links are refused.
func ReadLightGBM(r io.Reader) (*Model, error) {
	p := &lightGBM{in: bufio.NewScanner(r)}
	p.in.Buffer(nil, longestLine)
	if !p.block() || len(p.keys) == 0 || p.keys[0] != "tree" {
		return nil, badFile("not a LightGBM text model: the first line is not \"tree\"")
	}
	m := &Model{}
	outputs, err := p.header(m)
	if err != nil {
		return nil, err
	}
	average := p.has("average_output")
	sigmoid := 1.0
	if name := strings.Fields(p.get("objective")); len(name) > 0 {
		if m.link, sigmoid, err = lightGBMLink(name); err != nil {
			return nil, err
		}
	}
	for p.block() && len(p.keys) > 0 && p.keys[0] == "Tree" {
		t, err := p.tree()
		if err != nil {
			return nil, badFile("LightGBM model, tree %d (before line %d): %w", len(m.trees), p.line, err)
		}
		t.output = len(m.trees) % outputs
		m.trees = append(m.trees, t)
	}
	if err := p.in.Err(); err != nil {
		return nil, badFile("LightGBM model, line %d: %w", p.line, err)
	}
	if len(p.keys) == 0 || p.keys[0] != "end of trees" {
		return nil, badFile("LightGBM model: it ends at line %d before \"end of trees\": the file is cut off", p.line)
	}
	if len(m.trees)%outputs != 0 {
		return nil, badFile("LightGBM model: %d trees for %d outputs", len(m.trees), outputs)
	}
	if average {
		sigmoid /= float64(len(m.trees) / outputs)
	}
	for i := range m.trees {
		for j := range m.trees[i].values {
			m.trees[i].values[j] *= sigmoid
		}
	}
	return m.compile()
}

// block reads the next block that is not empty.
func (p *lightGBM) block() bool {
	p.keys, p.value = p.keys[:0], p.value[:0]
	for p.in.Scan() {
		p.line++
		text := strings.TrimSpace(p.in.Text())
		if text == "" {
			if len(p.keys) > 0 {
				return true
			}
			continue
		}
		k, v, _ := strings.Cut(text, "=")
		p.keys, p.value = append(p.keys, k), append(p.value, v)
	}
	return len(p.keys) > 0
}

func (p *lightGBM) has(key string) bool {
	for _, k := range p.keys {
		if k == key {
			return true
		}
	}
	return false
}

func (p *lightGBM) get(key string) string {
	for i, k := range p.keys {
		if k == key {
			return p.value[i]
		}
	}
	return ""
}

func (p *lightGBM) number(key string, lo, hi int) (int, error) {
	v, err := strconv.Atoi(p.get(key))
	if err != nil || v < lo || v > hi {
		return 0, badFile("%s=%q: it must be a number from %d to %d", key, p.get(key), lo, hi)
	}
	return v, nil
}

// header sets the columns and returns the number of outputs.
func (p *lightGBM) header(m *Model) (outputs int, err error) {
	if outputs, err = p.number("num_tree_per_iteration", 1, maxOutputs); err != nil {
		return 0, err
	}
	last, err := p.number("max_feature_idx", 0, maxColumns-1)
	if err != nil {
		return 0, err
	}
	names := strings.Fields(p.get("feature_names"))
	if len(names) != last+1 {
		return 0, badFile("LightGBM model: %d feature_names, max_feature_idx=%d", len(names), last)
	}
	for _, n := range names {
		m.features = append(m.features, modelFeature{name: n})
	}
	m.start = make([]float64, outputs)
	return outputs, nil
}

// lightGBMLink says which link an objective has, and what its scores are multiplied by first.
func lightGBMLink(objective []string) (Link, float64, error) {
	sigmoid := 1.0
	for _, o := range objective[1:] {
		if v, ok := strings.CutPrefix(o, "sigmoid:"); ok {
			var err error
			if sigmoid, err = strconv.ParseFloat(v, 64); err != nil {
				return 0, 0, badFile("LightGBM model: objective %q", strings.Join(objective, " "))
			}
		}
		if o == "sqrt" {
			return 0, 0, badFile("LightGBM model: objective with reg_sqrt is not supported")
		}
	}
	switch objective[0] {
	case "regression", "regression_l2", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg", "custom", "none":
		return Identity, 1, nil
	case "poisson", "gamma", "tweedie":
		return Log, 1, nil
	case "binary", "multiclassova":
		return Logit, sigmoid, nil
	case "cross_entropy", "xentropy":
		return Logit, 1, nil
	case "multiclass":
		return Shares, 1, nil
	}
	return 0, 0, badFile("LightGBM model: objective %q is not supported", objective[0])
}

func (p *lightGBM) ints(key string, n int) ([]int, error) {
	fields := strings.Fields(p.get(key))
	if len(fields) != n {
		return nil, badFile("%s has %d values, not %d", key, len(fields), n)
	}
	v := make([]int, n)
	for i, f := range fields {
		var err error
		if v[i], err = strconv.Atoi(f); err != nil {
			return nil, badFile("%s: %w", key, err)
		}
	}
	return v, nil
}

// floats reads n numbers, none where the key is not there.
func (p *lightGBM) floats(key string, n int) ([]float64, error) {
	fields := strings.Fields(p.get(key))
	needed := key == "leaf_value" || key == "threshold"
	if len(fields) != n && (needed || len(fields) > 0) {
		return nil, badFile("%s has %d values, not %d", key, len(fields), n)
	}
	v := make([]float64, n)
	for i, f := range fields {
		var err error
		if v[i], err = strconv.ParseFloat(f, 64); err != nil {
			return nil, badFile("%s: %w", key, err)
		}
	}
	return v, nil
}

// tree reads the tree of the present block.
func (p *lightGBM) tree() (structure, error) {
	leaves, err := p.number("num_leaves", 1, 1<<24)
	if err != nil {
		return structure{}, err
	}
	if l := p.get("is_linear"); l != "" && l != "0" {
		return structure{}, badFile("linear trees are not supported")
	}
	values, err := p.floats("leaf_value", leaves)
	if err != nil {
		return structure{}, err
	}
	t := structure{values: values}
	if leaves == 1 {
		t.covers = []float64{1}
		return t, nil
	}
	n := leaves - 1
	feature, e0 := p.ints("split_feature", n)
	kind, e1 := p.ints("decision_type", n)
	left, e2 := p.ints("left_child", n)
	right, e3 := p.ints("right_child", n)
	threshold, e4 := p.floats("threshold", n)
	gain, e5 := p.floats("split_gain", n)
	cover, e6 := p.floats("internal_count", n)
	covers, e7 := p.floats("leaf_count", leaves)
	if err := errors.Join(e0, e1, e2, e3, e4, e5, e6, e7); err != nil {
		return structure{}, err
	}
	t.covers = covers
	sets, err := p.sets()
	if err != nil {
		return structure{}, err
	}
	for i := range n {
		nd := node{feature: int32(feature[i]), left: int32(left[i]), right: int32(right[i]), threshold: threshold[i], gain: gain[i], cover: cover[i]}
		defaultLeft := kind[i]&2 != 0
		switch kind[i] >> 2 & 3 {
		case 0:
			nd.missing = missingFill
		case 1:
			nd.missing = zeroMissingRight
			if defaultLeft {
				nd.missing = zeroMissingLeft
			}
		default:
			nd.missing = missingRight
			if defaultLeft {
				nd.missing = missingLeft
			}
		}
		if kind[i]&1 != 0 {
			nd.missing = missingRight
			at := int(threshold[i])
			if at < 0 || at >= len(sets) || sets[at] == nil {
				return structure{}, badFile("cat_boundaries has no set %d for node %d alone", at, i)
			}
			nd.codes, sets[at] = sets[at], nil // every node has its own
			nd.threshold = 0
		}
		t.nodes = append(t.nodes, nd)
	}
	return t, nil
}

// sets reads the categories that go left: every set is a range of the 32-bit words of a bit set, one after the other.
func (p *lightGBM) sets() ([][]int32, error) {
	bounds, words := strings.Fields(p.get("cat_boundaries")), strings.Fields(p.get("cat_threshold"))
	if len(words) > math.MaxInt32/32 {
		return nil, badFile("cat_threshold has %d words: at most %d are supported", len(words), math.MaxInt32/32)
	}
	var sets [][]int32
	lo := 0
	for i, b := range bounds {
		hi, err := strconv.Atoi(b)
		if err != nil || hi < lo || hi > len(words) {
			return nil, badFile("cat_boundaries: %q does not lie between %d and the %d words of cat_threshold", b, lo, len(words))
		}
		if i > 0 {
			codes, err := codesOf(words[lo:hi])
			if err != nil {
				return nil, err
			}
			sets = append(sets, codes)
		}
		lo = hi
	}
	return sets, nil
}

// codesOf are the numbers of the bits that are set.
func codesOf(words []string) ([]int32, error) {
	codes := []int32{}
	for i, w := range words {
		v, err := strconv.ParseUint(w, 10, 32)
		if err != nil {
			return nil, badFile("cat_threshold: %w", err)
		}
		for bit := range 32 {
			if v>>bit&1 != 0 {
				codes = append(codes, int32(i*32+bit))
			}
		}
	}
	return codes, nil
}
