package report

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend/behaviour"
	"github.com/tidewatch/tidewatch/trend/slope"
)

// behaved is what the simulated customers of a shop do: in the last four weeks they buy twice as readily as before.
func behaved(t testing.TB) *behaviour.Found {
	t.Helper()
	const day, hour = 24 * 3600 * 1e6, 3600 * 1e6
	rng := rand.New(rand.NewPCG(9, 9))
	l := &behaviour.Log{Items: []string{"", "LANTERN <b>", "CAKE STAND", "LUNCH BAG", "TEA TOWEL"}, First: 20000, Last: 20199, Share: 1}
	for p := int32(1); p <= 400; p++ {
		l.People++
		for range 8 {
			at := l.First + rng.Int64N(200)
			a := behaviour.Act{Person: p, Item: 1 + rng.Int32N(4), Time: at*day + rng.Int64N(20)*hour}
			l.Acts = append(l.Acts, a)
			if rng.Float64() < .5 {
				a.Kind, a.Time = behaviour.Cart, a.Time+hour
				l.Acts = append(l.Acts, a)
			}
			buys := .25
			if at > l.Last-28 {
				buys = .6
			}
			if rng.Float64() < buys {
				l.Baskets++
				a.Kind, a.Basket, a.Time = behaviour.Buy, int32(l.Baskets), a.Time+hour
				l.Acts = append(l.Acts, a)
				if a.Item == 1 {
					a.Item = 2
					l.Acts = append(l.Acts, a)
				}
			}
		}
	}
	f, err := behaviour.Find(t.Context(), l, behaviour.Options{Adjust: slope.Adjust})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestBehaviourSection: what was put into the simulated behaviour is told, in both languages, and names are no markup.
func TestBehaviourSection(t *testing.T) {
	f := behaved(t)
	for l, want := range map[message.Lang][]string{
		message.English: {"400 people", "view → purchase", "The last 28 days", "Bought together most surely: LANTERN <b> and CAKE STAND"},
		message.Chinese: {"400人", "浏览 → 购买", "最近28天", "最确定的同购组合"},
	} {
		told := strings.Join(Behaviour(l, f), "\n")
		for _, w := range want {
			if !strings.Contains(told, w) {
				t.Errorf("%v: no %q in\n%s", l, w, told)
			}
		}
	}
	d := sample(t, 20, 8)
	var b strings.Builder
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`id="behaviour"`, "Who comes back", "LANTERN &lt;b&gt;", "--heat:", "What customers do"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	d.Behaviour = nil
	b.Reset()
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `id="behaviour"`) {
		t.Error("a section of nobody's behaviour")
	}
}
