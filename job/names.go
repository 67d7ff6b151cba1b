package job

import (
	"context"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
)

// nameColumns are columns that say what an item is called, beside the one that identifies it; compared in lower case.
var nameColumns = []string{"description", "product name", "product_name", "productname", "item name", "item_name", "title", "lineitem name",
	"商品名称", "商品标题", "宝贝标题", "产品名称", "品名"}

// labels names and groups the series of records: by the column they are made by, items with the name that stands beside them most often.
// Where the input can be read only once, items go by their ids.
func labels(ctx context.Context, c *Config, reopen func() (*read.Input, error), p *tidewatch.Panel, rec read.Recognised, s aggregate.Summary) ([]report.Label, error) {
	if rec.Shape == read.Series {
		return nil, nil
	}
	var names map[string]string
	if slices.Contains(s.By, string(read.Item)) && !slices.Contains(c.In, "-") {
		var err error
		if names, err = itemNames(ctx, reopen, rec); err != nil {
			return nil, err
		}
	}
	all := make([]report.Label, 0, p.Len())
	for i := range p.Len() {
		l := report.Label{ID: p.ID(i)}
		if len(s.By) == 1 {
			l.Group, l.Name = s.By[0], p.ID(i)
		} else if group, name, ok := strings.Cut(p.ID(i), "="); ok {
			l.Group, l.Name = group, name
		} else {
			l.Group = p.ID(i) // the total
		}
		if name := names[l.Name]; name != "" && l.Group == string(read.Item) {
			l.Name = name
		}
		all = append(all, l)
	}
	return all, nil
}

// itemNames reads the input once more for the names of items; none if no column holds any.
func itemNames(ctx context.Context, reopen func() (*read.Input, error), rec read.Recognised) (map[string]string, error) {
	column := nameColumn(rec)
	if column == "" {
		return nil, nil
	}
	in, err := reopen()
	if err != nil {
		return nil, err
	}
	type pair struct{ item, name string }
	count := map[pair]int{}
	fields := []read.Field{{Role: read.Item, Kind: read.Text}, {Columns: []string{column}, Kind: read.Text}}
	err = in.Read(ctx, fields, func(b *read.Batch) error {
		items, texts := &b.Columns[0], &b.Columns[1]
		if items.Codes == nil || texts.Codes == nil {
			return nil
		}
		local := map[[2]uint32]int{}
		for i := range b.Rows {
			local[[2]uint32{items.Codes[i], texts.Codes[i]}]++
		}
		for k, n := range local {
			if name := strings.TrimSpace(texts.Dict[k[1]]); name != "" {
				count[pair{items.Dict[k[0]], name}] += n
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	best := map[string]string{}
	most := map[string]int{}
	for k, n := range count {
		if n > most[k.item] || n == most[k.item] && k.name < best[k.item] {
			best[k.item], most[k.item] = k.name, n
		}
	}
	return best, nil
}

// nameColumn is the column of the first file that names items; "" if there is none.
func nameColumn(rec read.Recognised) string {
	f := rec.Files[0]
	for _, role := range f.Roles {
		if role.Role == read.Item && len(role.Columns) == 1 && slices.Contains(nameColumns, strings.ToLower(role.Columns[0])) {
			return "" // the name is the id
		}
	}
	for _, name := range nameColumns {
		for _, c := range f.Columns {
			if strings.ToLower(c.Name) == name && c.Type == "text" {
				return c.Name
			}
		}
	}
	return ""
}
