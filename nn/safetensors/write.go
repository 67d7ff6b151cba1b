package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Tensor is what Write stores, as F32.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Write stores tensors in the given order. Equal arguments give equal bytes.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	header := []byte("{")
	field := func(name string, value any) error {
		k, err := json.Marshal(name)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value) // a map's keys are sorted
		if err != nil {
			return err
		}
		if len(header) > 1 {
			header = append(header, ',')
		}
		header = append(append(append(header, k...), ':'), v...)
		return nil
	}
	if len(metadata) > 0 {
		if err := field("__metadata__", metadata); err != nil {
			return err
		}
	}
	seen, at := map[string]bool{}, 0
	for _, t := range tensors {
		n := Info{Shape: t.Shape}.Len()
		switch {
		case n != len(t.Data):
			return fmt.Errorf("safetensors: tensor %q: shape %v, but %d numbers", t.Name, t.Shape, len(t.Data))
		case seen[t.Name] || t.Name == "__metadata__":
			return fmt.Errorf("safetensors: tensor name %q is used twice", t.Name)
		}
		seen[t.Name] = true
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		err := field(t.Name, struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{"F32", shape, [2]int{at, at + 4*n}})
		if err != nil {
			return err
		}
		at += 4 * n
	}
	header = append(header, '}')
	for len(header)%8 != 0 { // the numbers begin at a multiple of eight
		header = append(header, ' ')
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)); err != nil {
		return err
	}
	const chunk = 1 << 14
	buf := make([]byte, 0, 4*chunk)
	for _, t := range tensors {
		for x := range slices.Chunk(t.Data, chunk) {
			buf = buf[:0]
			for _, v := range x {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}
