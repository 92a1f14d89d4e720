# SPDX-License-Identifier: Apache-2.0
"""prdc_overlap.py FOLDER: precision, recall, density and coverage (k = 5) of samples.safetensors, first real, to answer.safetensors."""
import sys

import numpy as np
from prdc import compute_prdc
from safetensors.numpy import load_file, save_file

samples = load_file(sys.argv[1] + "/samples.safetensors")
answer = compute_prdc(samples["first"], samples["second"], nearest_k=5)
numbers = [answer[name] for name in ("precision", "recall", "density", "coverage")]
save_file({"answer": np.array(numbers, dtype=np.float64)}, sys.argv[1] + "/answer.safetensors")
