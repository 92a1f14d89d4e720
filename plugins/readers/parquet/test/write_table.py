# SPDX-License-Identifier: Apache-2.0
"""write_table.py PARQUET: 500 biflows with numpy arrays as list columns and categories as label, 128 a row group."""
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet

random = np.random.default_rng(7)
sizes = [random.integers(1, 1460, row % 7 + 1) for row in range(500)]
gaps = [np.concatenate([[np.nan], random.random(len(size) - 1)]) for size in sizes]  # as pandas' diff() leaves it
directions = [np.where(np.arange(len(size)) % 2 == row % 2, 0, 1).astype(np.uint8) for row, size in enumerate(sizes)]
apps = [("chat", "video", "web")[row % 3] for row in range(500)]
table = pa.table({
    "sizes": pa.array(sizes),
    "gaps": pa.array(gaps),
    "directions": pa.array(directions, pa.large_list(pa.uint8())),
    "app": pa.array(apps).dictionary_encode(),
    "bytes": pa.array([int(size.sum()) for size in sizes]),
})
pyarrow.parquet.write_table(table, sys.argv[1], row_group_size=128, compression="zstd")
