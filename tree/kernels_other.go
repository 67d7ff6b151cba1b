//go:build !amd64

package tree

func accumulateFast(*block, []int64, []uint32, []uint32) bool { return false }

func partitionFast([]uint8, *sides, []uint32, []uint32, []uint32, []uint32) (done, left int) {
	return 0, 0
}

func walkBlock([]fastNode, [][4]uint64, []float64, *worker, int32) bool { return false }

func belowFast(*search, []uint8, []float64) int { return 0 }
