package gbm_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/gbm"
)

func fitted(t testing.TB, m gbm.Method, p *tidewatch.Panel) *gbm.Model {
	t.Helper()
	f, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f.(*gbm.Model)
}

func ahead(t testing.TB, m tidewatch.Model) *tidewatch.Forecast {
	t.Helper()
	f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 14, Levels: []float64{.1, .5, .9}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A model read back forecasts the same bytes, is saved as the same bytes, and takes in new values as the one it was saved from does.
func TestSavedModelsForecastTheSame(t *testing.T) {
	for name, p := range map[string]*tidewatch.Panel{"amounts": shop(t, 12, 200, 100, false), "counts": shop(t, 60, 200, 2, true)} {
		known := p.Before(20)
		m := fitted(t, gbm.Method{Horizon: 14, Rounds: 15, Leaves: 7, Rate: .25, Groups: true, Seed: 1 << 40}, known)
		var w, again fleet.Writer
		if err := m.Save(&w); err != nil {
			t.Fatal(err)
		}
		read, err := gbm.Load(fleet.NewReader(w.Bytes()), 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		before := ahead(t, m)
		if !reflect.DeepEqual(ahead(t, read), before) {
			t.Errorf("%s: the model read from a file forecasts otherwise", name)
		}
		if err := read.Save(&again); err != nil || string(again.Bytes()) != string(w.Bytes()) {
			t.Errorf("%s: saved again it is other bytes (%v)", name, err)
		}
		for _, u := range []*gbm.Model{m, read} {
			if err := u.Update(context.Background(), p.Before(14)); err != nil {
				t.Fatal(err)
			}
		}
		after := ahead(t, m)
		if !reflect.DeepEqual(ahead(t, read), after) || after.Rows[0].First != before.Rows[0].First+6 || reflect.DeepEqual(after.Rows[0].Mean, before.Rows[0].Mean) {
			t.Errorf("%s: updates differ, or move nothing: from %d to %d", name, before.Rows[0].First, after.Rows[0].First)
		}
	}
}

func TestUpdateRefusesOtherPanels(t *testing.T) {
	p := shop(t, 12, 120, 100, false)
	m := fitted(t, small(), p.Before(10))
	for says, other := range map[string]*tidewatch.Panel{
		"update with 11 series": p.Select([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
		"is \"item1\"":          p.Select([]int{1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}),
		"has seen 0 to 110":     p.Before(11),
	} {
		if err := m.Update(context.Background(), other); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, which should say %q", err, says)
		}
	}
}

// FuzzLoad: whatever the bytes, reading ends with a model that answers or with an error.
func FuzzLoad(f *testing.F) {
	var w fleet.Writer
	if err := fitted(f, gbm.Method{Horizon: 4, Rounds: 2, Leaves: 4}, shop(f, 4, 60, 3, true)).Save(&w); err != nil {
		f.Fatal(err)
	}
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := gbm.Load(fleet.NewReader(b), 1)
		if err != nil {
			if tidewatch.CodeOf(err) != tidewatch.CodeModel {
				t.Fatalf("%v has the code %q", err, tidewatch.CodeOf(err))
			}
			return
		}
		_, _ = m.Forecast(context.Background(), tidewatch.Ask{Steps: 2, Levels: []float64{.5}})
	})
}
