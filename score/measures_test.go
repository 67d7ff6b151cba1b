package score_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/score"
)

type measures struct {
	CRPS []struct {
		Y, CRPS, Fair []float64
		Ensemble      [][]float64
	}
	Energy []struct {
		Y         []float64
		Ensemble  [][]float64
		Energy    float64 `json:"energy_score"`
		Variogram float64 `json:"variogram_p0_5"`
	}
	Interval []struct {
		Alpha                  float64
		M                      int
		Train, Y, Lower, Upper []float64
		MSIS                   float64 `json:"own_msis"`
	}
	Wilson []struct {
		X, N   int
		Alpha  float64
		Wilson []float64
	}
	Violations struct {
		Hits           []int
		P              float64
		Kupiec         []float64
		Christoffersen float64 `json:"christoffersen_lr"`
		P2             float64 `json:"christoffersen_p"`
	}
	PIT struct {
		PIT, KS, Chi2, Lam, Y, Hist []float64
		Hist10                      []int
	}
	DM []struct {
		Y, F1, F2 []float64
		Tests     []struct {
			Loss    string
			H       int
			Stat, P float64
		}
	}
	WIS struct {
		Levels, Y, WIS []float64
		Q              [][]float64
	}
	WRMSSE struct {
		Bottom []struct {
			Item, Dept, Cat, Store, State string
			Price                         float64
			Train, Test, Forecast         []float64
		}
		Levels []struct {
			Keys   []string
			WRMSSE float64
		}
		WRMSSE float64
	}
}

func loadMeasures(t *testing.T) (g measures) {
	t.Helper()
	b, err := os.ReadFile("testdata/measures.json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil || len(g.DM) < 2 || len(g.WRMSSE.Levels) != 12 || len(g.CRPS) < 1 || len(g.Energy) < 2 {
		t.Fatal("the golden file has lost its cases:", err)
	}
	return g
}

func close8(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-8*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

func TestMeasuresGolden(t *testing.T) {
	g := loadMeasures(t)
	for _, c := range g.CRPS {
		for i, y := range c.Y {
			close8(t, "CRPS", score.CRPS(y, c.Ensemble[i]), c.CRPS[i])
			close8(t, "fair CRPS", score.FairCRPS(y, c.Ensemble[i]), c.Fair[i])
		}
	}
	for _, c := range g.Energy {
		close8(t, "energy", score.Energy(c.Y, c.Ensemble), c.Energy)
		close8(t, "variogram", score.Variogram(.5, c.Y, c.Ensemble), c.Variogram)
	}
	for _, c := range g.Interval {
		close8(t, "MSIS", score.MSIS(c.Train, c.M, c.Alpha, c.Y, c.Lower, c.Upper), c.MSIS)
	}
	for _, c := range g.Wilson {
		lo, hi := score.Share(c.X, c.N, 1-c.Alpha)
		close8(t, "Wilson low", lo, c.Wilson[0])
		close8(t, "Wilson high", hi, c.Wilson[1])
	}
	missed := make([]bool, len(g.Violations.Hits))
	for i, h := range g.Violations.Hits {
		missed[i] = h == 1
	}
	v := score.TestViolations(missed, g.Violations.P)
	close8(t, "Kupiec", v.Coverage, g.Violations.Kupiec[0])
	close8(t, "Kupiec p", v.CoverageP, g.Violations.Kupiec[1])
	close8(t, "Christoffersen", v.Independence, g.Violations.Christoffersen)
	close8(t, "Christoffersen p", v.IndependenceP, g.Violations.P2)
	for i, y := range g.WIS.Y {
		close8(t, "WIS", score.WeightedInterval(g.WIS.Levels, y, g.WIS.Q[i]), g.WIS.WIS[i])
	}
	for _, c := range g.DM {
		for _, test := range c.Tests {
			loss := func(f []float64) []float64 {
				l := make([]float64, len(f))
				for i := range f {
					e := c.Y[i] - f[i]
					l[i] = e * e
					if test.Loss == "absolute" {
						l[i] = math.Abs(e)
					}
				}
				return l
			}
			stat, p := score.DieboldMariano(loss(c.F1), loss(c.F2), test.H)
			close8(t, "DM", stat, test.Stat)
			close8(t, "DM p", p, test.P)
		}
	}
}

func TestPITGolden(t *testing.T) {
	g := loadMeasures(t).PIT
	d, p := score.Uniformity(g.PIT)
	close8(t, "KS distance", d, g.KS[0])
	if math.Abs(p-g.KS[1]) > .01 {
		t.Errorf("KS p %g, want %g", p, g.KS[1])
	}
	chi, p := score.EvenBins(g.Hist10)
	close8(t, "chi-squared", chi, g.Chi2[0])
	close8(t, "chi-squared p", p, g.Chi2[1])
	for b, density := range score.PITHistogram(10, g.PIT, g.PIT) {
		close8(t, "histogram", density, float64(g.Hist10[b])*10/float64(len(g.PIT)))
	}
	var below, atMost []float64
	for i, y := range g.Y {
		poisson := distuv.Poisson{Lambda: g.Lam[i]}
		below, atMost = append(below, poisson.CDF(y-1)), append(atMost, poisson.CDF(y))
	}
	for b, density := range score.PITHistogram(10, below, atMost) {
		close8(t, "Czado's histogram", density, g.Hist[b])
	}
}

func TestWRMSSEGolden(t *testing.T) {
	g := loadMeasures(t).WRMSSE
	var rmsse, weights [][]float64
	for _, level := range g.Levels {
		type node struct {
			train, test, forecast []float64
			weight                float64
		}
		nodes := map[string]*node{}
		var order []string
		total := 0.0
		for _, s := range g.Bottom {
			texts := map[string]string{"item": s.Item, "dept": s.Dept, "cat": s.Cat, "store": s.Store, "state": s.State}
			var key []string
			for _, k := range level.Keys {
				key = append(key, texts[k])
			}
			id := strings.Join(key, "/")
			n := nodes[id]
			if n == nil {
				n = &node{make([]float64, len(s.Train)), make([]float64, len(s.Test)), make([]float64, len(s.Test)), 0}
				nodes[id], order = n, append(order, id)
			}
			for i, v := range s.Train {
				n.train[i] += v
				if i >= len(s.Train)-28 {
					n.weight += v * s.Price
					total += v * s.Price
				}
			}
			for i := range s.Test {
				n.test[i] += s.Test[i]
				n.forecast[i] += s.Forecast[i]
			}
		}
		var r, w []float64
		for _, id := range order {
			n := nodes[id]
			r, w = append(r, score.RMSSE(n.train, n.test, n.forecast)), append(w, n.weight/total)
		}
		rmsse, weights = append(rmsse, r), append(weights, w)
	}
	mean, levels := score.WRMSSE(rmsse, weights)
	for l, v := range levels {
		close8(t, "level", v, g.Levels[l].WRMSSE)
	}
	close8(t, "WRMSSE", mean, g.WRMSSE)
}

// A sample's CRPS is the squared distance of its distribution function from the actual value's step, and of many quantiles the same.
func TestCRPSIsAnIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 12).Draw(t, "x")
		y := rapid.Float64Range(-6, 6).Draw(t, "y")
		slices.Sort(x)
		edges := append(slices.Clone(x), y)
		slices.Sort(edges)
		want := 0.0
		for i := 1; i < len(edges); i++ {
			at := (edges[i] + edges[i-1]) / 2
			f := 0.0
			for _, v := range x {
				if v <= at {
					f += 1 / float64(len(x))
				}
			}
			if y <= at {
				f--
			}
			want += f * f * (edges[i] - edges[i-1])
		}
		got := score.CRPS(y, x)
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("CRPS %g, integral %g", got, want)
		}
		const n = 2000
		levels, q := make([]float64, n), make([]float64, n)
		for i := range levels {
			levels[i] = (float64(i) + .5) / n
			q[i] = x[int(levels[i]*float64(len(x)))]
		}
		if c := score.CRPSOfQuantiles(levels, y, q); math.Abs(c-want) > .02 {
			t.Fatalf("CRPS of quantiles %g, integral %g", c, want)
		}
	})
}

// The bootstrap covers the mean of independent values about as often as it says, and with blocks also that of values that hang together.
func TestBlockBootstrapCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		phi         float64
		block       int
		least, most float64
	}{{0, 1, .84, .95}, {.7, 20, .76, .95}, {.7, 1, .3, .75}} {
		covered := 0
		const trials, n = 300, 200
		for trial := range trials {
			x := make([]float64, n)
			last := rng.NormFloat64() / math.Sqrt(1-c.phi*c.phi)
			for i := range x {
				last = c.phi*last + rng.NormFloat64()
				x[i] = last
			}
			lo, hi := score.BlockBootstrap(n, c.block, 200, .9, uint64(trial), func(index []int) float64 {
				sum := 0.0
				for _, i := range index {
					sum += x[i]
				}
				return sum / n
			})
			if lo <= 0 && 0 <= hi {
				covered++
			}
		}
		if share := float64(covered) / trials; share < c.least || share > c.most {
			t.Errorf("phi %g, block %d: the 90 %% interval covers %.2f, want %g to %g", c.phi, c.block, share, c.least, c.most)
		}
	}
	if lo, hi := score.BlockBootstrap(0, 1, 10, .9, 1, nil); !math.IsNaN(lo) || !math.IsNaN(hi) {
		t.Error("nothing has an interval")
	}
}
