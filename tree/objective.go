package tree

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

const maxOutputs = 10_000

// Link is how scores, the sums of the trees, become predictions.
type Link int

// The links.
const (
	Identity Link = iota
	Log           // prediction = exp(score)
	Logit         // prediction = 1/(1+exp(-score)), the probability of class 1
	Shares        // predictions = softmax(scores), the probabilities of the classes
	Sorted        // predictions = the scores in ascending order: quantiles that do not cross
	links
)

// Objective is a loss to minimise. Any implementation trains; the built-in ones are Squared, Absolute, Huber, Quantiles, Poisson,
// Gamma, Tweedie, LogLoss and Softmax.
type Objective interface {
	// Outputs is the number of scores a row has: every round grows one tree for each.
	Outputs() int
	// Link turns scores into predictions.
	Link() Link
	// Check says what is wrong with a target.
	Check(target float64) error
	// Start returns the scores before the first tree. weight may be nil.
	Start(target, weight []float64) []float64
	// Gradients sets the first and second derivatives of each row's loss by the scores, score[output][row], without weights. The
	// second must not be negative. It is called concurrently for different rows.
	Gradients(target []float64, score [][]float64, gradient, hessian [][]float32)
	// Loss is the loss of one row, given its scores; its weighted mean is the validation loss.
	Loss(target float64, score []float64) float64
}

// anyTarget is the Check of objectives that take every finite number.
type anyTarget struct{}

func (anyTarget) Check(float64) error { return nil }

// one is the number of outputs of most objectives.
type one struct{}

func (one) Outputs() int { return 1 }

func wants(objective, what string, target float64) error {
	return tidewatch.Errorf(tidewatch.CodeData, "tree: target %v: %s needs %s", target, objective, what)
}

// weightedMean of v; weight may be nil.
func weightedMean(v, weight []float64) float64 {
	var sum, n float64
	for i, x := range v {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		sum += w * x
		n += w
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// Squared is half the squared error; it predicts means.
type Squared struct {
	one
	anyTarget
}

// Link is the identity.
func (Squared) Link() Link { return Identity }

// Start is the mean.
func (Squared) Start(target, weight []float64) []float64 {
	return []float64{weightedMean(target, weight)}
}

// Gradients are the residuals.
func (Squared) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	g, h, s := gradient[0][:len(target)], hessian[0][:len(target)], score[0][:len(target)]
	for i, y := range target {
		g[i], h[i] = float32(s[i]-y), 1
	}
}

// Loss is the squared error.
func (Squared) Loss(target float64, score []float64) float64 {
	return (target - score[0]) * (target - score[0])
}

// Huber is squared error for residuals up to Delta and linear beyond (Huber 1964): means that outliers move less.
type Huber struct {
	Delta float64 // 0 means 1
	one
	anyTarget
}

func (o Huber) delta() float64 {
	if o.Delta == 0 {
		return 1
	}
	return o.Delta
}

func (o Huber) validate() error {
	if !(o.Delta >= 0) || math.IsInf(o.Delta, 0) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Huber.Delta is %v: it must be finite and not negative", o.Delta)
	}
	return nil
}

// Link is the identity.
func (Huber) Link() Link { return Identity }

// Start is the median.
func (Huber) Start(target, weight []float64) []float64 {
	return []float64{weightedQuantile(target, weight, .5)}
}

// Gradients are the residuals, cut off at Delta.
func (o Huber) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	d := o.delta()
	for i, y := range target {
		gradient[0][i], hessian[0][i] = float32(min(d, max(-d, score[0][i]-y))), 1
	}
}

// Loss is Huber's.
func (o Huber) Loss(target float64, score []float64) float64 {
	d, r := o.delta(), math.Abs(target-score[0])
	if r <= d {
		return r * r / 2
	}
	return d * (r - d/2)
}

// LogLoss is the binary cross-entropy; targets are 0 or 1 or a probability between.
type LogLoss struct{ one }

// Link is the logit.
func (LogLoss) Link() Link { return Logit }

// Check wants a probability.
func (LogLoss) Check(y float64) error {
	if y < 0 || y > 1 {
		return wants("LogLoss", "0, 1 or a probability between", y)
	}
	return nil
}

// Start is the log odds.
func (LogLoss) Start(target, weight []float64) []float64 {
	p := min(1-1e-12, max(1e-12, weightedMean(target, weight)))
	return []float64{math.Log(p / (1 - p))}
}

// Gradients are p-y and p(1-p).
func (LogLoss) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	for i, y := range target {
		p := 1 / (1 + exp(-score[0][i]))
		gradient[0][i], hessian[0][i] = float32(p-y), float32(max(p*(1-p), 1e-16))
	}
}

// Loss is the cross-entropy.
func (LogLoss) Loss(target float64, score []float64) float64 {
	s := score[0]
	return max(s, 0) - s*target + math.Log1p(math.Exp(-math.Abs(s)))
}

// Softmax is the cross-entropy of Classes classes; targets are 0 to Classes-1.
type Softmax struct{ Classes int }

func (o Softmax) validate() error {
	if o.Classes < 2 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Softmax.Classes is %d: it must be at least 2", o.Classes)
	}
	return nil
}

// Outputs is one a class.
func (o Softmax) Outputs() int { return o.Classes }

// Link is the softmax.
func (Softmax) Link() Link { return Shares }

// Check wants a class.
func (o Softmax) Check(y float64) error {
	if y < 0 || y >= float64(o.Classes) || y != math.Trunc(y) {
		return wants("Softmax", "a class, 0 to "+itoa(o.Classes-1), y)
	}
	return nil
}

// Start is the log of the classes' shares.
func (o Softmax) Start(target, weight []float64) []float64 {
	start := make([]float64, o.Classes)
	for i, y := range target {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		start[int(y)] += w
	}
	total := 0.0
	for _, s := range start {
		total += s
	}
	for k, s := range start {
		start[k] = math.Log(max(s/max(total, 1e-300), 1e-12))
	}
	return start
}

// Gradients are p-y and p(1-p)K/(K-1), the scaling of Friedman (2001).
func (o Softmax) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	p := make([]float64, o.Classes)
	factor := float64(o.Classes) / float64(o.Classes-1)
	for i, y := range target {
		for k := range p {
			p[k] = score[k][i]
		}
		softmax(p)
		for k, q := range p {
			g := q
			if k == int(y) {
				g--
			}
			gradient[k][i], hessian[k][i] = float32(g), float32(max(factor*q*(1-q), 1e-16))
		}
	}
}

// Loss is the cross-entropy.
func (o Softmax) Loss(target float64, score []float64) float64 {
	top, sum := math.Inf(-1), 0.0
	for _, s := range score {
		top = max(top, s)
	}
	for _, s := range score {
		sum += math.Exp(s - top)
	}
	return top + math.Log(sum) - score[int(target)]
}

// softmax replaces scores by shares.
func softmax(s []float64) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range s {
		top = max(top, v)
	}
	for k, v := range s {
		s[k] = math.Exp(v - top)
		sum += s[k]
	}
	for k := range s {
		s[k] /= sum
	}
}
