package read

// Kind is what a field's text is parsed into.
type Kind uint8

// The kinds of fields.
const (
	Text   Kind = iota // a name: codes into a dictionary
	Number             // a float64; NaN where blank
	Moment             // microseconds since 1970-01-01 UTC
)

// Field asks [Input.Read] for one column of the batches.
type Field struct {
	Role     Role     // the column that plays this role, or
	Columns  []string // columns by name (of any case) or by number (#1 is the first); several are joined to one text
	Join     string   // between joined texts; "" = "/"
	Kind     Kind
	Required bool // a row in which it is blank is refused, and so is a file without the column
	// Fold, if not nil, makes one text of many of a Text field before they get codes, so that a column of nothing but different ids costs no
	// more than what is asked of them. A store may leave it out: fold what it gives again.
	Fold func(text []byte) []byte
}

// Batch is a block of rows of one file, in the file's order. It is valid only until the function it was given to returns.
type Batch struct {
	File    int // index into [Recognised].Files
	Rows    int
	Columns []Column // one a field asked for
	Lines   []int64  // line of the file (of a Parquet file: row) of each row, counted from 1
}

// Column is one column of a batch: Codes and Dict of a Text field, Numbers or Times of the others. All are nil where the file lacks
// the column. The strings of Dict may be kept; the slices may not.
type Column struct {
	Codes   []uint32 // index into Dict of each row
	Dict    []string // distinct texts in order of appearance; "" where blank
	Numbers []float64
	Times   []int64
}

// dictionary gives distinct texts codes in order of appearance.
type dictionary struct {
	codes map[string]uint32
	texts []string
	last  uint32
}

func (d *dictionary) reset() {
	if len(d.codes) > 1<<14 { // clear walks the whole table, which one block of distinct ids would make slow for all that follow
		d.codes = nil
	}
	if d.codes == nil {
		d.codes = make(map[string]uint32)
	}
	clear(d.codes)
	d.texts = nil // kept by the consumer
	d.last = 0
}

// code is the code of b, and whether b is new.
func (d *dictionary) code(b []byte) (uint32, bool) {
	if int(d.last) < len(d.texts) && d.texts[d.last] == string(b) {
		return d.last, false
	}
	if c, ok := d.codes[string(b)]; ok {
		d.last = c
		return c, false
	}
	s := string(b)
	c := uint32(len(d.texts))
	d.codes[s] = c
	d.texts = append(d.texts, s)
	d.last = c
	return c, true
}
