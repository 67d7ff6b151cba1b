package change

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/internal/reference"
)

// total is what a segmentation costs.
func total(x []float64, c Cost, ends []int, penalty float64) float64 {
	cost, sum, s := c.over(x), 0., 0
	for _, e := range ends {
		sum += cost(s, e) + penalty
		s = e
	}
	return sum
}

// TestPointsGolden: exact dynamic programming with the costs of ruptures 1.1.10; places exact where the optimum is unique, costs 1e-7.
func TestPointsGolden(t *testing.T) {
	var g struct {
		Series map[string]struct {
			X         []float64
			Penalised []struct {
				Model   string
				MinSize int `json:"min_size"`
				Penalty float64
				Points  []int   `json:"exact_dp_bkps"`
				Cost    float64 `json:"exact_dp_cost_plus_pen"`
				Unique  bool    `json:"optimum_unique"`
			}
		}
	}
	reference.Read(t, "trend/changepoints.json", &g)
	costs := map[string]Cost{"l2": Squared{}, "l1": Absolute{}, "normal": Normal{}}
	n := 0
	for name, s := range g.Series {
		for _, c := range s.Penalised {
			cost, ok := costs[c.Model]
			if !ok {
				continue
			}
			n++
			ends := Points(s.X, cost, c.Penalty, c.MinSize)
			if got := total(s.X, cost, ends, c.Penalty); math.Abs(got-c.Cost) > 1e-7*max(1, math.Abs(c.Cost)) {
				t.Errorf("%s %s: cost %.10g of %v, want %.10g of %v", name, c.Model, got, ends, c.Cost, c.Points)
			} else if c.Unique && !slices.Equal(ends, c.Points) {
				t.Errorf("%s %s: %v, want %v", name, c.Model, ends, c.Points)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d cases", n)
	}
}

// TestPointsExact: no segmentation costs less, whatever the cost, the penalty and the least length.
func TestPointsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 9).Draw(t, "v")) }), 1, 40).Draw(t, "x")
		c := rapid.SampledFrom([]Cost{Squared{}, Absolute{}, Ranks{}}).Draw(t, "cost")
		penalty, shortest := rapid.Float64Range(0, 20).Draw(t, "penalty"), rapid.IntRange(1, 6).Draw(t, "shortest")
		n := len(x)
		best := make([]float64, n+1)
		best[0] = 0
		cost := c.over(x)
		for e := 1; e <= n; e++ {
			best[e] = math.Inf(1)
		}
		for s := range n {
			for e := s + shortest; e <= n; e++ {
				best[e] = min(best[e], best[s]+cost(s, e)+penalty)
			}
		}
		ends := Points(x, c, penalty, shortest)
		if n < shortest {
			if !slices.Equal(ends, []int{n}) {
				t.Fatalf("%v", ends)
			}
			return
		}
		if got := total(x, c, ends, penalty); got > best[n]+1e-9*max(1, math.Abs(best[n])) {
			t.Fatalf("%v costs %g, and there is one for %g", ends, got, best[n])
		}
	})
}

// TestOnlineGolden: numpy implementation checked against bayesian_changepoint_detection 0.2.dev1; absolute 1e-8.
func TestOnlineGolden(t *testing.T) {
	var g struct {
		Cases map[string]struct {
			Prior struct{ Lam, Mu0, Kappa0, Alpha0, Beta0 float64 }
			X     []float64
			MAP   []int     `json:"run_length_map"`
			P     []float64 `json:"p_map"`
			Zero  []float64 `json:"p_r0"`
			Log   float64   `json:"log_evidence"`
		}
	}
	reference.Read(t, "trend/bocpd.json", &g)
	for name, c := range g.Cases {
		r := Online{Gap: c.Prior.Lam, Mean: c.Prior.Mu0, Kappa: c.Prior.Kappa0, Alpha: c.Prior.Alpha0, Beta: c.Prior.Beta0}.Start()
		for i, v := range c.X {
			r.Add(v)
			l := r.Likeliest()
			if p := r.Lengths()[l]; l != c.MAP[i] && math.Abs(p-c.P[i]) > 1e-8 || math.Abs(p-c.P[i]) > 1e-8 {
				t.Fatalf("%s: after value %d run length %d with %.10g, want %d with %.10g", name, i, l, p, c.MAP[i], c.P[i])
			}
			if math.Abs(r.Lengths()[0]-c.Zero[i]) > 1e-8 {
				t.Fatalf("%s: length 0 has %g, want %g", name, r.Lengths()[0], c.Zero[i])
			}
		}
		if math.Abs(r.Evidence()-c.Log) > 1e-8*math.Abs(c.Log) {
			t.Errorf("%s: evidence %.10g, want %.10g", name, r.Evidence(), c.Log)
		}
	}
}

// TestOnlineShort: runs cut at a length agree until they are that long, and nothing blows up far out.
func TestOnlineShort(t *testing.T) {
	o := Online{Kappa: 1, Alpha: 1, Beta: 1}
	all := o.Start()
	o.Longest = 20
	cut := o.Start()
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		v := rng.NormFloat64()
		if i >= 40 {
			v += 6
		}
		all.Add(v)
		cut.Add(v)
		if i == 43 && (math.Abs(all.Within(5)-cut.Within(5)) > .02 || all.Within(5) < .9) {
			t.Errorf("a change 4 values ago: %g and %g", all.Within(5), cut.Within(5))
		}
	}
	cut.Add(1e300)
	if p := cut.Within(len(cut.Lengths())); math.Abs(p-1) > 1e-9 {
		t.Errorf("probabilities add up to %g", p)
	}
}

// TestCUSUMGolden: own numpy, tabular CUSUM around the first third of the values; relative 1e-9.
func TestCUSUMGolden(t *testing.T) {
	var g struct {
		Series map[string]struct {
			First struct {
				Mu, SD, K float64
				Up        []any `json:"c_plus"` // cut short by a text
				Down      []any `json:"c_minus"`
			} `json:"tabular_first_third"`
		}
	}
	reference.Read(t, "trend/cusum.json", &g)
	var raw map[string]json.RawMessage
	reference.Read(t, "trend/series.json", &raw)
	for name, s := range g.Series {
		var in struct{ Values []float64 }
		if err := json.Unmarshal(raw[name], &in); err != nil {
			t.Fatal(err)
		}
		c := CUSUM{Slack: s.First.K}
		for i, v := range in.Values {
			if i == min(len(s.First.Up), len(s.First.Down)) {
				break
			}
			up, ok := s.First.Up[i].(float64)
			down, ok2 := s.First.Down[i].(float64)
			if !ok || !ok2 {
				break
			}
			c.Add((v - s.First.Mu) / s.First.SD)
			if math.Abs(c.Up-up) > 1e-8*max(1, c.Up) || math.Abs(c.Down-down) > 1e-8*max(1, c.Down) {
				t.Fatalf("%s: %g and %g after value %d, want %g and %g", name, c.Up, c.Down, i, up, down)
			}
		}
	}
}

// TestBurstsGolden: exact Viterbi; stretches exact, weights relative 1e-8.
func TestBurstsGolden(t *testing.T) {
	var g struct {
		Batched map[string]struct {
			R, D []float64
			Runs []struct {
				S, Gamma float64
				Bursts   [][3]float64 `json:"viterbi_bursts"`
			}
		}
		Gaps map[string]json.RawMessage `json:"gap_based"`
	}
	reference.Read(t, "trend/kleinberg.json", &g)
	for name, c := range g.Batched {
		for _, run := range c.Runs {
			got := Bursts(c.R, c.D, run.S, run.Gamma)
			if len(got) != len(run.Bursts) {
				t.Errorf("%s, %g times, gamma %g: %v, want %v", name, run.S, run.Gamma, got, run.Bursts)
				continue
			}
			for i, w := range run.Bursts {
				if b := got[i]; b.From != int(w[0]) || b.To != int(w[1]) || math.Abs(b.Weight-w[2]) > 1e-8*max(1, w[2]) {
					t.Errorf("%s: %v, want %v", name, b, w)
				}
			}
		}
	}
	for name, s := range map[string]struct{ base, gamma float64 }{"s2_gamma1": {2, 1}, "s2_gamma0.3": {2, .3}, "s1.5_gamma1": {1.5, 1}, "s3_gamma1": {3, 1}} {
		for set, raw := range g.Gaps {
			var c map[string]json.RawMessage
			var offsets []float64
			var want struct{ States []int }
			if json.Unmarshal(raw, &c) != nil || c[name] == nil {
				continue
			}
			if err := json.Unmarshal(c["offsets"], &offsets); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(c[name], &want); err != nil {
				t.Fatal(err)
			}
			if got := GapStates(offsets, s.base, s.gamma); !slices.Equal(got, want.States) {
				t.Errorf("%s %s: %v, want %v", set, name, got, want.States)
			}
		}
	}
	if Bursts([]float64{0, 0}, []float64{5, 5}, 2, 1) != nil || GapStates([]float64{1}, 2, 1) != nil {
		t.Error("bursts of nothing")
	}
}

// TestOutliersGolden: NIST handbook 1.3.5.17.3 (Rosner's data) and numpy; places exact.
func TestOutliersGolden(t *testing.T) {
	var g struct {
		Series map[string]struct {
			X      []float64
			Hampel []int    `json:"own_hampel_h5_3"`
			Rows   [][]any  `json:"own_gesd_rows"`
			N      *float64 `json:"own_gesd_n_outliers"`
		}
	}
	reference.Read(t, "trend/anomaly.json", &g)
	for name, s := range g.Series {
		var got []int
		for i, m := range Hampel(s.X, 5, 3) {
			if m {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, s.Hampel) && len(got)+len(s.Hampel) > 0 {
			t.Errorf("%s: %v, want %v", name, got, s.Hampel)
		}
		if s.N == nil || name != "rosner" {
			continue
		}
		out := Outliers(s.X, 10, .05)
		if len(out) != int(*s.N) {
			t.Fatalf("%s: %v, want %g", name, out, *s.N)
		}
		for i, k := range out {
			if float64(k) != s.Rows[i][0].(float64) {
				t.Errorf("%s: %v, want %v", name, out, s.Rows)
			}
		}
	}
}

// TestTurns: a lasting level is a shift, a short one a spike, one that was there a year ago a festival.
func TestTurns(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	y := make([]float64, 130)
	for i := range y {
		y[i] = 100 + 5*rng.NormFloat64()
		if i >= 90 {
			y[i] += 60
		}
	}
	y[20] *= 3              // once
	y[40], y[92] = 400, 600 // every year
	y[70] = math.NaN()
	got := map[Kind][]int{}
	for _, turn := range (Turns{Year: 52}).Find(y) {
		got[turn.Kind] = append(got[turn.Kind], turn.From)
		if turn.Kind == Shift && math.Abs(turn.Ratio()-1.6) > .08 {
			t.Errorf("the shift is by %g", turn.Ratio())
		}
	}
	if !slices.Equal(got[Shift], []int{90}) || !slices.Equal(got[Spike], []int{20}) || !slices.Equal(got[Festival], []int{40, 92}) {
		t.Errorf("turns: %v", got)
	}
	if turns := (Turns{}).Find(y[:8]); turns != nil {
		t.Errorf("of eight values: %v", turns)
	}
	flat := make([]float64, 60)
	if turns := (Turns{Year: 52}).Find(flat); turns != nil {
		t.Errorf("of nothing but zeros: %v", turns)
	}
}

func TestOutside(t *testing.T) {
	if got := Outside([]float64{1, 5, math.NaN(), 9}, []float64{2, 2, 2, 2}, []float64{6, 6, 6, 6}); !slices.Equal(got, []bool{true, false, false, true}) {
		t.Errorf("%v", got)
	}
}

func BenchmarkTurns156(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 156)
	for i := range y {
		y[i] = float64(rng.IntN(20))
	}
	for b.Loop() {
		Turns{Year: 52}.Find(y)
	}
}
