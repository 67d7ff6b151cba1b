package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

const contentTypes = "[Content_Types].xml"

var defaults = regexp.MustCompile(`<Default [^>]*></Default>`)

// pack writes the parts of a workbook in an order that does not change from run to run, as the library's does: it goes through maps.
func pack(w io.Writer, book []byte) error {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return err
	}
	parts := slices.Clone(in.File)
	slices.SortFunc(parts, func(a, b *zip.File) int {
		if (a.Name == contentTypes) != (b.Name == contentTypes) { // the first of all, as Excel has it
			if a.Name == contentTypes {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	out := zip.NewWriter(w)
	for _, p := range parts {
		r, err := p.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
		if p.Name == contentTypes {
			list := defaults.FindAllString(string(text), -1)
			slices.Sort(list)
			n := 0
			text = defaults.ReplaceAllFunc(text, func([]byte) []byte { n++; return []byte(list[n-1]) })
		}
		f, err := out.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := f.Write(text); err != nil {
			return err
		}
	}
	return out.Close()
}
