package read

import "slices"

// CarriedRoles are what only the first row of an order says, where [Input.CarriesDown].
var CarriedRoles = []Role{Status, User, Country, Currency, Cancelled}

// CarryDown fills blank texts of an order's rows with those of the row before. order and down are numbers of columns; last is the order that ended the batch before, texts what
// its row said; it returns the order that ends this one.
func (b *Batch) CarryDown(order int, down []int, last string, texts []string) string {
	ids := b.Columns[order]
	if ids.Codes == nil {
		return ""
	}
	index := make([]map[string]uint32, len(down))
	for i := range b.Rows {
		id := ids.Dict[ids.Codes[i]]
		for n, k := range down {
			c := &b.Columns[k]
			if c.Codes == nil {
				continue
			}
			text := c.Dict[c.Codes[i]]
			if text == "" && id == last && texts[n] != "" {
				if index[n] == nil {
					index[n] = map[string]uint32{}
					for code, t := range c.Dict {
						index[n][t] = uint32(code)
					}
				}
				code, ok := index[n][texts[n]]
				if !ok {
					code = uint32(len(c.Dict))
					c.Dict = append(slices.Clip(c.Dict), texts[n])
					index[n][texts[n]] = code
				}
				c.Codes[i] = code
				continue
			}
			texts[n] = text
		}
		last = id
	}
	return last
}
