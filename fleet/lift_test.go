package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// fake draws its forecast from the generator, and fails where the id says so.
type fake struct{ fits *atomic.Int64 }

func (fake) String() string { return "fake" }

func (f fake) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	if f.fits != nil {
		f.fits.Add(1)
	}
	switch {
	case strings.HasPrefix(s.ID, "panic"):
		panic("a defect")
	case strings.HasPrefix(s.ID, "short"):
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "too short")
	case strings.HasPrefix(s.ID, "nil"):
		return nil, nil
	}
	return fixed{rng.Float64(), strings.HasPrefix(s.ID, "crossing"), strings.HasPrefix(s.ID, "late panic")}, nil
}

type fixed struct {
	v               float64
	crossing, panic bool
}

func (f fixed) Forecast(levels, mean, q []float64) {
	if f.panic {
		panic("a late defect")
	}
	for i := range mean {
		mean[i] = f.v
	}
	for i := range q {
		if q[i] = f.v; f.crossing {
			q[i] = -float64(i)
		}
	}
}

type last struct{}

func (last) String() string { return "last" }
func (last) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	if len(s.Values) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "empty")
	}
	return fixed{v: s.Values[len(s.Values)-1]}, nil
}

func panel(t testing.TB, ids ...string) *tidewatch.Panel {
	t.Helper()
	var list []tidewatch.Series
	for i, id := range ids {
		s := tidewatch.Series{ID: id, Start: i}
		if !strings.Contains(id, "empty") {
			s.Values = []float64{float64(i), 42}
		}
		list = append(list, s)
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func many(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint("series ", i)
	}
	return ids
}

func TestBadSeriesDoNotStopOthers(t *testing.T) {
	p := panel(t, "good", "panic", "short", "nil", "crossing", "late panic", "short empty")
	m, err := fleet.Lifted{Method: fake{}, Fallback: last{}}.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Error(err)
	}
	type outcome struct {
		by   string // method of the row, "" if it abstains
		code tidewatch.Code
	}
	want := map[string]outcome{
		"good": {"fake", ""}, "panic": {"last", tidewatch.CodeInternal}, "short": {"last", tidewatch.CodeTooShort}, "nil": {"last", tidewatch.CodeInternal},
		"crossing": {"", tidewatch.CodeNumeric}, "late panic": {"", tidewatch.CodeInternal}, "short empty": {"", tidewatch.CodeTooShort},
	}
	got := map[string]outcome{}
	for k := range f.Rows {
		o := outcome{by: f.Rows[k].Method}
		if f.Rows[k].Abstains() {
			o.by = ""
		}
		for _, pr := range f.Problems {
			if pr.ID == f.Rows[k].ID {
				o.code = pr.Code
				if pr.Method != o.by || pr.Reason == "" {
					t.Errorf("the problem of %q says %+v", pr.ID, pr)
				}
			}
		}
		got[f.Rows[k].ID] = o
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("outcomes %v\nnot %v", got, want)
	}
}

func TestSeeds(t *testing.T) {
	fit := func(seed uint64, workers int, ids []string) map[string]float64 {
		m, err := fleet.Lifted{Method: fake{}, Seed: seed, Workers: workers}.Fit(context.Background(), panel(t, ids...))
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 1})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, r := range f.Rows {
			out[r.ID] = r.Mean[0]
		}
		return out
	}
	ids := many(100)
	one := fit(1, 1, ids)
	if !reflect.DeepEqual(one, fit(1, 5, ids)) {
		t.Error("the number of workers matters")
	}
	back := append([]string(nil), ids...)
	for i := range back {
		back[i] = ids[len(ids)-1-i]
	}
	if !reflect.DeepEqual(one, fit(1, 3, back)) {
		t.Error("the order of series matters")
	}
	other, seen := fit(2, 1, ids), map[float64]bool{}
	for id, v := range one {
		if other[id] == v || seen[v] {
			t.Errorf("series %q: draws repeat", id)
		}
		seen[v] = true
	}
}

func TestCancelWhileFitting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var fits atomic.Int64
	stop := stopper{fake{&fits}, cancel}
	if _, err := (fleet.Lifted{Method: stop, Workers: 2}).Fit(ctx, panel(t, many(10000)...)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := fits.Load(); n > 200 {
		t.Errorf("%d series were fitted after the end of the context", n)
	}
}

type stopper struct {
	fake
	cancel func()
}

func (s stopper) Fit(x tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	if s.fits.Load() > 50 {
		s.cancel()
	}
	return s.fake.Fit(x, rng)
}

func TestStream(t *testing.T) {
	ids := many(60)
	whole := panel(t, ids...)
	m := fleet.Lifted{Method: fake{}, Fallback: last{}, Seed: 9}
	fit, err := m.Fit(context.Background(), whole)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fit.Forecast(context.Background(), tidewatch.Ask{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	parts := func(fail bool) iter.Seq2[*tidewatch.Panel, error] {
		return func(yield func(*tidewatch.Panel, error) bool) {
			for i := 0; i < len(ids); i += 20 {
				var some []int
				for k := i; k < i+20; k++ {
					some = append(some, k)
				}
				if !yield(whole.Select(some), nil) {
					return
				}
			}
			if fail {
				yield(nil, errors.New("broken"))
			}
		}
	}
	var rows []tidewatch.ForecastRow
	for f, err := range fleet.Stream(context.Background(), m, tidewatch.Ask{Steps: 3}, parts(false)) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, f.Rows...)
	}
	if !reflect.DeepEqual(rows, want.Rows) {
		t.Error("a stream of panels is forecast otherwise than one panel")
	}
	n, failed := 0, false
	for _, err := range fleet.Stream(context.Background(), m, tidewatch.Ask{Steps: 3}, parts(true)) {
		n++
		failed = err != nil
	}
	if n != 4 || !failed {
		t.Errorf("a broken stream gave %d answers, the last an error: %v", n, failed)
	}
	for _, err := range fleet.Stream(context.Background(), m, tidewatch.Ask{Steps: 3, Series: []int{1}}, parts(false)) {
		if tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("an ask about some series of a stream: %v", err)
		}
	}
}

func TestFixedCannotBeUpdated(t *testing.T) {
	m, err := fleet.Lifted{Method: fake{}}.Fit(context.Background(), panel(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.(tidewatch.Updater); ok {
		t.Error("a panel of models that cannot be updated claims it can")
	}
	if _, ok := m.(tidewatch.Sampler); ok {
		t.Error("a panel of models without paths claims to have them")
	}
	f, _ := fleet.Of(m)
	if err := f.Save(&fleet.Writer{}); err == nil {
		t.Error("a model that cannot be saved was")
	}
}
