#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/a-run.md, run: the files it names are there, the keys it explains are those of run.json, its Python works.

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
DOCUMENT = ROOT / "docs" / "a-run.md"
PYTHON = pathlib.Path(os.environ.get("MORGANA_DEPS", ROOT / ".deps")) / "venv" / "bin" / "python"


def table(heading):
    """The names in the first column of the table behind a line."""
    rows = DOCUMENT.read_text(encoding="utf-8").split(f"\n{heading}\n", 1)[1].split("|---|---|\n", 1)[1]
    return {name for row in rows.split("\n\n")[0].splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


class ARun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        blocks.write_files(DOCUMENT, cls.folder)
        (cls.folder / "data").symlink_to(ROOT / "data")
        command = [os.environ["MORGANA"], "run", "pipelines/walk.json", "--cache", "cache"]
        done = subprocess.run(command, cwd=cls.folder, capture_output=True, text=True, check=False)
        if done.returncode == 2 and "unknown stage" in done.stderr:
            raise unittest.SkipTest("not every plugin was built: " + done.stderr.splitlines()[0])
        assert done.returncode == 0, done.stderr
        cls.record = json.loads((cls.folder / "runs/latest/run.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_files_are_where_they_are_said_to_be(self):
        names = [line.split()[0] if "<2 digits>" not in line else line.replace("<2 digits>", "??").split()[0]
                 for block in blocks.blocks(DOCUMENT) if block.language == "text" for line in block.text.splitlines()]
        self.assertGreater(len(names), 20)
        for name in names:
            pattern = re.sub(r"\[(\w+=\w+)\]", r"[[]\1]", re.sub(r"<\w+>", "*", name))
            self.assertTrue(list(self.folder.glob(pattern)), name)

    def test_nothing_else_is_in_the_folder(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        folder = self.folder / "runs/latest"
        for file in [*folder.rglob("*"), *(folder / "values").iterdir()]:
            if not file.is_dir():
                self.assertIn("<time>-walk/" + str(file.relative_to(folder)), text)

    def test_the_keys_of_the_record(self):
        self.assertEqual(table("`run.json`:"), set(self.record))
        seen = {key for node in self.record["nodes"] for key in node}
        # No node of this run fails or uses several threads.
        self.assertEqual(table("A node:") - {"error", "hint", "threads", "device"}, seen - {"threads", "device"})

    def test_the_events(self):
        text = DOCUMENT.read_text(encoding="utf-8").split("`events.jsonl` has", 1)[1].split("\n\n")[0]
        for line in (self.folder / "runs/latest/events.jsonl").read_text().splitlines():
            self.assertIn(f"`{json.loads(line)['event']}`", text)

    def test_the_python(self):
        if not PYTHON.exists():
            self.skipTest(f"there is no {PYTHON}; run scripts/setup")
        for block in blocks.blocks(DOCUMENT):
            if block.language == "python":
                code = block.text + "print(len(first), len(label) > 0)\n"
                done = subprocess.run([PYTHON, "-c", code], cwd=self.folder, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertRegex(done.stdout, r"^[1-9]\d* True$")


if __name__ == "__main__":
    unittest.main()
