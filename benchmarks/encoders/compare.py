#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""GASF and GADF beside pyts' own kernel, a C++ of its form, and a fill of the same bytes; one thread each, alternating.

    .deps/venv/bin/python benchmarks/encoders/compare.py build/release/bin/morgana_field_rate [--pairs 7]
"""
import argparse
import os
import statistics
import subprocess
import time

import numpy
from pyts.image._gaf import _gadf, _gasf

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--pairs", type=int, default=7)
parser.add_argument("--seconds", type=float, default=0.2)
parser.add_argument("--points", type=int, nargs="+", default=[10, 32, 64, 128])
arguments = parser.parse_args()

ours = subprocess.Popen([arguments.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def rate(kernel, points, images):
    if not kernel.startswith("pyts"):
        ours.stdin.write(f"{kernel} {points} {images} {arguments.seconds}\n")
        ours.stdin.flush()
        return float(ours.stdout.readline())
    work = _gasf if kernel == "pyts-gasf" else _gadf
    x = numpy.random.default_rng(1).random((images, points))
    s = numpy.sqrt(1 - x * x)
    work(x, s, images, points)
    start, rounds = time.perf_counter(), 0
    while time.perf_counter() - start < arguments.seconds:
        work(x, s, images, points)
        rounds += 1
    return rounds * images / (time.perf_counter() - start)


def quoted(name, ratios):
    return f"{name} {statistics.median(ratios):.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"


print(f"load average {os.getloadavg()[0]:.1f}, {arguments.pairs} pairs, {arguments.seconds} s each")
for points in arguments.points:
    for memory, size in (("in cache", 256 << 10), ("past it", 64 << 20)):
        images = max(1, size // (points * points * 4))
        names = ["gasf", "gasf-stream", "gadf", "gadf-stream", "fill", "three-passes", "pyts-gasf", "pyts-gadf", "gasf"]
        rates = [[rate(name, points, images) for name in names] for _ in range(arguments.pairs)]
        columns = dict(zip(names[:-1], zip(*rates)))
        again = [row[-1] / row[0] for row in rates]

        def ratios(kernel, peer):
            return [a / b for a, b in zip(columns[kernel], columns[peer])]

        print(f"N={points} {memory} ({images} images): gasf {statistics.median(columns['gasf']):.3g}/s, "
              f"stream {statistics.median(columns['gasf-stream']):.3g}/s, "
              f"fill {statistics.median(columns['fill']):.3g}/s = {statistics.median(columns['fill']) * points * points * 4e-9:.1f} GB/s")
        print("  " + ", ".join([quoted("gasf to pyts", ratios("gasf", "pyts-gasf")),
                                quoted("gadf to pyts", ratios("gadf", "pyts-gadf")),
                                quoted("stream to pyts", ratios("gasf-stream", "pyts-gasf"))]))
        print("  " + ", ".join([quoted("gasf to fill", ratios("gasf", "fill")),
                                quoted("stream to fill", ratios("gasf-stream", "fill")),
                                quoted("gasf to three passes", ratios("gasf", "three-passes")),
                                quoted("gasf to itself", again)]))
