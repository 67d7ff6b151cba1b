package job

import (
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// measureKinds are the kinds of acts that measures of events count.
var measureKinds = map[string]behaviour.Kind{"view": behaviour.View, "cart": behaviour.Cart, "favourite": behaviour.Favourite, "buy": behaviour.Buy, "units": behaviour.Buy,
	"revenue": behaviour.Buy, "orders": behaviour.Buy, "buyers": behaviour.Buy, "price": behaviour.Buy}

// measures are the other measures of events, of the total and of items: what is seen and put into the cart may tell what will be bought.
func (r *run) measures(p *tidewatch.Panel) []trend.Beside {
	if r.did == nil || len(r.result.Data.Labels) != p.Len() {
		return nil
	}
	l := r.did.Log
	own, known := measureKinds[r.result.Record.Input.Measure]
	number := make(map[string]int32, len(l.Items))
	for k, id := range l.Items {
		number[id] = int32(k)
	}
	// item[i] is the item that series i is of, 0 = the total, -1 = neither.
	item := make([]int32, p.Len())
	by := r.result.Record.Input.By
	for i, label := range r.result.Data.Labels {
		item[i] = -1
		switch id, ok := itemOf(label, by); {
		case label.ID == "total":
			item[i] = 0
		case ok:
			if k := number[id]; k > 0 {
				item[i] = k
			}
		}
	}
	var out []trend.Beside
	var acts *byItem
	for kind, n := range l.Count() {
		if n == 0 || known && behaviour.Kind(kind) == own {
			continue
		}
		if acts == nil {
			acts = newByItem(l, p)
		}
		out = append(out, trend.Beside{Name: behaviour.Kind(kind).String(), Of: func(i, from int) []float64 {
			if item[i] < 0 {
				return nil
			}
			return acts.count(item[i], behaviour.Kind(kind), from)
		}})
	}
	return out
}

// byItem is acts by item.
type byItem struct {
	log    *behaviour.Log
	order  []int32 // acts, those of an item together
	first  []int32 // [item] its first in order
	period []int32 // [act] grid index
	end    int
}

func newByItem(l *behaviour.Log, p *tidewatch.Panel) *byItem {
	b := &byItem{log: l, order: make([]int32, len(l.Acts)), first: make([]int32, len(l.Items)+1), period: make([]int32, len(l.Acts)), end: p.End()}
	grid := p.Grid()
	const hour = 3600 * 1e6
	at, index := int64(-1), int32(0)
	for k := range l.Acts {
		a := &l.Acts[k]
		if h := a.Time / hour; h != at { // acts are in order of time
			at = h
			civil := time.UnixMicro(h * hour).UTC()
			index = int32(grid.Index(time.Date(civil.Year(), civil.Month(), civil.Day(), civil.Hour(), 0, 0, 0, grid.Anchor.Location())))
		}
		b.period[k] = index
		b.first[a.Item+1]++
	}
	for k := range l.Items {
		b.first[k+1] += b.first[k]
	}
	next := append([]int32(nil), b.first...)
	for k := range l.Acts {
		item := l.Acts[k].Item
		b.order[next[item]] = int32(k)
		next[item]++
	}
	return b
}

// count is how often something was done with an item (0 = with any) in each period from one on.
func (b *byItem) count(item int32, kind behaviour.Kind, from int) []float64 {
	out := make([]float64, b.end-from)
	order := b.order
	if item > 0 {
		order = order[b.first[item]:b.first[item+1]]
	}
	for _, k := range order {
		if t := int(b.period[k]) - from; b.log.Acts[k].Kind == kind && t >= 0 && t < len(out) {
			out[t]++
		}
	}
	return out
}
