package selection_test

import (
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/selection"
)

// shelf keeps everything.
type shelf map[fleet.Key][]byte

func (shelf) Wants(int) bool                   { return true }
func (s shelf) Load(k fleet.Key) []byte        { return s[k] }
func (s shelf) Save(k fleet.Key, state []byte) { s[k] = state }

// counted counts the series it fits, under a method's own name.
type counted struct {
	fleet.Loader
	fits *atomic.Int64
}

func (c counted) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	c.fits.Add(1)
	return c.Loader.Fit(s, rng)
}

func countedMethods(t *testing.T, fits *atomic.Int64, names ...string) []tidewatch.Method {
	t.Helper()
	var methods []tidewatch.Method
	for _, name := range names {
		m, err := model.Local(name)
		if err != nil {
			t.Fatal(err)
		}
		methods = append(methods, fleet.Lifted{Method: counted{m.(fleet.Loader), fits}})
	}
	return methods
}

// TestKeptGroups: whatever of a run was kept, the next one gives the same and does only the rest.
func TestKeptGroups(t *testing.T) {
	p := panel(t, []int{4}, mixed(7000, 20)...) // amounts and counts: two pieces of the one, one of the other
	var fits atomic.Int64
	auto := selection.Auto{Horizon: 3, Windows: 2, Methods: countedMethods(t, &fits, "snaive", "naive", "window")}
	m, want := fit(t, auto, p, 3)
	all := fits.Swap(0)

	kept := shelf{}
	auto.Keep = kept
	_, f := fit(t, auto, p, 3)
	if !reflect.DeepEqual(f, want) {
		t.Error("a run that keeps gives another forecast")
	}
	if len(kept) < 2 {
		t.Fatalf("%d groups were kept", len(kept))
	}
	keys := slices.SortedFunc(maps.Keys(kept), func(a, b fleet.Key) int { return slices.Compare(a[:], b[:]) })
	for _, lost := range []int{0, 1, len(keys)} {
		fits.Store(0)
		for _, k := range keys[:lost] {
			delete(kept, k)
		}
		again, f := fit(t, auto, p, 3)
		if !reflect.DeepEqual(f, want) || !reflect.DeepEqual(again.Choices(), m.Choices()) {
			t.Errorf("without %d of %d groups it goes on to another forecast", lost, len(keys))
		}
		if did := fits.Load(); lost == 0 && did != 0 || lost == 1 && (did == 0 || did >= all) || lost == len(keys) && did != all {
			t.Errorf("without %d of %d groups it fits %d of %d", lost, len(keys), did, all)
		}
	}
	for k, b := range kept { // cut short
		kept[k] = b[:len(b)/2]
	}
	if _, f := fit(t, auto, p, 3); !reflect.DeepEqual(f, want) {
		t.Error("damaged groups are taken for whole ones")
	}
	fits.Store(0)
	other := auto
	other.Horizon = 2
	if fit(t, other, p, 3); fits.Load() == 0 {
		t.Error("what was kept for another horizon is taken")
	}
}

// TestKeptModels: every candidate of the presets forecasts as before once it was kept.
func TestKeptModels(t *testing.T) {
	p := panel(t, []int{12}, mixed(24, 60)...)
	for _, preset := range []selection.Preset{selection.Light, selection.Standard} {
		auto := selection.Auto{Horizon: 12, Preset: preset, Keep: shelf{}}
		_, want := fit(t, auto, p, 12)
		if _, got := fit(t, auto, p, 12); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another forecast", preset)
		}
	}
}
