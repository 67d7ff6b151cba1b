package read

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text    string
		decimal byte
		want    float64
		st      status
	}{
		{"12", '.', 12, fine}, {"-0.5", '.', -0.5, fine}, {"+3", '.', 3, fine}, {".5", '.', .5, fine}, {"5.", '.', 5, fine}, {"1e3", '.', 1000, fine}, {"1.5E-2", '.', .015, fine},
		{" 12 ", '.', 12, fine}, {"1,234.50", '.', 1234.5, fine}, {"1,234,567", '.', 1234567, fine}, {"$1,234.50", '.', 1234.5, fine}, {"-$5", '.', -5, fine}, {"$-5", '.', -5, fine},
		{"(12.00)", '.', -12, fine}, {"¥99", '.', 99, fine}, {"99元", '.', 99, fine}, {"12%", '.', .12, fine}, {"1 234", '.', 1234, fine}, {"£3.50", '.', 3.5, fine},
		{"1,5", ',', 1.5, fine}, {"1.234,5", ',', 1234.5, fine}, {"12,50 €", ',', 12.5, fine}, {"-1.234.567", ',', -1234567, fine},
		{"123456789012345678", '.', 123456789012345678, fine}, {"0.1234567890123456789", '.', 0.1234567890123456789, fine},
		{"", '.', 0, blank}, {"NaN", '.', 0, blank}, {"NA", '.', 0, blank}, {"null", '.', 0, blank}, {"-", '.', 0, blank}, {`\N`, '.', 0, blank},
		{"inf", '.', 0, infinite}, {"-Infinity", '.', 0, infinite}, {"1e308", '.', 0, tooLarge}, {"1e999", '.', 0, tooLarge}, {"-1e31", '.', 0, tooLarge},
		{"x", '.', 0, notNumber}, {"1.2.3", '.', 0, notNumber}, {"1,5", '.', 0, notNumber}, {"12,34", '.', 0, notNumber}, {"0x10", '.', 0, notNumber}, {"1_000", '.', 0, notNumber}, {"--1", '.', 0, notNumber},
		{"1e", '.', 0, notNumber}, {"e5", '.', 0, notNumber}, {"$", '.', 0, notNumber}, {"(", '.', 0, notNumber}, {"2024-01-01", '.', 0, notNumber}, {"1234,567.0", '.', 0, notNumber},
	} {
		got, st := parseNumber([]byte(c.text), c.decimal)
		if st != c.st || st == fine && got != c.want {
			t.Errorf("%q with %c is %g (%d), not %g (%d)", c.text, c.decimal, got, st, c.want, c.st)
		}
	}
}

// TestNumbersAreExact: what strconv reads, to the last bit.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e18, 1e18).Draw(t, "v")
		text := strconv.FormatFloat(v, 'f', rapid.IntRange(-1, 12).Draw(t, "digits"), 64)
		want, err := strconv.ParseFloat(text, 64)
		if got, st := parseNumber([]byte(text), '.'); err != nil || st != fine || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Fatalf("%s is %g (%d)", text, got, st)
		}
	})
}
