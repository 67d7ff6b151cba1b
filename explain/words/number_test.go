package words

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/message"
)

// read writes the numbers of a text in short: -12% is a number with its sign and measure, 1200:units one with a word.
func read(text string) string {
	var out []string
	for _, n := range Numbers(text) {
		s := fmt.Sprintf("%g", n.Value)
		if n.Measure == Odd {
			s = "?"
		} else if n.Sign != 0 {
			s = fmt.Sprintf("%+g", float64(n.Sign)*n.Value)
		}
		switch n.Measure {
		case Percent, Times:
			s += string(n.Measure)
		case Money:
			s += n.Word
		case Plain:
			if n.Word != "" {
				s += ":" + n.Word
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"12 %": "12%", "12%": "12%", "12 percent": "12%", "１２％": "12%", "+12.5%": "+12.5%", "−3%": "-3%", "－3％": "-3%", "fell -3 %": "-3%", "±3%": "?",
		"1.2 K": "1200", "1.2K": "1200", "1,234.5": "1234.5", "1.44M units": "1.44e+06:units", "2 million": "2e+06", "2.5bn": "2.5e+09", "3 hundred thousand": "300000",
		"3.4万": "34000", "3.4万件": "34000:件", "-3.4 万": "-34000", "1.2亿": "1.2e+08", "2百万": "2e+06", "3万亿": "3e+12", "5千": "5000",
		"£1.2K": "1200GBP", "−£12": "-12GBP", "£-12": "-12GBP", "12英镑": "12GBP", "12 GBP": "12GBP", "CN¥5万": "50000CNY", "5万元": "50000CNY", "$3": "3USD", "A$3": "3AUD", "$3 EUR": "?",
		"百分之十二": "12%", "百分之12": "12%", "百分之三点五": "3.5%", "三成": "30%", "三成五": "30%", "增长十二万": "120000", "三千四百": "3400", "一万二": "12000", "三百零五": "305",
		"二十五": "25", "十": "", "十周": "10:周", "两周": "2:周", "8周": "8:周", "一些": "", "进一步": "", "一家": "1:家", "三点四万": "34000", "二〇二六": "2026", "一亿二千万": "1.2e+08",
		"翻倍": "?", "减少一半": "?", "三倍": "3×", "千万不要": "?", "1.5倍": "1.5×", "×12": "12×", "3x": "3×", "3 times": "3×", "doubled": "?", "half of it": "?", "a third": "?", "two thirds": "?",
		"twelve percent": "12%", "twenty-five": "25", "three hundred and six thousand": "306000", "one of them": "", "one percent": "1%", "six and seven": "6:and 7", "fifteen hundred": "1500",
		"12-15%": "12% 15%", "12–15 %": "12% 15%", "12% to 15%": "12% 15%", "12至15%": "12% 15%", "1.2-1.5M": "1.2 1.5e+06",
		"½": "?", "②": "?", "٣": "?", "1,23": "?", "1.2.3": "?", "5e3": "?", "1'000": "?", "3‰": "?", "2 percentage points": "?", "2个百分点": "?", "A4": "?", "50bps": "?",
		"no numbers here": "", "": "", ".5": "0.5", "12 items": "12:items", "covid-19": "19", "in-12": "12",
	} {
		if got := read(text); got != want {
			t.Errorf("%q is read %q, want %q", text, got, want)
		}
	}
}

// What [Amount] writes is read back as the same number, sign and unit, in both languages.
func TestAmountsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimals := rapid.IntRange(-7, 2).Draw(t, "decimals")
		v := float64(rapid.IntRange(-999999, 999999).Draw(t, "digits")) * math.Pow10(-decimals)
		signed := rapid.Bool().Draw(t, "signed")
		l := message.Langs[rapid.IntRange(0, 1).Draw(t, "language")]
		unit := rapid.SampledFrom([]string{"", "units", "GBP", "CNY", "USD", "orders"}).Draw(t, "unit")
		text := quantity(l, Amount(l, v, decimals, signed), unit)
		for _, around := range []string{"%s", "a %s b", "共%s。", "(%s)", "是%s，"} {
			n := Numbers(fmt.Sprintf(around, text))
			if len(n) != 1 {
				t.Fatalf("%q is read as %+v", fmt.Sprintf(around, text), n)
			}
			sign := float64(n[0].Sign)
			if n[0].Sign == 0 {
				sign = 1
			}
			if d := sign*n[0].Value - v; math.Abs(d) > 1e-9*math.Abs(v)+1e-12 || n[0].Measure == Odd || (unit == "GBP") != (n[0].Word == "GBP") {
				t.Fatalf("%g is written %q and read %+v", v, text, n[0])
			}
			if signed && v > 0 && n[0].Sign != 1 {
				t.Fatalf("%q has lost its sign", text)
			}
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"rose by 12 % to 1.2 K", "增长三成，达到3.4万件", "−£1,234.5", "百分之十二点五", "three hundred and six thousand", "12–15%", "½ of a dozen", "一亿二千万", "×12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		runes, last, all := []rune(text), 0, Numbers(text)
		for _, n := range all {
			if n.Start < last || n.End <= n.Start || n.End > len(runes) {
				t.Fatalf("%q: a number from %d to %d of %d, after %d", text, n.Start, n.End, len(runes), last)
			}
			if n.Value < 0 || math.IsNaN(n.Value) {
				t.Fatalf("%q: %g", text, n.Value)
			}
			last = n.End
		}
		// No digit is overlooked.
		for i, r := range folded(text) {
			if r < '0' || r > '9' {
				continue
			}
			in := false
			for _, n := range all {
				in = in || n.Start <= i && i < n.End
			}
			if !in {
				t.Fatalf("%q: the digit at %d is in no number", text, i)
			}
		}
	})
}
