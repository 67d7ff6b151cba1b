package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

//go:embed echarts/echarts.min.js
var echarts string

//go:embed page/style.css
var style string

//go:embed page/format.js
var formatJS string

//go:embed page/charts.js
var chartsJS string

//go:embed page/table.js
var tableJS string

//go:embed page/page.js
var pageJS string

//go:embed page/page.html
var pageHTML string

//go:embed page/parts.html
var partsHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"say": func(key string, args ...any) (template.HTML, error) {
		if !message.Has(key) {
			return "", tidewatch.Errorf(tidewatch.CodeInternal, "the catalogue of messages has no %q", key)
		}
		return say(key, args...).HTML(), nil
	},
}).Parse(pageHTML + partsHTML))

// Write writes the report of d to w as one page of HTML that needs no other file and no network. The same data give the same bytes.
// It fails with CodeInternal if a part of d does not fit its panel, and with w's error.
func Write(w io.Writer, d Data) error {
	p, err := newPage(d)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return tidewatch.Errorf(tidewatch.CodeInternal, "report: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// scripts are what the page runs: the charts' library, then its own code. The page's security policy names their digests, so that a
// browser runs nothing else, whatever the data hold.
func scripts() (library, own template.JS, policy string) {
	app := "'use strict';\n(() => {\n" + strings.Join([]string{formatJS, chartsJS, tableJS, pageJS}, "\n") + "})();\n"
	digest := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return template.JS(echarts), template.JS(app),
		"default-src 'none'; style-src 'unsafe-inline'; script-src " + digest(echarts) + " " + digest(app)
}
