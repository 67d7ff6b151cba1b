package aggregate

import (
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// expression is a formula over the columns of a row, in the language of expr (expr-lang.org): quantity * price, country == "France".
type expression struct {
	program *vm.Program
	names   []string // of its variables
	fields  []read.Field
	at      []int // of the batch's columns, once bound
}

// nameRoles are the roles whose texts are names, even if they look like numbers.
var nameRoles = []read.Role{read.ID, read.Item, read.Order, read.User, read.Behaviour, read.Status, read.Country, read.Category, read.Store, read.Key, read.Currency, read.Cancelled}

// compile reads a formula whose variables are columns or roles of in; what says what it is for, in errors. A condition gives a truth
// value, any other formula a number.
func compile(in *read.Input, what, text string, condition bool) (*expression, error) {
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s %q: %w", what, text, err)
	}
	x := &expression{}
	var v variables
	ast.Walk(&tree.Node, &v)
	env := map[string]any{} // how the language takes its variables
	for _, name := range v.names {
		column, ok := in.Column(name)
		if !ok {
			hint := ""
			if near := tidewatch.Nearest(name, append(strings.Split(columnNames(in), ", "), read.RoleNames()...)); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s %q: there is no column %q%s; the columns are %s", what, text, name, hint, columnNames(in))
		}
		f := read.Field{Columns: []string{name}, Kind: read.Text}
		var zero any = ""
		switch {
		case playsName(in, column.Name):
		case column.Type == "number" || column.Type == "blank":
			f.Kind, zero = read.Number, 0.0
		case column.Type == "time" && plays(in, column.Name, read.Time):
			f.Kind, zero = read.Moment, time.Time{}
		}
		x.names, x.fields = append(x.names, name), append(x.fields, f)
		env[name] = zero
	}
	kind := expr.AsFloat64()
	if condition {
		kind = expr.AsBool()
	}
	if x.program, err = expr.Compile(text, expr.Env(env), kind); err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s %q: %w", what, text, err)
	}
	return x, nil
}

// variables collects the names that a formula uses.
type variables struct{ names []string }

// Visit is called for every node.
func (v *variables) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.IdentifierNode); ok && !slices.Contains(v.names, n.Value) {
		v.names = append(v.names, n.Value)
	}
}

func plays(in *read.Input, column string, role read.Role) bool {
	for _, p := range in.Recognised().Files[0].Roles {
		if p.Role == role && slices.Contains(p.Columns, column) {
			return true
		}
	}
	return false
}

func playsName(in *read.Input, column string) bool {
	return slices.ContainsFunc(nameRoles, func(r read.Role) bool { return plays(in, column, r) })
}

// bind adds the fields that the formula needs.
func (x *expression) bind(fields []read.Field) []read.Field {
	x.at = nil
	for i := range x.fields {
		x.at = append(x.at, len(fields))
		fields = append(fields, x.fields[i])
	}
	return fields
}

// evaluator gives the formula's value for each row of b; nil where it cannot be computed.
func (x *expression) evaluator(b *read.Batch, zone *time.Location) func(i int) any {
	env := make(map[string]any, len(x.names))
	texts := make([][]any, len(x.names)) // made interfaces once a text, not once a row
	for k := range x.names {
		for _, text := range b.Columns[x.at[k]].Dict {
			texts[k] = append(texts[k], text)
		}
	}
	machine := vm.VM{}
	return func(i int) any {
		for k, name := range x.names {
			switch c := &b.Columns[x.at[k]]; {
			case c.Codes != nil:
				env[name] = texts[k][c.Codes[i]]
			case c.Numbers != nil:
				env[name] = c.Numbers[i]
			case c.Times != nil:
				env[name] = time.UnixMicro(c.Times[i]).In(zone)
			}
		}
		v, err := machine.Run(x.program, env)
		if err != nil {
			return nil
		}
		return v
	}
}
