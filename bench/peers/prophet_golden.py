"""Writes model/prophet/testdata/golden.json: forecasts of Prophet on simulated daily and monthly series.

    python3 bench/peers/prophet_golden.py > model/prophet/testdata/golden.json
"""
import json, logging, sys
import numpy as np, pandas as pd
import prophet
logging.getLogger("cmdstanpy").disabled = True
out = {"source": f"prophet {prophet.__version__}, simulated data", "tolerance": "2 % of the range of the series", "cases": []}
for seed, (n, freq, h) in enumerate([(400, "D", 28), (96, "MS", 12), (150, "D", 14)]):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    y = 100 + .1 * t + np.where(t > n // 2, .2 * (t - n // 2), 0) + rng.normal(0, 3, n)
    ds = pd.date_range("2020-01-01", periods=n, freq=freq)
    if freq == "D":
        y = y + 8 * np.sin(2 * np.pi * t / 7) + 4 * (t % 7 == 5)
        m = prophet.Prophet(yearly_seasonality=False, weekly_seasonality=True, daily_seasonality=False)
        season = 7
    else:
        y = y + 10 * np.sin(2 * np.pi * t / 12)
        m = prophet.Prophet(yearly_seasonality=6, weekly_seasonality=False, daily_seasonality=False)
        season = 12
    y = np.round(y, 3)
    m.fit(pd.DataFrame({"ds": ds, "y": y}))
    f = m.predict(m.make_future_dataframe(h, freq=freq))
    out["cases"].append({"season": season, "y": y.tolist(), "fitted": f.yhat[:n].round(4).tolist(), "mean": f.yhat[n:].round(4).tolist(),
                         "lower80": f.yhat_lower[n:].round(4).tolist(), "upper80": f.yhat_upper[n:].round(4).tolist()})
json.dump(out, sys.stdout)
