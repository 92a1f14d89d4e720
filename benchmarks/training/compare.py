#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py BUILD [--threads N] [--pairs N]: a training step of our U-Net beside the same network in Python's torch.

Run with .deps/peers/bin/python (scripts/setup --peers); build with -DMORGANA_BENCHMARKS=ON. First our weights and inputs
are loaded into the peer, key for key, and the outputs compared; then both are timed in turn, eager, float32, and the
median of the ratios printed with their range. A step: forward, backward, AdamW, average of the weights, zeroed gradients.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("build")
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("--pairs", type=int, default=5)
given = arguments.parse_args()
os.environ["OMP_NUM_THREADS"] = str(given.threads)
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch  # after the thread settings
from safetensors.torch import load_file

from unet import UNet

torch.set_num_threads(given.threads)
# As in training_benchmark.cpp.
CASES = [
    ("8x8, batch 4", dict(in_channels=1, out_channels=2, side=8, classes=16), 4),
    ("10x10, batch 256", dict(in_channels=2, out_channels=4, side=10, classes=16), 256),
    ("32x32, batch 16", dict(in_channels=1, out_channels=2, side=32, classes=16, multipliers=(1, 2, 2)), 16),
]


def ours(case, state=None):
    command = [f"{given.build}/bin/morgana_training_benchmark", str(given.threads), "5", str(case)]
    output = subprocess.run(command + ([state] if state else []), check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def load(case, settings, folder):
    """The peer with our weights, after its output on our input was found to be ours."""
    file = f"{folder}/state.safetensors"
    ours(case, file)
    state = load_file(file)
    images, steps, labels, output = (state.pop(name) for name in ("input.images", "input.steps", "input.labels", "output"))
    network = UNet(**settings)
    network.load_state_dict(state)
    with torch.no_grad():
        difference = (network(images, steps, labels) - output).abs().max() / output.abs().max()
    return network, images, steps, labels, difference.item()


def peer(network, images, steps, labels, repeats=5):
    parameters = list(network.parameters())
    averages = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, 1e-4, weight_decay=0, fused=True)
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        network(images, steps, labels).square().mean().backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 0.001)
        optimizer.zero_grad()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[1:])


print(f"torch {torch.__version__}, {given.threads} thread(s), load average {os.getloadavg()[0]:.1f}")
with tempfile.TemporaryDirectory() as folder:
    for number, (name, settings, batch) in enumerate(CASES):
        network, *inputs, difference = load(number, settings, folder)
        pairs = []
        for _ in range(given.pairs):
            mine = ours(number)
            pairs.append((mine["forward_backward_ms"] + mine["optimizer_ms"], peer(network, *inputs), mine))
        ratios = sorted(theirs / mine for mine, theirs, _ in pairs)
        optimizer = sorted(m["torch_optimizer_ms"] / m["optimizer_ms"] for *_, m in pairs)
        limit = sorted(m["optimizer_ms"] / m["copy_ms"] for *_, m in pairs)
        print(f"{name}: step ours {statistics.median(p[0] for p in pairs):.1f} ms, Python {statistics.median(p[1] for p in pairs):.1f} ms, "
              f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}, {given.pairs} pairs); largest relative difference of the outputs {difference:.1e}\n"
              f"  optimizer and average: {statistics.median(optimizer):.1f} x torch::optim::AdamW ({optimizer[0]:.1f} to {optimizer[-1]:.1f}), "
              f"{statistics.median(limit):.2f} x a copy of as many bytes", flush=True)
