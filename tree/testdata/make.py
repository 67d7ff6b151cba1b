#!/usr/bin/env python3
"""Writes the models of other libraries that the tests read, and cases.json with their predictions and Shapley values.

Needs numpy, lightgbm 4.7.0 and xgboost 3.2.0. Run it in this folder."""
import json
import numpy as np, lightgbm as lgb, xgboost as xgb

rng = np.random.default_rng(8)
n = 600
X = np.column_stack([rng.normal(size=n), rng.integers(0, 5, n), rng.random(n) * 10, rng.integers(0, 40, n), rng.normal(size=n)]).astype(np.float32)
X[rng.random(n) < .2, 0] = np.nan
X[rng.random(n) < .3, 4] = 0
y = np.nan_to_num(X[:, 0]) + np.sin(X[:, 2]) + (X[:, 1] == 3) + (X[:, 3] % 3) + .3 * rng.normal(size=n)
T = X[:25].copy()
T[5, 2] = np.nan          # missing where training had none
T[6, 3] = 77              # a category never seen
T[7, 3] = np.nan
T[8, 0] = 0
T[9, 4] = np.nan
cases = []

def case(file, prediction, contributions=None):
    prediction = np.asarray(prediction, np.float64).reshape(len(T), -1)
    c = dict(file=file, prediction=prediction.tolist())
    if contributions is not None:
        c["contributions"] = np.asarray(contributions, np.float64).reshape(len(T), -1).tolist()
    cases.append(c)

def light(name, target, cat=(), rounds=6, **par):
    par = dict(num_leaves=8, min_data_in_leaf=5, learning_rate=.3, verbose=-1, num_threads=1, seed=1, min_data_per_group=5, **par)
    m = lgb.train(par, lgb.Dataset(X, target, categorical_feature=list(cat), feature_name=list("abcde")), rounds)
    text = m.model_to_string()
    open(name, "w").write(text[:text.index("\nfeature_importances:")] + "\n")
    m = lgb.Booster(model_file=name)
    contributions = None if cat else m.predict(T, pred_contrib=True) * par.get("sigmoid", 1)   # ours are shares of the log odds
    if par.get("boosting") == "rf": contributions /= rounds              # LightGBM does not average them
    case(name, m.predict(T), contributions)

count = np.floor(np.exp(y / 2))
light("lightgbm_l2.txt", y, objective="l2")
light("lightgbm_categorical.txt", y, cat=[1, 3], objective="l1")
light("lightgbm_zero_missing.txt", y, objective="huber", zero_as_missing=True)
light("lightgbm_no_missing.txt", y, objective="l2", use_missing=False)
light("lightgbm_binary.txt", (y > 1) * 1, objective="binary", sigmoid=1.5)
light("lightgbm_multiclass.txt", np.clip(np.floor(y) + 1, 0, 2), objective="multiclass", num_class=3, rounds=3)
light("lightgbm_tweedie.txt", count, objective="tweedie")
light("lightgbm_forest.txt", y, objective="l2", boosting="rf", bagging_freq=1, bagging_fraction=.6)

def boost(name, target, types=None, rounds=6, **par):
    par = dict(max_depth=3, eta=.3, nthread=1, tree_method="hist", **par)
    kw = dict(feature_types=types, enable_categorical=types is not None, feature_names=list("abcde"))
    m = xgb.train(par, xgb.DMatrix(X, target, **kw), rounds)
    m.save_model(name)
    d = xgb.DMatrix(T if types is None else np.where(T == 77, 39, T), **kw)
    case(name, m.predict(d), None if types else m.predict(d, pred_contribs=True).reshape(len(T), -1))
    if types: cases[-1]["replace"] = [77, 39]

boost("xgboost_squared.json", y, objective="reg:squarederror")
boost("xgboost_categorical.json", y, types=["float", "c", "float", "c", "float"], objective="reg:squarederror", max_cat_to_onehot=3)
boost("xgboost_logistic.json", (y > 1) * 1, objective="binary:logistic")
boost("xgboost_softprob.json", np.clip(np.floor(y) + 1, 0, 2), objective="multi:softprob", num_class=3, rounds=3)
boost("xgboost_tweedie.json", count, objective="reg:tweedie")
boost("xgboost_quantiles.json", y, objective="reg:quantileerror", quantile_alpha=[.1, .5, .9], rounds=3)
boost("xgboost_dart.json", y, objective="reg:squarederror", booster="dart", rate_drop=.3)

rows = [[None if np.isnan(v) else float(v) for v in r] for r in T]
json.dump(dict(_source="lightgbm %s, xgboost %s, written by make.py; tolerance 1e-6 relative or absolute" % (lgb.__version__, xgb.__version__),
               rows=rows, cases=cases), open("cases.json", "w"))
