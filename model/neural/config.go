package neural

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/neural/frame"
)

// Config says how networks are built and trained. A zero field is the family's default.
type Config struct {
	Family  string        // a name of [Families]
	Lags    int           // how many values the first network sees; others see more and less
	Members int           // networks, by seed and lags
	Width   int           // of the hidden layers
	Depth   int           // hidden layers, of each block or in all
	Steps   int           // training steps of each network at most
	Batch   int           // windows a step
	Rate    float64       // learning rate at its highest
	Drop    float64       // share of units dropped in training
	Scaling frame.Scaling // Auto = by the data
	Base    frame.Base    // AutoBase = by a trial, Mirror too
	Mirror  float64       // share of windows shown upside down in training
}

var bases = map[string]frame.Base{"season": frame.SeasonBase, "trend": frame.TrendBase}

var scalings = map[string]frame.Scaling{"level": frame.ByLevel, "spread": frame.BySpread, "log": frame.ByLog}

// field is a parameter as it is written in a method's name.
type field struct {
	name        string
	count       *int
	share       *float64
	least, most float64
}

func (c *Config) fields() []field {
	return []field{
		{name: "lags", count: &c.Lags, least: 1, most: 10_000}, {name: "members", count: &c.Members, least: 1, most: 100},
		{name: "width", count: &c.Width, least: 1, most: 4096}, {name: "depth", count: &c.Depth, least: 1, most: 32},
		{name: "steps", count: &c.Steps, least: 1, most: 1_000_000}, {name: "batch", count: &c.Batch, least: 1, most: 65_536},
		{name: "rate", share: &c.Rate, least: 0, most: 1}, {name: "drop", share: &c.Drop, least: 0, most: .9},
		{name: "mirror", share: &c.Mirror, least: 0, most: 1},
	}
}

// Parse reads a method's name, such as "nhits" or "nhits(lags=72,steps=500)". ok is false where the name is of no family.
func Parse(name string) (c Config, ok bool, err error) {
	name = strings.TrimSpace(name)
	base, rest, bracket := strings.Cut(name, "(")
	if familyOf(base) == nil {
		return c, false, nil
	}
	c.Family = base
	usage := func(format string, args ...any) (Config, bool, error) {
		return c, true, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: "+format, append([]any{name}, args...)...)
	}
	if !bracket {
		return c, true, nil
	}
	rest, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return usage("the brackets do not match")
	}
	var names []string
	for _, f := range c.fields() {
		names = append(names, f.name)
	}
	for word := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		if key == "scale" {
			s, known := scalings[value]
			if !known {
				return usage("scale=%s: use level, spread or log", value)
			}
			c.Scaling = s
			continue
		}
		if key == "base" {
			b, known := bases[value]
			if !known {
				return usage("base=%s: use season or trend", value)
			}
			c.Base = b
			continue
		}
		at := -1
		for i := range names {
			if names[i] == key {
				at = i
			}
		}
		if at < 0 {
			return usage("%q is not one of its parameters: they are %s, scale and base, as in %s(lags=72,steps=500)", word, strings.Join(names, ", "), base)
		}
		f := c.fields()[at]
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(v >= f.least && v <= f.most) || f.count != nil && v != math.Trunc(v) {
			return usage("%s must be from %g to %g", key, f.least, f.most)
		}
		if f.count != nil {
			*f.count = int(v)
		} else {
			*f.share = v
		}
	}
	return c, true, nil
}

// String is the form that Parse reads.
func (c Config) String() string {
	var words []string
	for _, f := range c.fields() {
		switch {
		case f.count != nil && *f.count != 0:
			words = append(words, fmt.Sprintf("%s=%d", f.name, *f.count))
		case f.share != nil && *f.share != 0:
			words = append(words, f.name+"="+strconv.FormatFloat(*f.share, 'g', -1, 64))
		}
	}
	for _, name := range []string{"level", "spread", "log"} {
		if scalings[name] == c.Scaling {
			words = append(words, "scale="+name)
		}
	}
	for _, name := range []string{"season", "trend"} {
		if bases[name] == c.Base {
			words = append(words, "base="+name)
		}
	}
	if words == nil {
		return c.Family
	}
	return c.Family + "(" + strings.Join(words, ",") + ")"
}

// or fills in zero fields from others.
func (c Config) or(d Config) Config {
	other := d.fields()
	for i, f := range c.fields() {
		if f.count != nil && *f.count == 0 {
			*f.count = *other[i].count
		}
		if f.share != nil && *f.share == 0 {
			*f.share = *other[i].share
		}
	}
	return c
}
