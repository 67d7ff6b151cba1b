package tree

// mix is the finaliser of splitmix64 (Steele, Lea, Flood 2014): a bijection that looks random.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unit maps a random integer to [0, 1).
func unit(x uint64) float64 { return float64(x>>11) / (1 << 53) }
