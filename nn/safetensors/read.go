// Package safetensors reads and writes files of named tensors in the safetensors format: eight bytes with the length of a header,
// the header in JSON (name → dtype, shape, place), then the numbers, little endian.
// See the format's description in the safetensors project, https://github.com/huggingface/safetensors.
//
// A file is checked whole before any number is read: places inside the file, without overlap or gap, sizes that agree with
// shapes. Nothing is allocated that the file's true size does not justify.
package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
)

// maxHeader is the limit of the reference implementation.
const maxHeader = 100_000_000

// Info describes a tensor.
type Info struct {
	Name  string
	DType string // F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL F8_E4M3 F8_E5M2
	Shape []int
	begin int64 // bytes from the end of the header
	end   int64
}

// Len is the number of elements.
func (t Info) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// File is an open safetensors file.
type File struct {
	Metadata map[string]string
	Tensors  []Info // in the order of the file
	byName   map[string]int
	data     *io.SectionReader
	close    func() error
}

// Open opens and checks a file.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil {
		var file *File
		if file, err = Parse(f, st.Size()); err == nil {
			file.close = f.Close
			return file, nil
		}
		err = fmt.Errorf("%s: %w", path, err)
	}
	_ = f.Close() // only read
	return nil, err
}

// Close closes the file that Open opened.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Parse checks the header of a file of the given size.
func Parse(r io.ReaderAt, size int64) (*File, error) {
	var word [8]byte
	if size < 8 {
		return nil, fmt.Errorf("safetensors: %d bytes are too few for a header: truncated, or not a safetensors file", size)
	}
	if _, err := r.ReadAt(word[:], 0); err != nil {
		return nil, fmt.Errorf("safetensors: reading the header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(word[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("safetensors: header of %d bytes in a file of %d: truncated, or not a safetensors file", n, size)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, 8); err != nil {
		return nil, fmt.Errorf("safetensors: reading the header: %w", err)
	}
	f := &File{byName: map[string]int{}, data: io.NewSectionReader(r, 8+int64(n), size-8-int64(n))}
	if err := f.parseHeader(header); err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, f.checkPlaces()
}

func (f *File) parseHeader(header []byte) error {
	dec := json.NewDecoder(bytes.NewReader(header))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("the header is not a JSON object")
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fmt.Errorf("header: %w", err)
		}
		name := key.(string) // the decoder yields only strings as keys
		if name == "__metadata__" {
			if err := dec.Decode(&f.Metadata); err != nil {
				return fmt.Errorf("header: __metadata__: %w", err)
			}
			continue
		}
		var entry struct {
			DType   string   `json:"dtype"`
			Shape   []int64  `json:"shape"`
			Offsets [2]int64 `json:"data_offsets"`
		}
		if err := dec.Decode(&entry); err != nil {
			return fmt.Errorf("header: tensor %q: %w", name, err)
		}
		if _, twice := f.byName[name]; twice {
			return fmt.Errorf("tensor %q is there twice", name)
		}
		t := Info{Name: name, DType: entry.DType, begin: entry.Offsets[0], end: entry.Offsets[1]}
		if err := t.check(entry.Shape, f.data.Size()); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		f.byName[name] = len(f.Tensors)
		f.Tensors = append(f.Tensors, t)
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if rest, _ := io.ReadAll(io.MultiReader(dec.Buffered())); len(bytes.TrimSpace(rest)) > 0 {
		return errors.New("header: something follows the JSON object")
	}
	return nil
}

// width is the size of one element in bytes; 0 for an unknown type.
func width(dtype string) int64 {
	switch dtype {
	case "F64", "I64", "U64":
		return 8
	case "F32", "I32", "U32":
		return 4
	case "F16", "BF16", "I16", "U16":
		return 2
	case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2":
		return 1
	}
	return 0
}

// check sets the shape and compares it with the place in the file.
func (t *Info) check(shape []int64, size int64) error {
	w := width(t.DType)
	if w == 0 {
		return fmt.Errorf("unknown dtype %q", t.DType)
	}
	if t.begin < 0 || t.end < t.begin || t.end > size {
		return fmt.Errorf("bytes %d to %d are not within the %d bytes of data: truncated file?", t.begin, t.end, size)
	}
	n := int64(1)
	for _, d := range shape {
		if d < 0 || (d > 0 && n > math.MaxInt64/8/d) {
			return fmt.Errorf("shape %v is impossible", shape)
		}
		n *= d
		t.Shape = append(t.Shape, int(d))
	}
	if n*w != t.end-t.begin {
		return fmt.Errorf("shape %v of %s needs %d bytes, the file gives it %d", shape, t.DType, n*w, t.end-t.begin)
	}
	return nil
}

// checkPlaces makes sure that the tensors cover the data without overlap or gap.
func (f *File) checkPlaces() error {
	order := slices.Clone(f.Tensors)
	slices.SortFunc(order, func(a, b Info) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	var at int64
	for _, t := range order {
		if t.begin != at {
			return fmt.Errorf("safetensors: tensor %q begins at byte %d, %d was expected: tensors overlap or leave a gap", t.Name, t.begin, at)
		}
		at = t.end
	}
	if at != f.data.Size() {
		return fmt.Errorf("safetensors: %d bytes follow the last tensor", f.data.Size()-at)
	}
	return nil
}

// Lookup finds a tensor by name.
func (f *File) Lookup(name string) (Info, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Info{}, false
	}
	return f.Tensors[i], true
}

// bytes reads the numbers of a tensor.
func (f *File) bytes(name string) (Info, []byte, error) {
	t, ok := f.Lookup(name)
	if !ok {
		return t, nil, fmt.Errorf("safetensors: no tensor %q in the file", name)
	}
	b := make([]byte, t.end-t.begin)
	if _, err := f.data.ReadAt(b, t.begin); err != nil && len(b) > 0 && !errors.Is(err, io.EOF) {
		return t, nil, fmt.Errorf("safetensors: reading tensor %q: %w", name, err)
	}
	return t, b, nil
}

// Float32s reads a tensor of F64, F32, F16 or BF16 numbers as float32, rounded to nearest where they do not fit.
func (f *File) Float32s(name string) ([]float32, error) {
	t, b, err := f.bytes(name)
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	x := make([]float32, t.Len())
	switch t.DType {
	case "F64":
		for i := range x {
			x[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	case "F32":
		for i := range x {
			x[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		}
	case "F16":
		for i := range x {
			x[i] = half(le.Uint16(b[2*i:]))
		}
	case "BF16":
		for i := range x {
			x[i] = math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16)
		}
	default:
		return nil, fmt.Errorf("safetensors: tensor %q holds %s, not floating-point numbers", name, t.DType)
	}
	return x, nil
}

// Ints reads a tensor of I64, I32, U8 or BOOL numbers.
func (f *File) Ints(name string) ([]int, error) {
	t, b, err := f.bytes(name)
	if err != nil {
		return nil, err
	}
	x := make([]int, t.Len())
	for i := range x {
		switch t.DType {
		case "I64":
			x[i] = int(binary.LittleEndian.Uint64(b[8*i:]))
		case "I32":
			x[i] = int(int32(binary.LittleEndian.Uint32(b[4*i:])))
		case "U8", "BOOL":
			x[i] = int(b[i])
		default:
			return nil, fmt.Errorf("safetensors: tensor %q holds %s, not I64, I32, U8 or BOOL", name, t.DType)
		}
	}
	return x, nil
}

// half converts an IEEE 754 binary16 number.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&0x3ff)
	switch exp {
	case 0: // zero or denormal: frac x 2^-24
		v := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}
