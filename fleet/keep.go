package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Keep is where finished work is kept, so that a run that was killed need not do it again. It keeps states as a [Writer] makes them, under
// keys that tell what they were made from.
type Keep interface {
	// Wants reports whether work on so many series is worth keeping.
	Wants(series int) bool
	// Load is what was kept under a key, nil if nothing was.
	Load(Key) []byte
	// Save keeps a state.
	Save(Key, []byte)
}

// Key is a digest of all that a state depends on.
type Key [sha256.Size]byte

// KeyOf digests a panel, with its covariates, and words that say what is made of it.
func KeyOf(p *tidewatch.Panel, words ...string) Key {
	d := digest{Hash: sha256.New()}
	d.text(strings.Join(words, "\x1f"))
	d.text(fmt.Sprint(p.Grid().Freq, p.Grid().Anchor, p.Seasons(), p.Len()))
	for i := range p.Len() {
		s := p.Series(i)
		d.text(s.ID)
		d.number(uint64(s.Start), uint64(len(s.Values)))
		for _, v := range s.Demand() {
			d.number(math.Float64bits(v))
		}
	}
	for _, c := range p.RowCovariates() {
		d.text(fmt.Sprint(c.Name, c.Scope, c.Ahead, c.First, c.Labels, len(c.Cells)))
		if c.Scope != tidewatch.ByCell {
			d.floats(c.Values)
		}
		for _, at := range c.Cells {
			d.number(uint64(at.Start))
			d.floats(c.Values[at.Offset : at.Offset+at.Len])
		}
	}
	d.flush()
	return Key(d.Sum(nil))
}

// digest hashes numbers by the block.
type digest struct {
	hash.Hash
	b []byte
}

func (d *digest) number(v ...uint64) {
	for _, x := range v {
		d.b = binary.LittleEndian.AppendUint64(d.b, x)
	}
	if len(d.b) >= 1<<16 {
		d.flush()
	}
}

func (d *digest) floats(v []float32) {
	d.number(uint64(len(v)))
	for _, x := range v {
		d.number(uint64(math.Float32bits(x)))
	}
}

func (d *digest) text(s string) {
	d.number(uint64(len(s)))
	d.b = append(d.b, s...)
}

func (d *digest) flush() {
	d.Write(d.b) // a hash takes everything
	d.b = d.b[:0]
}

// keptBlock is how many series are kept at a time: of the dearest methods a minute's work.
const keptBlock = 1000

// fitKept fits the series block by block, and takes from l.Keep the blocks that are there.
func (l Lifted) fitKept(ctx context.Context, f *Fitted, p *tidewatch.Panel) error {
	name := fmt.Sprint(l.Method, l.Fallback)
	for from := 0; from < p.Len(); from += keptBlock {
		pick := make([]int, min(keptBlock, p.Len()-from))
		for k := range pick {
			pick[k] = from + k
		}
		block := p.Select(pick)
		key := KeyOf(block, "lifted", name, fmt.Sprint(l.Seed))
		if b := l.Keep.Load(key); b != nil {
			if m, err := Load(NewReader(b), l.Method, l.Fallback, l.Workers); err == nil {
				if kept, ok := Of(m); ok && len(kept.rows) == len(pick) {
					copy(f.rows[from:], kept.rows)
					continue
				}
			}
		}
		part := *f
		part.rows = f.rows[from : from+len(pick)]
		err := each(ctx, len(pick), l.Workers, func(i int, g generator) { part.rows[i] = l.fit(block.Series(i), g) })
		if err != nil {
			return err
		}
		var w Writer
		if err := part.Save(&w); err == nil { // what cannot be saved is fitted again
			l.Keep.Save(key, w.Bytes())
		}
	}
	return nil
}
