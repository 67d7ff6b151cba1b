package picture

import (
	"os"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"

	"github.com/tidewatch/tidewatch"
)

// fonts are the fonts of a PNG: the Go fonts, which are part of the program, and where the text has letters that they lack (Chinese,
// Japanese, Korean) a font of the system.
type fonts struct {
	regular, bold *opentype.Font
	faces         map[faceKey]font.Face
}

type faceKey struct {
	size float64
	bold bool
}

// systemFonts are where fonts with Chinese letters stand on the usual systems.
var systemFonts = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
	"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", "/System/Library/Fonts/PingFang.ttc", "/System/Library/Fonts/STHeiti Medium.ttc",
	"/System/Library/Fonts/Hiragino Sans GB.ttc", "/Library/Fonts/Arial Unicode.ttf", `C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\simhei.ttf`, `C:\Windows\Fonts\simsun.ttc`,
}

// openFonts finds fonts that have all the words. $TIDEWATCH_FONT names one to use in any case.
func openFonts(words string) (*fonts, error) {
	f := &fonts{faces: map[faceKey]font.Face{}}
	var err error
	if f.regular, err = opentype.Parse(goregular.TTF); err != nil {
		return nil, err
	}
	if f.bold, err = opentype.Parse(gobold.TTF); err != nil {
		return nil, err
	}
	own := os.Getenv("TIDEWATCH_FONT")
	if own == "" && has(f.regular, words) {
		return f, nil
	}
	files := systemFonts
	if own != "" {
		files = []string{own}
	}
	for _, name := range files {
		b, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			continue
		}
		font, err := parse(b)
		if err != nil {
			continue
		}
		if own != "" || has(font, words) {
			f.regular, f.bold = font, font
			return f, nil
		}
	}
	if own != "" {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "TIDEWATCH_FONT=%s: it is no font that can be read (TTF, OTF, TTC)", own)
	}
	if has(f.regular, onlyLatin(words)) && onlyLatin(words) != "" && !hasHan(words) {
		return f, nil // a sign or two that no font has
	}
	return nil, tidewatch.Errorf(tidewatch.CodeData,
		"no font with the letters of this chart was found: name one by TIDEWATCH_FONT=font.ttf, or write .svg, which needs none")
}

// parse reads a font, or the first of a collection.
func parse(b []byte) (*opentype.Font, error) {
	if f, err := opentype.Parse(b); err == nil {
		return f, nil
	}
	c, err := opentype.ParseCollection(b)
	if err != nil {
		return nil, err
	}
	return c.Font(0)
}

// has reports whether the font has every letter.
func has(f *opentype.Font, words string) bool {
	var buf sfnt.Buffer
	for _, r := range words {
		if i, err := f.GlyphIndex(&buf, r); r > ' ' && (err != nil || i == 0) {
			return false
		}
	}
	return true
}

func onlyLatin(s string) string {
	var out []rune
	for _, r := range s {
		if r < 0x250 {
			out = append(out, r)
		}
	}
	return string(out)
}

func hasHan(s string) bool {
	for _, r := range s {
		if r >= 0x2e80 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff {
			return true
		}
	}
	return false
}

func (f *fonts) face(size float64, bold bool) font.Face {
	k := faceKey{size, bold}
	if face, ok := f.faces[k]; ok {
		return face
	}
	source := f.regular
	if bold {
		source = f.bold
	}
	face, err := opentype.NewFace(source, &opentype.FaceOptions{Size: size * density, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // the options are our own
	}
	f.faces[k] = face
	return face
}
