package model

import (
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/gbm"
)

// Boosted is the name of the method that learns from all series together.
const Boosted = "gbm"

// global is the method of a name such as gbm, gbm(percent) or gbm(store_id,dept_id). Like the pretrained ones it is no row of the table, whose
// methods forecast one series; ok is false for every other name.
func global(name string, seed uint64, workers int) (m tidewatch.Method, ok bool, err error) {
	name = strings.TrimSpace(name)
	rest, ok := strings.CutPrefix(name, Boosted)
	if !ok || rest != "" && rest[0] != '(' {
		return nil, false, nil
	}
	g := gbm.Method{Seed: seed, Workers: workers}
	if rest != "" {
		p, matched := bracketed(rest)
		if !matched {
			return nil, true, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: the brackets do not match", name)
		}
		for _, by := range p.left {
			if by == "" {
				return nil, true, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: write it as gbm, or with static columns to part the series by, such as gbm(store,department), or gbm(all,store)", name)
			}
			switch by {
			case "percent":
				g.Percent = true
				continue
			case "all":
				by = ""
			}
			g.Parts = append(g.Parts, by)
		}
	}
	return g, true, nil
}
