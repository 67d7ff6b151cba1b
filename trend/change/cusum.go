package change

import "math"

// CUSUM is Page's (1954) control chart in two directions: Up adds what z exceeds the slack, Down what -z does, neither below zero. z is
// the distance from the target in standard deviations.
type CUSUM struct {
	Slack    float64 // half the shift worth finding, in standard deviations; 0 = 0.5
	Up, Down float64
}

// Add takes the next value in and is the larger of the two sums.
func (c *CUSUM) Add(z float64) float64 {
	slack := c.Slack
	if slack == 0 {
		slack = .5
	}
	c.Up, c.Down = max(0, c.Up+z-slack), max(0, c.Down-z-slack)
	return math.Max(c.Up, c.Down)
}
