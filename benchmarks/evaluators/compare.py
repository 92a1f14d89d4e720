#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py BUILD [--threads N] [--pairs N] [--parquet FILE]: our forest beside scikit-learn's, our Frechet distance beside scipy's matrix root, our overlap beside prdc.

Ours and the peer's run in turn, on the same arrays with as many threads; prints the median of the ratios with their range. Run with
.deps/venv/bin/python. Build with -DMORGANA_BENCHMARKS=ON. Without --parquet (Mirage-VIDEO.parquet) the forest runs on made-up clouds.
"""
import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("build")
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("--pairs", type=int, default=5)
arguments.add_argument("--parquet")
arguments.add_argument("--only", choices=["forest", "frechet", "overlap"])
given = arguments.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(given.threads)

import numpy as np  # after the thread settings
import scipy.linalg
from safetensors.numpy import load_file, save_file


def ours(program, file):
    output = subprocess.run([f"{given.build}/bin/{program}", file, str(given.threads)], check=True, capture_output=True, text=True).stdout
    return [float(number) for number in output.split()]


def report(name, pairs, note):
    ratios = sorted(peer / mine for mine, peer in pairs)
    mine, peer = (statistics.median(column) for column in zip(*pairs))
    print(f"{name}: ours {mine:.3f} s, peer {peer:.3f} s, ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}, {len(pairs)} pairs); {note}", flush=True)


def forest(folder):
    from sklearn.ensemble import RandomForestClassifier

    file = folder + "/forest.safetensors"
    if given.parquet:
        script = os.path.dirname(os.path.abspath(__file__)) + "/../../plugins/evaluators/downstream/test/scikit_learn.py"
        subprocess.run([sys.executable, script, given.parquet, file], check=True)
        data = load_file(file)
    else:
        random = np.random.default_rng(0)
        labels = random.integers(0, 16, 25000).astype(np.int32)
        values = (random.normal(size=(25000, 20)) + random.normal(size=(16, 20))[labels]).astype(np.float32)
        data = {"train": values[:20000], "test": values[20000:], "train_label": labels[:20000], "test_label": labels[20000:]}
        save_file(data, file)
    pairs = []
    for seed in range(given.pairs):
        mine = ours("morgana_forest_benchmark", file)
        start = time.perf_counter()
        peer = RandomForestClassifier(200, random_state=seed, n_jobs=given.threads).fit(data["train"], data["train_label"])
        pairs.append((mine[0], time.perf_counter() - start))
    accuracy = (peer.predict(data["test"]) == data["test_label"]).mean()
    report(f"forest, {len(data['train'])} x {data['train'].shape[1]}, 200 trees", pairs, f"accuracy ours {mine[2]:.4f}, peer {accuracy:.4f}")


def beside(program, folder, first, second, peer):
    """Our program and `peer(first, second)` in turn: the pairs of seconds, and what each answered last."""
    file = folder + "/samples.safetensors"
    save_file({"first": first, "second": second}, file)
    pairs = []
    for _ in range(given.pairs):
        seconds, *mine = ours(program, file)
        start = time.perf_counter()
        answer = peer(first, second)
        pairs.append((seconds, time.perf_counter() - start))
    return pairs, mine, answer


def scipy_frechet(first, second):
    gap = first.mean(0) - second.mean(0)
    covariances = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    return gap @ gap + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.trace(root).real


def frechet(folder):
    for columns, rows in ((256, 2000), (1024, 5000), (2048, 5000), (2048, 1000)):
        random = np.random.default_rng(columns)
        mixing = random.normal(size=(columns, columns)) / np.sqrt(columns)
        first, second = random.normal(size=(rows, columns)) @ mixing, random.normal(size=(rows, columns)) @ mixing * 1.1 + 0.1
        pairs, mine, peer = beside("morgana_frechet_benchmark", folder, first, second, scipy_frechet)
        report(f"Frechet, d = {columns}, n = {rows}", pairs, f"relative difference {abs(mine[0] / peer - 1):.1e}")


def overlap(folder):
    from prdc import prdc
    from sklearn.metrics import pairwise_distances

    def of_the_package(first, second):
        with contextlib.redirect_stdout(None):
            return prdc.compute_prdc(first, second, nearest_k=5)

    prdc.compute_pairwise_distance = lambda x, y=None: pairwise_distances(x, y, n_jobs=given.threads)  # it takes eight
    for columns, rows in ((128, 2000), (128, 5000), (128, 10000), (1000, 10000)):
        random = np.random.default_rng(columns)
        first, second = random.normal(size=(rows, columns)), random.normal(size=(rows, columns))
        pairs, mine, peer = beside("morgana_overlap_benchmark", folder, first, second, of_the_package)
        measured = dict(zip(("precision", "recall", "density", "coverage"), mine, strict=True))
        gap = max(abs(number - peer[name]) for name, number in measured.items())
        numbers = " ".join(f"{name} {number:.4f}" for name, number in measured.items())
        report(f"overlap, d = {columns}, n = {rows}", pairs, f"{numbers}, largest difference {gap:.1e}")


print(f"scipy {scipy.__version__}, {given.threads} thread(s), load average {os.getloadavg()[0]:.1f}")
with tempfile.TemporaryDirectory() as folder:
    for part in (forest, frechet, overlap):
        if given.only in (None, part.__name__):
            part(folder)
