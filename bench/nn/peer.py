#!/usr/bin/env python3
"""Networks that ../shared/bench/neural_peers.py does not have, or only with neuralforecast's layers, in plain PyTorch: the same
table, the same shapes as this folder's Go.

    python3 bench/nn/peer.py --threads 1
"""
import argparse
import math
import os
import resource
import subprocess
import sys
import time

a = argparse.ArgumentParser()
a.add_argument("--threads", default="1")
a.add_argument("--only", default="")
a.add_argument("--secs", type=float, default=4.0)
a.add_argument("--child", type=int, default=0)
ARGS = a.parse_args()
if not ARGS.child:
    print("| case | threads | batch | params | ms/step median | ms/step best | samples/s median | samples/s best | CPU s / 1000 samples |\n|" + "---|" * 9, flush=True)
    for n in ARGS.threads.split(","):
        subprocess.run([sys.executable, __file__, "--child", n, "--only", ARGS.only, "--secs", str(ARGS.secs)],
                       env=dict(os.environ, OMP_NUM_THREADS=n, MKL_NUM_THREADS=n), check=True)
    sys.exit(0)

import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(ARGS.child)


class NHiTS(nn.Module):
    def __init__(self):
        super().__init__()
        self.pools, self.knots = (2, 2, 1), (12, 24, 48)
        self.blocks = nn.ModuleList()
        for pool, knots in zip(self.pools, self.knots):
            layers, n = [], 96 // pool
            for _ in range(4):
                layers, n = layers + [nn.Linear(n, 512), nn.ReLU()], 512
            self.blocks.append(nn.Sequential(*layers, nn.Linear(512, 96 + knots)))

    def forward(self, x):
        rest, y = x.flip(1), 0
        for pool, block in zip(self.pools, self.blocks):
            t = block(F.max_pool1d(rest[:, None], pool, pool)[:, 0])
            rest, ahead = rest - t[:, :96], t[:, None, 96:]
            y = y + F.interpolate(ahead, size=48, mode="linear")[:, 0]
        return y


class Block(nn.Module):
    """A layer of PatchTST, with residual attention and layer norm."""

    def __init__(self, d=128, heads=16, hidden=256, drop=.2):
        super().__init__()
        self.h = heads
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.ff = nn.Sequential(nn.Linear(d, hidden), nn.GELU(), nn.Dropout(drop), nn.Linear(hidden, d))
        self.drop = nn.Dropout(drop)

    def forward(self, x, before):
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.h, d // self.h).permute(2, 0, 3, 1, 4)
        s = q @ k.transpose(-1, -2) / math.sqrt(d // self.h)
        if before is not None:
            s = s + before
        y = (s.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d)
        x = self.n1(x + self.drop(self.out(y)))
        return self.n2(x + self.drop(self.ff(x))), s


class PatchTST(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.position = nn.Linear(16, 128), nn.Parameter(torch.rand(64, 128) * .04 - .02)
        self.layers = nn.ModuleList(Block() for _ in range(3))
        self.head = nn.Linear(64 * 128, 48)

    def forward(self, x):
        x = F.pad(x[:, None], (0, 8), mode="replicate")[:, 0].unfold(1, 16, 8)
        x, s = self.embed(x) + self.position, None
        for layer in self.layers:
            x, s = layer(x, s)
        return self.head(x.transpose(1, 2).flatten(1))


class T5Layer(nn.Module):
    def __init__(self, cross, d=768, heads=12, ff=3072):
        super().__init__()
        self.h, lin = heads, lambda i, o: nn.Linear(i, o, bias=False)
        self.att = nn.ModuleList(nn.ModuleList(lin(d, d) for _ in range(4)) for _ in range(1 + cross))
        self.norms = nn.ModuleList(nn.RMSNorm(d, 1e-6) for _ in range(2 + cross))
        self.wi, self.wo = lin(d, ff), lin(ff, d)

    def attend(self, w, x, memory, bias):
        split = lambda t: t.view(t.shape[0], t.shape[1], self.h, -1).transpose(1, 2)  # noqa: E731
        y = F.scaled_dot_product_attention(split(w[0](x)), split(w[1](memory)), split(w[2](memory)), attn_mask=bias, scale=1.0)
        return w[3](y.transpose(1, 2).reshape(x.shape))

    def forward(self, x, bias, memory=None):
        z = self.norms[0](x)
        x = x + self.attend(self.att[0], z, z, bias)
        if memory is not None:
            x = x + self.attend(self.att[1], self.norms[1](x), memory, None)
        return x + self.wo(F.relu(self.wi(self.norms[-1](x))))


class Chronos(nn.Module):
    """Chronos-Bolt of the base size: T5 over 32 patches and a register, one step of the decoder."""

    def __init__(self):
        super().__init__()
        mlp = lambda i, o: nn.ModuleList([nn.Linear(i, 3072), nn.Linear(3072, o), nn.Linear(i, o)])  # noqa: E731
        self.inp, self.outp = mlp(32, 768), mlp(768, 9 * 64)
        self.tokens = nn.Parameter(torch.randn(2, 768))
        self.enc = nn.ModuleList(T5Layer(False) for _ in range(12))
        self.dec = nn.ModuleList(T5Layer(True) for _ in range(12))
        self.norm, self.norm2 = nn.RMSNorm(768, 1e-6), nn.RMSNorm(768, 1e-6)
        self.bias = nn.Parameter(torch.randn(1, 12, 33, 33))

    def forward(self, x):
        res = lambda m, t: m[1](F.relu(m[0](t))) + m[2](t)  # noqa: E731
        x = torch.cat([res(self.inp, x), self.tokens[1].expand(len(x), 1, 768)], 1)
        for layer in self.enc:
            x = layer(x, self.bias)
        x, y = self.norm(x), self.tokens[0].expand(len(x), 1, 768)
        for layer in self.dec:
            y = layer(y, None, x)
        return res(self.outp, self.norm2(y))[:, 0]


CASES = {"nhits": (NHiTS, 256, (96,), (48,), True), "patchtst": (PatchTST, 32, (512,), (48,), True), "chronos-base": (Chronos, 32, (32, 32), (576,), False)}


def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


for name, (make, batch, shape_in, shape_out, train) in CASES.items():
    if ARGS.only and name not in ARGS.only.split(","):
        continue
    torch.manual_seed(0)
    net = make().train(train)
    params = sum(p.numel() for p in net.parameters())
    opt = torch.optim.Adam(net.parameters(), 1e-3)

    def step():
        x, y = torch.randn(batch, *shape_in), torch.randn(batch, *shape_out)
        if not train:
            with torch.inference_mode():
                return net(x).reshape(-1)[0].item()
        opt.zero_grad()
        loss = F.mse_loss(net(x), y)
        loss.backward()
        opt.step()
        return loss.item()

    start, n = time.perf_counter(), 0
    while n < 3 or time.perf_counter() < start + max(.5, ARGS.secs / 5):
        step()
        n += 1
    each = max(1, round(ARGS.secs / 5 / ((time.perf_counter() - start) / n)))
    times, used = [], cpu()
    for _ in range(5):
        t = time.perf_counter()
        for _ in range(each):
            step()
        times.append((time.perf_counter() - t) / each)
    used = cpu() - used
    m, b = sorted(times)[2], min(times)
    print(f"| {name} | {ARGS.child} | {batch} | {params} | {m*1e3:.3f} | {b*1e3:.3f} | {batch/m:.0f} | {batch/b:.0f} | {used/(batch*each*5)*1000:.4f} |", flush=True)
