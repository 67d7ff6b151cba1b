package tree

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"github.com/tidewatch/tidewatch"
)

// The model file is described in docs/trees.md.
const (
	fileMagic   = "TWTREES\n"
	fileVersion = 1
	maxColumns  = 1 << 20
)

// MarshalBinary returns the model file.
func (m *Model) MarshalBinary() ([]byte, error) {
	b := append([]byte(fileMagic), fileVersion, 0)
	b = append(b, uint8(m.link), flag(m.single))
	b = binary.AppendUvarint(b, uint64(len(m.features)))
	for _, f := range m.features {
		b = binary.AppendUvarint(b, uint64(len(f.name)))
		b = append(b, f.name...)
		b = append(b, flag(f.categorical))
		b = appendFloat(b, f.fill)
	}
	b = binary.AppendUvarint(b, uint64(len(m.start)))
	for _, s := range m.start {
		b = appendFloat(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(m.trees)))
	for i := range m.trees {
		b = m.trees[i].append(b)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), nil
}

func flag(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func (t *structure) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(t.output))
	b = binary.AppendUvarint(b, uint64(len(t.nodes)))
	for i := range t.nodes {
		n := &t.nodes[i]
		b = binary.AppendUvarint(b, uint64(n.feature))
		b = binary.AppendVarint(b, int64(n.left))
		b = binary.AppendVarint(b, int64(n.right))
		b = append(b, uint8(n.missing), flag(n.codes != nil))
		if n.codes == nil {
			b = appendFloat(b, n.threshold)
		} else {
			b = binary.AppendUvarint(b, uint64(len(n.codes)))
			last := int32(0)
			for _, c := range n.codes {
				b = binary.AppendUvarint(b, uint64(c-last))
				last = c
			}
		}
		b = appendFloat(appendFloat(b, n.gain), n.cover)
	}
	for i, v := range t.values {
		b = appendFloat(appendFloat(b, v), t.covers[i])
	}
	return b
}

// UnmarshalModel reads a model file. It refuses files of a later version, damaged ones and what is no model.
func UnmarshalModel(file []byte) (*Model, error) {
	if len(file) < len(fileMagic)+6 || string(file[:len(fileMagic)]) != fileMagic {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: not a tree model file: it does not begin with %q", fileMagic)
	}
	if v := binary.LittleEndian.Uint16(file[len(fileMagic):]); v != fileVersion {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: the model file has version %d, this program reads version %d: use a program as new as the file", v, fileVersion)
	}
	body := file[:len(file)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(file[len(body):]) {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: the model file is damaged: its checksum does not match")
	}
	d := &decoder{rest: body[len(fileMagic)+2:], size: len(file)}
	m := d.model()
	if d.err != nil {
		return nil, d.err
	}
	if len(d.rest) > 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: the model file has %d bytes too many", len(d.rest))
	}
	return m.compile()
}

// decoder takes values from the front of rest; after the first error it returns zeros.
type decoder struct {
	rest []byte
	size int
	err  error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = tidewatch.Errorf(tidewatch.CodeModel, "tree: the model file is wrong at byte %d: %s", d.size-4-len(d.rest), what)
	}
	d.rest = nil
}

func (d *decoder) byte() uint8 {
	if len(d.rest) < 1 {
		d.fail("it ends too early")
		return 0
	}
	v := d.rest[0]
	d.rest = d.rest[1:]
	return v
}

func (d *decoder) flag() bool {
	v := d.byte()
	if v > 1 {
		d.fail("a flag is neither 0 nor 1")
	}
	return v == 1
}

func (d *decoder) float() float64 {
	if len(d.rest) < 8 {
		d.fail("it ends too early")
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(d.rest))
	d.rest = d.rest[8:]
	return v
}

// number reads an integer of at most limit.
func (d *decoder) number(what string, limit int) int {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || v > uint64(limit) {
		d.fail(what + " is missing or too large")
		return 0
	}
	d.rest = d.rest[n:]
	return int(v)
}

// count reads the number of things that follow, each at least so many bytes long.
func (d *decoder) count(what string, size int) int {
	n := d.number(what, math.MaxInt32)
	if n > len(d.rest)/size {
		d.fail(what + " is larger than the rest of the file")
		return 0
	}
	return n
}

func (d *decoder) child() int32 {
	v, n := binary.Varint(d.rest)
	if n <= 0 || v != int64(int32(v)) {
		d.fail("a child is missing or too large")
		return 0
	}
	d.rest = d.rest[n:]
	return int32(v)
}

func (d *decoder) model() *Model {
	m := &Model{link: Link(d.byte()), single: d.flag()}
	if m.link >= links {
		d.fail("unknown link")
	}
	m.features = make([]modelFeature, d.count("the number of columns", 10))
	for i := range m.features {
		f := &m.features[i]
		n := d.count("the length of a name", 1)
		f.name = string(d.rest[:n])
		d.rest = d.rest[n:]
		f.categorical, f.fill = d.flag(), d.float()
	}
	m.start = make([]float64, d.count("the number of outputs", 8))
	for i := range m.start {
		m.start[i] = d.float()
	}
	if len(m.start) == 0 || len(m.features) == 0 {
		d.fail("no outputs or no columns")
	}
	m.trees = make([]structure, d.count("the number of trees", 18))
	for i := range m.trees {
		d.tree(&m.trees[i])
	}
	return m
}

func (d *decoder) tree(t *structure) {
	t.output = d.number("an output", maxOutputs)
	t.nodes = make([]node, d.count("the number of nodes", 29))
	for i := range t.nodes {
		n := &t.nodes[i]
		n.feature = int32(d.number("a column", maxColumns))
		n.left, n.right = d.child(), d.child()
		n.missing = missingRule(d.byte())
		if d.flag() {
			n.codes = make([]int32, d.count("the number of categories", 1))
			last := 0
			for j := range n.codes {
				last += d.number("a category", math.MaxInt32-last)
				n.codes[j] = int32(last)
			}
		} else {
			n.threshold = d.float()
		}
		n.gain, n.cover = d.float(), d.float()
	}
	if d.err != nil || len(d.rest) < 16*(len(t.nodes)+1) {
		d.fail("it ends too early")
		return
	}
	t.values, t.covers = make([]float64, len(t.nodes)+1), make([]float64, len(t.nodes)+1)
	for i := range t.values {
		t.values[i], t.covers[i] = d.float(), d.float()
	}
}
