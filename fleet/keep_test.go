package fleet_test

import (
	"context"
	"reflect"
	"sync/atomic"
	"testing"

	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

type shelf map[fleet.Key][]byte

func (shelf) Wants(n int) bool                 { return n > 1000 }
func (s shelf) Load(k fleet.Key) []byte        { return s[k] }
func (s shelf) Save(k fleet.Key, state []byte) { s[k] = state }

// drawn is a model that can be saved.
type drawn struct{ fits *atomic.Int64 }

func (drawn) String() string { return "drawn" }

func (d drawn) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	d.fits.Add(1)
	if s.ID == "s5" {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "too short")
	}
	return number(rng.Float64() + s.Values[0]), nil
}

func (drawn) Load(r *fleet.Reader) (fleet.Model, error) { return number(r.Float()), r.Err() }

type number float64

func (n number) Forecast(_, mean, q []float64) {
	for _, out := range [][]float64{mean, q} {
		for i := range out {
			out[i] = float64(n)
		}
	}
}

func (n number) Save(w *fleet.Writer) { w.Float(float64(n)) }

// TestKeptSeries: a panel is fitted in blocks, those that were kept not again.
func TestKeptSeries(t *testing.T) {
	ids := make([]string, 2500)
	for i := range ids {
		ids[i] = "s" + string(rune('0'+i%10)) + string(rune('a'+i/10%26)) + string(rune('a'+i/260))
	}
	ids[5] = "s5"
	p := panel(t, ids...)
	var fits atomic.Int64
	ahead := func(keep fleet.Keep) *tidewatch.Forecast {
		t.Helper()
		fits.Store(0)
		m, err := fleet.Lifted{Method: drawn{&fits}, Seed: 3, Keep: keep}.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 2})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := ahead(nil)
	kept := shelf{}
	if !reflect.DeepEqual(ahead(kept), want) || len(kept) != 3 {
		t.Fatalf("%d blocks were kept, or the forecast is another", len(kept))
	}
	if !reflect.DeepEqual(ahead(kept), want) || fits.Load() != 0 {
		t.Errorf("%d series were fitted again, or the forecast is another", fits.Load())
	}
	for k := range kept {
		delete(kept, k)
		break
	}
	if !reflect.DeepEqual(ahead(kept), want) || fits.Load() != 1000 && fits.Load() != 500 {
		t.Errorf("without one block %d series were fitted again, or the forecast is another", fits.Load())
	}
	for k, b := range kept {
		kept[k] = b[:len(b)-1]
	}
	if !reflect.DeepEqual(ahead(kept), want) || fits.Load() != 2500 {
		t.Error("damaged blocks are taken for whole ones")
	}
}

func TestKeysTellPanelsApart(t *testing.T) {
	p := panel(t, "a", "b")
	key := fleet.KeyOf(p, "x", "y")
	if key != fleet.KeyOf(panel(t, "a", "b"), "x", "y") {
		t.Error("the same panel has two keys")
	}
	for what, other := range map[string]fleet.Key{"words": fleet.KeyOf(p, "xy"), "id": fleet.KeyOf(panel(t, "a", "c"), "x", "y"), "end": fleet.KeyOf(p.Before(1), "x", "y"), "order": fleet.KeyOf(p.Select([]int{1, 0}), "x", "y")} {
		if other == key {
			t.Errorf("another %s has the same key", what)
		}
	}
}
