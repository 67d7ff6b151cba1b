package f32

// AdamStep holds the numbers of one step of the Adam family.
type AdamStep struct {
	Beta1, Beta2 float32
	Step         float32 // learning rate over the bias correction of the first moment
	Root         float32 // 1/sqrt of the bias correction of the second moment
	Eps          float32
	Keep         float32 // 1 - learning rate x decoupled weight decay
}

// Adam updates the moments m and v by the gradient and then the parameters:
// m = b1 m + (1-b1) g, v = b2 v + (1-b2) g^2, p = keep p - step m / (root sqrt(v) + eps).
func Adam(p, grad, m, v []float32, s AdamStep) {
	if n := same(len(p), len(grad), len(m), len(v)); n > 0 {
		use.adam(&p[0], &grad[0], &m[0], &v[0], n, s.Beta1, s.Beta2, 1-s.Beta1, 1-s.Beta2, s.Step, s.Root, s.Eps, s.Keep)
	}
}

// LSTMForward is the element-wise part of one LSTM step for n = len(h) units. gates [4n] holds the sums of the input, forget,
// candidate and output gates and leaves their activations. c = f prev + i g; tc = tanh c; h = o tc.
func LSTMForward(gates, prev, c, tc, h []float32) {
	if n := same(len(h), len(prev), len(c), len(tc), len(gates)/4); n > 0 {
		use.lstmForward(&gates[0], &prev[0], &c[0], &tc[0], &h[0], n)
	}
}

// LSTMBackward turns the activations in gates into the gradients of their sums, given dh, the gradient of h, and dc, that of c
// from later steps. dc is left as the gradient of prev.
func LSTMBackward(gates, prev, tc, dh, dc []float32) {
	if n := same(len(dh), len(prev), len(tc), len(dc), len(gates)/4); n > 0 {
		use.lstmBackward(&gates[0], &prev[0], &tc[0], &dh[0], &dc[0], n)
	}
}
