package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

const draws = 2000 // of the bootstrap

// interval is the 95 % interval of a statistic of origins, drawn in blocks of neighbours that share weeks.
func interval(origins, block int, statistic func(at []int) float64) (low, high float64) {
	rng := rand.New(rand.NewPCG(7, 11))
	values := make([]float64, 0, draws)
	at := make([]int, 0, origins)
	for range draws {
		at = at[:0]
		for len(at) < origins {
			first := rng.IntN(origins)
			for k := range block {
				if len(at) < origins {
					at = append(at, (first+k)%origins)
				}
			}
		}
		values = append(values, statistic(at))
	}
	slices.Sort(values)
	return values[int(.025*draws)], values[int(.975*draws)]
}

// brier sums squared errors of origin o: of the claims, of climatology, of mean reversion.
func (d *direction) brier() [][3]float64 {
	out := make([][3]float64, len(d.claims))
	for o, claims := range d.claims {
		for _, c := range claims {
			y := 0.
			if c.came {
				y = 1
			}
			for k, p := range [3]float64{c.p, c.climate, c.reversion} {
				out[o][k] += (p - y) * (p - y)
			}
		}
	}
	return out
}

// calibration is the mean distance between what was claimed and what came true, in tenths of equal size; and the tenths.
func calibration(directions ...direction) (off float64, tenths [][2]float64) {
	var all []made
	for _, d := range directions {
		for _, c := range d.claims {
			all = append(all, c...)
		}
	}
	slices.SortStableFunc(all, func(a, b made) int { return cmp.Compare(a.p, b.p) })
	for k := range 10 {
		part := all[k*len(all)/10 : (k+1)*len(all)/10]
		p, y := 0., 0.
		for _, c := range part {
			p += c.p
			if c.came {
				y++
			}
		}
		n := float64(max(1, len(part)))
		off += math.Abs(p-y) / float64(len(all))
		tenths = append(tenths, [2]float64{p / n, y / n})
	}
	return off, tenths
}

func printTables(tried []*trial) {
	fmt.Println("| set | series | origins | claims | direction | came true | Brier | skill over climatology | skill over mean reversion | calibration error |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, t := range tried {
		block := (t.steps + t.set.every - 1) / t.set.every
		for k := range t.both {
			d := &t.both[k]
			b := d.brier()
			n, came := 0, 0
			sum := 0.
			for o, claims := range d.claims {
				sum += b[o][0]
				for _, c := range claims {
					n++
					if c.came {
						came++
					}
				}
			}
			skill := func(ref int) string {
				of := func(at []int) float64 {
					ours, theirs := 0., 0.
					for _, o := range at {
						ours, theirs = ours+b[o][0], theirs+b[o][ref]
					}
					return 1 - ours/theirs
				}
				low, high := interval(len(b), block, of)
				return fmt.Sprintf("%.3f (%.3f to %.3f)", of(every(len(b))), low, high)
			}
			off, _ := calibration(*d)
			fmt.Printf("| %s | %d | %d | %d | %s | %.3f | %.4f | %s | %s | %.3f |\n", t.set.name, t.series, len(b), n, d.name, float64(came)/float64(n), sum/float64(n), skill(1), skill(2), off)
		}
		off, _ := calibration(t.both[:]...)
		fmt.Printf("| %s | | | | both | | | | | %.3f |\n", t.set.name, off)
	}
	fmt.Println("\n| set | direction | ranking | precision@20 | lift | precision of Tidewatch above it |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, t := range tried {
		block := (t.steps + t.set.every - 1) / t.set.every
		for k := range t.both {
			d := &t.both[k]
			precision := func(r int) func(at []int) float64 {
				return func(at []int) float64 {
					got, of := 0., 0.
					for _, o := range at {
						got, of = got+d.hits[r][o].true, of+d.hits[r][o].of
					}
					return got / of
				}
			}
			whole := every(len(d.claims))
			base := 0.
			for _, o := range whole {
				base += d.hits[0][o].base / float64(len(whole))
			}
			for r := range ranks {
				p := precision(r)(whole)
				more := ""
				if r > 0 {
					diff := func(at []int) float64 { return precision(0)(at) - precision(r)(at) }
					low, high := interval(len(whole), block, diff)
					more = fmt.Sprintf("%.3f (%.3f to %.3f)", diff(whole), low, high)
				}
				fmt.Printf("| %s | %s | %s | %.3f | %.2f | %s |\n", t.set.name, d.name, rankNames[r], p, p/base, more)
			}
		}
	}
	fmt.Println("\nClaimed and came true, in tenths of the claims:")
	fmt.Println()
	for _, t := range tried {
		for k := range t.both {
			_, tenths := calibration(t.both[k])
			fmt.Printf("- %s %s:", t.set.name, t.both[k].name)
			for _, x := range tenths {
				fmt.Printf(" %.2f→%.2f", x[0], x[1])
			}
			fmt.Println()
		}
	}
}

func every(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}
