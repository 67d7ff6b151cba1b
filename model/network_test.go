package model

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet/modeltest"
	"github.com/tidewatch/tidewatch/model/neural"
)

func TestNetworks(t *testing.T) {
	for _, e := range Networks() {
		name := e.Name + "(members=1,width=8,depth=1,steps=20,batch=8)"
		f, b := saved(t, name, modeltest.Panel(t))
		s, err := Read(bytes.NewReader(b), 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.HasPrefix(s.Method, e.Name+"(") || string(s.Data) != "digest" {
			t.Errorf("%s: read as %q of data %q", name, s.Method, s.Data)
		}
		if want, got := ask(t, f), ask(t, s.Model); !reflect.DeepEqual(want, got) {
			t.Errorf("%s: the model read from a file forecasts otherwise", name)
		}
		for _, n := range []int{len(b) / 3, len(b) - 1} {
			if _, err := Read(bytes.NewReader(b[:n]), 1); tidewatch.CodeOf(err) != tidewatch.CodeModel {
				t.Errorf("%s: cut to %d bytes: %v", name, n, err)
			}
		}
	}
}

func TestForHorizon(t *testing.T) {
	m, err := Panel("nhits(members=1,width=8,depth=1,steps=5,batch=8)", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	m = For(m, 3)
	if n, ok := m.(neural.Method); !ok || n.Horizon != 3 {
		t.Fatalf("%#v", m)
	}
	f, err := m.Fit(context.Background(), modeltest.Panel(t))
	if err != nil {
		t.Fatal(err)
	}
	if fc := ask(t, f); fc.Steps != 5 { // beyond the horizon it was trained for
		t.Errorf("%d steps", fc.Steps)
	}
	if m, err := Panel("snaive", 1, 1); err != nil || !reflect.DeepEqual(For(m, 3), m) {
		t.Error("For changes a method that is not trained")
	}
}

func TestNetworkNames(t *testing.T) {
	for name, want := range map[string]string{"nhit": "nhits", "nhits(width=0)": "width must be from 1", "dlinear(": "brackets"} {
		if _, err := Panel(name, 1, 1); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
