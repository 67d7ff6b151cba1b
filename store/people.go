package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// KeyFile is the file of a workspace that holds the keys of persons.
const KeyFile = "keys"

// A key file is a magic and records of one size: number, key, checksum. What is left of a record that was cut off is no record.
const (
	keyMagic  = "tidewatch keys 1\n"
	keySize   = 32
	keyRecord = 8 + keySize + 4
)

// People knows who the numbers in the rows stand for. Each id is kept in the store under AES-256-GCM with a key of its own; the keys are
// in [KeyFile]. A person whose key is gone is a number for ever, in every copy of the rows.
type People struct {
	dir    string
	number map[string]int64 // by id
	id     map[int64]string
	keys   map[int64][keySize]byte
	last   int64   // highest number in use, with a key or without
	lost   []int64 // numbers without a key
	fresh  []Sealed
	listed []int64 // numbers in the order of the file
}

// OpenPeople reads the keys of the workspace and opens what they open.
func OpenPeople(ctx context.Context, s Store) (*People, error) {
	p := &People{dir: s.Folder(), number: map[string]int64{}, id: map[int64]string{}, keys: map[int64][keySize]byte{}}
	b, err := os.ReadFile(p.file())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "the keys of the workspace cannot be read: %w", err)
	}
	if len(b) > 0 {
		rest, ok := bytes.CutPrefix(b, []byte(keyMagic))
		if !ok {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: this is no file of keys: restore it from a backup", p.file())
		}
		for ; len(rest) >= keyRecord; rest = rest[keyRecord:] {
			n := int64(binary.LittleEndian.Uint64(rest))
			if crc32.ChecksumIEEE(rest[:8+keySize]) != binary.LittleEndian.Uint32(rest[8+keySize:]) {
				return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: the key of person %d is damaged: restore the file from a backup", p.file(), n)
			}
			p.keys[n] = [keySize]byte(rest[8:])
			p.listed = append(p.listed, n)
			p.last = max(p.last, n)
		}
	}
	sealed, err := s.People(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range sealed {
		p.last = max(p.last, e.Person)
		key, ok := p.keys[e.Person]
		if !ok {
			p.lost = append(p.lost, e.Person)
			continue
		}
		id, err := sealer(key).Open(nil, make([]byte, 12), e.ID, nil)
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: the key of person %d does not fit: restore the file from a backup", p.file(), e.Person)
		}
		p.number[string(id)], p.id[e.Person] = e.Person, string(id)
	}
	return p, nil
}

func (p *People) file() string { return filepath.Join(p.dir, KeyFile) }

// sealer is AES-256-GCM. Each key seals one id, once, so that the nonce may be zero.
func sealer(key [keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the size of the key is right
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// Number is the number of the person with that id, a new one if need be; [Blank] for "".
func (p *People) Number(id string) int64 {
	if id == "" {
		return Blank
	}
	n, ok := p.number[id]
	if !ok {
		p.last++
		n = p.last
		var key [keySize]byte
		_, _ = rand.Read(key[:]) // never fails
		p.number[id], p.id[n], p.keys[n] = n, id, key
		p.fresh = append(p.fresh, Sealed{n, sealer(key).Seal(nil, make([]byte, 12), []byte(id), nil)})
	}
	return n
}

// Name is the id of a person, or "forgotten N".
func (p *People) Name(n int64) string {
	if id, ok := p.id[n]; ok {
		return id
	}
	return "forgotten " + strconv.FormatInt(n, 10)
}

// order is all persons in the order of their names; those who were forgotten come last.
func (p *People) order() []int64 {
	all := slices.SortedFunc(maps.Keys(p.id), func(a, b int64) int { return cmp.Compare(p.id[a], p.id[b]) })
	return append(all, p.lost...)
}

// Forgotten are the persons whose keys are gone.
func (p *People) Forgotten() []int64 { return p.lost }

// keep takes the new persons that some row names into the key file, and gives their sealed ids. The file is on the disk before the store
// is: a key without a person does no harm.
func (p *People) keep(named map[int64]bool) ([]Sealed, error) {
	var kept []Sealed
	for _, s := range p.fresh {
		if named[s.Person] {
			kept = append(kept, s)
			p.listed = append(p.listed, s.Person)
		}
	}
	p.fresh = nil
	if len(kept) == 0 {
		return nil, nil
	}
	return kept, p.write()
}

// Forget destroys the key of the person with that id. It reports whether there was one. The store must be open for writing, so that nobody
// else has the keys in memory to write them again.
func (p *People) Forget(id string) (bool, error) {
	n, ok := p.number[id]
	if !ok {
		return false, nil
	}
	delete(p.keys, n)
	delete(p.number, id)
	delete(p.id, n)
	p.lost = append(p.lost, n)
	old, err := os.OpenFile(p.file(), os.O_RDWR, 0)
	if err != nil {
		return false, tidewatch.Errorf(tidewatch.CodeOutput, "the keys of the workspace cannot be written: %w", err)
	}
	defer old.Close() //nolint:errcheck // it was synced
	if err := p.write(); err != nil {
		return false, err
	}
	// What was the key file is overwritten, for what a file system does not do when it forgets one.
	size, err := old.Seek(0, 2)
	if err == nil {
		_, err = old.WriteAt(make([]byte, size), 0)
	}
	if err == nil {
		err = old.Sync()
	}
	if err != nil {
		return true, tidewatch.Errorf(tidewatch.CodeOutput, "the key is gone, but the old file of keys could not be overwritten: %w", err)
	}
	return true, nil
}

// write puts a new key file in the place of the old one.
func (p *People) write() error {
	b := []byte(keyMagic)
	for _, n := range p.listed {
		key, ok := p.keys[n]
		if !ok {
			continue
		}
		at := len(b)
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
		b = append(b, key[:]...)
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
	}
	if err := replace(p.file(), b); err != nil {
		return tidewatch.Errorf(tidewatch.CodeOutput, "the keys of the workspace cannot be written: %w", err)
	}
	return nil
}

// replace writes a file in one step, on the disk when it returns.
func replace(name string, b []byte) (err error) {
	f, err := os.OpenFile(name+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	if d, e := os.Open(filepath.Dir(name)); e == nil { // the name, too, is on the disk; not every system can say so
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}
