package read

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep objects may stand in one another.
const maxDepth = 32

// jsonScanner walks one JSON object and gives every plain value with its path: the keys joined by points.
type jsonScanner struct {
	b       []byte
	pos     int
	path    []byte
	scratch []byte // unescaped strings of this object
	emit    func(path, value []byte)
}

// object scans b, which must hold one object and nothing else. Values given to emit live until the next call.
func (s *jsonScanner) object(b []byte) bool { return s.objectAt(b, "") }

// objectAt is object for one that stands at a path.
func (s *jsonScanner) objectAt(b []byte, path string) bool {
	s.b, s.pos, s.path, s.scratch = b, 0, append(s.path[:0], path...), s.scratch[:0]
	s.space()
	if s.pos == len(b) || b[s.pos] != '{' || !s.members(0) {
		return false
	}
	s.space()
	return s.pos == len(b)
}

func (s *jsonScanner) space() {
	for s.pos < len(s.b) {
		switch s.b[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// take steps over c, if it is next.
func (s *jsonScanner) take(c byte) bool {
	s.space()
	if s.pos < len(s.b) && s.b[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// members scans an object whose brace is next.
func (s *jsonScanner) members(depth int) bool {
	s.pos++
	if depth == maxDepth {
		return false
	}
	if s.take('}') {
		return true
	}
	prefix := len(s.path)
	for {
		s.space()
		key, ok := s.text()
		if !ok || !s.take(':') {
			return false
		}
		if prefix > 0 {
			s.path = append(s.path, '.')
		}
		s.path = append(s.path, key...)
		if !s.value(depth) {
			return false
		}
		s.path = s.path[:prefix]
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// value scans what stands behind a key.
func (s *jsonScanner) value(depth int) bool {
	s.space()
	if s.pos == len(s.b) {
		return false
	}
	switch s.b[s.pos] {
	case '{':
		return s.members(depth + 1)
	case '[':
		from := s.pos
		if !s.array() {
			return false
		}
		s.emit(s.path, s.b[from:s.pos])
		return true
	case '"':
		text, ok := s.text()
		if ok {
			s.emit(s.path, text)
		}
		return ok
	}
	from := s.pos
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		if c == ',' || c == '}' || c == ']' || c <= ' ' {
			break
		}
		s.pos++
	}
	word := s.b[from:s.pos]
	switch string(word) {
	case "null":
		word = nil
	case "true", "false", "NaN", "Infinity", "-Infinity":
	default:
		if _, st := parseNumber(word, '.'); st != fine && st != tooLarge {
			return false
		}
	}
	s.emit(s.path, word)
	return true
}

// array steps over an array.
func (s *jsonScanner) array() bool {
	depth := 0
	for s.pos < len(s.b) {
		switch s.b[s.pos] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				s.pos++
				return true
			}
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			continue
		}
		s.pos++
	}
	return false
}

// text scans a string whose quote is next.
func (s *jsonScanner) text() ([]byte, bool) {
	if s.pos == len(s.b) || s.b[s.pos] != '"' {
		return nil, false
	}
	s.pos++
	from := s.pos
	i := bytes.IndexAny(s.b[from:], "\"\\")
	if i < 0 {
		return nil, false
	}
	if s.b[from+i] == '"' {
		s.pos = from + i + 1
		return s.b[from : from+i], true
	}
	start := len(s.scratch)
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		s.pos++
		if c == '"' {
			return s.scratch[start:len(s.scratch):len(s.scratch)], true
		}
		if c != '\\' {
			s.scratch = append(s.scratch, c)
			continue
		}
		if s.pos == len(s.b) {
			return nil, false
		}
		c = s.b[s.pos]
		s.pos++
		switch c {
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case '"', '\\', '/':
		case 'u':
			r, ok := s.hex()
			if !ok {
				return nil, false
			}
			if utf16.IsSurrogate(r) {
				low := utf8.RuneError
				if bytes.HasPrefix(s.b[s.pos:], []byte(`\u`)) {
					s.pos += 2
					if low, ok = s.hex(); !ok {
						return nil, false
					}
				}
				r = utf16.DecodeRune(r, low)
			}
			s.scratch = utf8.AppendRune(s.scratch, r)
			continue
		default:
			return nil, false
		}
		s.scratch = append(s.scratch, c)
	}
	return nil, false
}

// hex reads the four digits of an escape.
func (s *jsonScanner) hex() (rune, bool) {
	if s.pos+4 > len(s.b) {
		return 0, false
	}
	var r rune
	for _, c := range s.b[s.pos : s.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	s.pos += 4
	return r, true
}
