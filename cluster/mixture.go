package cluster

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// Mixture describes rows by K normal distributions and gives each row the probabilities of having come from them: expectation
// maximisation (Dempster, Laird & Rubin 1977).
type Mixture struct {
	K         int
	Diagonal  bool        // coordinates independent within a cluster; needs fewer rows
	Ridge     float64     // added to every variance, so that equal rows leave one; 0 = 1e-6
	MaxRounds int         // 0 = 200
	Tolerance float64     // end when the mean log-likelihood grows by less; 0 = 1e-6
	Means     [][]float64 // to start from, with variances of 1; nil = the clusters of KMeans
	Seed      uint64
}

// Fit fits the mixture. Centres are the means, Labels the likeliest clusters, Distances Euclidean.
func (m Mixture) Fit(ctx context.Context, p Points) (*Result, error) {
	if m.Means != nil {
		m.K = len(m.Means)
	}
	if err := p.checkK(m.K); err != nil {
		return nil, err
	}
	ridge, limit, tolerance := m.Ridge, m.MaxRounds, m.Tolerance
	if ridge == 0 {
		ridge = 1e-6
	}
	if limit == 0 {
		limit = 200
	}
	if tolerance == 0 {
		tolerance = 1e-6
	}
	g := &gaussians{p: p, k: m.K, diagonal: m.Diagonal, ridge: ridge, share: make([]float64, m.K), resp: make([]float64, p.N*m.K)}
	if m.Means != nil {
		for a, mean := range m.Means {
			if len(mean) != p.Dim {
				return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a mean has %d values, the rows have %d", len(mean), p.Dim)
			}
			g.share[a] = 1 / float64(m.K)
			g.means = append(g.means, slices.Clone(mean))
			g.covariances = append(g.covariances, identity(p.Dim, m.Diagonal))
		}
	} else {
		r, err := KMeans{K: m.K, Seed: m.Seed, Starts: 3}.Fit(ctx, p)
		if err != nil {
			return nil, err
		}
		for i, l := range r.Labels {
			g.resp[i*m.K+l] = 1
		}
		if err := g.maximise(ctx); err != nil {
			return nil, err
		}
	}
	r := &Result{K: m.K}
	last := math.Inf(-1)
	for r.Rounds = 1; ; r.Rounds++ {
		likelihood, err := g.expect(ctx)
		if err != nil {
			return nil, err
		}
		r.LogLik = likelihood
		if r.Converged = likelihood-last < tolerance; r.Converged || r.Rounds == limit {
			break
		}
		last = likelihood
		if err := g.maximise(ctx); err != nil {
			return nil, err
		}
	}
	g.result(r)
	return r, nil
}

func identity(n int, diagonal bool) []float64 {
	if diagonal {
		return slices.Repeat([]float64{1}, n)
	}
	c := make([]float64, n*n)
	for j := range n {
		c[j*n+j] = 1
	}
	return c
}

// gaussians are a mixture as it is fitted.
type gaussians struct {
	p           Points
	k           int
	diagonal    bool
	ridge       float64
	share       []float64   // of each distribution
	means       [][]float64 // [k][dim]
	covariances [][]float64 // [k][dim] if diagonal, else [k][dim*dim]
	resp        []float64   // [row][k]: the probability of each distribution
}

// expect computes the probabilities and the mean log-likelihood.
func (g *gaussians) expect(ctx context.Context) (float64, error) {
	d := g.p.Dim
	lower := make([][]float64, g.k) // inverse of the Cholesky factor: |lower (x-mean)|² is Mahalanobis' squared distance
	constant := make([]float64, g.k)
	for a := range g.k {
		logDet := 0.0
		if g.diagonal {
			lower[a] = make([]float64, d)
			for j, v := range g.covariances[a] {
				lower[a][j] = 1 / math.Sqrt(v)
				logDet += math.Log(v)
			}
		} else {
			var ch mat.Cholesky
			if !ch.Factorize(mat.NewSymDense(d, slices.Clone(g.covariances[a]))) {
				return 0, tidewatch.Errorf(tidewatch.CodeNumeric, "the covariance of a cluster is singular: ask for fewer clusters, or for diagonal ones")
			}
			var t, inv mat.TriDense
			ch.LTo(&t)
			if err := inv.InverseTri(&t); err != nil {
				return 0, tidewatch.Errorf(tidewatch.CodeNumeric, "the covariance of a cluster is nearly singular: ask for fewer clusters, or for diagonal ones: %w", err)
			}
			lower[a] = make([]float64, d*d)
			for i := range d {
				for j := 0; j <= i; j++ {
					lower[a][i*d+j] = inv.At(i, j)
				}
			}
			logDet = ch.LogDet()
		}
		constant[a] = math.Log(g.share[a]) - .5*(float64(d)*math.Log(2*math.Pi)+logDet)
	}
	sums := make([]float64, blocks(g.p.N))
	err := each(ctx, g.p.N, func(b, from, to int) {
		diff := make([]float64, d)
		for i := from; i < to; i++ {
			resp, top := g.resp[i*g.k:(i+1)*g.k], math.Inf(-1)
			for a := range g.k {
				for j, v := range g.p.Row(i) {
					diff[j] = v - g.means[a][j]
				}
				q := 0.0
				if g.diagonal {
					for j, v := range diff {
						q += v * v * lower[a][j] * lower[a][j]
					}
				} else {
					for j := range d {
						s := along(lower[a][j*d:j*d+j+1], diff)
						q += s * s
					}
				}
				resp[a] = constant[a] - q/2
				top = max(top, resp[a])
			}
			total := 0.0
			for a, v := range resp {
				resp[a] = math.Exp(v - top)
				total += resp[a]
			}
			for a := range resp {
				resp[a] /= total
			}
			sums[b] += top + math.Log(total)
		}
	})
	return sum(sums) / float64(g.p.N), err
}

// maximise computes shares, means and covariances by the probabilities.
func (g *gaussians) maximise(ctx context.Context) error {
	p, d := g.p, g.p.Dim
	parts := make([][]float64, blocks(p.N))
	if err := each(ctx, p.N, func(b, from, to int) {
		s := make([]float64, g.k*(d+1))
		for i := from; i < to; i++ {
			for a, w := range g.resp[i*g.k : (i+1)*g.k] {
				at := s[a*(d+1):]
				at[d] += w
				for j, v := range p.Row(i) {
					at[j] += w * v
				}
			}
		}
		parts[b] = s
	}); err != nil {
		return err
	}
	for _, s := range parts[1:] {
		add(parts[0], s)
	}
	weight := make([]float64, g.k)
	g.means = make([][]float64, g.k)
	for a := range g.k {
		s := parts[0][a*(d+1) : (a+1)*(d+1)]
		weight[a] = s[d] + 10*0x1p-52
		g.share[a] = weight[a] / float64(p.N)
		g.means[a] = make([]float64, d)
		for j := range d {
			g.means[a][j] = s[j] / weight[a]
		}
	}
	cells := d * d
	if g.diagonal {
		cells = d
	}
	if err := each(ctx, p.N, func(b, from, to int) {
		s, diff := make([]float64, g.k*cells), make([]float64, d)
		for i := from; i < to; i++ {
			for a, w := range g.resp[i*g.k : (i+1)*g.k] {
				if w == 0 {
					continue
				}
				at := s[a*cells : (a+1)*cells]
				for j, v := range p.Row(i) {
					diff[j] = v - g.means[a][j]
				}
				if g.diagonal {
					for j, v := range diff {
						at[j] += w * v * v
					}
					continue
				}
				for j, v := range diff {
					v *= w
					for l := j; l < d; l++ {
						at[j*d+l] += v * diff[l]
					}
				}
			}
		}
		parts[b] = s
	}); err != nil {
		return err
	}
	for _, s := range parts[1:] {
		add(parts[0], s)
	}
	g.covariances = make([][]float64, g.k)
	for a := range g.k {
		c := slices.Clone(parts[0][a*cells : (a+1)*cells])
		for j := range c {
			c[j] /= weight[a]
		}
		for j := range d {
			if g.diagonal {
				c[j] += g.ridge
				continue
			}
			c[j*d+j] += g.ridge
			for l := range j {
				c[j*d+l] = c[l*d+j]
			}
		}
		g.covariances[a] = c
	}
	return nil
}

// result says what was found.
func (g *gaussians) result(r *Result) {
	n, d := float64(g.p.N), float64(g.p.Dim)
	free := float64(g.k)*d + float64(g.k) - 1
	if g.diagonal {
		free += float64(g.k) * d
	} else {
		free += float64(g.k) * d * (d + 1) / 2
	}
	r.BIC, r.AIC = free*math.Log(n)-2*n*r.LogLik, 2*free-2*n*r.LogLik
	r.Labels, r.Probability, r.Distances = make([]int, g.p.N), make([]float64, g.p.N), make([]float64, g.p.N)
	for i := range r.Labels {
		resp := g.resp[i*g.k : (i+1)*g.k]
		for a, v := range resp {
			if v > resp[r.Labels[i]] {
				r.Labels[i] = a
			}
		}
		r.Probability[i] = resp[r.Labels[i]]
		e := squared(g.p.Row(i), g.means[r.Labels[i]])
		r.Distances[i] = math.Sqrt(e)
		r.Inertia += e
	}
	r.Centres = g.means
	r.renumber()
}
