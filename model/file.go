package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/gbm"
	"github.com/tidewatch/tidewatch/model/neural"
)

// The container of saved models; docs/model-file.md describes it byte by byte.
const (
	magic     = "TIDEMODL"
	container = 1 // version of the container
	kindFleet = "fleet"
	// kindNetwork is networks trained on a panel: the method's name, the version of the states, the digest of the data, and what
	// neural.Model.Save writes.
	kindNetwork = "network"
	// kindBoosted is boosted trees over a panel: the method's name, the version of the states, the digest of the data, and what gbm.Model.Save
	// writes.
	kindBoosted = "boosted"
	// boostedVersion is that of the states of boosted trees.
	boostedVersion = 1
	// networkVersion is that of the states of networks.
	networkVersion = 2
)

// Saved is a model with what it was made from.
type Saved struct {
	Model  tidewatch.Model
	Method string // its name in the table, with parameters
	Data   []byte // digest of the data it was fitted on, as its maker defines it; may be empty
}

// Write saves a model fitted by a method of the table. data is a digest of what it was fitted on, at most 64 bytes.
func Write(w io.Writer, m tidewatch.Model, data []byte) error {
	if len(data) > 64 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "a data digest of %d bytes: at most 64", len(data))
	}
	var body fleet.Writer
	if n, ok := m.(*neural.Model); ok {
		body.Text(kindNetwork)
		body.Text(n.Name())
		body.Int(networkVersion)
		body.Text(string(data))
		n.Save(&body)
		return writeBody(w, &body)
	}
	if g, ok := m.(*gbm.Model); ok {
		body.Text(kindBoosted)
		body.Text(g.String())
		body.Int(boostedVersion)
		body.Text(string(data))
		if err := g.Save(&body); err != nil {
			return err
		}
		return writeBody(w, &body)
	}
	f, ok := fleet.Of(m)
	if !ok {
		return tidewatch.Errorf(tidewatch.CodeUsage, "a model of type %T cannot be saved", m)
	}
	body.Text(kindFleet)
	method, fallback := f.Methods()
	for _, name := range []string{method, fallback} {
		version := 0
		if name != "" {
			_, e, err := find(name)
			if err != nil {
				return err
			}
			version = e.Version
		}
		body.Text(name)
		body.Int(version)
	}
	body.Text(string(data))
	if err := f.Save(&body); err != nil {
		return err
	}
	return writeBody(w, &body)
}

// writeBody writes the body between the head and the checksum.
func writeBody(w io.Writer, body *fleet.Writer) error {
	head := append([]byte(magic), 0, 0)
	binary.LittleEndian.PutUint16(head[len(magic):], container)
	sum := sha256.New()
	for _, part := range [][]byte{head, body.Bytes()} {
		sum.Write(part)
		if _, err := w.Write(part); err != nil {
			return tidewatch.Errorf(tidewatch.CodeOutput, "writing the model: %w", err)
		}
	}
	if _, err := w.Write(sum.Sum(nil)); err != nil {
		return tidewatch.Errorf(tidewatch.CodeOutput, "writing the model: %w", err)
	}
	return nil
}

// Read reads a saved model. A file that is not one, is damaged, or was written by a version that this one cannot read is an error with
// [tidewatch.CodeModel] that says so. workers 0 = as many as there are processors.
func Read(r io.Reader, workers int) (*Saved, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "reading the model: %w", err)
	}
	if !bytes.HasPrefix(b, []byte(magic)) {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "this is not a Tidewatch model: it does not begin with %q", magic)
	}
	const head = len(magic) + 2
	if len(b) < head+sha256.Size {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is cut short: it has %d bytes", len(b))
	}
	if v := binary.LittleEndian.Uint16(b[len(magic):]); v != container {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file has container version %d; this program reads version %d", v, container)
	}
	end := len(b) - sha256.Size
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged or cut short: its checksum is wrong")
	}
	return decode(fleet.NewReader(b[head:end]), workers)
}

// decode reads the body. It is apart from Read so that fuzzing gets past the checksum.
func decode(r *fleet.Reader, workers int) (*Saved, error) {
	switch kind := r.Text(); {
	case r.Err() != nil:
		return nil, r.Err()
	case kind == kindNetwork:
		return decodeNetwork(r, workers)
	case kind == kindBoosted:
		return decodeBoosted(r, workers)
	case kind != kindFleet:
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file holds a model of kind %q, which this program does not know", kind)
	}
	s := &Saved{}
	var methods [2]fleet.Method
	for i := range methods {
		name, version := r.Text(), r.Int()
		if r.Err() != nil {
			return nil, r.Err()
		}
		if i == 0 {
			s.Method = name
		} else if name == "" {
			continue
		}
		if len(name) > 1000 {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: a method's name has %d bytes", len(name))
		}
		m, e, err := find(name)
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file needs a method this program does not have: %w", err)
		}
		if version != e.Version {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file holds %s of version %d; this program reads version %d: fit the model again", e.Name, version, e.Version)
		}
		methods[i] = m
	}
	s.Data = []byte(r.Text())
	var err error
	if s.Model, err = fleet.Load(r, methods[0], methods[1], workers); err != nil {
		return nil, err
	}
	return s, nil
}

// decodeNetwork reads the body of a file of networks.
func decodeNetwork(r *fleet.Reader, workers int) (*Saved, error) {
	name, version := r.Text(), r.Int()
	s := &Saved{Method: name, Data: []byte(r.Text())}
	if r.Err() != nil {
		return nil, r.Err()
	}
	if version != networkVersion || len(name) > 1000 {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file holds networks of version %d; this program reads version %d: fit the model again", version, networkVersion)
	}
	var err error
	s.Model, err = neural.Load(r, name, workers)
	return s, err
}

// decodeBoosted reads the body of a file of boosted trees.
func decodeBoosted(r *fleet.Reader, workers int) (*Saved, error) {
	name, version := r.Text(), r.Int()
	s := &Saved{Method: name, Data: []byte(r.Text())}
	if r.Err() != nil {
		return nil, r.Err()
	}
	if version != boostedVersion || len(name) > 1000 {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file holds boosted trees of version %d; this program reads version %d: fit the model again", version, boostedVersion)
	}
	m, err := gbm.Load(r, workers)
	if err != nil {
		return nil, err
	}
	s.Model = m
	return s, nil
}
