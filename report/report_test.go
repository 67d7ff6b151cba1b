package report

import (
	"bytes"
	"os"
	"testing"
)

func TestWriteSample(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, sample(t, 300, 8)); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("TIDEWATCH_REPORT"); path != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
