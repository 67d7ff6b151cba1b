package tree

import (
	"bytes"
	"context"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"encoding/binary"

	"github.com/tidewatch/tidewatch"
)

// usable checks that what a parser accepted can be used.
func usable(t *testing.T, m *Model, err error) {
	t.Helper()
	if err != nil {
		if tidewatch.CodeOf(err) != tidewatch.CodeModel {
			t.Fatalf("error without the code of models: %v", err)
		}
		return
	}
	if m.Features() > 1000 || m.Outputs() > 100 {
		return
	}
	x := make([]float64, 3*m.Features())
	a, err := m.Predict(context.Background(), Rows[float64]{x, m.Features()}, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.PredictRow(x[:m.Features()])
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		if a[i] != b[i] && a[i] == a[i] {
			t.Fatalf("output %d: %v together, %v alone", i, a[i], b[i])
		}
	}
	if _, err := m.Explain(context.Background(), Rows[float64]{x, m.Features()}, 1); err != nil && tidewatch.CodeOf(err) != tidewatch.CodeModel {
		t.Fatal(err)
	}
}

// FuzzModelFile puts a right checksum on what it tries.
func FuzzModelFile(f *testing.F) {
	for _, obj := range []Objective{Squared{}, LogLoss{}} {
		d := sample(200, 1)
		for i := range d.Target {
			d.Target[i] = float64(i % 2)
		}
		_, m := mustTrain(f, d, Config{Rounds: 2, MaxLeaves: 5, Objective: obj, CategoryRows: 1, MinRows: 2})
		file, err := m.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file[:len(file)-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := UnmarshalModel(binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.ChecksumIEEE(body)))
		usable(t, m, err)
	})
}

func seed(f *testing.F, pattern string) {
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

func FuzzLightGBM(f *testing.F) {
	seed(f, "lightgbm_*.txt")
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := ReadLightGBM(bytes.NewReader(file))
		usable(t, m, err)
	})
}

func FuzzXGBoost(f *testing.F) {
	seed(f, "xgboost_*.json")
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := ReadXGBoost(bytes.NewReader(file))
		usable(t, m, err)
	})
}
