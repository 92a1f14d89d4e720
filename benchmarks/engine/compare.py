#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A graph whose results are all there already: morgana run beside snakemake, on the same graph, in turn.

usage: compare.py --build BUILD [--layers 20] [--width 100] [--pairs 7] [--snakemake /usr/bin/snakemake]

Each node depends on two of the layer above. Prints medians, the ratio of each pair with its range, and what oneTBB
alone takes for the graph. Snakemake's results are made by hand: it only has to find that there is nothing to do.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SNAKEFILE = """
LAYERS, WIDTH = {layers}, {width}

def above(wildcards):
    layer, i = int(wildcards.layer), int(wildcards.i)
    if layer == 0:
        return []
    return [f"out/{{layer - 1}}_{{i}}", f"out/{{layer - 1}}_{{(i + 1) % WIDTH}}"]

rule all:
    input: [f"out/{{LAYERS - 1}}_{{i}}" for i in range(WIDTH)]

rule node:
    input: above
    output: "out/{{layer}}_{{i}}"
    shell: "echo 1 > {{output}}"
"""


def pipeline(layers, width):
    nodes = {}
    for layer in range(layers):
        for i in range(width):
            node = {"use": "bench.sum", "set": {"add": layer * width + i}}
            if layer > 0:
                node["gather"] = {"numbers": [f"n{layer - 1}_{i}.sum", f"n{layer - 1}_{(i + 1) % width}.sum"]}
            nodes[f"n{layer}_{i}"] = node
    return {"schema": "morgana.pipeline/1", "nodes": nodes}


def timed(command, folder, environment):
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return seconds, done


def spread(values, scale=1.0, unit=""):
    return f"{statistics.median(values) * scale:.4g}{unit} ({min(values) * scale:.4g} .. {max(values) * scale:.4g})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--layers", type=int, default=20)
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--snakemake", default="/usr/bin/snakemake")
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    environment = dict(os.environ, MORGANA_PLUGIN_PATH=str(build / "benchmark-plugins"))
    peer = shutil.which(options.snakemake)

    with tempfile.TemporaryDirectory(prefix="morgana-engine-") as name:
        folder = pathlib.Path(name)
        (folder / "graph.json").write_text(json.dumps(pipeline(options.layers, options.width)))
        (folder / "Snakefile").write_text(SNAKEFILE.format(layers=options.layers, width=options.width))
        (folder / "out").mkdir()
        now = time.time() - 10_000
        for layer in range(options.layers):
            for i in range(options.width):
                file = folder / "out" / f"{layer}_{i}"
                file.write_text("1\n")
                os.utime(file, (now + layer, now + layer))
        ours = [str(build / "bin/morgana"), "run", "graph.json", "--cache", "cache"]
        theirs = [peer, "--cores", "2", "--quiet", "all", "all"] if peer else None

        first, _ = timed(ours, folder, environment)
        print(f"{options.layers * options.width} nodes; load {os.getloadavg()[0]:.1f}")
        print(f"morgana, nothing cached: {first:.2f} s")
        a, b = [], []
        for _ in range(options.pairs):
            seconds, done = timed(ours, folder, environment)
            a.append(seconds)
            if f": {options.layers * options.width} cached\n" not in done.stderr:
                sys.exit(f"not everything was cached:\n{done.stderr}")
            if theirs:
                b.append(timed(theirs, folder, environment)[0])
        print(f"morgana, all cached:     {spread(a, 1e3, ' ms')}")
        if b:
            print(f"snakemake, nothing to do: {spread(b, 1, ' s')}")
            print(f"ratio of each pair:      {spread([y / x for x, y in zip(a, b)])}")
        else:
            print(f"{options.snakemake} is not there: apt-get install snakemake")
        raw = float(subprocess.run([str(build / "bin/morgana_raw_graph"), str(options.layers), str(options.width)],
                                   capture_output=True, text=True, check=True).stdout)
        print(f"oneTBB alone:            {raw * 1e3:.3f} ms, {raw / (options.layers * options.width) * 1e9:.0f} ns a node")


if __name__ == "__main__":
    main()
