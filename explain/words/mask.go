package words

import (
	"slices"
	"strings"
	"unicode"
)

// mask stands for words that hold no claim: the name of the series, periods. The two periods that are compared have masks of their own.
const (
	mask       = '\uE000'
	beforeMask = '\uE001'
	nowMask    = '\uE002'
)

// masked is the text with names and periods taken out.
func (f *Facts) masked(text string) string {
	mark := func(period string, as rune) {
		if period != "" {
			text = maskWord(text, period, as, always)
		}
	}
	if len(f.BeforeText) > len(f.NowText) { // the longer first: the other may be a part of it
		mark(f.BeforeText, beforeMask)
		mark(f.NowText, nowMask)
	} else {
		mark(f.NowText, nowMask)
		mark(f.BeforeText, beforeMask)
	}
	// A name holds no claim where it is told the first time. A text that says it again is read like any other: a name may be a claim itself.
	if len(f.Name) >= 2 {
		text = maskWord(text, f.Name, mask, once)
	}
	var known []string
	for _, s := range f.List {
		known = append(known, s.Event)
	}
	for _, n := range []int{f.Before.Count, f.Now.Count} {
		if n > 0 {
			known = append(known, f.Lang.Periods(f.Freq, n))
		}
	}
	for _, p := range []Period{f.Before, f.Now} {
		if !p.First.IsZero() {
			known = append(known, f.Lang.Period(f.Freq, p.First), f.Lang.Period(f.Freq, p.Last), f.Lang.Date(p.First), f.Lang.Date(p.Last))
		}
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	for _, k := range known {
		if strings.TrimSpace(k) == "" || len(k) < 2 {
			continue
		}
		text = maskWord(text, k, mask, always)
	}
	return text
}

// How often a word is masked.
const (
	once   = 1
	always = -1
)

// maskWord masks k, up to so many times, where it stands as a word of its own, not as a part of a longer number or word: "8 weeks" is not masked in "18 weeks".
func maskWord(text, k string, as rune, times int) string {
	var b strings.Builder
	part := func(r rune) bool {
		return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '.' || r == ','
	}
	for {
		at := strings.Index(text, k)
		if at < 0 || times == 0 {
			b.WriteString(text)
			return b.String()
		}
		before, after := []rune(text[:at]), []rune(text[at+len(k):])
		first, last := []rune(k)[0], []rune(k)[len([]rune(k))-1]
		joined := len(before) > 0 && part(before[len(before)-1]) && (unicode.IsDigit(first) || part(first) && unicode.IsLetter(before[len(before)-1])) ||
			len(before) > 0 && strings.ContainsRune("-+−–", before[len(before)-1]) && unicode.IsDigit(first) ||
			len(after) > 0 && unicode.IsLetter(last) && last < 0x2E80 && unicode.IsLetter(after[0]) && after[0] < 0x2E80 ||
			len(after) > 0 && unicode.IsDigit(last) && part(after[0]) && (unicode.IsLetter(after[0]) || unicode.IsDigit(after[0]) || len(after) > 1 && unicode.IsDigit(after[1]))
		b.WriteString(text[:at])
		if joined {
			b.WriteString(k)
		} else {
			b.WriteRune(as)
			times--
		}
		text = text[at+len(k):]
	}
}
