// Package hub fetches pretrained models: the configuration and the weights of a named repository of a model hub, each checked against the
// digest that the hub lists for it, or copies them from a local folder. Nothing is fetched unless it is asked for.
package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Default is the hub asked unless another is named.
const Default = "https://huggingface.co"

// Files are what a model is made of.
var Files = []string{"config.json", "model.safetensors"}

const (
	maxFile    = 8 << 30 // bytes of a file
	maxListing = 16 << 20
)

// Record is what stands beside the files in model.json: where they came from, and what they must be.
type Record struct {
	Name     string            `json:"name"`
	Source   string            `json:"source"`             // the hub's address, or a folder
	Revision string            `json:"revision,omitempty"` // of the hub's repository
	SHA256   map[string]string `json:"sha256"`             // by file
}

// Source is where files come from.
type Source struct {
	Hub  string // address of a hub; "" = Default
	From string // a local folder instead of a hub
	// Digest, if given, is the SHA-256 that model.safetensors must have, in hexadecimal.
	Digest string
	Client *http.Client              // nil = the usual one
	Told   func(done, total int64)   // progress in bytes; nil: nobody
	Check  func(folder string) error // looks at the whole model before it is put in place; nil: no further check
}

// Add puts the files of the named model (owner/name, or a name of the Chronos-Bolt family) into a new folder below dir and returns the
// folder. On an error, nothing is left there.
func (s Source) Add(ctx context.Context, name, dir string) (folder string, r Record, err error) {
	repo := name
	if !strings.Contains(repo, "/") {
		repo = "amazon/" + repo
	}
	if parts := strings.Split(repo, "/"); len(parts) != 2 || !plain(parts[0]) || !plain(parts[1]) {
		return "", r, tidewatch.Errorf(tidewatch.CodeUsage, "model %q: write owner/name, or a name such as chronos-bolt-tiny", name)
	}
	folder = filepath.Join(dir, repo[strings.Index(repo, "/")+1:])
	if _, err := os.Stat(folder); err == nil {
		return "", r, tidewatch.Errorf(tidewatch.CodeOutput, "%s is already there: remove it first, or name another folder with --dir", folder)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", r, tidewatch.Errorf(tidewatch.CodeOutput, "cannot make the folder %s: %w", dir, err)
	}
	draft, err := os.MkdirTemp(dir, ".model-*")
	if err != nil {
		return "", r, tidewatch.Errorf(tidewatch.CodeOutput, "cannot write into %s: %w", dir, err)
	}
	defer func() { _ = os.RemoveAll(draft) }() // gone after the rename
	r = Record{Name: repo, Source: s.From, SHA256: map[string]string{}}
	want := map[string]blob{}
	if s.From == "" {
		if s.Hub == "" {
			s.Hub = Default
		}
		r.Source = strings.TrimSuffix(s.Hub, "/")
		if want, r.Revision, err = s.list(ctx, r.Source, repo); err != nil {
			return "", r, err
		}
	}
	for _, file := range Files {
		in, err := s.open(ctx, r, repo, file)
		if err != nil {
			return "", r, err
		}
		w := want[file]
		if file == "model.safetensors" && s.Digest != "" {
			w.sha256 = strings.ToLower(s.Digest)
		}
		r.SHA256[file], err = s.copy(ctx, filepath.Join(draft, file), in, w)
		_ = in.Close() // it was only read
		if err != nil {
			return "", r, tidewatch.Errorf(tidewatch.CodeOf(err), "%s of %s: %w", file, repo, err)
		}
	}
	if s.Check != nil {
		if err := s.Check(draft); err != nil {
			return "", r, fmt.Errorf("%s cannot be used: %w", repo, err)
		}
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(draft, "model.json"), append(b, '\n'), 0o666)
	}
	if err == nil {
		err = os.Chmod(draft, 0o755) //nolint:gosec // a folder of public files
	}
	if err == nil {
		err = os.Rename(draft, folder)
	}
	if err != nil {
		return "", r, tidewatch.Errorf(tidewatch.CodeOutput, "cannot write %s: %w", folder, err)
	}
	return folder, r, nil
}

// plain reports a name that is one element of a path.
func plain(s string) bool {
	return s != "" && s != "." && s != ".." && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// blob is what a hub says of a file; zero where it says nothing.
type blob struct {
	size   int64
	sha256 string
}

// list asks the hub for the repository's revision and the sizes and digests of its files.
func (s Source) list(ctx context.Context, hub, repo string) (map[string]blob, string, error) {
	body, err := s.get(ctx, hub+"/api/models/"+repo+"?blobs=true", 30*time.Second)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = body.Close() }() // it was only read
	var listing struct {
		SHA      string `json:"sha"`
		Siblings []struct {
			Name string `json:"rfilename"`
			Size int64  `json:"size"`
			LFS  struct {
				SHA256 string `json:"sha256"`
			} `json:"lfs"`
		} `json:"siblings"`
	}
	if err := json.NewDecoder(io.LimitReader(body, maxListing)).Decode(&listing); err != nil {
		return nil, "", tidewatch.Errorf(tidewatch.CodeInput, "%s does not answer as a model hub does: %w", hub, err)
	}
	if !plain(listing.SHA) {
		return nil, "", tidewatch.Errorf(tidewatch.CodeInput, "%s names no revision of %s", hub, repo)
	}
	files := map[string]blob{}
	for _, f := range listing.Siblings {
		files[f.Name] = blob{f.Size, f.LFS.SHA256}
	}
	for _, name := range Files {
		if _, ok := files[name]; !ok {
			return nil, "", tidewatch.Errorf(tidewatch.CodeInput, "%s has no %s", repo, name)
		}
	}
	if files["model.safetensors"].sha256 == "" && s.Digest == "" {
		return nil, "", tidewatch.Errorf(tidewatch.CodeInput, "%s lists no digest of the weights of %s: name the one you expect with --sha256", hub, repo)
	}
	return files, listing.SHA, nil
}

// open opens a file of the model.
func (s Source) open(ctx context.Context, r Record, repo, file string) (io.ReadCloser, error) {
	if s.From == "" {
		return s.get(ctx, r.Source+"/"+repo+"/resolve/"+url.PathEscape(r.Revision)+"/"+file, 0)
	}
	f, err := os.Open(filepath.Join(s.From, file))
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s is no folder of a model: %w", s.From, err)
	}
	return f, nil
}

// get asks for an address. patience 0 leaves the time to ctx.
func (s Source) get(ctx context.Context, address string, patience time.Duration) (io.ReadCloser, error) {
	cancel := context.CancelFunc(func() {})
	if patience > 0 {
		ctx, cancel = context.WithTimeout(ctx, patience)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel()
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "address %s: %w", address, err)
	}
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(request)
	if err != nil {
		cancel()
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot reach the hub: %w; without a network, name a local folder with --from", err)
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close() // nothing was read
		cancel()
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: the hub answers %s", address, answer.Status)
	}
	return closer{answer.Body, cancel}, nil
}

type closer struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c closer) Close() error { defer c.cancel(); return c.ReadCloser.Close() }

// copy writes what in holds and checks its size and digest.
func (s Source) copy(ctx context.Context, path string, in io.Reader, want blob) (digest string, err error) {
	limit := int64(maxFile)
	if want.size > 0 {
		limit = min(limit, want.size)
	}
	f, err := os.Create(path)
	if err != nil {
		return "", tidewatch.Errorf(tidewatch.CodeOutput, "%w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), &counter{ctx: ctx, in: io.LimitReader(in, limit+1), told: s.Told, total: want.size})
	if e := f.Close(); err == nil {
		err = e
	}
	digest = hex.EncodeToString(sum.Sum(nil))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", tidewatch.Errorf(tidewatch.CodeInput, "%w", err)
	case n > limit || want.size > 0 && n != want.size:
		return "", tidewatch.Errorf(tidewatch.CodeInput, "%d bytes came, %d were announced", n, want.size)
	case want.sha256 != "" && digest != want.sha256:
		return "", tidewatch.Errorf(tidewatch.CodeInput, "its SHA-256 is %s, not %s: the file is damaged or not the one that was meant", digest, want.sha256)
	}
	return digest, nil
}

// counter tells how much was read, and ends with ctx.
type counter struct {
	ctx         context.Context //nolint:containedctx // of one copy
	in          io.Reader
	done, total int64
	told        func(done, total int64)
}

func (c *counter) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.in.Read(b)
	c.done += int64(n)
	if c.told != nil {
		c.told(c.done, c.total)
	}
	return n, err
}
