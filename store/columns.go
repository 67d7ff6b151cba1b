package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch/read"
)

// missing is a role that no column plays.
const missing read.Role = "\x00"

func fieldKind(k Kind) read.Kind {
	switch k {
	case Number, Money:
		return read.Number
	case Moment:
		return read.Moment
	}
	return read.Text
}

// found is a column of a file.
type found struct {
	Column
	field read.Field
}

// columns are the columns of a file to keep, those with a role first, and the names of those that look personal.
func (a *adder) columns(in *read.Input) (all []found, left []string) {
	f := in.Recognised().Files[0]
	plays := map[string]bool{}
	for _, p := range f.Roles {
		k := Text
		switch p.Role {
		case read.Time:
			k = Moment
		case read.Price, read.Amount:
			k = Money
		case read.Quantity, read.Value, read.Stock:
			k = Number
		case read.User:
			k = Person
		}
		all = append(all, found{Column{strings.Join(p.Columns, "/"), p.Role, k}, read.Field{Role: p.Role}})
		for _, c := range p.Columns {
			plays[c] = true
		}
	}
	for _, role := range in.Roles() { // and those that all rows of the layout play alike
		if !slices.ContainsFunc(f.Roles, func(p read.Played) bool { return p.Role == role }) {
			all = append(all, found{Column{string(role), role, Text}, read.Field{Role: role}})
			plays[string(role)] = true
		}
	}
	for n, c := range f.Columns {
		switch {
		case plays[c.Name]:
		case personal(c.Name) && !slices.Contains(a.how.Keep, c.Name):
			left = append(left, c.Name)
		default:
			k := Text
			if in.Shape() == read.Table && c.Type == "number" {
				k = Number
			}
			all = append(all, found{Column{c.Name, "", k}, read.Field{Columns: []string{fmt.Sprintf("#%d", n+1)}}})
		}
	}
	return all, left
}

// personalWords are what the names of columns hold that say who a person is or where to reach one, in lower case without spaces.
var personalWords = []string{"email", "e-mail", "phone", "mobile", "firstname", "lastname", "fullname", "customername", "buyername", "billingname", "shippingname", "username", "nickname", "address", "street",
	"postcode", "zip", "ipaddress", "birth", "收货人", "收件人", "姓名", "电话", "手机", "地址", "邮箱", "邮编", "身份证", "支付宝账号", "昵称", "会员名", "生日"}

// personal reports whether a column's name says that it holds personal data.
func personal(name string) bool {
	name = strings.NewReplacer(" ", "", "_", "", ".", "").Replace(strings.ToLower(name))
	return slices.ContainsFunc(personalWords, func(w string) bool { return strings.Contains(name, w) })
}
