package read

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tidewatch/tidewatch"
)

// encodings are those that can be recognised or asked for; nil is UTF-8.
var encodings = map[string]encoding.Encoding{
	"UTF-8":        nil,
	"UTF-16LE":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"UTF-16BE":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"GB18030":      simplifiedchinese.GB18030,
	"Windows-1252": charmap.Windows1252,
}

var encodingAliases = map[string]string{
	"utf8": "UTF-8", "utf16": "UTF-16LE", "utf16le": "UTF-16LE", "utf16be": "UTF-16BE", "gb18030": "GB18030", "gbk": "GB18030", "gb2312": "GB18030",
	"cp936": "GB18030", "windows1252": "Windows-1252", "cp1252": "Windows-1252", "latin1": "Windows-1252", "iso88591": "Windows-1252", "ascii": "UTF-8",
}

func encodingNamed(name string) (string, error) {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	if e, ok := encodingAliases[plain]; ok {
		return e, nil
	}
	return "", tidewatch.Errorf(tidewatch.CodeUsage, "encoding %q is not known: use utf-8, utf-16le, utf-16be, gb18030 or windows-1252", name)
}

// detectEncoding finds the encoding of a sample from the start of a file and the length of its byte order mark. It returns "" for bytes
// that are no text.
func detectEncoding(b []byte, whole bool) (name string, bom int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return "UTF-8", 3
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "UTF-16LE", 2
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "UTF-16BE", 2
	}
	if nul := bytes.Count(b, []byte{0}); nul > 0 {
		// Text in UTF-16 has a zero beside every ASCII character, always on the same side.
		even := 0
		for i := 0; i < len(b); i += 2 {
			if b[i] == 0 {
				even++
			}
		}
		if nul*5 > len(b) {
			if even*20 < nul {
				return "UTF-16LE", 0
			}
			if even*20 > nul*19 {
				return "UTF-16BE", 0
			}
		}
	}
	control := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f {
			control++
		}
	}
	if control*50 > len(b) {
		return "", 0
	}
	if !whole {
		b = wholeRunes(b)
	}
	if utf8.Valid(b) || control > 0 && mostlyUTF8(b) {
		return "UTF-8", 0
	}
	if gb, common := gbShare(b); gb && common {
		return "GB18030", 0
	}
	if mostlyUTF8(b) {
		return "UTF-8", 0
	}
	return "Windows-1252", 0
}

// mostlyUTF8 reports text with many characters beyond ASCII, nearly all of them valid UTF-8: a damaged byte does not make it another encoding.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			good++
		}
		b = b[n:]
	}
	return good > 20*bad
}

// wholeRunes takes a rune that the end of the sample cut off it.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// gbShare reports whether b is well-formed GB18030 (but for its end), and whether most of its characters beyond ASCII are among the
// 6,763 Chinese characters and the punctuation of GB 2312, as in real Chinese text.
func gbShare(b []byte) (valid, common bool) {
	all, usual, broken := 0, 0, 0
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < 0x80:
			i++
		case c == 0x80 || c == 0xff || i+1 >= len(b):
			broken++
			i++
		case b[i+1] >= 0x40 && b[i+1] != 0x7f && b[i+1] != 0xff:
			all++
			if c >= 0xb0 && c <= 0xf7 && b[i+1] >= 0xa1 || (c == 0xa1 || c == 0xa3) && b[i+1] >= 0xa1 {
				usual++
			}
			i += 2
		case b[i+1] >= '0' && b[i+1] <= '9' && i+3 < len(b) && b[i+2] >= 0x81 && b[i+2] <= 0xfe && b[i+3] >= '0' && b[i+3] <= '9':
			all++
			i += 4
		default:
			broken++
			i++
		}
	}
	return broken*100 <= all, usual*10 >= all*9 && all > 0
}

// decoded gives r as UTF-8.
func decoded(r io.Reader, name string) io.Reader {
	if e := encodings[name]; e != nil {
		return transform.NewReader(r, e.NewDecoder())
	}
	return r
}
