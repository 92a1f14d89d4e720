# SPDX-License-Identifier: Apache-2.0
"""Biflows, their statistics and the JSON of MIRAGE-2019.

Differences from the released files: `L4_raw_payload` is an empty list (payload bytes are not stored).
"""

import json
import math
import pathlib

from .pcap import Packet

LISTED_PACKETS = 32
PERCENTILES = range(10, 100, 10)
STATISTICS = ("min", "max", "mean", "std", "var", "mad", "skew", "kurtosis", *(f"{p}_percentile" for p in PERCENTILES))
FILE_SUFFIX = "_MIRAGE-2019_traffic_dataset_labeled_biflows.json"


def percentile(ordered: list[float], percent: float) -> float:
    """Linear interpolation between the two nearest ranks."""
    position = (len(ordered) - 1) * percent / 100
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def statistics(values: list[float]) -> dict[str, float]:
    """The 17 statistics of one series; all NaN for an empty one.

    Population variance, unscaled median absolute deviation, adjusted Fisher-Pearson skewness and
    bias-corrected excess kurtosis where the series is long enough, else the plain moments.
    """
    if not values:
        return dict.fromkeys(STATISTICS, math.nan)
    n = len(values)
    ordered = sorted(float(value) for value in values)
    mean = math.fsum(ordered) / n
    moment = [math.fsum((value - mean) ** power for value in ordered) / n for power in range(5)]
    variance = moment[2] if ordered[0] != ordered[-1] else 0.0
    skew, kurtosis = 0.0, -3.0
    if variance > 0:
        skew = moment[3] / variance**1.5
        if n > 2:
            skew *= math.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = moment[4] / variance**2 - 3
        if n > 3:
            kurtosis = ((n * n - 1) * moment[4] / variance**2 - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3))
    median = percentile(ordered, 50)
    result = {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": mean,
        "std": math.sqrt(variance),
        "var": variance,
        "mad": percentile(sorted(abs(value - median) for value in ordered), 50),
        "skew": skew,
        "kurtosis": kurtosis,
    }
    result.update({f"{p}_percentile": percentile(ordered, p) for p in PERCENTILES})
    return result


def gaps(timestamps: list[float]) -> list[float]:
    return [later - earlier for earlier, later in zip(timestamps, timestamps[1:])]


def flow_features(lengths: list[int], timestamps: list[float], directions: list[int]) -> dict:
    """Statistics over all packets of a biflow. The biflow's gaps are those of its two directions, joined."""
    length_by_direction = [[v for v, d in zip(lengths, directions) if d == way] for way in (0, 1)]
    gaps_by_direction = [gaps([t for t, d in zip(timestamps, directions) if d == way]) for way in (0, 1)]
    return {
        name: {"biflow": statistics(both), "upstream_flow": statistics(ways[0]), "downstream_flow": statistics(ways[1])}
        for name, both, ways in (
            ("packet_length", lengths, length_by_direction),
            ("iat", gaps_by_direction[0] + gaps_by_direction[1], gaps_by_direction),
        )
    }


def totals(prefix: str, packets: list[Packet]) -> dict:
    return {
        f"{prefix}_num_packets": len(packets),
        f"{prefix}_IP_packet_bytes": sum(p.ip_bytes for p in packets),
        f"{prefix}_L4_payload_bytes": sum(p.payload_bytes for p in packets),
        # the released files hold an integer 0 where a direction has no packet
        f"{prefix}_duration": packets[-1].timestamp - packets[0].timestamp if packets else 0,
    }


def biflow_object(packets: list[Packet], phone: str, label: str, labeling_type: str) -> dict:
    directions = [0 if p.source[0] == phone else 1 for p in packets]
    listed = packets[:LISTED_PACKETS]
    return {
        "packet_data": {
            "src_port": [p.source[1] for p in listed],
            "dst_port": [p.target[1] for p in listed],
            "packet_dir": directions[:LISTED_PACKETS],
            "L4_payload_bytes": [p.payload_bytes for p in listed],
            "iat": [0, *gaps([p.timestamp for p in listed])],
            "TCP_win_size": [p.window for p in listed],
            "L4_raw_payload": [],
        },
        "flow_features": flow_features([p.ip_bytes for p in packets], [p.timestamp for p in packets], directions),
        "flow_metadata": {
            "BF_label": label,
            "BF_labeling_type": labeling_type,
            **totals("BF", packets),
            **totals("UF", [p for p, d in zip(packets, directions) if d == 0]),
            **totals("DF", [p for p, d in zip(packets, directions) if d == 1]),
        },
    }


def assemble(packets: list[Packet], phone: str) -> dict[tuple, list[Packet]]:
    """Biflows of one capture in the order of their first packet, keyed (phone end, far end, protocol)."""
    biflows: dict[tuple, list[Packet]] = {}
    for packet in sorted(packets, key=lambda p: p.timestamp):
        if phone not in (packet.source[0], packet.target[0]):
            continue
        ends = (packet.source, packet.target) if packet.source[0] == phone else (packet.target, packet.source)
        biflows.setdefault((*ends, packet.protocol), []).append(packet)
    return biflows


def biflow_key(ends: tuple) -> str:
    (phone, phone_port), (far, far_port), protocol = ends
    return f"{phone},{phone_port},{far},{far_port},{protocol}"


def write_capture(folder: pathlib.Path, epoch: int, package: str, biflows: dict[str, dict]) -> pathlib.Path:
    """Writes one capture file; refuses to overwrite another capture of the same second."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{epoch}_{package}{FILE_SUFFIX}"
    if path.exists():
        raise FileExistsError(f"{path} exists; record into an empty folder")
    path.write_text(json.dumps(biflows))
    return path
