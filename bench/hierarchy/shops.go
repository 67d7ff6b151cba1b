package main

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// sale is a line of an order: a day, two ways to group it, and what it adds.
type sale struct {
	day    int
	texts  [3]string
	amount float64
}

// shopMarket makes daily series of the groups that texts name together, of days up to the last one.
func shopMarket(anchor time.Time, sales []sale, names [3]string, levels ...string) (*market, error) {
	m := &market{days: []int{7, 14, 28}, horizon: 28}
	last := 0
	for _, s := range sales {
		last = max(last, s.day)
	}
	slices.SortStableFunc(sales, func(a, b sale) int { return cmp.Or(slices.Compare(a.texts[:], b.texts[:]), cmp.Compare(a.day, b.day)) })
	texts := map[string][]string{}
	for k, s := range sales {
		if k == 0 || s.texts != sales[k-1].texts {
			m.ids = append(m.ids, strings.Join(s.texts[:], "/"))
			m.units = append(m.units, make([]float64, last+1))
			for i, name := range names {
				texts[name] = append(texts[name], s.texts[i])
			}
		}
		m.units[len(m.units)-1][s.day] += s.amount
	}
	series := make([]tidewatch.Series, len(m.ids))
	for i, y := range m.units {
		from := 0
		for from < len(y) && y[from] == 0 {
			from++
		}
		series[i] = tidewatch.Series{ID: m.ids[i], Start: from, Values: y[from:]}
	}
	var err error
	if m.bottom, err = tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: anchor}, []int{7}, series); err != nil {
		return nil, err
	}
	return m, m.node(texts, levels...)
}

// rarest replaces all but the most frequent values by "other".
func rarest(sales []sale, which, keep int) {
	count := map[string]int{}
	for _, s := range sales {
		count[s.texts[which]]++
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	for k := range sales {
		if !slices.Contains(names[:min(keep, len(names))], sales[k].texts[which]) {
			sales[k].texts[which] = "other"
		}
	}
}

// readJourney reads the sample of The Complete Journey: revenue a day by department, category and store.
func readJourney(data string) (*market, error) {
	dir := filepath.Join(data, "orders/completejourney")
	kinds := map[string][2]string{}
	err := lines(filepath.Join(dir, "products.csv.zst"), func([]string) {}, func(rec []string) error {
		kinds[strings.Clone(rec[0])] = [2]string{strings.Clone(rec[2]), strings.Clone(rec[4])}
		return nil
	})
	if err != nil {
		return nil, err
	}
	anchor := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)
	var sales []sale
	err = lines(filepath.Join(dir, "transactions_sample.csv.zst"), func([]string) {}, func(rec []string) error {
		at, err := time.Parse("2006-01-02", rec[10][:10])
		if err != nil {
			return err
		}
		amount, err := strconv.ParseFloat(rec[5], 64)
		kind := kinds[rec[3]]
		if day := int(at.Sub(anchor).Hours() / 24); day < 364 { // the last one is cut off
			sales = append(sales, sale{day, [3]string{kind[0], kind[1], strings.Clone(rec[1])}, amount})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	rarest(sales, 0, 7)
	rarest(sales, 1, 30)
	rarest(sales, 2, 8)
	return shopMarket(anchor, sales, [3]string{"department", "category", "store"}, "department", "store", "department+category", "department+store")
}

// readRetail reads Online Retail: units sold a day by country and by group of items, which their codes begin with.
func readRetail(data string) (*market, error) {
	anchor := time.Date(2010, 12, 1, 0, 0, 0, 0, time.UTC)
	var sales []sale
	err := lines(filepath.Join(data, "orders/online_retail/online_retail_2010-12_2011-12.csv.zst"), func([]string) {}, func(rec []string) error {
		at, err := time.Parse("2006-01-02", rec[4][:10])
		if err != nil {
			return err
		}
		quantity, err := strconv.ParseFloat(rec[3], 64)
		if day := int(at.Sub(anchor).Hours() / 24); quantity > 0 && day < 372 && len(rec[1]) >= 5 { // the last day is cut off; short codes are postage and the like
			sales = append(sales, sale{day, [3]string{strings.Clone(rec[7]), strings.Clone(rec[1][:2]), ""}, min(quantity, 5000)}) // two orders of 80,000 were cancelled within minutes
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	rarest(sales, 0, 8)
	rarest(sales, 1, 15)
	return shopMarket(anchor, sales, [3]string{"country", "group", "all"}, "country", "group")
}
