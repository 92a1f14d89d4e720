#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every pipeline that the documentation shows or names is valid, and so is each of pipelines/.

MORGANA is the program. MORGANA_COMPLETE is "ON" where every plugin was built; else what needs a missing one is skipped.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
MORGANA = os.environ["MORGANA"]
COMPLETE = os.environ.get("MORGANA_COMPLETE", "ON") == "ON"
REFERENCE = pathlib.Path(os.environ.get("MORGANA_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
# Stages that the documentation builds itself: builds of it are another test's.
OWN = re.compile(r'"use": "acme\.')


def without_comments(text):
    return "".join(line for line in text.splitlines(True) if not line.lstrip().startswith("//"))


def own_files(document):
    """Files that the document itself shows; the test of that document runs them."""
    return {block.file for block in blocks.blocks(document)}


def pipelines_of(document):
    """The whole pipelines of a document, each with its line; a block that is a node is put into the pipeline before."""
    whole = None
    for block in blocks.blocks(document):
        if block.language != "json" or OWN.search(block.text):
            continue
        text = without_comments(block.text)
        if text.lstrip().startswith("{"):
            whole = json.loads(text)
            yield block.line, whole
        else:
            yield block.line, {**whole, "nodes": {**whole["nodes"], **json.loads("{" + text + "}")}}


class Documentation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "pipelines").mkdir()
        (self.folder / "data").symlink_to(ROOT / "data")  # the paths are those of a file in pipelines/

    def check(self, place, file, *options):
        done = subprocess.run([MORGANA, "validate", str(file), *options, "--json"], capture_output=True, text=True,
                              env={**os.environ, "MORGANA_REFERENCE_DATA": str(REFERENCE)}, check=False)
        self.assertIn(done.returncode, (0, 2), f"{place}: {done.stdout}{done.stderr}")
        errors = [error["error"] for error in json.loads(done.stdout)["errors"]]
        if not COMPLETE and any(error.startswith("unknown stage") for error in errors):
            self.skipTest(f"{place}: {errors[0]}; not every plugin was built")
        self.assertEqual(errors, [], place)

    def test_what_the_documents_show(self):
        count = 0
        for document in sorted((ROOT / "docs").rglob("*.md")):
            for line, pipeline in pipelines_of(document):
                with self.subTest(document=document.name, line=line):
                    file = self.folder / "pipelines" / "shown.json"
                    file.write_text(json.dumps(pipeline))
                    count += 1
                    self.check(f"{document.name}:{line}", file)
        self.assertGreater(count, 1)

    def test_commands(self):
        count = 0
        for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
            for block in blocks.blocks(document):
                if block.language != "sh":
                    continue
                for command in re.findall(r"morgana (?:validate|run|graph|explain) +([^#\n]*[^# \n])", block.text):
                    words = shlex.split(command, comments=True)
                    if not words[0].startswith("pipelines/") or words[0] in own_files(document):
                        continue
                    sets = [word for pair in zip(words, words[1:]) if pair[0] == "--set" for word in pair]
                    with self.subTest(document=document.name, command=command):
                        count += 1
                        self.check(f"{document.name}: {command}", ROOT / words[0], *sets)
        self.assertGreater(count, 1)

    def test_pipelines(self):
        for file in sorted((ROOT / "pipelines").glob("*.json")):
            with self.subTest(file=file.name):
                if "MORGANA_REFERENCE_DATA" in file.read_text() and not REFERENCE.exists():
                    self.skipTest(f"{file.name}: there is no {REFERENCE}; set MORGANA_REFERENCE_DATA")
                self.check(file.name, file)


if __name__ == "__main__":
    unittest.main()
