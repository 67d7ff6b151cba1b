package tree

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// sample is a regression problem with numeric, missing and categorical columns.
func sample(rows int, seed uint64) Data {
	rng := rand.New(rand.NewPCG(seed, 1))
	d := Data{Names: []string{"a", "b", "c", "few", "cat", "many"}, Categorical: []int{4, 5}}
	x := make([]float32, 0, rows*6)
	for range rows {
		a, b, c := rng.NormFloat64(), rng.Float64()*10, rng.NormFloat64()
		few, cat, many := float64(rng.IntN(4)), float64(rng.IntN(6)), float64(rng.IntN(200))
		y := 2*a + math.Sin(b) + few*.5 + []float64{0, 3, -1, 2, 0, 1}[int(cat)] + math.Mod(many*7, 5) + .3*rng.NormFloat64()
		if rng.IntN(5) == 0 {
			b = math.NaN()
			y += 1
		}
		x = append(x, float32(a), float32(b), float32(c), float32(few), float32(cat), float32(many))
		d.Target = append(d.Target, y)
	}
	d.X = Rows[float32]{x, 6}
	return d
}

func mustTrain(t testing.TB, d Data, cfg Config) (*Dataset, *Model) {
	t.Helper()
	d.Threads = cfg.Threads
	ds, err := NewDataset(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Train(context.Background(), ds, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ds, m
}

func mustPredict(t testing.TB, m *Model, x Matrix) []float64 {
	t.Helper()
	p, err := m.Predict(context.Background(), x, 2)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func meanSquare(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return sum / float64(len(a))
}

func TestLearns(t *testing.T) {
	d, test := sample(20_000, 1), sample(5000, 2)
	for _, cfg := range []Config{{}, {Growth: DepthWise, MaxDepth: 5}, {GOSSTop: .2, GOSSRest: .1}, {RowFraction: .5, FeatureFraction: .7},
		{Objective: Huber{Delta: 2}}, {Objective: Absolute{}}, {L1: 1, L2: 1}} {
		_, m := mustTrain(t, d, cfg)
		if mse := meanSquare(test.Target, mustPredict(t, m, test.X)); mse > .33 {
			t.Errorf("%+v: mean squared error %.3f on new rows; that of LightGBM's defaults is .276", cfg, mse)
		} else {
			t.Logf("%.3f", mse)
		}
	}
	_, m := mustTrain(t, d, Config{Forest: true, MaxLeaves: 1000, MinRows: 5, SplitFraction: .7})
	if mse := meanSquare(test.Target, mustPredict(t, m, test.X)); mse > 1.6 {
		t.Errorf("forest: mean squared error %.3f", mse)
	}
}

// TestSameBytesAtAnyNumberOfThreads also varies the kernels: with and without vector instructions.
func TestSameBytesAtAnyNumberOfThreads(t *testing.T) {
	d := sample(40_000, 3)
	for _, cfg := range []Config{{Rounds: 10}, {Rounds: 5, Objective: Quantiles{Levels: []float64{.1, .5, .9}}, RowFraction: .7}, {Rounds: 5, GOSSTop: .1, GOSSRest: .1}} {
		var want []byte
		var score []float64
		for _, threads := range []int{1, 2, 3, 5, 7, 1} {
			cfg.Threads = threads
			_, m := mustTrain(t, d, cfg)
			got, err := m.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			s := mustPredict(t, m, d.X)
			if want == nil {
				want, score = got, s
				defer withoutVectors()()
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d threads give another model", threads)
			}
			for i := range s {
				if math.Float64bits(s[i]) != math.Float64bits(score[i]) {
					t.Fatalf("%d threads give another prediction for row %d: %v, not %v", threads, i, s[i], score[i])
				}
			}
		}
	}
}

func TestPredictIsTheSumOfTrees(t *testing.T) {
	d := sample(3000, 4)
	_, m := mustTrain(t, d, Config{Rounds: 20, MaxLeaves: 400, MinRows: 1, CategoryRows: 1})
	p := mustPredict(t, m, d.X)
	row := make([]float64, 6)
	for r := range p {
		for c := range row {
			d.X.ReadColumn(row[c:c+1], c, r)
		}
		one, err := m.PredictRow(row)
		if err != nil {
			t.Fatal(err)
		}
		if one[0] != p[r] {
			t.Fatalf("row %d: %v alone, %v together", r, one[0], p[r])
		}
	}
}

// TestScoresWhileTraining compares the scores that training keeps with predictions from raw values.
func TestScoresWhileTraining(t *testing.T) {
	d, test := sample(5000, 5), sample(2000, 6)
	ds, err := NewDataset(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	valid, err := ds.Like(context.Background(), test)
	if err != nil {
		t.Fatal(err)
	}
	for _, forest := range []bool{false, true} {
		last := 0.0
		m, err := Train(context.Background(), ds, Config{Rounds: 30, Forest: forest, Valid: valid, Progress: func(p Progress) { last = p.Valid }})
		if err != nil {
			t.Fatal(err)
		}
		if got := meanSquare(test.Target, mustPredict(t, m, test.X)); math.Abs(got-last) > 1e-9 {
			t.Errorf("forest %v: training reports a loss of %v, predictions have %v", forest, last, got)
		}
	}
}

func TestEarlyStopping(t *testing.T) {
	d, test := sample(500, 7), sample(2000, 8)
	ds, err := NewDataset(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	valid, err := ds.Like(context.Background(), test)
	if err != nil {
		t.Fatal(err)
	}
	var best, rounds int
	m, err := Train(context.Background(), ds, Config{Rounds: 2000, LearningRate: .3, Valid: valid, Patience: 20, Progress: func(p Progress) { best, rounds = p.Best, p.Round }})
	if err != nil {
		t.Fatal(err)
	}
	if m.Trees() != best || rounds != best+20 || rounds == 2000 {
		t.Errorf("%d trees kept, best round %d, stopped after %d", m.Trees(), best, rounds)
	}
}

func TestMonotone(t *testing.T) {
	d := sample(5000, 9)
	for _, sign := range []int8{1, -1} {
		_, m := mustTrain(t, d, Config{Monotone: []int8{sign, 0, 0, 0, 0, 0}, MaxLeaves: 63, MinRows: 5})
		rng := rand.New(rand.NewPCG(1, 1))
		for range 300 {
			row := []float64{0, rng.Float64() * 10, rng.NormFloat64(), float64(rng.IntN(4)), float64(rng.IntN(6)), float64(rng.IntN(200))}
			last := math.Inf(-int(sign))
			for a := -3.; a < 3; a += .1 {
				row[0] = a
				p, err := m.PredictRow(row)
				if err != nil {
					t.Fatal(err)
				}
				if float64(sign)*(p[0]-last) < 0 {
					t.Fatalf("sign %d: the prediction moves from %v to %v where a becomes %v", sign, last, p[0], a)
				}
				last = p[0]
			}
		}
	}
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ds, err := NewDataset(ctx, sample(2000, 1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Train(ctx, ds, Config{Rounds: 1 << 30, Progress: func(p Progress) {
		if p.Round == 3 {
			cancel()
		}
	}})
	if err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

func TestRefuses(t *testing.T) {
	ctx := context.Background()
	ds, err := NewDataset(ctx, sample(100, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{Rounds: -1}, {MaxLeaves: 1}, {LearningRate: 2}, {L1: math.NaN()}, {Monotone: []int8{1}}, {Monotone: []int8{0, 0, 0, 0, 1, 0}}, {Monotone: []int8{2}},
		{Patience: 3}, {Objective: Softmax{}}, {Objective: Quantiles{Levels: []float64{.5, .1}}}, {Objective: Tweedie{Power: 3}}, {GOSSTop: .5}, {Valid: ds}} {
		if cfg.Valid != nil {
			if cfg.Valid, err = NewDataset(ctx, sample(100, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Train(ctx, ds, cfg); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%+v: error %v", cfg, err)
		}
	}
	if _, err := Train(ctx, ds, Config{Objective: Poisson{}}); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("Poisson with negative targets: error %v", err)
	}
	d := sample(100, 1)
	d.Target[3] = math.NaN()
	if _, err := NewDataset(ctx, d); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("target NaN: error %v", err)
	}
}

func TestFileRoundTrip(t *testing.T) {
	d := sample(2000, 1)
	_, m := mustTrain(t, d, Config{Rounds: 5, Objective: Quantiles{Levels: []float64{.2, .8}}})
	file, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalModel(file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := mustPredict(t, m, d.X), mustPredict(t, back, d.X)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("prediction %d is %v, was %v", i, b[i], a[i])
		}
	}
	for i := range file {
		broken := bytes.Clone(file)
		broken[i] ^= 1
		if _, err := UnmarshalModel(broken); tidewatch.CodeOf(err) != tidewatch.CodeModel {
			t.Fatalf("byte %d changed: error %v", i, err)
		}
	}
}

func TestManyCategories(t *testing.T) {
	var codes [2][]int32
	for i := range int32(900) {
		codes[i%2] = append(codes[i%2], i*3)
	}
	m := &Model{features: []modelFeature{{categorical: true}, {}}, start: []float64{1}, trees: []structure{
		{nodes: []node{{feature: 0, codes: codes[0], left: 1, right: ^2, missing: missingLeft}, {feature: 1, threshold: 2, left: ^0, right: ^1, missing: missingRight}},
			values: []float64{1, 2, 4}, covers: []float64{1, 1, 1}},
		{nodes: []node{{feature: 0, codes: codes[1], left: ^0, right: ^1, missing: missingRight}}, values: []float64{8, 16}, covers: []float64{1, 1}},
	}}
	if _, err := m.compile(); err != nil {
		t.Fatal(err)
	}
	var x []float64
	for code := -2; code < 2800; code++ {
		x = append(x, float64(code), float64(code%4))
	}
	x = append(x, math.NaN(), math.NaN())
	p := mustPredict(t, m, Rows[float64]{x, 2})
	for r := range p {
		one, err := m.PredictRow(x[2*r : 2*r+2])
		if err != nil {
			t.Fatal(err)
		}
		if p[r] != one[0] {
			t.Fatalf("values %v: %v together, %v alone", x[2*r:2*r+2], p[r], one[0])
		}
	}
}

// TestMissingOnlyLater checks that validation in training and prediction agree on values missing where training missed none.
func TestMissingOnlyLater(t *testing.T) {
	d, test := sample(3000, 20), sample(1000, 21)
	x := test.X.(Rows[float32])
	for i := range x.Data {
		if i%7 == 0 {
			x.Data[i] = float32(math.NaN())
		}
	}
	ds, err := NewDataset(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	valid, err := ds.Like(context.Background(), test)
	if err != nil {
		t.Fatal(err)
	}
	last := 0.0
	m, err := Train(context.Background(), ds, Config{Valid: valid, Progress: func(p Progress) { last = p.Valid }})
	if err != nil {
		t.Fatal(err)
	}
	if got := meanSquare(test.Target, mustPredict(t, m, test.X)); math.Abs(got-last) > 1e-9 {
		t.Errorf("training reports a loss of %v, predictions have %v", last, got)
	}
	gain, splits := m.Importance()
	if len(m.Names()) != 6 || gain[0] <= gain[2] || splits[0] == 0 || m.Link() != Identity || valid.Rows() != 1000 || ds.Features() != 6 {
		t.Errorf("importance %v %v", gain, splits)
	}
}

// TestDegenerate trains where nothing can be learned.
func TestDegenerate(t *testing.T) {
	nan := math.NaN()
	for _, d := range []Data{
		{X: Rows[float64]{[]float64{1}, 1}, Target: []float64{7}},
		{X: Rows[float64]{[]float64{1, 1, 1, 1}, 1}, Target: []float64{7, 7, 7, 7}},
		{X: Rows[float64]{[]float64{nan, nan, nan, nan}, 1}, Target: []float64{6, 8, 6, 8}},
		{X: Rows[float64]{[]float64{1, 2, 3, 4}, 1}, Target: []float64{7, 7, 7, 7}, Weight: make([]float64, 4)},
		{X: Rows[float64]{[]float64{math.Inf(1), math.Inf(-1), 3, nan}, 1}, Target: []float64{7, 7, 7, 7}},
	} {
		_, m := mustTrain(t, d, Config{MinRows: 1, Rounds: 3})
		want := 7.0
		if d.Weight != nil {
			want = 0 // no row counts
		}
		if p := mustPredict(t, m, d.X); math.Abs(p[0]-want) > 1.1 {
			t.Errorf("%+v: prediction %v", d, p)
		}
	}
}

// TestOffset starts from given scores: with the targets themselves nothing is left to learn.
func TestOffset(t *testing.T) {
	d := sample(1000, 22)
	d.Offset = d.Target
	_, m := mustTrain(t, d, Config{})
	for _, p := range mustPredict(t, m, d.X) {
		if p != 0 {
			t.Fatalf("prediction %v on top of the offset", p)
		}
	}
}
