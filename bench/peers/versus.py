#!/usr/bin/env python3
"""Sets the forecasts of Tidewatch beside those of statsforecast's methods, series by series, with a paired bootstrap.

    python3 bench/peers/versus.py run m3_monthly --keep /tmp/bench/peers        # statsforecast's forecasts: SET.METHOD.csv
    go run ./bench/accuracy -dir /tmp/bench -methods auto -write /tmp/bench/forecasts
    python3 bench/peers/versus.py table --keep /tmp/bench/peers --ours /tmp/bench/forecasts

`run` does what is not there yet, one thread, by the models and options of ../shared/bench/stat_peers.py; methods without intervals get
statsforecast's conformal ones (two windows). Slow methods forecast every k-th series only: PLAN says which. `table` compares each method with
ours on the series that the method forecast, in SQL and WQL as ../shared/bench/score.py defines them. The interval is that of the ratio
ours / theirs over 4,000 resamples of the series, both sides resampled alike: where it reaches 1 or lies below, ours is no worse beyond noise.
"""
import argparse, importlib.util, json, pathlib, time, warnings
warnings.filterwarnings("ignore")

CONFORMAL = ("SimpleExponentialSmoothingOptimized", "TSB", "ADIDA", "IMAPA", "CrostonSBA", "CrostonOptimized")
AMOUNTS = {"SeasonalNaive": 1, "AutoETS": 1, "DynamicOptimizedTheta": 1, "AutoTheta": 1, "AutoCES": 1, "MSTL": 1, "AutoARIMA": 1}
YEARS = {k: v for k, v in AMOUNTS.items() if k != "MSTL"}
COUNTS = {m: 1 for m in CONFORMAL}
PLAN = {  # every k-th series; 0: too slow
    "m3_yearly": YEARS, "m3_other": YEARS, "tourism_yearly": YEARS,
    "m3_quarterly": AMOUNTS | {"AutoARIMA": 2},
    "m3_monthly": AMOUNTS | {"AutoETS": 8, "AutoTheta": 4, "MSTL": 4, "AutoCES": 16, "AutoARIMA": 32},
    "nn3": AMOUNTS | {"AutoARIMA": 2},
    "tourism_monthly": AMOUNTS | {"AutoARIMA": 8},
    "m4_hourly": AMOUNTS | {"AutoETS": 16, "AutoTheta": 8, "MSTL": 8, "AutoCES": 16, "AutoARIMA": 0},
    "carparts": AMOUNTS | COUNTS | {"AutoCES": 4, "AutoARIMA": 8},
    "m5_sample": AMOUNTS | COUNTS | {"AutoETS": 4, "DynamicOptimizedTheta": 16, "AutoTheta": 64, "MSTL": 8, "AutoCES": 64, "AutoARIMA": 0},
}


def shared(o, name):
    path = o.shared / "bench" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    mod = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mod)
    return mod


def run(o):
    peers = shared(o, "stat_peers")
    import pandas as pd, statsforecast.utils as su
    o.keep.mkdir(parents=True, exist_ok=True)
    for name in o.sets or PLAN:
        at = o.dir / name
        meta = json.loads((at / "meta.json").read_text())
        h, m = meta["h"], meta["season"]
        seasons = [24, 168] if meta["freq"] == "h" else m
        train, test = (pd.read_csv(at / f, dtype={"id": str}) for f in ("train.csv", "test.csv"))
        times, values = test.groupby("id", sort=False).time.apply(list), {k: v.to_numpy(float) for k, v in train.groupby("id", sort=False).value}
        for method, every in PLAN[name].items():
            if not every or o.only and method not in o.only:
                continue
            out = o.keep / f"{name}.{method}.csv"
            if out.exists():
                continue
            parts, failed, cpu = [], 0, time.process_time()
            for k in list(values)[::every]:
                try:
                    mod = peers.model(method, m, seasons) if method != "SimpleExponentialSmoothingOptimized" else peers.sf.SimpleExponentialSmoothingOptimized()
                    if method in CONFORMAL:
                        mod.prediction_intervals = su.ConformalIntervals(h=h, n_windows=2)
                    q = peers.quantiles(mod.forecast(y=values[k], h=h, level=peers.LEVELS)).iloc[: len(times[k])]
                except Exception:
                    failed += 1
                    continue
                q.insert(0, "time", times[k][: len(q)])
                q.insert(0, "id", k)
                parts.append(q)
            cpu = time.process_time() - cpu
            draft = out.with_suffix(".draft")  # a run that is killed leaves nothing that looks whole
            pd.concat(parts).to_csv(draft, index=False)
            draft.rename(out)
            print(json.dumps(dict(set=name, method=method, every=every, series=len(parts), failed=failed, cpu_s=round(cpu, 1))), flush=True)


def losses(f, test, scale):
    """Per series: the sum of the pinball loss, of |y|, and the scaled loss (NaN without a scale)."""
    import numpy as np
    levels = [f"q{l / 10:g}" for l in range(1, 10)]
    j = test.merge(f, on=["id", "time"], how="inner")
    e = j.value.to_numpy()[:, None] - j[levels].to_numpy()
    lv = np.arange(1, 10) / 10
    j["pb"], j["abs"] = 2 * np.maximum(lv * e, (lv - 1) * e).mean(1), j.value.abs()
    g = j.groupby("id", sort=False)[["pb", "abs"]].agg(["sum", "mean"])
    g.columns = ["pb", "mean", "abs", "_"]
    g["sql"] = (g["mean"] / scale.reindex(g.index)).replace([np.inf], np.nan)
    return g[np.isfinite(g.pb)]


def table(o):
    import numpy as np, pandas as pd
    rng = np.random.default_rng(1)
    print("| set | method | series | SQL theirs | ours | ours / theirs, 95 % | WQL theirs | ours | ours / theirs, 95 % |\n|---|---|---|---|---|---|---|---|---|")
    best, means = [], {"sql": [], "wql": []}
    for name in o.sets or PLAN:
        at = o.dir / name
        meta = json.loads((at / "meta.json").read_text())
        train, test = (pd.read_csv(at / f, dtype={"id": str}, parse_dates=["time"]) for f in ("train.csv", "test.csv"))
        m = meta["mase_season"]
        scale = train.groupby("id", sort=False).value.apply(lambda v: np.abs(v.to_numpy()[m:] - v.to_numpy()[:-m]).mean() if len(v) > m else np.nan)
        load = lambda path: losses(pd.read_csv(path, dtype={"id": str}, parse_dates=["time"]), test, scale)
        ours = load(o.ours / f"{name}.{o.method}.csv")
        rows = []
        for method in PLAN[name]:
            path = o.keep / f"{name}.{method}.csv"
            if not path.exists():
                continue
            p = load(path)
            ids = p.index.intersection(ours.index)
            a, b = ours.loc[ids], p.loc[ids]
            pick = rng.integers(0, len(ids), (4000, len(ids))) if len(ids) > 1 else np.zeros((1, 1), int)
            ok = np.isfinite(a.sql.to_numpy()) & np.isfinite(b.sql.to_numpy())
            sa, sb = np.where(ok, a.sql, 0), np.where(ok, b.sql, 0)
            pa, pb = a.pb.to_numpy(), b.pb.to_numpy()
            sql, wql = [], []
            for r in pick:
                sql.append(sa[r].sum() / sb[r].sum())
                wql.append(pa[r].sum() / pb[r].sum())
            row = dict(method=method, n=len(ids), full=len(ids) > .9 * meta["series"],
                       sql=(sb[ok].mean(), sa[ok].mean(), *np.quantile(sql, (.025, .975))),
                       wql=(pb.sum() / b["abs"].sum(), pa.sum() / b["abs"].sum(), *np.quantile(wql, (.025, .975))))
            rows.append(row)
            cell = lambda c: f"{c[0]:.4f} | {c[1]:.4f} | {c[1] / c[0]:.3f} ({c[2]:.3f} to {c[3]:.3f})"
            print(f"| {name} | {method} | {len(ids)} | {cell(row['sql'])} | {cell(row['wql'])} |")
        for s in ("sql", "wql"):
            if not rows:
                continue
            top = max(rows, key=lambda r: r[s][1] / r[s][0])  # the one we gain least on: the best, whatever its series
            c = top[s]
            best.append(f"| {name} | {s.upper()} | {top['method']} | {top['n']} | {c[0]:.4f} | {c[1]:.4f} | {c[1] / c[0]:.3f} ({c[2]:.3f} to {c[3]:.3f}) | {'no' if c[2] > 1 else 'yes'} |")
            whole = min((r for r in rows if r["full"]), key=lambda r: r[s][0])
            means[s].append(np.log(whole[s][1] / whole[s][0]))
    print("\n| set | measure | best method of theirs | series | theirs | ours | ours / theirs, 95 % | no worse beyond noise |\n|---|---|---|---|---|---|---|---|")
    print("\n".join(best))
    for s, v in means.items():
        print(f"\nGeometric mean over the sets of ours / the best method that forecast all series, {s.upper()}: {np.exp(np.mean(v)):.3f}")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=("run", "table")); a.add_argument("sets", nargs="*")
    a.add_argument("--only", nargs="*", help="methods to run")
    a.add_argument("--dir", type=pathlib.Path, default="/tmp/bench"); a.add_argument("--keep", type=pathlib.Path, default="/tmp/bench/peers")
    a.add_argument("--ours", type=pathlib.Path, default="/tmp/bench/forecasts"); a.add_argument("--method", default="auto")
    a.add_argument("--shared", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[3] / "shared")
    o = a.parse_args()
    {"run": run, "table": table}[o.what](o)


if __name__ == "__main__":
    main()
