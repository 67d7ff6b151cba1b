#!/usr/bin/env python3
"""Runs one method of Tidewatch and one model of statsforecast on the same series, one thread each, one after the other, and prints one
row of a Markdown table: CPU time a series, their ratio, and accuracy of both.

    python3 bench/stat/compare.py --shared ../shared --sets /tmp/bench m3_monthly arima AutoARIMA --every 8

Needs Go, and the Python packages that ../shared/bench/stat_peers.py and score.py name. Without --every it runs all series.
"""
import argparse, json, os, pathlib, subprocess, sys, tempfile

SCORES = ("smape", "mase", "wql", "cov80", "cov95")


def last_json(cmd, **kw):
    out = subprocess.run([str(c) for c in cmd], check=True, capture_output=True, text=True, **kw).stdout
    return json.loads(out.strip().splitlines()[-1])


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("set"); a.add_argument("method"); a.add_argument("peer")
    a.add_argument("--every", type=int, default=1)
    a.add_argument("--shared", type=pathlib.Path, default="../shared"); a.add_argument("--sets", type=pathlib.Path, default="/tmp/bench")
    o = a.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2]
    bench = (root / o.shared).resolve() / "bench"
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        binary = tmp / "stat"
        subprocess.run(["go", "build", "-o", binary, "./bench/stat"], check=True, cwd=root)
        kept = tmp / o.set
        peer = last_json([sys.executable, bench / "stat_peers.py", o.sets / o.set, o.peer, "--every", o.every, "--out", tmp / "peer.csv", "--keep-train", kept])
        ours = last_json([binary, "-set", kept, "-method", o.method, "-out", tmp / "ours.csv"], env=os.environ | {"GOMAXPROCS": "1"})
        score = lambda f: json.loads(subprocess.run([sys.executable, bench / "score.py", kept, tmp / f], capture_output=True, text=True).stdout)
        so, sp = score("ours.csv"), score("peer.csv")
    both = lambda k: f"{so[k]:.4g} / {sp[k]:.4g}"
    print(f"| {o.set} | {ours['series']} | {ours['ms_per_series']:.3g} / {peer['ms_per_series']:.4g} | {peer['ms_per_series'] / ours['ms_per_series']:.0f} | "
          + " | ".join(both(k) for k in SCORES) + f" | {ours['rss_mb']} / {peer['rss_mb']} |")


if __name__ == "__main__":
    main()
