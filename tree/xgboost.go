package tree

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
)

// xgbFile is the part of XGBoost's JSON model that predictions need.
type xgbFile struct {
	Learner struct {
		Names   []string `json:"feature_names"`
		Booster struct {
			Name  string    `json:"name"`
			Model xgbForest `json:"model"`
			Tree  struct {
				Model xgbForest `json:"model"`
			} `json:"gbtree"` // of a dart booster
			Weights []float64 `json:"weight_drop"`
		} `json:"gradient_booster"`
		Param struct {
			Base     string `json:"base_score"`
			Classes  string `json:"num_class"`
			Features string `json:"num_feature"`
			Targets  string `json:"num_target"`
		} `json:"learner_model_param"`
		Objective struct {
			Name string `json:"name"`
		} `json:"objective"`
	} `json:"learner"`
}

type xgbForest struct {
	Trees  []xgbTree `json:"trees"`
	Output []int     `json:"tree_info"`
}

type xgbTree struct {
	Left       []int32   `json:"left_children"`
	Right      []int32   `json:"right_children"`
	Feature    []int32   `json:"split_indices"`
	Condition  []float64 `json:"split_conditions"` // of a leaf: its value
	Default    []xgbBool `json:"default_left"`
	Kind       []int     `json:"split_type"` // 1 categorical
	Gain       []float64 `json:"loss_changes"`
	Cover      []float64 `json:"sum_hessian"`
	Categories []int32   `json:"categories"`
	CatNodes   []int32   `json:"categories_nodes"`
	CatStart   []int     `json:"categories_segments"`
	CatSize    []int     `json:"categories_sizes"`
	Param      struct {
		Vector string `json:"size_leaf_vector"`
	} `json:"tree_param"`
}

// xgbBool is written as a number or as a word.
type xgbBool bool

// UnmarshalJSON reads 0, 1, false or true.
func (b *xgbBool) UnmarshalJSON(text []byte) error {
	*b = xgbBool(string(text) == "1" || string(text) == "true")
	return nil
}

// ReadXGBoost reads a model that XGBoost saved as JSON (save_model, .json), of trees or dart. multi:softmax predicts the probabilities of the
// classes here. Trees with vectors in their leaves and linear boosters are refused.
func ReadXGBoost(r io.Reader) (*Model, error) {
	var f xgbFile
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, badFile("XGBoost model: %w", err)
	}
	l := &f.Learner
	forest := l.Booster.Model
	switch l.Booster.Name {
	case "gbtree":
	case "dart":
		forest = l.Booster.Tree.Model
		if len(l.Booster.Weights) != len(forest.Trees) {
			return nil, badFile("XGBoost model: %d weights for %d trees", len(l.Booster.Weights), len(forest.Trees))
		}
	default:
		return nil, badFile("XGBoost model: booster %q is not supported: use gbtree or dart", l.Booster.Name)
	}
	columns, err := strconv.Atoi(l.Param.Features)
	if err != nil || columns < 1 || columns > maxColumns {
		return nil, badFile("XGBoost model: num_feature is %q", l.Param.Features)
	}
	m := &Model{single: true, features: make([]modelFeature, columns)}
	for i := range min(len(l.Names), columns) {
		m.features[i].name = l.Names[i]
	}
	if err := m.xgbStart(&f); err != nil {
		return nil, err
	}
	if len(forest.Output) != len(forest.Trees) {
		return nil, badFile("XGBoost model: %d entries in tree_info for %d trees", len(forest.Output), len(forest.Trees))
	}
	for i := range forest.Trees {
		t, err := forest.Trees[i].structure()
		if err != nil {
			return nil, badFile("XGBoost model, tree %d: %w", i, err)
		}
		t.output = forest.Output[i]
		for j := range t.values {
			if l.Booster.Name == "dart" {
				t.values[j] *= l.Booster.Weights[i]
			}
		}
		m.trees = append(m.trees, t)
	}
	return m.compile()
}

// xgbStart sets the link and the scores before the first tree: base_score is on the scale of predictions.
func (m *Model) xgbStart(f *xgbFile) error {
	p := &f.Learner.Param
	margin := func(v float64) float64 { return v }
	logit := func(v float64) float64 { return math.Log(v / (1 - v)) }
	name := f.Learner.Objective.Name
	switch name {
	case "reg:squarederror", "reg:squaredlogerror", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror", "reg:linear",
		"rank:pairwise", "rank:ndcg", "rank:map":
	case "reg:logistic", "binary:logistic":
		m.link, margin = Logit, logit
	case "binary:logitraw":
		margin = logit
	case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox":
		m.link, margin = Log, math.Log
	case "multi:softprob", "multi:softmax":
		m.link = Shares
	default:
		return badFile("XGBoost model: objective %q is not supported", name)
	}
	outputs := 1
	for _, s := range []string{p.Classes, p.Targets} {
		if n, err := strconv.Atoi(s); err == nil && n > outputs && n <= maxOutputs {
			outputs = n
		}
	}
	bases := strings.Split(strings.Trim(p.Base, "[]"), ",")
	for o := range outputs {
		v, err := strconv.ParseFloat(bases[min(o, len(bases)-1)], 64)
		if err != nil || len(bases) != 1 && len(bases) != outputs {
			return badFile("XGBoost model: base_score is %q", p.Base)
		}
		m.start = append(m.start, margin(float64(float32(v))))
	}
	return nil
}

// structure puts the nodes in an order in which parents come before children, and numbers the leaves.
func (x *xgbTree) structure() (t structure, err error) {
	n := len(x.Left)
	if n == 0 || len(x.Right) != n || len(x.Feature) != n || len(x.Condition) != n || len(x.Default) != n {
		return t, badFile("its arrays have different lengths")
	}
	if v := x.Param.Vector; v != "" && v != "0" && v != "1" {
		return t, badFile("leaves with vectors are not supported")
	}
	at := func(v []float64, i int32) float64 {
		if int(i) < len(v) {
			return v[i]
		}
		return 0
	}
	categories, err := x.codes()
	if err != nil {
		return t, err
	}
	type visit struct {
		old    int32
		parent int32 // in t.nodes
		left   bool
	}
	seen := make([]bool, n)
	for stack := []visit{{parent: -1}}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.old < 0 || int(v.old) >= n || seen[v.old] {
			return t, badFile("node %d is not in the tree or has two parents", v.old)
		}
		seen[v.old] = true
		leaf := x.Left[v.old] == -1
		id := int32(len(t.nodes))
		if leaf {
			id = ^int32(len(t.values))
			t.values, t.covers = append(t.values, x.Condition[v.old]), append(t.covers, at(x.Cover, v.old))
		}
		if v.parent >= 0 {
			if v.left {
				t.nodes[v.parent].left = id
			} else {
				t.nodes[v.parent].right = id
			}
		}
		if leaf {
			continue
		}
		nd := node{feature: x.Feature[v.old], gain: at(x.Gain, v.old), cover: at(x.Cover, v.old), missing: missingRight}
		left, right, defaultLeft := x.Left[v.old], x.Right[v.old], bool(x.Default[v.old])
		if int(v.old) < len(x.Kind) && x.Kind[v.old] == 1 { // the categories listed go right there, left here
			if nd.codes = categories[v.old]; nd.codes == nil {
				return t, badFile("node %d has no list of categories", v.old)
			}
			left, right, defaultLeft = right, left, !defaultLeft
		} else { // x < condition there, x <= threshold here
			nd.threshold = float64(math.Nextafter32(float32(x.Condition[v.old]), float32(math.Inf(-1))))
		}
		if defaultLeft {
			nd.missing = missingLeft
		}
		t.nodes = append(t.nodes, nd)
		stack = append(stack, visit{right, id, false}, visit{left, id, true})
	}
	return t, nil
}

// codes returns the categories of every node that has some. The lists lie one after the other, so together they are no longer than what
// they are parts of.
func (x *xgbTree) codes() (map[int32][]int32, error) {
	of := make(map[int32][]int32, len(x.CatNodes))
	total := 0
	for i, node := range x.CatNodes {
		if i >= len(x.CatStart) || i >= len(x.CatSize) || x.CatStart[i] < 0 || x.CatSize[i] < 0 || x.CatStart[i] > len(x.Categories)-x.CatSize[i] {
			return nil, badFile("node %d has no list of categories", node)
		}
		if total += x.CatSize[i]; total > len(x.Categories) {
			return nil, badFile("the lists of categories overlap")
		}
		codes := append([]int32{}, x.Categories[x.CatStart[i]:x.CatStart[i]+x.CatSize[i]]...)
		sortCodes(codes)
		of[node] = codes
	}
	return of, nil
}
