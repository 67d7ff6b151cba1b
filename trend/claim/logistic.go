package claim

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// logistic is a multinomial logistic regression of the outcomes: the log odds of Up and of Down against Neither are linear in the terms,
// which are standardised; a ridge keeps those small that the cases do not speak to.
type logistic struct {
	width       int
	mean, scale []float64    // of the terms but the first
	weight      [2][]float64 // of Up and Down
}

const (
	// ridge is the share of the cases that says each standardised term has no weight. Claims of one origin share their market, so that thousands
	// of them are worth far fewer; 0.01 was chosen among 0.0002, 0.003, 0.01 and 0.03 on the earlier half of the origins of three sets.
	ridge     = .01
	mostSteps = 15   // of Newton's method
	enough    = 1e-4 // change of the weights at which it stops
)

// fitLogistic fits terms [case][width] by Newton's method, from the weights of start if there is one.
func fitLogistic(terms []float64, width int, outcomes []Outcome, start *logistic) *logistic {
	n := len(outcomes)
	l := &logistic{width: width, mean: make([]float64, width), scale: make([]float64, width)}
	for k := 1; k < width; k++ {
		sum, square := 0., 0.
		for c := range n {
			sum += terms[c*width+k]
		}
		m := sum / float64(max(1, n))
		for c := range n {
			d := terms[c*width+k] - m
			square += d * d
		}
		l.mean[k] = m
		if sd := math.Sqrt(square / float64(max(1, n))); sd > 1e-9 {
			l.scale[k] = 1 / sd
		}
	}
	l.scale[0] = 1
	w := make([]float64, 2*width)
	if start != nil { // carried over to this standardisation
		for o := range 2 {
			shift := start.weight[o][0]
			for k := 1; k < width; k++ {
				raw := start.weight[o][k] * start.scale[k]
				shift -= raw * start.mean[k]
				if l.scale[k] > 0 {
					w[o*width+k] = raw / l.scale[k]
					shift += raw * l.mean[k]
				}
			}
			w[o*width] = shift
		}
	} else if n > 0 {
		var count [3]float64
		for _, o := range outcomes {
			count[o]++
		}
		for o := range 2 {
			w[o*width] = math.Log((count[o+1] + 1) / (count[0] + 1))
		}
	}
	pull := ridge * float64(n)
	size := 2 * width
	z := make([]float64, width)
	for range mostSteps {
		gradient, hessian := make([]float64, size), make([]float64, size*size)
		for c, o := range outcomes {
			l.standard(terms[c*width:(c+1)*width], z)
			up, down := odds(z, w[:width], w[width:])
			du, dd := up, down
			switch o {
			case Up:
				du--
			case Down:
				dd--
			}
			uu, ud, ds := up*(1-up), -up*down, down*(1-down)
			for j, v := range z {
				if v == 0 {
					continue
				}
				gradient[j] += du * v
				gradient[width+j] += dd * v
				a, b, d := uu*v, ud*v, ds*v
				r1, r2, r3 := hessian[j*size:j*size+width], hessian[j*size+width:(j+1)*size], hessian[(width+j)*size+width:(width+j+1)*size]
				for k, x := range z[j:] {
					r1[j+k] += a * x
					r3[j+k] += d * x
				}
				for k, x := range z {
					r2[k] += b * x
				}
			}
		}
		for k := range size {
			if k%width != 0 {
				gradient[k] += pull * w[k]
				hessian[k*size+k] += pull
			} else {
				hessian[k*size+k] += 1e-6
			}
		}
		for j := range size { // the upper triangle was filled
			for k := range j {
				hessian[j*size+k] = hessian[k*size+j]
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(mat.NewSymDense(size, hessian)) {
			break
		}
		step := mat.NewVecDense(size, nil)
		if chol.SolveVecTo(step, mat.NewVecDense(size, gradient)) != nil {
			break
		}
		most := 0.
		for k := range w {
			most = max(most, math.Abs(step.AtVec(k)))
		}
		damp := 1.
		if most > 3 {
			damp = 3 / most
		}
		for k := range w {
			w[k] -= damp * step.AtVec(k)
		}
		if most < enough {
			break
		}
	}
	l.weight = [2][]float64{w[:width], w[width:]}
	return l
}

func (l *logistic) standard(x, z []float64) {
	z[0] = 1
	for k := 1; k < l.width; k++ {
		z[k] = (x[k] - l.mean[k]) * l.scale[k]
	}
}

// odds are the probabilities of Up and Down.
func odds(z, up, down []float64) (float64, float64) {
	u, d := 0., 0.
	for k, v := range z {
		u += v * up[k]
		d += v * down[k]
	}
	return softmax(u, d)
}

func softmax(u, d float64) (float64, float64) {
	m := max(0, u, d)
	eu, ed, e := math.Exp(u-m), math.Exp(d-m), math.Exp(-m)
	return eu / (eu + ed + e), ed / (eu + ed + e)
}

// chance are the probabilities of Up and Down for these terms; z is scratch of the same length.
func (l *logistic) chance(x, z []float64) (up, down float64) {
	l.standard(x, z)
	return odds(z, l.weight[0], l.weight[1])
}

// shift moves the two constants towards the cases with most weight, held by the same ridge: what markets did lately counts for the level of all
// chances, and the more cases there are, the less so.
func (l *logistic) shift(terms []float64, outcomes []Outcome, weights []float64) {
	pull := ridge * float64(len(outcomes))
	z := make([]float64, l.width)
	var d [2]float64
	base := [2]float64{l.weight[0][0], l.weight[1][0]}
	for range mostSteps {
		g, h := [2]float64{pull * d[0], pull * d[1]}, [3]float64{pull, 0, pull}
		l.weight[0][0], l.weight[1][0] = base[0]+d[0], base[1]+d[1]
		for c, o := range outcomes {
			v := weights[c]
			if v < 1e-3 {
				continue
			}
			up, down := l.chance(terms[c*l.width:(c+1)*l.width], z)
			h[0], h[1], h[2] = h[0]+v*up*(1-up), h[1]-v*up*down, h[2]+v*down*(1-down)
			switch o {
			case Up:
				up--
			case Down:
				down--
			}
			g[0], g[1] = g[0]+v*up, g[1]+v*down
		}
		det := h[0]*h[2] - h[1]*h[1]
		if !(det > 0) {
			break
		}
		a, b := (h[2]*g[0]-h[1]*g[1])/det, (h[0]*g[1]-h[1]*g[0])/det
		d[0], d[1] = d[0]-a, d[1]-b
		if math.Abs(a)+math.Abs(b) < enough {
			break
		}
	}
	l.weight[0][0], l.weight[1][0] = base[0]+d[0], base[1]+d[1]
}
