package message

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestCatalogueIsComplete proves that every key stands in one area, has both languages, and the same arguments in each.
func TestCatalogueIsComplete(t *testing.T) {
	field := regexp.MustCompile(`\{(\d+)(\|[^}]*)?\}`)
	han := regexp.MustCompile(`\p{Han}`)
	seen := map[string]bool{}
	for _, area := range areas {
		for key, text := range area {
			if seen[key] {
				t.Errorf("%s stands in two areas", key)
			}
			seen[key] = true
			if strings.TrimSpace(text.en) == "" || strings.TrimSpace(text.zh) == "" {
				t.Errorf("%s: a language is missing: %q, %q", key, text.en, text.zh)
			}
			if han.MatchString(text.en) {
				t.Errorf("%s: the English text holds Chinese: %q", key, text.en)
			}
			args := func(s string) []string {
				var a []string
				for _, m := range field.FindAllStringSubmatch(s, -1) {
					if strings.Count(m[2], "|") == 1 {
						t.Errorf("%s: {%s%s} needs two forms or none", key, m[1], m[2])
					}
					a = append(a, m[1])
				}
				slices.Sort(a)
				return slices.Compact(a)
			}
			if en, zh := args(text.en), args(text.zh); !slices.Equal(en, zh) {
				t.Errorf("%s: arguments %v in English, %v in Chinese", key, en, zh)
			}
			for _, s := range []string{text.en, text.zh} {
				if left := field.ReplaceAllString(s, ""); strings.ContainsAny(left, "{}") {
					t.Errorf("%s: a brace that is no argument: %q", key, s)
				}
			}
		}
	}
}

// TestKeysAreUsed proves that the code asks for no key the catalogue lacks, and that the catalogue has none nobody asks for.
func TestKeysAreUsed(t *testing.T) {
	asked := map[string]bool{}
	quoted := regexp.MustCompile(`"([a-z]+(?:\.[A-Za-z]+)*)"`)
	call := regexp.MustCompile(`\b[sS]ay\(?\s*"([a-z]+(?:\.[A-Za-z]+)+)"`)
	root := ".."
	if err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "message" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		ext := filepath.Ext(p)
		if ext != ".go" && ext != ".html" || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range call.FindAllStringSubmatch(string(b), -1) {
			if !Has(m[1]) {
				t.Errorf("%s says %q, which the catalogue lacks", p, m[1])
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			asked[m[1]] = true
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// Keys put together from a prefix and a name.
	made := regexp.MustCompile(`^[a-z]+\.title$|^(unit|part|note|nav|repair|error|event|last|next|every|phase|grain|measure|group|method|setting|reject|why|because|stage|cause|fact|tell|ledger|code|js|headline|value|segment|trait|behaviour|measures|turned)\.`)
	for _, key := range Keys("") {
		if !asked[key] && !made.MatchString(key) {
			t.Errorf("nothing says %q", key)
		}
	}
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{English.Say("unit.week", 1), "1 week"},
		{English.Say("unit.week", 8), "8 weeks"},
		{Chinese.Say("unit.week", 8), "8周"},
		{English.Say("unit.week", 1200), "1,200 weeks"},
		{English.Say("to", "a", "b{0}"), "a to b{0}"},
		{English.Say("no.such"), "[no.such]"},
		{English.Or("measure.units", "x"), "units"},
		{Chinese.Or("measure.units", "x"), "件"},
		{Chinese.Or("measure.parrots", "parrots"), "parrots"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestQuantity(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{English.Quantity("1.43M", "GBP"), "£1.43M"}, {Chinese.Quantity("143万", "GBP"), "143万英镑"}, {English.Quantity(minus+"5", "USD"), minus + "$5"},
		{English.Quantity("157K", "units"), "157K units"}, {Chinese.Quantity("15.7万", "units"), "15.7万件"}, {English.Quantity("3", "parrots"), "3 parrots"},
		{English.Quantity("3", ""), "3"}, {English.Quantity(Unknown, "GBP"), Unknown}, {Chinese.Quantity("2万", "CNY"), "2万元"},
		{NoteOf("note.later", 1).In(English), "1 row after the origin was left out"}, {NoteOf("note.later", 1200).In(Chinese), "预测起点之后的1,200行未计入"}, {Plain("a{0}").In(Chinese), "a{0}"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if b, err := NoteOf("note.noItems").MarshalJSON(); err != nil || !strings.HasPrefix(string(b), `"there is no column of items`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{English.Number(1234567.891, 1), "1,234,567.9"},
		{English.Number(-0.4, 0), "0"},
		{English.Number(-1234, 0), "−1,234"},
		{English.Number(math.NaN(), 0), Unknown},
		{English.Value(0.12345), "0.123"},
		{English.Value(3), "3"},
		{English.Value(12.34), "12.3"},
		{English.Value(1234.5), "1,234"},
		{English.Compact(999.6), "1K"},
		{English.Compact(999.4), "999"},
		{English.Compact(1234), "1.23K"},
		{English.Compact(-45_600_000), "−45.6M"},
		{English.Compact(7.89e9), "7.89B"},
		{English.Compact(999_999), "1M"},
		{English.Compact(-1.234e300), "−1.23e300"},
		{Chinese.Value(1e15), "1.00e15"},
		{Chinese.Compact(1234), "1,234"},
		{Chinese.Compact(12_345), "1.23万"},
		{Chinese.Compact(456_000_000), "4.56亿"},
		{English.Percent(.125, 1), "12.5%"},
		{English.Change(.123), "+12%"},
		{English.Change(-.034), "−3.4%"},
		{English.Change(0), "0.0%"},
		{English.Change(1e-9), "0.0%"},
		{English.Change(11), "×12"},
		{English.Change(math.Inf(1)), Unknown},
		{English.Probability(.004), "<1%"},
		{English.Probability(1), ">99%"},
		{English.Probability(.37), "37%"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPeriods(t *testing.T) {
	at := time.Date(2011, 11, 28, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		freq   tidewatch.Freq
		en, zh string
	}{
		{tidewatch.Hourly, "28 Nov 2011, 14:05", "2011年11月28日 14:05"},
		{tidewatch.Daily, "28 Nov 2011", "2011年11月28日"},
		{tidewatch.Weekly, "the week of 28 Nov 2011", "2011年11月28日当周"},
		{tidewatch.Monthly, "Nov 2011", "2011年11月"},
		{tidewatch.Quarterly, "Q4 2011", "2011年第4季度"},
		{tidewatch.Yearly, "2011", "2011年"},
		{tidewatch.Freq{N: 2, Unit: tidewatch.Week}, "28 Nov 2011", "2011年11月28日"},
	} {
		if got := English.Period(c.freq, at); got != c.en {
			t.Errorf("%v: got %q, want %q", c.freq, got, c.en)
		}
		if got := Chinese.Period(c.freq, at); got != c.zh {
			t.Errorf("%v: got %q, want %q", c.freq, got, c.zh)
		}
	}
	if got := English.Periods(tidewatch.Freq{N: 6, Unit: tidewatch.Hour}, 4); got != "4 × 6 hours" {
		t.Errorf("got %q", got)
	}
	if got := Chinese.Periods(tidewatch.Monthly, 18); got != "18个月" {
		t.Errorf("got %q", got)
	}
}

func TestParseLang(t *testing.T) {
	for tag, want := range map[string]Lang{"": English, "en": English, "en_GB.UTF-8": English, "zh": Chinese, "zh-Hans": Chinese, "ZH_cn.UTF-8": Chinese} {
		if got, err := ParseLang(tag); err != nil || got != want {
			t.Errorf("%q: got %q, %v", tag, got, err)
		}
	}
	if _, err := ParseLang("fr"); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("fr: got %v", err)
	}
}
