#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Captures to biflows beside what is used from Python: a dpkt loop, and tshark's fields. Processor time, alternating.

    .deps/venv/bin/python benchmarks/captures/compare.py build/benchmark/bin/morgana_benchmark_captures [--pairs 5]
"""
import argparse
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import dpkt

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("program")
parser.add_argument("--pairs", type=int, default=5)
parser.add_argument("--packets", type=int, default=200_000)
parser.add_argument("--flows", type=int, default=10_000)
arguments = parser.parse_args()


def ours(file):
    words = subprocess.run([arguments.program, "--read", file], check=True, capture_output=True, text=True).stdout.split()
    return tuple(map(int, words[:3])), float(words[3])


def by_dpkt(file):
    begin = time.process_time()
    flows, packets, total = {}, 0, 0
    with open(file, "rb") as stream:
        for seconds, frame in dpkt.pcap.Reader(stream):
            packets += 1
            ip = dpkt.ethernet.Ethernet(frame).data
            if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, (dpkt.tcp.TCP, dpkt.udp.UDP)):
                continue
            segment = ip.data
            key = tuple(sorted(((ip.src, segment.sport), (ip.dst, segment.dport)))) + (ip.p,)
            sums = flows.setdefault(key, [0, 0, seconds, seconds])
            sums[0] += 1
            sums[1] += len(segment.data)
            sums[3] = seconds
            total += len(segment.data)
    return (packets, len(flows), total), time.process_time() - begin


def by_tshark(file):
    fields = ["frame.time_epoch", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.len"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["tshark", "-r", file, "-T", "fields", *(word for field in fields for word in ("-e", field))],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as folder:
    capture = str(pathlib.Path(folder) / "made.pcap")
    subprocess.run([arguments.program, "--make", capture, "--packets", str(arguments.packets),
                    "--flows", str(arguments.flows)], check=True)
    ours(capture)
    seconds = {"ours": [], "dpkt": [], "tshark": []}
    for _ in range(arguments.pairs):
        found, taken = ours(capture)
        seconds["ours"].append(taken)
        expected, taken = by_dpkt(capture)
        seconds["dpkt"].append(taken)
        assert found == expected, (found, expected)
        if shutil.which("tshark"):
            seconds["tshark"].append(by_tshark(capture))

for name, times in seconds.items():
    if not times:
        print(f"{name} is not installed here")
        continue
    ratios = [peer / own for peer, own in zip(times, seconds["ours"])]
    print(f"{name}: {arguments.packets / statistics.median(times) / 1e6:.3f} million packets a second, "
          f"{statistics.median(ratios):.1f} times our time ({min(ratios):.1f} to {max(ratios):.1f})")
