package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

//go:embed echarts/echarts.min.js
var echarts string

//go:embed page
var pageFiles embed.FS

var style = pageFile("style.css")

// scriptFiles are the page's own code, in order: each uses what stands in those before it.
var scriptFiles = []string{"format.js", "fan.js", "accuracy.js", "training.js", "table.js", "detail.js", "page.js"}

func pageFile(name string) string {
	b, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(b)
}

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"say": func(key string, args ...any) (template.HTML, error) {
		if !message.Has(key) {
			return "", tidewatch.Errorf(tidewatch.CodeInternal, "the catalogue of messages has no %q", key)
		}
		return say(key, args...).HTML(), nil
	},
}).ParseFS(pageFiles, "page/*.html", "page/sections/*.html"))

// Write writes the report of d to w as one page of HTML that needs no other file and no network. The same data give the same bytes.
// It fails with CodeInternal if a part of d does not fit its panel, and with w's error.
func Write(w io.Writer, d Data) error {
	p, err := newPage(d)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&b, "page.html", p); err != nil {
		return tidewatch.Errorf(tidewatch.CodeInternal, "report: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// scripts are what the page runs: the charts' library, then its own code. The page's security policy names their digests, so that a
// browser runs nothing else, whatever the data hold.
func scripts() (library, own template.JS, policy string) {
	var code []string
	for _, name := range scriptFiles {
		code = append(code, pageFile(name))
	}
	app := "'use strict';\n(() => {\n" + strings.Join(code, "\n") + "})();\n"
	digest := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return template.JS(echarts), template.JS(app),
		"default-src 'none'; style-src 'unsafe-inline'; script-src " + digest(echarts) + " " + digest(app)
}
