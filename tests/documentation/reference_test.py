#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reference is what the stages say of themselves today."""

import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference"


class Reference(unittest.TestCase):
    def test_is_up_to_date(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.environ["MORGANA"], "reference", folder], check=True, stdout=subprocess.DEVNULL)
            names = sorted(path.name for path in pathlib.Path(folder).iterdir())
            self.assertEqual(names, sorted(path.name for path in REFERENCE.iterdir()))
            _, differ, missing = filecmp.cmpfiles(folder, REFERENCE, names, shallow=False)
            self.assertEqual(differ + missing, [], "make them anew: morgana reference docs/reference")


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
