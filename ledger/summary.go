package ledger

import "strings"

// Summary is a ledger in brief.
type Summary struct {
	Entries   int
	Head      string
	Breaks    int // lines that are not as they were written
	Hindsight int // claims that were made as if it were an earlier time, and are not counted below
	All       Record
	Kinds     []Record // by kind of claim
	Methods   []Record // by method: the methods of a mixture are not told apart
}

// Summary sums up how the claims did; with hindsight also those that were made as if it were an earlier time.
func (l *Ledger) Summary(hindsight bool) Summary {
	s := Summary{Entries: len(l.Entries), Head: l.Head(), Breaks: len(l.Breaks)}
	var claims []Scored
	for _, c := range l.Claims() {
		if c.Entry.Hindsight && !hindsight {
			s.Hindsight++
			continue
		}
		claims = append(claims, c)
	}
	s.All = Calibration("", claims)
	s.Kinds = By(claims, func(c *Scored) string { return string(c.Kind) })
	s.Methods = By(claims, func(c *Scored) string { return family(c.Method) })
	return s
}

// family is a method without what it is a mixture of: auto(ets+theta)+ets is auto+ets.
func family(method string) string {
	var b strings.Builder
	depth := 0
	for _, r := range method {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
