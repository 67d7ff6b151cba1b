package fleet

import "math/rand/v2"

// Seed is the pair of words that seeds everything random about one series: a hash of the run's seed and the series' id (FNV-1a, then
// the finaliser of SplitMix64), so that neither the order of series nor the number of workers matters.
func Seed(run uint64, id string) (uint64, uint64) {
	h := uint64(14695981039346656037)
	for i := 0; i < len(id); i++ {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	return mix(h ^ mix(run+0x9e3779b97f4a7c15)), mix(h + mix(run^0xd1b54a32d192ed03))
}

// Rand is a generator seeded by Seed.
func Rand(run uint64, id string) *rand.Rand { return rand.New(rand.NewPCG(Seed(run, id))) }

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
