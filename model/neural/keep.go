package neural

import (
	"crypto/sha256"
	"fmt"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn/train"
)

// shelf keeps the networks of one fit, each once it is trained, so that a run that was killed trains only what is left. Nil keeps nothing.
type shelf struct {
	keep  fleet.Keep
	panel fleet.Key
}

// shelf is where networks trained on p are kept.
func (m Method) shelf(p *tidewatch.Panel) *shelf {
	if m.Keep == nil || !m.Keep.Wants(p.Len()) {
		return nil
	}
	return &shelf{m.Keep, fleet.KeyOf(p, "networks")}
}

// key tells all that a network's weights depend on.
func (s *shelf) key(c Config, j job) fleet.Key {
	w := j.windows
	words := fmt.Sprintf("%+v %+v %v %v %v %d %d %d %v", c, w.Shape, w.Scaling, w.Base, w.Mirror, j.steps, j.part, j.seed, j.validation)
	return sha256.Sum256(append(s.panel[:], words...))
}

// load returns the network of a training that was finished, and tells of its progress again, for lengths and bases are chosen by it. False: it
// is to be trained.
func (s *shelf) load(c Config, j job) (frame.Net, bool) {
	if s == nil {
		return nil, false
	}
	b := s.keep.Load(s.key(c, j))
	if b == nil {
		return nil, false
	}
	r := fleet.NewReader(b)
	told := make([]train.Progress, r.Count(0, parts+1))
	for i := range told {
		told[i] = train.Progress{Epoch: r.Int(), Epochs: r.Int(), Step: r.Int(), Train: r.Float(), Validation: r.Float(), Best: r.Bool()}
	}
	net := familyOf(c.Family).build(c, j.windows.Shape, nil)
	if loadWeights(r, net); r.Err() != nil || r.Left() > 0 {
		return nil, false
	}
	for _, p := range told {
		j.told(p)
	}
	return net, true
}

// save keeps a network that is trained, and what was told of its training.
func (s *shelf) save(c Config, j job, net frame.Net, told []train.Progress) {
	if s == nil {
		return
	}
	var w fleet.Writer
	w.Int(len(told))
	for _, p := range told {
		w.Int(p.Epoch)
		w.Int(p.Epochs)
		w.Int(p.Step)
		w.Float(p.Train)
		w.Float(p.Validation)
		w.Bool(p.Best)
	}
	saveWeights(&w, net)
	s.keep.Save(s.key(c, j), w.Bytes())
}
