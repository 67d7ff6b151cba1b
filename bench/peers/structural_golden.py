"""Writes model/structural/testdata/golden.json: likelihoods and forecasts of statsmodels' UnobservedComponents on simulated series.

    python3 bench/peers/structural_golden.py > model/structural/testdata/golden.json
"""
import json
import numpy as np
import statsmodels
import statsmodels.api as sm

out = {"source": f"statsmodels {statsmodels.__version__} UnobservedComponents, approximate diffuse initialisation (1e6), simulated data",
       "tolerance": "1e-6 relative", "cases": []}
for seed, (n, m, trend) in enumerate([(60, 4, True), (96, 12, True), (50, 0, True), (40, 0, False), (80, 7, False)]):
    rng = np.random.default_rng(seed)
    level = np.cumsum(rng.normal(0, .3, n))
    y = level + rng.normal(0, .5, n)
    if m:
        y = y + np.resize(rng.normal(0, 1, m), n)
    y = (y - y.mean()) / y.std()
    y = np.round(y, 6)
    if seed == 1:
        y[[20, 21, 50]] = np.nan
    kind = "local linear trend" if trend else "local level"
    model = sm.tsa.UnobservedComponents(y, kind, seasonal=m or None)
    params = [0.3, 0.05] + ([0.001] if trend else []) + ([0.01] if m else [])
    r = model.smooth(params)
    f = r.get_forecast(2 * max(m, 4))
    out["cases"].append({"y": [None if np.isnan(v) else float(v) for v in y], "period": m, "trend": trend, "variances": params,
                         "loglik": float(r.llf), "burn": int(model.loglikelihood_burn),
                         "mean": [float(v) for v in f.predicted_mean], "se": [float(v) for v in f.se_mean]})
print(json.dumps(out, indent=1))
