package model

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/arima"
	"github.com/tidewatch/tidewatch/model/ces"
	"github.com/tidewatch/tidewatch/model/ets"
)

// Local is the one-series method of the given name, such as "ses" or "window(56,season)".
func Local(name string) (fleet.Method, error) {
	m, _, err := find(name)
	return m, err
}

func find(name string) (fleet.Method, Entry, error) {
	base, rest := strings.TrimSpace(name), ""
	if i := strings.IndexAny(base, "(["); i >= 0 {
		base, rest = base[:i], base[i:]
	}
	for _, e := range table() {
		if e.Name != base {
			continue
		}
		p, ok := bracketed(rest)
		if !ok {
			return nil, e, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: the brackets do not match", name)
		}
		m := e.parse(p)
		if p.err == nil && len(p.left) > 0 {
			p.fail(p.left[0])
		}
		if p.err != nil {
			forms := "it takes no parameters"
			if e.Forms != "" {
				forms = "write it as " + e.Name + ", " + e.Forms
			}
			return nil, e, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: %w; %s", name, p.err, forms)
		}
		return m, e, nil
	}
	return nil, Entry{}, unknown(base)
}

// unknown says that there is no such method, and names the nearest one if it is near.
func unknown(name string) error {
	var all []string
	for _, e := range append(table(), Networks()...) {
		all = append(all, e.Name)
	}
	if near := tidewatch.Nearest(name, all); near != "" {
		return tidewatch.Errorf(tidewatch.CodeUsage, "method %q is not known: did you mean %s?", name, near)
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "method %q is not known; there are %s", name, strings.Join(all, ", "))
}

// params are what stands in the brackets after a name: (a,b)(c)[d] is the list a, b, c, [d]. Each method takes the ones it knows; what is left
// is an error.
type params struct {
	left []string
	err  error
}

// bracketed splits at the outermost brackets and commas; commas inside inner brackets do not count, as in median(window(56,season),ses).
func bracketed(s string) (*params, bool) {
	p := &params{}
	for s != "" {
		open := s[0]
		if open != '(' && open != '[' {
			return nil, false
		}
		depth, end := 0, -1
		begin := 1
		prefix := ""
		if open == '[' {
			prefix = "["
		}
		for i := 0; i < len(s) && end < 0; i++ {
			switch s[i] {
			case '(', '[':
				depth++
			case ')', ']':
				if depth--; depth == 0 {
					p.left = append(p.left, prefix+strings.TrimSpace(s[begin:i]))
					end = i
				}
			case ',':
				if depth == 1 {
					p.left = append(p.left, prefix+strings.TrimSpace(s[begin:i]))
					begin = i + 1
				}
			}
		}
		if end < 0 {
			return nil, false
		}
		s = s[end+1:]
	}
	return p, true
}

func (p *params) fail(what string) {
	if p.err == nil {
		p.err = tidewatch.Errorf(tidewatch.CodeUsage, "%q is not one of its parameters", what)
	}
}

// word takes the given word, if it is there.
func (p *params) word(w string) bool {
	if i := slices.Index(p.left, w); i >= 0 {
		p.left = slices.Delete(p.left, i, i+1)
		return true
	}
	return false
}

// count takes the next number, from 1 to most; 0 if the next parameter is not a number.
func (p *params) count(most int) int {
	if len(p.left) == 0 {
		return 0
	}
	n, err := strconv.Atoi(p.left[0])
	if err != nil {
		return 0
	}
	if n < 1 || n > most {
		p.err = tidewatch.Errorf(tidewatch.CodeUsage, "%d must be from 1 to %d", n, most)
		return 0
	}
	p.left = p.left[1:]
	return n
}

// season takes a season length.
func (p *params) season() int { return p.count(maxSeason) }

// ets takes the form of exponential smoothing and its word.
func (p *params) ets() (m ets.Method) {
	if p.word("steady") {
		m.Prior = ets.Steady
	}
	if len(p.left) > 0 {
		if m.Form, p.err = ets.ParseForm(p.left[0]); p.err == nil {
			p.left = p.left[1:]
		}
	}
	return m
}

// share takes the next number above 0 and up to 1; 0 if there is no further parameter.
func (p *params) share() float64 {
	if len(p.left) == 0 {
		return 0
	}
	v, err := strconv.ParseFloat(p.left[0], 64)
	if err != nil || !(v > 0 && v <= 1) {
		if p.err == nil {
			p.err = tidewatch.Errorf(tidewatch.CodeUsage, "%q must be a number above 0 and up to 1", p.left[0])
		}
		return 0
	}
	p.left = p.left[1:]
	return v
}

// arima takes the orders of an ARIMA model.
func (p *params) arima() arima.Method {
	m, err := arima.Parse(p.left)
	if err != nil {
		p.err = err
		return m
	}
	p.left = nil
	return m
}

// kind takes a kind of complex exponential smoothing.
func (p *params) kind() ces.Kind {
	for _, k := range []ces.Kind{ces.None, ces.Simple, ces.Partial, ces.Full} {
		if p.word(string(rune(k))) {
			return k
		}
	}
	return 0
}
