package read

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Folder is a data set of several tables that belong together and lie in one folder.
type Folder struct {
	Name  string
	Title string
	Parts []Part
	Rows  bool // it holds rows of orders or events, that [OpenFolder] opens, not ready series
}

// Part is one table of a [Folder].
type Part struct {
	Name     string   // what the table is for
	Stems    []string // beginnings of its file's name, the best first
	Optional bool

	// Of a folder of rows, the first part has the rows; others stand beside those of the part Into, where its column Key is their column By.
	Layout   string
	Into     string
	Key, By  string
	override map[Role]string // roles of columns, in place of those of the other part
}

// folders is the table of data sets that come as a folder: what their files are called. What is made of them is package aggregate's.
var folders = []Folder{
	{Name: "m5", Title: "M5: daily sales of Walmart, with calendar and prices", Parts: []Part{
		{Name: "sales", Stems: []string{"sales_train_evaluation", "sales_train_validation"}},
		{Name: "more", Stems: []string{"sales_test_validation"}, Optional: true},
		{Name: "calendar", Stems: []string{"calendar"}},
		{Name: "prices", Stems: []string{"sell_prices"}, Optional: true}}},
	{Name: "rossmann", Title: "Rossmann: daily sales, with stores and what is known ahead", Parts: []Part{
		{Name: "sales", Stems: []string{"train"}},
		{Name: "stores", Stems: []string{"store"}},
		{Name: "ahead", Stems: []string{"future_known", "test"}, Optional: true}}},
	{Name: "olist", Title: "Olist: orders, their items, customers and products", Rows: true, Parts: []Part{
		{Name: "items", Stems: []string{"olist_order_items"}, Layout: "olist-items"},
		{Name: "orders", Stems: []string{"olist_orders"}, Layout: "olist", Into: "items", Key: "order_id", By: "order_id"},
		{Name: "customers", Stems: []string{"olist_customers"}, Optional: true, Layout: "table", Into: "orders", Key: "customer_id", By: "customer_id",
			override: map[Role]string{User: "customer_unique_id", Country: "customer_state"}},
		{Name: "products", Stems: []string{"olist_products"}, Optional: true, Layout: "table", Into: "items", Key: "product_id", By: "product_id", override: map[Role]string{Category: "product_category_name"}}}},
	{Name: "taobao-orders", Title: "Taobao, Tmall: seller's exports of orders and their lines", Rows: true, Parts: []Part{
		{Name: "lines", Stems: []string{"exportorderdetaillist"}, Layout: "taobao-order-details"},
		{Name: "orders", Stems: []string{"exportorderlist"}, Layout: "taobao-orders", Into: "lines", Key: "订单编号", By: "订单编号"}}},
}

// Folders are the data sets that are known, for help and documentation.
func Folders() []Folder { return slices.Clone(folders) }

// OpenFolder opens the rows of a data set of several tables, joined.
func OpenFolder(ctx context.Context, found Found, opt Options) (*Input, error) {
	kind := folders[slices.IndexFunc(folders, func(f Folder) bool { return f.Name == found.Name })]
	opened := map[string]*Input{}
	for _, p := range kind.Parts {
		path := found.Files[p.Name]
		if path == "" {
			continue
		}
		o := opt
		o.Layout, o.part = p.Layout, true
		if p.Into != "" {
			o.Progress = nil // the rows are what takes the time
		}
		o.Map = p.override
		in, err := Open(ctx, []string{path}, o)
		if err != nil {
			return nil, err
		}
		opened[p.Name] = in
	}
	for i := len(kind.Parts) - 1; i > 0; i-- { // what stands beside a part that stands beside another is joined first
		if p := kind.Parts[i]; opened[p.Name] != nil {
			if err := opened[p.Into].join(opened[p.Name], p.Key, p.By, p.override); err != nil {
				return nil, err
			}
		}
	}
	in := opened[kind.Parts[0].Name]
	if !in.Has(Time) {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no table of layout %s has a time: are the columns those of the original?", found.Dir, found.Name)
	}
	in.recognised.Layout, in.recognised.Zone = kind.Name, in.zone.String()
	return in, nil
}

// HasRows reports whether a data set holds rows of orders or events, which [OpenFolder] opens.
func (f Found) HasRows() bool {
	return slices.ContainsFunc(folders, func(k Folder) bool { return k.Name == f.Name && k.Rows })
}

// Found is a data set found in a folder: its files by part.
type Found struct {
	Name  string
	Dir   string
	Files map[string]string // by part: the path; none where an optional part is not there
}

// FindFolder finds the data set of several tables that paths name: one folder that holds a file of every part that must be there. layout
// is what the user says it is, "" or auto for nothing. ok is false where it is no such folder.
func FindFolder(paths []string, layout string) (f Found, ok bool, err error) {
	if len(paths) != 1 {
		return f, false, nil
	}
	if info, _ := os.Stat(paths[0]); info == nil || !info.IsDir() { // what cannot be opened at all is for the reader of files to say
		return f, false, nil
	}
	entries, err := os.ReadDir(paths[0])
	if err != nil {
		return f, false, cannotOpen(paths[0], err)
	}
	for _, kind := range folders {
		if layout != "" && layout != "auto" && layout != kind.Name {
			continue
		}
		f := Found{Name: kind.Name, Dir: paths[0], Files: map[string]string{}}
		var missing []string
		for _, p := range kind.Parts {
			path := ""
			for _, stem := range p.Stems {
				if path = fileOf(paths[0], entries, stem); path != "" {
					break
				}
			}
			if path != "" {
				f.Files[p.Name] = path
			} else if !p.Optional {
				missing = append(missing, p.Stems[0])
			}
		}
		if len(missing) == 0 {
			return f, true, nil
		}
		if layout == kind.Name && len(missing) < len(kind.Parts) && len(f.Files) > 1 {
			return f, false, tidewatch.Errorf(tidewatch.CodeInput, "%s: for layout %s the folder lacks a file named %s: it may end in .csv, also packed as .gz or .zst", paths[0], layout, strings.Join(missing, " and one named "))
		}
	}
	return f, false, nil
}

// fileOf is the first file, by name, that begins with stem and can be read; "" if there is none.
func fileOf(dir string, entries []os.DirEntry, stem string) string {
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(strings.ToLower(name), stem) && knownEnding(name) && !e.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// DigestOf is the digest of several inputs as if they were one: see [Input.Digest].
func DigestOf(all ...*Input) string {
	var sums [][]byte
	for _, in := range all {
		own, ok := in.allSums()
		if !ok {
			return ""
		}
		sums = append(sums, own...)
	}
	return digestOf(sums)
}

// allSums are the sums of the input's files and of its lookups'; ok is false before all were read.
func (in *Input) allSums() (sums [][]byte, ok bool) {
	if len(in.sums) != len(in.files) {
		return nil, false
	}
	sums = slices.Clone(in.sums)
	for _, l := range in.lookups {
		more, ok := l.of.allSums()
		if !ok {
			return nil, false
		}
		sums = append(sums, more...)
	}
	return sums, true
}
