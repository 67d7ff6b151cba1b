package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func file(header string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func parse(b []byte) (*File, error) { return Parse(bytes.NewReader(b), int64(len(b))) }

func TestRoundTrip(t *testing.T) {
	nan := math.Float32frombits(0x7fc12345)
	in := []Tensor{{"b.weight", []int{2, 3}, []float32{1, -2, nan, 4, 5, 1e-45}}, {"a", nil, []float32{7}}, {"empty", []int{0, 5}, nil}}
	var buf bytes.Buffer
	if err := Write(&buf, in, map[string]string{"k": "v", "a": "é"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Metadata["a"] != "é" || len(f.Tensors) != 3 {
		t.Fatal(f.Metadata, f.Tensors)
	}
	for i, want := range in {
		got, err := f.Float32s(want.Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Tensors[i].Name != want.Name || !slices.Equal(f.Tensors[i].Shape, want.Shape) || len(got) != len(want.Data) {
			t.Fatalf("%+v, want %+v", f.Tensors[i], want)
		}
		for j := range got {
			if math.Float32bits(got[j]) != math.Float32bits(want.Data[j]) {
				t.Fatalf("%s[%d] = %g, want %g", want.Name, j, got[j], want.Data[j])
			}
		}
	}
}

func TestTypes(t *testing.T) {
	var data []byte
	for _, h := range []uint16{0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000} { // 1 -2 65504 2^-24 Inf -0
		data = binary.LittleEndian.AppendUint16(data, h)
	}
	for _, h := range []uint16{0x3f80, 0xc040} { // 1 -3
		data = binary.LittleEndian.AppendUint16(data, h)
	}
	data = binary.LittleEndian.AppendUint64(data, math.Float64bits(.1))
	data = binary.LittleEndian.AppendUint64(data, math.MaxUint64) // -1
	f, err := parse(file(`{"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},
		"d":{"dtype":"F64","shape":[],"data_offsets":[16,24]},"i":{"dtype":"I64","shape":[1,1],"data_offsets":[24,32]}}  `, data))
	if err != nil {
		t.Fatal(err)
	}
	inf := float32(math.Inf(1))
	for name, want := range map[string][]float32{"h": {1, -2, 65504, 1.0 / (1 << 24), inf, 0}, "b": {1, -3}, "d": {.1}} {
		if got, err := f.Float32s(name); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if got, err := f.Ints("i"); err != nil || got[0] != -1 {
		t.Error(got, err)
	}
	for _, name := range []string{"i", "none"} {
		if _, err := f.Float32s(name); err == nil {
			t.Error("no error for", name)
		}
	}
}

func TestHostile(t *testing.T) {
	for _, c := range []struct{ name, header, data, want string }{
		{"not JSON", `nonsense`, "", "not a JSON object"},
		{"unfinished", `{"a":`, "", "EOF"},
		{"outside", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, "1234", "not within"},
		{"negative place", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, "1234", "not within"},
		{"backward place", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, "1234", "not within"},
		{"size", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "1234", "needs 8 bytes"},
		{"overflow", `{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, "", "impossible"},
		{"negative shape", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234", "impossible"},
		{"type", `{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`, "1234", "unknown dtype"},
		{"overlap", `{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, "1234", "overlap"},
		{"gap", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`, "1234", "gap"},
		{"rest", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, "1234", "3 bytes follow"},
		{"twice", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, "1", "twice"},
		{"tail", `{} x`, "", "follows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(file(c.header, []byte(c.data)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	for name, b := range map[string][]byte{
		"empty": nil, "short": {1, 2, 3}, "huge header": binary.LittleEndian.AppendUint64(nil, math.MaxUint64), "long header": binary.LittleEndian.AppendUint64(nil, 90_000_000),
	} {
		if _, err := parse(b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"__metadata__":{"x":"y"}}`, []byte("1234")))
	f.Add(file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := parse(b)
		if err != nil {
			return
		}
		for _, info := range file.Tensors {
			if x, err := file.Float32s(info.Name); err == nil && len(x) > len(b) {
				t.Errorf("%s: %d numbers out of %d bytes", info.Name, len(x), len(b))
			}
			_, _ = file.Ints(info.Name)
		}
	})
}
