package words

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Measure is what sort of number a text tells.
type Measure string

// The measures.
const (
	Plain   Measure = ""      // without a unit, or with a word after it
	Percent Measure = "%"     //
	Times   Measure = "×"     // a multiple or a fraction: 3 times, doubled, half
	Odd     Measure = "odd"   // something that is no number of ours: 1,23, 5e3, ½, 3 ‰, 2 percentage points
	Money   Measure = "money" // Number.Word is the code of the currency
)

// Number is a number that a text tells.
type Number struct {
	Value      float64 // without its sign; large units are multiplied in
	Measure    Measure
	Sign       int    // written before it: -1, 0 = none, 1
	Word       string // after it: what is counted, in lower case; of money the code of the currency
	Start, End int    // in the runes of the text
}

// folded writes a text with one form for each character that can be part of a number: full-width forms become narrow, all minus signs one.
// It has as many runes as the text.
func folded(text string) []rune {
	out := []rune(text)
	for i, r := range out {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			out[i] = r - 0xFEE0
		case r == 0x3000 || r == 0xA0 || r == 0x2009 || r == 0x202F:
			out[i] = ' '
		case r == '−' || r == '﹣' || r == '–' || r == '‑' || r == '‐':
			out[i] = '-'
		case r == '﹢':
			out[i] = '+'
		case r == '﹪' || r == '٪':
			out[i] = '%'
		}
	}
	return out
}

var (
	digitsForm = regexp.MustCompile(`^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|^\.\d+`)
	badTail    = regexp.MustCompile(`^(?:[.,]\d|[eE]\d|['’_]\d)`)
	scaleForm  = regexp.MustCompile(`^ ?(?:(hundred|thousand|million|billion|trillion|mn|bn|tn)\b|([KkMBT])(?:[^\pL]|$)|(百万|千万|万亿|百|千|万|亿))`)
	unitForm   = regexp.MustCompile(`^ ?(?:(percentage points?|percent points?|pp\b|个百分点|个点|‰|基点|bps?\b|basis points?)|(%|percent\b|per cent\b)|(成)|(倍|times\b|fold\b|-fold\b|[x×](?:[^\pL]|$)))`)
	moneyAfter = regexp.MustCompile(`^ ?(?:(英镑|GBP\b|pounds?\b)|(美元|USD\b|dollars?\b)|(欧元|EUR\b|euros?\b)|(日元|JPY\b|yen\b)|(人民币|CNY\b|RMB\b|yuan\b|元)|(卢比|INR\b|rupees?\b)|(雷亚尔|BRL\b|reais\b)|(加元|CAD\b)|(澳元|AUD\b)|(墨西哥比索|MXN\b)|(韩元|KRW\b))`)
	codes      = []string{"GBP", "USD", "EUR", "JPY", "CNY", "INR", "BRL", "CAD", "AUD", "MXN", "KRW"}
	moneyFirst = regexp.MustCompile(`(CN¥|CA\$|MX\$|A\$|R\$|£|\$|€|¥|₹|₩)\s?$`)
	signs      = map[string]string{"CN¥": "CNY", "CA$": "CAD", "MX$": "MXN", "A$": "AUD", "R$": "BRL", "£": "GBP", "$": "USD", "€": "EUR", "¥": "JPY", "₹": "INR", "₩": "KRW"}
	wordForm   = regexp.MustCompile(`^ ?([a-zA-Z]+)`)
	measures   = regexp.MustCompile(`^ ?(点击|浏览|加购|购买|收藏|退货|订单|件|次|单|人|位|名|笔|家|款|条|双|台|只|箱|吨|斤|千克|公斤|天|周|个月|月|年|季度|小时|分钟|点|号|日|期|项|种|类|个|大)`)
	scales     = map[string]float64{"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mn": 1e6, "bn": 1e9, "tn": 1e12, "K": 1e3, "k": 1e3, "M": 1e6,
		"B": 1e9, "T": 1e12, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
)

const hanDigits = "零〇一二三四五六七八九"

// Numbers are all numbers of a text in their order: in digits, in English words and in Chinese characters. What looks like a number and
// is none that can be understood is [Odd].
func Numbers(text string) []Number {
	runes := folded(text)
	var out []Number
	end := 0 // of the last one
	for i := 0; i < len(runes); {
		n, ok := numberAt(runes, i, end)
		if !ok {
			i++
			continue
		}
		// A range: the first of "12-15 %" has the unit of the second, and what parts them is no minus.
		if len(out) > 0 {
			last := &out[len(out)-1]
			between := strings.TrimSpace(string(runes[last.End:n.Start]))
			if n.Sign < 0 && between == "" || between == "~" || between == "至" || between == "到" || between == "to" {
				if n.Sign < 0 && between == "" {
					n.Sign = 0
				}
				if last.Measure == Plain && last.Word == "" {
					last.Measure, last.Word = n.Measure, n.Word
				}
			}
		}
		out = append(out, n)
		i, end = n.End, n.End
	}
	return out
}

// numberAt reads the number that begins at rune i, its sign and the sign of its currency included, which stand behind rune from.
func numberAt(runes []rune, i, from int) (n Number, ok bool) {
	r := runes[i]
	before := rune(0)
	if i > 0 {
		before = runes[i-1]
	}
	switch {
	case r >= '0' && r <= '9' || r == '.' && i+1 < len(runes) && runes[i+1] >= '0' && runes[i+1] <= '9':
		if letter := before < unicode.MaxASCII && unicode.IsLetter(before); letter && r == '.' {
			return n, false // the end of a sentence
		} else if letter { // a name such as A4 or Q3
			end := i
			for end < len(runes) && (runes[end] >= '0' && runes[end] <= '9') {
				end++
			}
			return Number{Measure: Odd, Start: i, End: end}, true
		}
		form := digitsForm.FindString(string(runes[i:min(len(runes), i+400)]))
		v, err := strconv.ParseFloat(strings.ReplaceAll(form, ",", ""), 64)
		n = Number{Value: v, Start: i, End: i + len(form)}
		if err != nil {
			n.Measure = Odd
		}
		for badTail.MatchString(ahead(runes, n.End)) {
			n.Measure = Odd
			for n.End++; n.End < len(runes) && runes[n.End] >= '0' && runes[n.End] <= '9'; n.End++ {
			}
		}
	case strings.ContainsRune(hanDigits+"十百千万亿两半翻", r):
		if n, ok = hanAt(runes, i); !ok {
			return n, false
		}
	case r < unicode.MaxASCII && unicode.IsLetter(r) && !(before < unicode.MaxASCII && (unicode.IsLetter(before) || unicode.IsDigit(before))):
		if n, ok = wordsAt(runes, i); !ok {
			return n, false
		}
	case unicode.IsNumber(r): // ½, ②, Ⅷ, digits of other scripts
		return Number{Measure: Odd, Start: i, End: i + 1}, true
	default:
		return n, false
	}
	n.after(runes)
	n.before(runes, i, from)
	return n, true
}

// ahead is a little of the text from rune i on.
func ahead(runes []rune, i int) string { return string(runes[i:min(len(runes), i+40)]) }

// after reads what stands behind the digits: large units, then a unit or a word.
func (n *Number) after(runes []rune) {
	for range 2 { // 3.4万亿 is one unit, 2 thousand million two
		m := scaleForm.FindStringSubmatch(ahead(runes, n.End))
		if m == nil || n.Measure != Plain {
			break
		}
		name := m[1] + m[2] + m[3]
		n.Value *= scales[name]
		n.End += len([]rune(m[0]))
		if m[2] != "" && !strings.HasSuffix(m[0], m[2]) {
			n.End-- // what follows the letter
		}
	}
	rest := ahead(runes, n.End)
	take := func(m string) { n.End += len([]rune(m)) }
	if m := unitForm.FindStringSubmatch(rest); m != nil {
		take(m[0])
		switch {
		case n.Measure != Plain:
		case m[1] != "":
			n.Measure = Odd
		case m[2] != "":
			n.Measure = Percent
		case m[3] != "":
			n.Measure, n.Value = Percent, n.Value*10
		default:
			n.Measure = Times
			if last := []rune(m[0]); strings.ContainsAny(m[4], "x×") && len([]rune(m[4])) > 1 && len(last) > 0 {
				n.End--
			}
		}
		return
	}
	if m := moneyAfter.FindStringSubmatch(rest); m != nil && n.Measure == Plain {
		take(m[0])
		for k, code := range codes {
			if m[k+1] != "" {
				n.Measure, n.Word = Money, code
			}
		}
		return
	}
	if m := measures.FindStringSubmatch(rest); m != nil && n.Measure == Plain {
		n.Word = m[1]
		return
	}
	if m := wordForm.FindStringSubmatch(rest); m != nil && n.Measure == Plain {
		n.Word = strings.ToLower(m[1])
	}
}

// before reads what stands before the number: a sign, the sign of a currency, ×.
func (n *Number) before(runes []rune, i, from int) {
	text := string(runes[max(from, i-8):i])
	cut := func(s string) { n.Start -= len([]rune(text)) - len([]rune(s)); text = s }
	sign := func() {
		if text == "" || !strings.HasSuffix(text, "-") && !strings.HasSuffix(text, "+") && !strings.HasSuffix(text, "±") {
			return
		}
		was := []rune(text)
		if len(was) > 1 && (unicode.IsLetter(was[len(was)-2]) && was[len(was)-2] < unicode.MaxASCII) { // a hyphen
			return
		}
		switch was[len(was)-1] {
		case '-':
			n.Sign = -1
		case '+':
			n.Sign = 1
		default:
			n.Measure = Odd
		}
		cut(string(was[:len(was)-1]))
	}
	sign()
	if m := moneyFirst.FindStringSubmatch(text); m != nil {
		if n.Measure == Plain {
			n.Measure, n.Word = Money, signs[m[1]]
		} else if n.Measure != Money || n.Word != signs[m[1]] {
			n.Measure = Odd
		}
		cut(strings.TrimSuffix(text, m[0]))
		if n.Sign == 0 {
			sign()
		}
	}
	switch {
	case strings.HasSuffix(text, "×"):
		n.Measure = Times
		cut(strings.TrimSuffix(text, "×"))
	case strings.HasSuffix(text, "百分之"):
		if n.Measure == Plain {
			n.Measure, n.Word = Percent, ""
		} else {
			n.Measure = Odd
		}
		cut(strings.TrimSuffix(text, "百分之"))
	}
}

// hanAt reads a number in Chinese characters. A single character that counts nothing is no number: 一些, 进一步, 万一.
func hanAt(runes []rune, i int) (n Number, ok bool) {
	rest := ahead(runes, i)
	for _, w := range []string{"翻一番", "翻了一番", "翻番", "翻倍", "翻了一倍", "一半", "半数", "过半", "减半"} {
		if strings.HasPrefix(rest, w) {
			return Number{Measure: Odd, Start: i, End: i + len([]rune(w))}, true
		}
	}
	end := i
	for end < len(runes) && (strings.ContainsRune(hanDigits+"十百千万亿两", runes[end]) || runes[end] == '点' && end > i && end+1 < len(runes) && strings.ContainsRune(hanDigits, runes[end+1])) {
		end++
	}
	if end == i {
		return n, false
	}
	form := string(runes[i:end])
	v, valid := han(form)
	n = Number{Value: v, Start: i, End: end}
	if !valid {
		n.Measure = Odd
	}
	before := string(runes[max(0, i-3):i])
	counted := unitForm.MatchString(ahead(runes, end)) || moneyAfter.MatchString(ahead(runes, end)) || strings.HasSuffix(before, "百分之")
	if m := measures.FindStringSubmatch(ahead(runes, end)); m != nil && (form != "一" || !strings.ContainsAny(m[1], "个大种项类次点期")) {
		counted = true
	}
	if end-i == 1 && !counted {
		return n, false
	}
	if end-i > 1 && strings.Trim(form, "千万") == "" && !counted { // 千万, by all means
		n.Measure = Odd
	}
	return n, true
}

// han is the value of a number in Chinese characters: 三千四百, 一万二, 三点五.
func han(form string) (float64, bool) {
	whole, fraction, dotted := strings.Cut(form, "点")
	total, section, digit, seen := 0.0, 0.0, 0.0, false
	plain := strings.Trim(whole, hanDigits) == ""
	if plain && len([]rune(whole)) > 1 { // digit by digit: 二〇二六
		v := 0.0
		for _, r := range whole {
			v = 10*v + hanDigit(r)
		}
		total, seen = v, true
	} else {
		last := 1.0
		for _, r := range whole {
			switch d := hanDigit(r); {
			case d >= 0:
				if seen && digit != 0 {
					return 0, false
				}
				digit, seen = d, true
				if r == '零' || r == '〇' {
					last = 1
				}
			case r == '万' || r == '亿':
				unit := scales[string(r)]
				if section += digit; section == 0 && total == 0 {
					if seen {
						return 0, false
					}
					section = 1
				}
				if r == '亿' {
					total = (total + section) * unit
				} else {
					total += section * unit
				}
				section, digit, seen, last = 0, 0, true, unit
			default:
				unit := map[rune]float64{'十': 10, '百': 100, '千': 1000}[r]
				if digit == 0 {
					if r != '十' || section != 0 && !seen {
						if r != '十' {
							return 0, false
						}
					}
					digit = 1
				}
				section += digit * unit
				digit, seen, last = 0, true, unit
			}
		}
		if digit != 0 && last > 10 && !strings.ContainsAny(whole[max(0, len(whole)-6):], "零〇") { // 一万二 is 12,000
			digit *= last / 10
		}
		total += section + digit
	}
	if dotted {
		scale := .1
		for _, r := range fraction {
			d := hanDigit(r)
			if d < 0 {
				// a large unit after the decimals: 三点四万
				if u, ok := scales[string(r)]; ok && strings.HasSuffix(fraction, string(r)) {
					return total * u, seen
				}
				return 0, false
			}
			total += d * scale
			scale /= 10
		}
	}
	return total, seen
}

func hanDigit(r rune) float64 {
	switch r {
	case '零', '〇':
		return 0
	case '两':
		return 2
	}
	for k, d := range []rune("一二三四五六七八九") {
		if r == d {
			return float64(k + 1)
		}
	}
	return -1
}

var small = map[string]float64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
	"seventy": 70, "eighty": 80, "ninety": 90}

var (
	fractions = regexp.MustCompile(`^(?i)(half|halves|halved|halving|double[ds]?|doubling|triple[ds]?|tripling|quadruple[ds]?|twice|thrice|two-?fold|three-?fold|ten-?fold|dozens?|tens|hundreds|thousands|millions|billions|` +
		`(?:a|one|two|three)[ -](?:third|quarter|fifth|tenth)s?|a hundred|a thousand|a million|a billion|a dozen|an order of magnitude)\b`)
	numberWord = regexp.MustCompile(`^(?i)([a-z]+)`)
)

// wordsAt reads a number in English words: twelve, twenty-five, three hundred and six thousand.
func wordsAt(runes []rune, i int) (n Number, ok bool) {
	rest := ahead(runes, i)
	if m := fractions.FindString(rest); m != "" {
		return Number{Measure: Odd, Start: i, End: i + len(m)}, true
	}
	total, section, seen, end, words := 0.0, 0.0, false, i, 0
	for at := i; ; {
		m := numberWord.FindString(ahead(runes, at))
		word := strings.ToLower(m)
		v, isSmall := small[word]
		scale := scales[word]
		switch {
		case isSmall:
			section += v
		case scale == 100 && seen && word == "hundred":
			section *= 100
		case scale >= 1000 && seen && len(word) > 2:
			total += max(section, 1) * scale
			section = 0
		case word == "and" && seen && words > 0:
			// only between number words
			next := numberWord.FindString(strings.TrimPrefix(ahead(runes, at+3), " "))
			if _, more := small[strings.ToLower(next)]; !more || section == 0 && total == 0 || words == 1 && section < 100 && total == 0 {
				word = ""
			}
		default:
			word = ""
		}
		if word == "" {
			break
		}
		if word != "and" {
			seen, end = true, at+len(m)
			words++
		}
		at += len(m)
		if at < len(runes) && (runes[at] == ' ' || runes[at] == '-') {
			at++
		}
		if at >= len(runes) {
			break
		}
	}
	if !seen {
		return n, false
	}
	n = Number{Value: total + section, Start: i, End: end}
	if text := strings.ToLower(string(runes[i:end])); text == "one" { // the pronoun
		if rest := ahead(runes, end); !unitForm.MatchString(rest) && !scaleForm.MatchString(rest) && !moneyAfter.MatchString(rest) {
			return n, false
		}
	} else if dot := ahead(runes, end); strings.HasPrefix(strings.ToLower(dot), " point ") {
		n.Measure = Odd
	}
	if math.IsInf(n.Value, 0) {
		n.Measure = Odd
	}
	return n, true
}
