# SPDX-License-Identifier: Apache-2.0
"""scipy_frechet.py FOLDER: the Frechet distance of samples.safetensors through scipy's matrix root, to answer.safetensors."""
import sys

import numpy as np
import scipy.linalg
from safetensors.numpy import load_file, save_file

samples = load_file(sys.argv[1] + "/samples.safetensors")
first, second = samples["first"], samples["second"]
gap = first.mean(0) - second.mean(0)
covariances = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
answer = gap @ gap + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.trace(root).real
save_file({"answer": np.array([answer])}, sys.argv[1] + "/answer.safetensors")
