package f32

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// adviseHuge asks for large pages, for what was not used yet and for what was; where there are none, small ones do.
func adviseHuge(s []float32) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), 4*len(s))
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)
	_ = unix.Madvise(b, unix.MADV_COLLAPSE)
}
