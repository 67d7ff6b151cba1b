package read

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// byName is the best column for a role: the first synonym that some free column of the right type has; -1 if none. Two columns of that
// name are an error.
func (f *file) byName(role Role, taken map[int]bool) (int, error) {
	for _, s := range synonyms[role] {
		found := -1
		for c, n := range f.norm {
			if n != s || taken[c] || !f.suits(role, c) {
				continue
			}
			if found >= 0 {
				return -1, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: two columns are named %q: say which one is the %s by its number, such as --map %s=#%d", f.Name, f.info.Columns[c].Name, role, role, found+1)
			}
			found = c
		}
		if found >= 0 {
			return found, nil
		}
	}
	return -1, nil
}

// suits reports whether the sample of column c can play the role.
func (f *file) suits(role Role, c int) bool {
	switch t := f.info.Columns[c].Type; role {
	case Time:
		if t == "time" {
			return true
		}
		format, _ := pickFormat(f.sample.some(c, 500), true)
		return format != nil
	case Value, Quantity, Price, Amount, Stock, Discount:
		return t == "number" || t == "blank" || numberShare(f.sample.some(c, 1000)) >= 50
	case ID:
		return t != "time"
	}
	return true
}

// The roles a shape looks for, the most telling first: a column plays one role.
var shapeRoles = map[Shape][]Role{
	Series: {Time, ID, Value},
	Orders: {Time, Order, Item, Quantity, Price, Amount, User, Status, Country, Category, Store, Currency, Cancelled, Discount},
	Events: {Time, Behaviour, Item, User, Order, Quantity, Price, Category, Country, Store, Currency},
	Table:  {Time, ID, Stock},
}

// Table is the shape of a file of covariates: any columns, with a time or an id or both.
const Table Shape = "table"

// assign gives roles to the columns of f under layout l. Explicit roles come first.
func (f *file) assign(l *Layout, explicit map[Role]string) error {
	f.roles = map[Role][]int{}
	taken := map[int]bool{}
	given := maps.Clone(l.Roles)
	if given == nil {
		given = map[Role]string{}
	}
	maps.Copy(given, explicit)
	for _, role := range slices.Sorted(maps.Keys(given)) {
		for _, name := range f.columnsOf(f.oneOf(given[role], explicit[role] == "")) {
			c, err := f.find(name)
			if err != nil {
				if explicit[role] == "" && tidewatch.CodeOf(err) == tidewatch.CodeUsage {
					continue // a column that such files may lack
				}
				return err
			}
			f.roles[role] = append(f.roles[role], c)
			taken[c] = true
		}
	}
	if l.Roles != nil {
		return nil
	}
	for _, role := range shapeRoles[l.Shape] {
		if f.roles[role] != nil {
			continue
		}
		c, err := f.byName(role, taken)
		if err != nil {
			return err
		}
		if c < 0 && role == Time && l.Shape != Table {
			c = slices.IndexFunc(f.info.Columns, func(n Named) bool { return n.Type == "time" })
			if c >= 0 && taken[c] {
				c = -1
			}
		}
		if c < 0 && role == Behaviour {
			c = f.behaviourColumn(taken)
		}
		if c >= 0 {
			f.roles[role] = []int{c}
			taken[c] = true
		}
	}
	switch l.Shape {
	case Series:
		f.seriesRoles(taken)
		if c, err := f.byName(Stock, taken); f.roles[Value] != nil && err == nil && c >= 0 {
			f.roles[Stock] = []int{c}
		}
	case Table:
		for _, role := range []Role{Item, Store} {
			if c, err := f.byName(role, taken); f.roles[ID] == nil && err == nil && c >= 0 {
				f.roles[ID] = []int{c}
			}
		}
	}
	return nil
}

// oneOf is, of the columns that a layout names, parted by |, the first that is there and not blank throughout the sample, else the first
// that is there. Of two columns of one name the first is meant. What a person said is left as it is.
func (f *file) oneOf(list string, layouts bool) string {
	if !layouts || strings.ContainsAny(list, "#+,") {
		return list
	}
	there := list
	for name := range strings.SplitSeq(list, "|") {
		c := slices.Index(f.norm, name)
		if c < 0 {
			continue
		}
		if f.info.Columns[c].Type != "blank" {
			return "#" + strconv.Itoa(c+1)
		}
		if there == list {
			there = "#" + strconv.Itoa(c+1)
		}
	}
	return there
}

// columnsOf splits a list of columns at its commas or plus signs, unless one column has all of it as its name.
func (f *file) columnsOf(list string) []string {
	if _, err := f.find(list); err == nil {
		return []string{list}
	}
	names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '+' })
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if len(names) == 0 {
		return []string{list}
	}
	return names
}

// behaviourColumn is a column of words that are nearly all known actions.
func (f *file) behaviourColumn(taken map[int]bool) int {
	for c, n := range f.info.Columns {
		if n.Type != "text" || taken[c] {
			continue
		}
		known, hits := 0, 0
		for _, b := range f.sample.some(c, 1000) {
			if b = trim(b); !isBlank(b) {
				known++
				if _, number := parseNumber(b, '.'); number != fine && ActionOf(string(b)) != Other && strings.Trim(string(b), "#1234") != "" {
					hits++
				}
			}
		}
		if known > 0 && hits*10 >= known*9 {
			return c
		}
	}
	return -1
}

// seriesRoles finds the value and the id of ready series that have no column of such a name. The value is the one number there is. The
// id is made of the columns that say where and what (store, item, region ...), and of further columns of few words until no time
// stands twice.
func (f *file) seriesRoles(taken map[int]bool) {
	if f.roles[Value] == nil {
		only := -1
		for c, n := range f.info.Columns {
			if n.Type == "number" && !taken[c] {
				if only >= 0 {
					only = -2
					break
				}
				only = c
			}
		}
		if only >= 0 {
			f.roles[Value] = []int{only}
			taken[only] = true
		}
	}
	if f.roles[ID] != nil || f.roles[Time] == nil {
		return
	}
	var id []int
	for _, role := range []Role{Store, Country, Item, Category} {
		if c, err := f.byName(role, taken); err == nil && c >= 0 {
			id = append(id, c)
			taken[c] = true
		}
	}
	if len(id) > 1 { // a category says nothing new beside its item
		for k := len(id) - 1; k > 0; k-- {
			if less := slices.Delete(slices.Clone(id), k, k+1); f.repeats(less) == f.repeats(id) {
				id = less
			}
		}
	}
	for c, n := range f.info.Columns {
		if f.repeats(id) == 0 {
			break
		}
		if more := append(slices.Clone(id), c); n.Type == "text" && !taken[c] && f.repeats(more)*2 < f.repeats(id) && f.distinct(c)*5 <= len(f.sample.rows) {
			id = more
		}
	}
	if len(id) > 0 {
		f.roles[ID] = id
	}
}

// repeats counts the sample's rows whose id and time an earlier row had.
func (f *file) repeats(id []int) int {
	seen := make(map[string]struct{}, len(f.sample.rows))
	n := 0
	var key []byte
	for _, r := range f.sample.rows {
		key = key[:0]
		for _, c := range append([]int{f.roles[Time][0]}, id...) {
			if c < len(r) {
				key = append(key, r[c]...)
			}
			key = append(key, 0)
		}
		if _, ok := seen[string(key)]; ok {
			n++
		} else {
			seen[string(key)] = struct{}{}
		}
	}
	return n
}

func (f *file) distinct(c int) int {
	seen := map[string]struct{}{}
	for _, b := range f.sample.column(c) {
		seen[string(b)] = struct{}{}
	}
	return len(seen)
}
