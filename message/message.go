// Package message is the one catalogue of what Tidewatch says to people, in English and in simplified Chinese (简体中文), and the way
// numbers, dates and periods are written in each. The report and the terminal take every sentence from here.
package message

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Lang is a language of the catalogue. The zero value is not a language: use [ParseLang] or a constant.
type Lang string

// The languages.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Langs are all languages of the catalogue.
var Langs = [...]Lang{English, Chinese}

// ParseLang reads a language tag: en, zh, or a longer tag that begins so (en_GB, zh-Hans, zh_CN.UTF-8); "" is English.
func ParseLang(s string) (Lang, error) {
	tag, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(s, "_", "-")), "-")
	switch tag {
	case "", "en":
		return English, nil
	case "zh":
		return Chinese, nil
	}
	return "", tidewatch.Errorf(tidewatch.CodeUsage, "language %q: use en (English) or zh (简体中文)", s)
}

// Tag is the language's BCP 47 tag, for HTML's lang attribute: "en" or "zh-Hans".
func (l Lang) Tag() string {
	if l == Chinese {
		return "zh-Hans"
	}
	return "en"
}

// text is one message: what stands for it in each language. {0}, {1} ... are replaced by the arguments;
// {0|item|items} is its first form where argument 0 is one, and its second otherwise.
type text struct{ en, zh string }

// areas are the parts of the catalogue. A key stands in one of them only.
var areas = []map[string]text{words, report, notes, terminal, explain, planning, workspace, cleaning, why, segments, drivers, ledger, trends, parts, behaviour, measures}

// Has reports whether the catalogue has the key.
func Has(key string) bool { _, ok := find(key); return ok }

// Keys are all keys with the given prefix, sorted.
func Keys(prefix string) []string {
	var keys []string
	for _, a := range areas {
		for k := range maps.Keys(a) {
			if strings.HasPrefix(k, prefix) {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

func find(key string) (text, bool) {
	for _, a := range areas {
		if t, ok := a[key]; ok {
			return t, true
		}
	}
	return text{}, false
}

// Say is the message in the language. Strings among the arguments stand as they are; ints and floats are written by [Lang.Number] with
// no decimals. Format other numbers first ([Lang.Percent], [Lang.Compact] ...). A key the catalogue lacks shows as "[key]"; a test
// finds every such call.
func (l Lang) Say(key string, args ...any) string {
	t, ok := find(key)
	if !ok {
		return "[" + key + "]"
	}
	return l.fill(l.pick(t), args)
}

// Or is the message if the catalogue has the key, otherwise the given text: for codes and names that come from elsewhere.
func (l Lang) Or(key, otherwise string) string {
	if t, ok := find(key); ok {
		return l.pick(t)
	}
	return otherwise
}

func (l Lang) pick(t text) string {
	if l == Chinese {
		return t.zh
	}
	return t.en
}

func (l Lang) fill(s string, args []any) string {
	if !strings.ContainsRune(s, '{') {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		field, after, _ := strings.Cut(rest, "}")
		b.WriteString(l.field(field, args))
		s = after
	}
}

func (l Lang) field(field string, args []any) string {
	forms := strings.Split(field, "|")
	i, err := strconv.Atoi(forms[0])
	if err != nil || i >= len(args) {
		return "{" + field + "}"
	}
	if len(forms) == 3 {
		if n := fmt.Sprint(args[i]); n == "1" {
			return forms[1]
		}
		return forms[2]
	}
	switch v := args[i].(type) {
	case int:
		return l.Number(float64(v), 0)
	case int64:
		return l.Number(float64(v), 0)
	case float64:
		return l.Number(v, 0)
	}
	return fmt.Sprint(args[i])
}
