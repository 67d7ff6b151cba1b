package main

import (
	"bytes"
	"os"
	"testing"
)

// TestUpToDate: the assembly beside this folder is what the generator prints.
func TestUpToDate(t *testing.T) {
	for _, set := range sets {
		got, err := os.ReadFile("../" + set.file + "_amd64.s")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, generate(set)) {
			t.Errorf("%s_amd64.s is not what asmgen prints: run go generate ./num/f32", set.file)
		}
	}
}
