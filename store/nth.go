package store

// counter numbers rows that are the same: the first of its identity is 1, the next 2. It is a table of open addressing, whose places the
// sums, being random, give themselves.
type counter struct {
	slots   []slot
	used    int
	repeats bool // some row was not the first
}

type slot struct {
	sum   Sum
	count uint32
}

// add counts a row and gives its number.
func (c *counter) add(s Sum) uint32 {
	if c.used*3 >= len(c.slots)*2 {
		c.grow()
	}
	p := c.find(s)
	if p.count == 0 {
		p.sum = s
		c.used++
	} else {
		c.repeats = true
	}
	p.count++
	return p.count
}

func (c *counter) find(s Sum) *slot {
	mask := uint64(len(c.slots) - 1)
	for i := s[0] & mask; ; i = (i + 1) & mask {
		if p := &c.slots[i]; p.count == 0 || p.sum == s {
			return p
		}
	}
}

func (c *counter) grow() {
	old := c.slots
	c.slots = make([]slot, max(1<<12, 2*len(old)))
	for _, s := range old {
		if s.count > 0 {
			*c.find(s.sum) = s
		}
	}
}
