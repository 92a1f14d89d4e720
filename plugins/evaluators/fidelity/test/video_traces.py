# SPDX-License-Identifier: Apache-2.0
"""video_traces.py PARQUET FOLDER: the VIDEO set as train.safetensors and test.safetensors, split 80/20 by scikit-learn."""
import json
import sys

import numpy as np
import pyarrow.parquet
from safetensors.numpy import save_file
from sklearn.model_selection import train_test_split

table = pyarrow.parquet.read_table(sys.argv[1]).to_pydict()
rows = [i for i, sizes in enumerate(table["PL"]) if len(sizes) > 0]
names = sorted({table["LABEL"][i] for i in rows})
labels = np.array([names.index(table["LABEL"][i]) for i in rows], np.int32)
for name, part in zip(("train", "test"), train_test_split(np.arange(len(rows)), test_size=0.2, stratify=labels, random_state=0)):
    chosen = [rows[i] for i in part]
    values = {key: np.concatenate([np.array(table[key][i], np.float64) for i in chosen]) for key in ("PL", "IAT", "DIR")}
    values["IAT"] *= 1e-6
    values["DIR"] = np.where(values["DIR"] > 0, 1, -1)
    arrays = {"channel." + key: value.astype(np.float32) for key, value in values.items()}
    arrays["offsets"] = np.concatenate([[0], np.cumsum([len(table["PL"][i]) for i in chosen])]).astype(np.int64)
    arrays["label"] = labels[part]
    channels = [{"name": key, "unit": unit} for key, unit in (("PL", "bytes"), ("IAT", "s"), ("DIR", ""))]
    text = {"morgana": "traces/1", "channels": channels, "columns": [], "counts": {}, "notes": {}, "label_names": names}
    save_file(arrays, f"{sys.argv[2]}/{name}.safetensors", {k: v if isinstance(v, str) else json.dumps(v) for k, v in text.items()})
