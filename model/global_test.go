package model

import (
	"reflect"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/gbm"
)

func TestGlobal(t *testing.T) {
	for name, parts := range map[string][]string{"gbm": nil, " gbm ": nil, "gbm(store,all)": {"store", ""}} {
		m, err := Panel(name, 4, 2)
		if err != nil || !reflect.DeepEqual(m, gbm.Method{Parts: parts, Seed: 4, Workers: 2}) {
			t.Errorf("%s: %#v, %v", name, m, err)
		}
	}
	if m, err := Panel("gbm(percent)", 4, 2); err != nil || !reflect.DeepEqual(m, gbm.Method{Percent: true, Seed: 4, Workers: 2}) {
		t.Errorf("percent: %#v, %v", m, err)
	}
	for _, name := range []string{"gbm()", "gbm(a", "gbmx", "gbm(a,,b)"} {
		if _, err := Panel(name, 1, 1); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%s: %v", name, err)
		}
	}
}
