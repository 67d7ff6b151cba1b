package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
)

const weights, config = "the weights", `{"d_model": 3}`

func sha(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }

// serve is a hub with one model, whose weights are what it says they are unless other bytes are given.
func serve(t *testing.T, listing, sent string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/models/amazon/m", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, listing) })
	mux.HandleFunc("/amazon/m/resolve/abc/config.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, config) })
	mux.HandleFunc("/amazon/m/resolve/abc/model.safetensors", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, sent) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func listing(size int, digest string) string {
	return fmt.Sprintf(`{"sha":"abc","siblings":[{"rfilename":"config.json","size":%d},{"rfilename":"model.safetensors","size":%d,"lfs":{"sha256":%q}}]}`, len(config), size, digest)
}

// empty fails if anything is left in the folder.
func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestAdd(t *testing.T) {
	dir, told := t.TempDir(), int64(0)
	s := Source{Hub: serve(t, listing(len(weights), sha(weights)), weights), Told: func(done, _ int64) { told = done }}
	s.Check = func(folder string) error {
		_, err := os.Stat(filepath.Join(folder, "config.json"))
		return err
	}
	folder, r, err := s.Add(context.Background(), "m", dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "model.safetensors"))
	if err != nil || string(got) != weights || folder != filepath.Join(dir, "m") || r.Revision != "abc" || r.SHA256["model.safetensors"] != sha(weights) || told != int64(len(weights)) {
		t.Errorf("%s: %q, %+v, told of %d, %v", folder, got, r, told, err)
	}
	if _, _, err := s.Add(context.Background(), "m", dir); tidewatch.CodeOf(err) != tidewatch.CodeOutput {
		t.Errorf("a second time: %v", err)
	}
	// the folder serves as a source without a network
	other := t.TempDir()
	if _, r, err = (Source{From: folder}).Add(context.Background(), "amazon/copy", other); err != nil || r.SHA256["model.safetensors"] != sha(weights) {
		t.Errorf("from a folder: %+v, %v", r, err)
	}
}

func TestAddRefuses(t *testing.T) {
	ok := listing(len(weights), sha(weights))
	for name, c := range map[string]struct{ listing, sent, digest, says string }{
		"another file":   {ok, strings.ToUpper(weights), "", "SHA-256"},
		"cut short":      {ok, weights[:4], "", "4 bytes came"},
		"too long":       {ok, weights + weights, "", "bytes came"},
		"other digest":   {ok, weights, sha("x"), "SHA-256"},
		"no digest":      {listing(len(weights), ""), weights, "", "--sha256"},
		"no weights":     {`{"sha":"abc","siblings":[{"rfilename":"config.json"}]}`, weights, "", "has no model.safetensors"},
		"no listing":     {"<html>", weights, "", "model hub"},
		"evil revision":  {strings.Replace(ok, `"abc"`, `"../x"`, 1), weights, "", "names no revision"},
		"other revision": {strings.Replace(ok, `"abc"`, `"def"`, 1), weights, "", "404"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, _, err := Source{Hub: serve(t, c.listing, c.sent), Digest: c.digest}.Add(context.Background(), "m", dir)
			if tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v", err)
			}
			empty(t, dir)
		})
	}
	for _, name := range []string{"", "a/b/c", "../x", "a/..", "a b"} {
		if _, _, err := (Source{}).Add(context.Background(), name, t.TempDir()); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%q: %v", name, err)
		}
	}
	dir := t.TempDir()
	if _, _, err := (Source{From: t.TempDir()}).Add(context.Background(), "m", dir); tidewatch.CodeOf(err) != tidewatch.CodeInput {
		t.Errorf("an empty folder: %v", err)
	}
	empty(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	s := Source{Hub: serve(t, ok, weights), Told: func(int64, int64) { cancel() }}
	if _, _, err := s.Add(ctx, "m", dir); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	empty(t, dir)
	s = Source{Hub: serve(t, ok, weights), Check: func(string) error { return tidewatch.Errorf(tidewatch.CodeModel, "another family") }}
	if _, _, err := s.Add(context.Background(), "m", dir); tidewatch.CodeOf(err) != tidewatch.CodeModel {
		t.Errorf("unusable: %v", err)
	}
	empty(t, dir)
}
