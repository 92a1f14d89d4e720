#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/generating.md, run: its commands work, its output looks as shown, the keys it explains are those of the side file.

MORGANA is the program.
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "generating.md"


class Generating(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        blocks.write_files(DOCUMENT, cls.folder)
        (cls.folder / "data").symlink_to(ROOT / "data")
        environment = {**os.environ, "PATH": f"{pathlib.Path(os.environ['MORGANA']).parent}:{os.environ['PATH']}",
                       "MORGANA_CACHE": str(cls.folder / "cache")}
        cls.said = {}
        for block in blocks.blocks(DOCUMENT):
            if block.language != "sh":
                continue
            done = subprocess.run(["bash", "-ec", block.text], cwd=cls.folder, env=environment, capture_output=True, text=True, check=False)
            if done.returncode == 2 and re.search("unknown stage|no plugin has", done.stderr):
                raise unittest.SkipTest("not every plugin was built: " + done.stderr.splitlines()[0])
            assert done.returncode == 0, block.text + done.stderr
            cls.said[block.text] = done.stderr

    def test_what_is_written(self):
        for name in ("traffic.npz", "copies.parquet", "diagonal.npz"):
            self.assertTrue((self.folder / name).exists(), name)
            self.assertTrue((self.folder / (name + ".json")).exists(), name)

    def test_last_words(self):
        shown = next(block.text for block in blocks.blocks(DOCUMENT) if block.language == "text")
        said = next(text for command, text in self.said.items() if "traffic.npz" in command)
        # The time, and what depends on how the reader cuts its traces.
        self.assertIn(*(re.sub(r"in [\d.]+ s|[\d.]+ kB", "...", text) for text in (shown, said)))

    def test_keys_of_the_side_file(self):
        rows = DOCUMENT.read_text(encoding="utf-8").split("## How it was made", 1)[1].split("|---|---|\n", 1)[1].split("\n\n")[0]
        named = {name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}
        self.assertEqual(named - {"beside"}, set(json.loads((self.folder / "traffic.npz.json").read_text())))


if __name__ == "__main__":
    unittest.main()
