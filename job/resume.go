package job

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/write"
)

// ResumeFrom is from how many series on a run keeps what is finished.
const ResumeFrom = 6000

// Interrupted is the error of a run that was stopped and has finished some of its work: the same command goes on from there.
type Interrupted struct {
	Folder string // where the finished work is
	Err    error
}

func (e *Interrupted) Error() string { return e.Err.Error() + "; what is finished is in " + e.Folder }

// Unwrap is what stopped the run.
func (e *Interrupted) Unwrap() error { return e.Err }

// resume keeps the finished work of a run of many series in a folder beside its output until the output is there, so that the same command
// goes on from it after a crash or a kill: a [fleet.Keep]. Files in it appear whole; one that does not is not there. They are named by what
// they were made from, this very program included, so that nothing else is taken for it, and a result never depends on them.
type resume struct {
	ctx    context.Context //nolint:containedctx // a run is one call
	folder string          // "" = nothing is kept
	run    [sha256.Size]byte

	mu           sync.Mutex
	found, saved int
	failed       bool // no more is kept: the disk may be full, and what matters is the result
}

// newResume is for the run of a command. Where its results go to no file, it keeps nothing.
func newResume(ctx context.Context, command string, told Config, o Outputs) *resume {
	r := &resume{ctx: ctx}
	if o.Fresh {
		return r
	}
	for _, f := range append(append([]string{}, o.Forecast...), o.Scores, o.Report) {
		if info, err := os.Stat(f); f != "" && (err != nil || info.Mode().IsRegular()) {
			r.folder = filepath.Clean(f) + ".resume"
			break
		}
	}
	told.In = nil // what they hold counts, not where it is
	what := struct {
		Build   Build
		Command string
		Config  Config
		Program string
	}{Build: ThisBuild(), Command: command, Config: told}
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil { // two builds of uncommitted changes look alike
			what.Program = fmt.Sprint(info.ModTime(), info.Size())
		}
	}
	b, err := json.Marshal(what)
	if err != nil {
		r.folder = ""
	}
	r.run = sha256.Sum256(b)
	return r
}

// Wants implements [fleet.Keep].
func (r *resume) Wants(series int) bool { return r.folder != "" && series > ResumeFrom }

// path is the file of a key.
func (r *resume) path(k fleet.Key) string {
	name := sha256.Sum256(append(r.run[:], k[:]...))
	return filepath.Join(r.folder, hex.EncodeToString(name[:16])+keptEnding)
}

const keptEnding = ".kept"

// Load implements [fleet.Keep].
func (r *resume) Load(k fleet.Key) []byte {
	b, err := os.ReadFile(r.path(k))
	if err != nil || len(b) < sha256.Size {
		return nil
	}
	sum, packed := b[:sha256.Size], b[sha256.Size:]
	if s := sha256.Sum256(packed); !bytes.Equal(s[:], sum) {
		return nil
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		return nil
	}
	defer z.Close()
	state, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found++
	return state
}

// Save implements [fleet.Keep].
func (r *resume) Save(k fleet.Key, state []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed {
		return
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err == nil {
		packed := z.EncodeAll(state, nil)
		sum := sha256.Sum256(packed)
		if err = os.MkdirAll(r.folder, 0o777); err == nil {
			err = write.File(r.ctx, r.path(k), func(w io.Writer) error {
				_, err := w.Write(append(sum[:], packed...))
				return err
			})
		}
	}
	if err != nil {
		r.failed = true
		return
	}
	r.saved++
}

// forget removes the folder, and nothing that another hand put there.
func (r *resume) forget() {
	if r == nil || r.folder == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(r.folder, "*"+keptEnding)) // the pattern is right
	for _, f := range files {
		_ = os.Remove(f)
	}
	_ = os.Remove(r.folder)
}

// interrupted says of an error that ended the run where its work is.
func (r *resume) interrupted(err error) error {
	if err == nil || r.ctx.Err() == nil || r.found+r.saved == 0 {
		return err
	}
	return &Interrupted{r.folder, err}
}
