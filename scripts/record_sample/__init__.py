# SPDX-License-Identifier: Apache-2.0
"""Records traffic of real programs between two network namespaces as MIRAGE-2019 JSON."""
