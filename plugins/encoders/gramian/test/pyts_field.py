# SPDX-License-Identifier: Apache-2.0
"""Writes pyts' Gramian angular fields of float32 series: pyts_field.py SERIES... -> SERIES.summation, .difference."""
import sys

import numpy
from pyts.image import GramianAngularField

for series in sys.argv[1:]:
    x = numpy.fromfile(series, dtype=numpy.float32).astype(numpy.float64)
    for method in ("summation", "difference"):
        # sample_range=None: pyts would otherwise scale each series to its own extremes.
        field = GramianAngularField(method=method, sample_range=None).transform(x[None])[0]
        numpy.ascontiguousarray(field, dtype=numpy.float64).tofile(f"{series}.{method}")
