# SPDX-License-Identifier: Apache-2.0
"""Checks the writer against genuine MIRAGE-2019 files, and a recorded folder against itself."""

import collections
import json
import math
import pathlib

from .mirage import FILE_SUFFIX, LISTED_PACKETS, flow_features

RELATIVE_TOLERANCE = 1e-5


def shape(value) -> object:
    """Keys in order, recursively; lists and numbers count as one leaf."""
    return [(key, shape(item)) for key, item in value.items()] if isinstance(value, dict) else None


def close(computed: float, stored: float) -> bool:
    if math.isnan(computed) or math.isnan(stored):
        return math.isnan(computed) and math.isnan(stored)
    return math.isclose(computed, stored, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-7)


def differing(computed: dict, stored: dict, name: str) -> list[str]:
    return [
        f"{name}.{flow}.{statistic}: {computed[name][flow][statistic]} instead of {value}"
        for flow, values in stored[name].items()
        for statistic, value in values.items()
        if not close(computed[name][flow][statistic], value)
    ]


def ip_lengths(biflow: dict, protocol: str) -> list[int] | None:
    """IP lengths, which the format leaves out, guessed as 60 for a handshake packet and payload + 52 otherwise.

    None where the guess misses a direction's total or minimum (other TCP options were in use).
    """
    data, metadata = biflow["packet_data"], biflow["flow_metadata"]
    if protocol == "17":
        lengths = [payload + 28 for payload in data["L4_payload_bytes"]]
    else:
        first = {way: data["packet_dir"].index(way) for way in set(data["packet_dir"])}
        lengths = [p + (60 if i in first.values() else 52) for i, p in enumerate(data["L4_payload_bytes"])]
    for way, prefix, flow in ((0, "UF", "upstream_flow"), (1, "DF", "downstream_flow")):
        guessed = [v for v, d in zip(lengths, data["packet_dir"]) if d == way]
        smallest = biflow["flow_features"]["packet_length"][flow]["min"]
        if sum(guessed) != metadata[f"{prefix}_IP_packet_bytes"] or (guessed and min(guessed) != smallest):
            return None
    return lengths


def check_features(folder: pathlib.Path) -> tuple[collections.Counter, list[str]]:
    """Recomputes flow_features of complete biflows of all files below `folder`: (what was compared, differences)."""
    compared: collections.Counter = collections.Counter()
    wrong = []
    for path in sorted(folder.rglob("*.json")):
        for key, biflow in json.loads(path.read_text()).items():
            compared["biflows"] += 1
            data = biflow["packet_data"]
            if biflow["flow_metadata"]["BF_num_packets"] > LISTED_PACKETS:
                continue
            timestamps = [math.fsum(data["iat"][: i + 1]) for i in range(len(data["iat"]))]
            lengths = ip_lengths(biflow, key.rsplit(",", 1)[1])
            computed = flow_features(lengths or data["L4_payload_bytes"], timestamps, data["packet_dir"])
            names = ["iat"] + (["packet_length"] if lengths else [])
            compared.update(f"biflows with complete {name}" for name in names)
            for name in names:
                wrong += [f"{path.name} {key} {text}" for text in differing(computed, biflow["flow_features"], name)]
    return compared, wrong


def check_structure(folder: pathlib.Path, genuine: pathlib.Path) -> list[str]:
    """Biflows below `folder` whose keys, or whose value types, differ from the genuine files'."""

    def one_of(root: pathlib.Path) -> dict:
        return next(iter(json.loads(next(iter(sorted(root.rglob("*.json")))).read_text()).values()))

    expected = shape(one_of(genuine))
    wrong = []
    for path in sorted(folder.rglob("*.json")):
        text = path.read_text()
        if not path.name.endswith(FILE_SUFFIX) or text.endswith("\n") or json.dumps(json.loads(text)) != text:
            wrong.append(f"{path.name}: file name or JSON style")
        for key, biflow in json.loads(text).items():
            data = biflow["packet_data"]
            listed = min(LISTED_PACKETS, biflow["flow_metadata"]["BF_num_packets"])
            lengths = {len(values) for name, values in data.items() if name != "L4_raw_payload"}
            if shape(biflow) != expected or lengths != {listed} or len(key.split(",")) != 5:
                wrong.append(f"{path.name} {key}: structure")
            if any(not 0 <= value <= 1460 for value in data["L4_payload_bytes"]) or min(data["iat"]) < 0:
                wrong.append(f"{path.name} {key}: payload or inter-arrival time out of range")
    return wrong


def summary(folder: pathlib.Path) -> str:
    """A Markdown table of the programs: captures, biflows, share labelled exact, packets, bytes."""
    rows: dict[str, list] = collections.defaultdict(list)
    captures: collections.Counter = collections.Counter()
    for path in sorted(folder.rglob("*.json")):
        biflows = list(json.loads(path.read_text()).values())
        captures[biflows[0]["flow_metadata"]["BF_label"]] += 1
        for biflow in biflows:
            rows[biflow["flow_metadata"]["BF_label"]].append(biflow)
    lines = [
        "| program | captures | biflows | exact | UDP | packets per biflow: mean, median | payload bytes: median |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, biflows in sorted(rows.items()):
        packets = sorted(b["flow_metadata"]["BF_num_packets"] for b in biflows)
        payload = sorted(b["flow_metadata"]["BF_L4_payload_bytes"] for b in biflows)
        exact = sum(b["flow_metadata"]["BF_labeling_type"] == "exact" for b in biflows) / len(biflows)
        udp = sum(not any(b["packet_data"]["TCP_win_size"]) for b in biflows)
        lines.append(
            f"| `{label}` | {captures[label]} | {len(biflows)} | {exact:.0%} | {udp} "
            f"| {sum(packets) / len(packets):.1f}, {packets[len(packets) // 2]} | {payload[len(payload) // 2]} |"
        )
    size = sum(path.stat().st_size for path in folder.rglob("*.json"))
    lines.append(f"\n{sum(map(len, rows.values()))} biflows, {sum(captures.values())} captures, {size / 1e6:.2f} MB")
    return "\n".join(lines)
