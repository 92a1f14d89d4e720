# SPDX-License-Identifier: Apache-2.0
"""scikit_learn.py PARQUET OUT: the VIDEO set's first 10 packets (signed PL, IAT), split 80/20, and scikit-learn's forest on them."""
import sys

import numpy as np
import pyarrow.parquet
from safetensors.numpy import save_file
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

PACKETS = 10

table = pyarrow.parquet.read_table(sys.argv[1]).to_pydict()
rows = [i for i, sizes in enumerate(table["PL"]) if len(sizes) > 0]
names = sorted({table["LABEL"][i] for i in rows})
labels = np.array([names.index(table["LABEL"][i]) for i in rows], np.int32)
features = np.zeros((len(rows), 2 * PACKETS), np.float32)
for row, i in enumerate(rows):
    sizes, times, directions = (np.array(table[name][i][:PACKETS], np.float64) for name in ("PL", "IAT", "DIR"))
    features[row, : len(sizes)] = sizes * np.where(directions > 0, 1, -1)
    features[row, PACKETS : PACKETS + len(times)] = times * 1e-6

train, test = train_test_split(np.arange(len(rows)), test_size=0.2, stratify=labels, random_state=0)
forest = RandomForestClassifier(200, random_state=0, n_jobs=2).fit(features[train], labels[train])
answers = forest.predict(features[test])
scores = np.array([(answers == labels[test]).mean(), f1_score(labels[test], answers, average="macro")])
save_file(
    {"train": features[train], "test": features[test], "train_label": labels[train], "test_label": labels[test], "accuracy_macro_f1": scores},
    sys.argv[2],
)
