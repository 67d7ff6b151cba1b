package message

import "encoding/json"

// Note is a sentence about a run that is told in the language of whoever reads it: a key of the catalogue and its arguments, which are
// strings and whole numbers. As JSON it is its English text.
type Note struct {
	Key  string
	Args []any
}

// NoteOf is the note of a key of the catalogue. Keys of notes begin with "note.".
func NoteOf(key string, args ...any) Note { return Note{key, args} }

// Plain is a note that says the same in every language: something that comes from elsewhere.
func Plain(text string) Note { return Note{"note.plain", []any{text}} }

// In is the note in the language.
func (n Note) In(l Lang) string { return l.Say(n.Key, n.Args...) }

// String is the note in English.
func (n Note) String() string { return n.In(English) }

// MarshalJSON implements [json.Marshaler].
func (n Note) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }
