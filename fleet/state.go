package fleet

import (
	"encoding/binary"
	"math"

	"github.com/tidewatch/tidewatch"
)

// Writer collects the state of models: little-endian, numbers as varints, values as the bits of a float64.
type Writer struct{ b []byte }

// Bytes is what was written.
func (w *Writer) Bytes() []byte { return w.b }

// Int writes a whole number.
func (w *Writer) Int(v int) { w.b = binary.AppendVarint(w.b, int64(v)) }

// Bool writes a truth value.
func (w *Writer) Bool(v bool) {
	if v {
		w.Int(1)
	} else {
		w.Int(0)
	}
}

// Float writes a value, NaN included.
func (w *Writer) Float(v float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }

// Floats writes how many values there are, and the values.
func (w *Writer) Floats(v []float64) {
	w.Int(len(v))
	for _, x := range v {
		w.Float(x)
	}
}

// Text writes a string.
func (w *Writer) Text(s string) {
	w.Int(len(s))
	w.b = append(w.b, s...)
}

// Reader reads what a Writer wrote. After the first error every call returns a zero value, and Err says what was wrong. It never
// allocates more than what is left to read.
type Reader struct {
	b   []byte
	err error
}

// NewReader reads from b.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Err is the first error, nil if there was none.
func (r *Reader) Err() error { return r.err }

// Left is the number of bytes not yet read.
func (r *Reader) Left() int { return len(r.b) }

// Fail makes an error of what was read, unless there was one before.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err, r.b = tidewatch.Errorf(tidewatch.CodeModel, format, args...), nil
	}
}

// Int reads a whole number.
func (r *Reader) Int() int {
	v, n := binary.Varint(r.b)
	if n <= 0 || int64(int(v)) != v {
		r.Fail("the model file is cut short or damaged: a whole number is missing")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// Count reads a whole number from lo to hi.
func (r *Reader) Count(lo, hi int) int {
	v := r.Int()
	if r.err == nil && (v < lo || v > hi) {
		r.Fail("the model file is damaged: %d is not between %d and %d", v, lo, hi)
	}
	if r.err != nil {
		return max(lo, min(0, hi))
	}
	return v
}

// length reads how many items of the given size follow; there cannot be more than what is left to read.
func (r *Reader) length(size int) int {
	n := r.Int()
	if r.err == nil && (n < 0 || n > len(r.b)/size) {
		r.Fail("the model file is cut short or damaged: %d values of %d bytes are missing", n, size)
	}
	if r.err != nil {
		return 0
	}
	return n
}

// Bool reads a truth value.
func (r *Reader) Bool() bool { return r.Count(0, 1) == 1 }

// Float reads a value; NaN and infinite ones pass.
func (r *Reader) Float() float64 {
	if len(r.b) < 8 {
		r.Fail("the model file is cut short or damaged: a value is missing")
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	return v
}

// Finite reads a value that must be finite.
func (r *Reader) Finite() float64 {
	v := r.Float()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.Fail("the model file is damaged: a value is %g", v)
		return 0
	}
	return v
}

// Floats reads values; NaN and infinite ones pass.
func (r *Reader) Floats() []float64 {
	v := make([]float64, r.length(8))
	for i := range v {
		v[i] = r.Float()
	}
	return v
}

// FiniteFloats reads values that must be finite.
func (r *Reader) FiniteFloats() []float64 {
	v := make([]float64, r.length(8))
	for i := range v {
		v[i] = r.Finite()
	}
	return v
}

// Text reads a string.
func (r *Reader) Text() string {
	n := r.length(1)
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}
