package aggregate

// arena hands out small slices of large blocks, so that millions of lists grow without copying and without garbage.
type arena[T any] struct{ block []T }

func (a *arena[T]) take(n int) []T {
	if len(a.block) < n {
		a.block = make([]T, max(n, 1<<15))
	}
	s := a.block[:0:n]
	a.block = a.block[n:]
	return s
}

// list is a growing list in pieces from an arena: of 1, 4, 8 and so on up to 512 elements.
type list[T any] struct {
	pieces [][]T
	n      int
}

func (l *list[T]) add(a *arena[T], v T) {
	k := len(l.pieces) - 1
	if k < 0 || len(l.pieces[k]) == cap(l.pieces[k]) {
		size := 1 // enough for the stamps of most series, and for millions of series of one row
		if k >= 0 {
			size = 4 << min(k, 7)
		}
		l.pieces = append(l.pieces, a.take(size))
		k++
	}
	l.pieces[k] = append(l.pieces[k], v)
	l.n++
}

// last is the last element; the list must have one.
func (l *list[T]) last() *T {
	p := l.pieces[len(l.pieces)-1]
	return &p[len(p)-1]
}

// appendTo appends all elements to to.
func (l *list[T]) appendTo(to []T) []T {
	for _, p := range l.pieces {
		to = append(to, p...)
	}
	return to
}

// set makes the list hold v, which must not be longer than it is.
func (l *list[T]) set(v []T) {
	l.n = len(v)
	for k := range l.pieces {
		m := min(len(v), cap(l.pieces[k]))
		l.pieces[k] = append(l.pieces[k][:0], v[:m]...)
		v = v[m:]
	}
	for k := len(l.pieces); k > 0 && len(l.pieces[k-1]) == 0; k-- { // add looks at the last piece
		l.pieces = l.pieces[:k-1]
	}
}

// ramp is n numbers from first on, each step more than the one before: the stamps of a regular series, or consecutive lines, are one ramp.
type ramp struct {
	first, step int64
	n           int64
}

// ramps is a list of numbers that mostly rise evenly.
type ramps struct{ list[ramp] }

func (r *ramps) push(a *arena[ramp], v int64) {
	if r.n > 0 {
		l := r.last()
		switch {
		case l.n == 1:
			l.step = v - l.first
			l.n = 2
			return
		case v == l.first+l.n*l.step:
			l.n++
			return
		}
	}
	r.add(a, ramp{first: v, n: 1})
}

// numbers appends all numbers to to.
func (r *ramps) numbers(to []int64) []int64 {
	for _, p := range r.pieces {
		for _, l := range p {
			for k := range l.n {
				to = append(to, l.first+k*l.step)
			}
		}
	}
	return to
}
