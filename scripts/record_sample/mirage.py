# SPDX-License-Identifier: Apache-2.0
"""The statistics of MIRAGE-2019, written a second time: what the datasets are checked with."""

import math

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
