package model

import (
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/chronos"
	"github.com/tidewatch/tidewatch/nn"
)

const chronosBolt = "chronos-bolt"

// pretrained is the method of a name such as chronos-bolt(DIR), where DIR is the folder of a pretrained model. It forecasts many
// series at once, so it is no row of the table, whose methods forecast one; ok is false for every other name.
func pretrained(name string, workers int) (m tidewatch.Method, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(name), chronosBolt)
	if !ok {
		return nil, false, nil
	}
	dir, open := strings.CutPrefix(rest, "(")
	dir, closed := strings.CutSuffix(dir, ")")
	var packing nn.Packing
	for _, p := range []nn.Packing{nn.BFloat16, nn.Int8} {
		if d, cut := strings.CutSuffix(dir, ","+string(p)); cut {
			dir, packing = strings.TrimSpace(d), p
		}
	}
	if !open || !closed || dir == "" {
		return nil, true, tidewatch.Errorf(tidewatch.CodeUsage, "method %q: write it as %s(DIR), DIR being a folder with config.json and model.safetensors, or %s(DIR,bf16) or %s(DIR,int8) to keep it in less memory", name, chronosBolt, chronosBolt, chronosBolt)
	}
	return chronos.Method{Dir: dir, Packing: packing, Workers: workers}, true, nil
}
