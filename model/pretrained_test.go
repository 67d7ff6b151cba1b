package model

import (
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/chronos"
)

func TestPretrained(t *testing.T) {
	m, err := Panel("chronos-bolt(some folder/(x), y)", 1, 3)
	if err != nil || m != (chronos.Method{Dir: "some folder/(x), y", Workers: 3}) {
		t.Errorf("%#v, %v", m, err)
	}
	for _, name := range []string{"chronos-bolt", "chronos-bolt()", "chronos-bolt(dir"} {
		if _, err := Panel(name, 1, 1); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), "DIR") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
