package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the file: what one run claimed, or what came of earlier claims.
type Entry struct {
	Number    int       `json:"n"` // from 1
	At        time.Time `json:"at"`
	Version   string    `json:"tidewatch,omitempty"`
	Snapshot  string    `json:"snapshot,omitempty"`  // digest of the data it rests on
	Known     time.Time `json:"known,omitzero"`      // stamp of the last period that is known to any series
	Scope     string    `json:"scope,omitempty"`     // what the series are of: claims are scored by data of the same scope and frequency
	Freq      string    `json:"freq,omitempty"`      //
	Hindsight bool      `json:"hindsight,omitempty"` // the claims were made as if it were an earlier time: what came may have been known
	Claims    []Claim   `json:"claims,omitempty"`
	Outcomes  []Outcome `json:"outcomes,omitempty"`
	Cut       int64     `json:"cut,omitempty"` // bytes of a half-written line that were removed before this one was written
	Prev      string    `json:"prev"`          // digest of the line before; "" in the first
	Hash      string    `json:"-"`             // digest of this line; it stands at its end
}

// Outcome is what came of a claim. Where a claim has several, because data were corrected, the last one holds.
type Outcome struct {
	Entry int     `json:"entry"` // number of the entry the claim is in
	Claim int     `json:"claim"` // place in its claims, from 0
	Value float64 `json:"value"` // of the sum
	Came  bool    `json:"came"`  // the claim came true
}

const (
	hashKey  = `,"hash":"`
	hashEnd  = `"}`
	hashSize = 2 * sha256.Size
	tailSize = len(hashKey) + hashSize + len(hashEnd)
)

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// line writes e, and sets its digest: that of the bytes of the line without it.
func (e *Entry) line() ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	e.Hash = digest(body)
	return append(append(append(body[:len(body)-1], hashKey...), e.Hash...), hashEnd+"\n"...), nil
}

// parse reads a line without its end. whole reports whether its digest is that of what it says.
func parse(line []byte) (e Entry, whole bool, err error) {
	if len(line) <= tailSize || !bytes.HasSuffix(line, []byte(hashEnd)) {
		return e, false, fmt.Errorf("it does not end in a digest")
	}
	body, tail := line[:len(line)-tailSize], line[len(line)-tailSize:]
	if !bytes.HasPrefix(tail, []byte(hashKey)) {
		return e, false, fmt.Errorf("it does not end in a digest")
	}
	e.Hash = string(tail[len(hashKey) : len(hashKey)+hashSize])
	body = append(bytes.Clone(body), '}')
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&e); err != nil {
		return e, false, err
	}
	return e, digest(body) == e.Hash, nil
}
