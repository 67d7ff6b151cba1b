package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/life"
)

// launch is a new item as the radar saw it at an origin, and what became of it.
type launch struct {
	age         int
	star        float64 // the radar's probability
	like        float64 // the share of stars among the tenth of the cohort that had sold most nearly as much at that age
	sold        float64 // a period so far: the plain ranking
	low, high   float64 // the radar's 80 % interval of what is sold over its reach
	total       float64
	came, cover bool
}

// radar scores the radar for new items on the launches of three sets: at each origin it knows the launches that were over by then, and judges those
// that were under way.
func radar(data string) error {
	fmt.Println("| set | age (weeks) | new items | became stars | Brier | skill over one in ten | skill over like sales | AUC | AUC of sales a week | precision of the top tenth | by sales a week | in 80 % interval |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, c := range []struct {
		name                      string
		reach, after, from, every int
		load                      func(data string) (*set, error)
	}{
		{"online_retail, 13 weeks", 13, 4, 26, 2, func(d string) (*set, error) { return load(d, "online_retail") }},
		{"completejourney, 13 weeks", 13, 4, 26, 6, loadProducts},
		{"m5, one in eight, 26 weeks", 26, 4, 104, 13, loadEighth},
	} {
		s, err := c.load(data)
		if err != nil {
			return err
		}
		var all []launch
		for o := c.from; o < s.panel.End(); o += c.every {
			if all, err = judgeLaunches(all, s.panel, o, c.reach, c.after); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
		bounds := []int{2, 4, 7, 13, 26}
		for k := range bounds[1:] {
			var part []launch
			for _, l := range all {
				if l.age >= bounds[k] && l.age < bounds[k+1] {
					part = append(part, l)
				}
			}
			if len(part) > 0 {
				printLaunches(c.name, fmt.Sprintf("%d to %d", bounds[k], min(bounds[k+1], c.reach)-1), part)
			}
		}
		printLaunches(c.name, "all", all)
		fmt.Fprintln(os.Stderr, c.name, "done")
	}
	return nil
}

// loadProducts is the weekly revenue of each product of The Complete Journey.
func loadProducts(data string) (*set, error) {
	s := newShop("2017-01-02", 51)
	if err := table(filepath.Join(data, "orders/completejourney/transactions_sample.csv.zst"), func(f []string) error {
		q, err := strconv.ParseFloat(f[5], 64)
		if err != nil {
			return err
		}
		return s.add(f[3], "", f[10][:10], q)
	}); err != nil {
		return nil, err
	}
	return s.set("completejourney", 0, 0, 0)
}

// loadEighth is every eighth series of M5.
func loadEighth(data string) (*set, error) {
	s, err := loadM5(data)
	if err != nil {
		return nil, err
	}
	var rows []int
	for i := 0; i < s.panel.Len(); i += 8 {
		rows = append(rows, i)
	}
	s.panel = s.panel.Select(rows)
	return s, nil
}

// judgeLaunches adds the new items of p at origin o whose end is known.
func judgeLaunches(all []launch, p *tidewatch.Panel, o, reach, after int) ([]launch, error) {
	known := p.Until(o)
	r, err := life.NewRadar(known, reach, after)
	if tidewatch.CodeOf(err) == tidewatch.CodeTooShort {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	number := map[string]int{}
	var cohort [][]float64 // sales so far by age
	for i := range p.Len() {
		number[p.ID(i)] = i
		s := p.Series(i)
		if sums := soFar(s); sums != nil && s.End()-len(sums) >= after && s.End()-len(sums)+reach <= o {
			cohort = append(cohort, sums[:reach])
		}
	}
	ages := map[int][][]float64{} // the cohort by what was sold by an age
	for _, pr := range r.New(known, 2, after) {
		sums := soFar(p.Series(number[pr.ID]))
		if len(sums) < reach {
			continue
		}
		total := sums[reach-1]
		l := launch{age: pr.Age, star: pr.Star, sold: pr.Sold / float64(pr.Age), low: pr.Reach.Low, high: pr.Reach.High, total: total, came: total >= r.Decile}
		l.cover = total >= l.low && total <= l.high
		if ages[pr.Age] == nil {
			ages[pr.Age] = slices.Clone(cohort)
			slices.SortStableFunc(ages[pr.Age], func(a, b []float64) int { return cmp.Compare(a[pr.Age-1], b[pr.Age-1]) })
		}
		for _, c := range nearest(ages[pr.Age], pr.Age-1, pr.Sold) {
			if c[reach-1] >= r.Decile {
				l.like += 1 / float64((len(cohort)+9)/10)
			}
		}
		all = append(all, l)
	}
	return all, nil
}

// nearest is the tenth of the cohort, which ascends at that place, that lies nearest to sold.
func nearest(cohort [][]float64, place int, sold float64) [][]float64 {
	from, to := 0, len(cohort)
	for to-from > (len(cohort)+9)/10 {
		if sold-cohort[from][place] > cohort[to-1][place]-sold {
			from++
		} else {
			to--
		}
	}
	return cohort[from:to]
}

// soFar are running sums of s from its first sale on.
func soFar(s tidewatch.Series) []float64 {
	v := s.Demand()
	for len(v) > 0 && !(v[0] > 0) {
		v = v[1:]
	}
	sums := make([]float64, len(v))
	sum := 0.
	for t, x := range v {
		if x == x {
			sum += max(0, x)
		}
		sums[t] = sum
	}
	return sums
}

func printLaunches(name, age string, part []launch) {
	n, came, covered := float64(len(part)), 0., 0.
	var brier [3]float64
	for _, l := range part {
		y := 0.
		if l.came {
			y = 1
			came++
		}
		if l.cover {
			covered++
		}
		for k, p := range [3]float64{l.star, .1, l.like} {
			brier[k] += (p - y) * (p - y) / n
		}
	}
	byStar := func(l launch) float64 { return l.star }
	bySold := func(l launch) float64 { return l.sold }
	fmt.Printf("| %s | %s | %d | %.3f | %.4f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", name, age, len(part), came/n, brier[0], 1-brier[0]/brier[1], 1-brier[0]/brier[2],
		area(part, byStar), area(part, bySold), precision(part, byStar), precision(part, bySold), covered/n)
}

// area is the share of pairs of a star and another that by ranks rightly; ties count half.
func area(part []launch, by func(launch) float64) float64 {
	part = slices.Clone(part)
	slices.SortStableFunc(part, func(a, b launch) int { return cmp.Compare(by(a), by(b)) })
	right, others, stars := 0., 0., 0.
	for i := 0; i < len(part); {
		j, s, o := i, 0., 0.
		for ; j < len(part) && by(part[j]) == by(part[i]); j++ {
			if part[j].came {
				s++
			} else {
				o++
			}
		}
		right += s * (others + o/2)
		stars, others, i = stars+s, others+o, j
	}
	return right / (stars * others)
}

// precision is the share of stars in the first tenth by rank.
func precision(part []launch, by func(launch) float64) float64 {
	part = slices.Clone(part)
	slices.SortStableFunc(part, func(a, b launch) int { return cmp.Compare(by(b), by(a)) })
	first := part[:(len(part)+9)/10]
	n := 0.
	for _, l := range first {
		if l.came {
			n++
		}
	}
	return n / float64(len(first))
}
