#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pipelines/quick.json with trainings of a few steps: every stage of it runs through the host, twice to the same bytes,
and again to the same bytes after kills at random points.

MORGANA is the program, MORGANA_QUICK the pipeline.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

# What makes it quick: everything else is as the pipeline says.
SETTINGS = {
    "model[generator=ddpm].steps": 6,
    "model[generator=ddpm].checkpoint_seconds": 0,
    "model[generator=gan].steps": 4,
    "model[generator=gan].checkpoint_seconds": 0,
    "fake.per_class": 12,
    "fake[generator=ddpm].steps": 3,
    "extractor.steps": 5,
    "frechet.subsets": 2,
    "cnn.steps": 5,
    "cnn.repeats": 1,
    "downstream.trees": 5,
    "downstream.repeats": 1,
}
GENERATORS = ("ddpm", "gan", "copy", "resample", "markov")


def start(folder, cache):
    words = [os.environ["MORGANA"], "run", os.environ["MORGANA_QUICK"], "--cache", folder / cache,
             "--runs", folder / f"runs-{cache}", "--threads", "2"]
    for name, value in SETTINGS.items():
        words += ["--set", f"{name}={value}"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder, cache):
    """The record of a run that goes to its end."""
    process = start(folder, cache)
    _, messages = process.communicate()
    if process.returncode != 0:
        raise AssertionError(messages)
    return json.loads((folder / f"runs-{cache}/latest/run.json").read_text())


def hashes(record):
    """Of all values but the report's, which tells the time its nodes took."""
    return {node["name"]: {port: output["sha256"] for port, output in node["outputs"].items()}
            for node in record["nodes"] if node["name"] != "report"}


class QuickTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="morgana-quick-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.reference = finish(cls.folder, "first")

    def test_report_compares_every_generator_under_both_encoders(self):
        report = self.folder / "runs-first/latest/report"
        page, verdict = (report / "report.html").read_text(), (report / "tables/verdict.csv").read_text()
        for encoder in ("gasf", "gadf"):
            for generator in GENERATORS:
                self.assertRegex(verdict, f"{encoder}.*{generator}|{generator}.*{encoder}")
        self.assertEqual(len(verdict.splitlines()), 2 + 2 * len(GENERATORS), "a title, the floor, ten contenders")
        self.assertIn("real against real", page)

    def test_second_run_comes_from_the_cache(self):
        record = finish(self.folder, "first")
        self.assertEqual({node["status"] for node in record["nodes"]}, {"cached"})

    def test_killed_at_random_points_and_run_again_gives_the_same_bytes(self):
        chance = random.Random(20261124)
        kills = 0
        for _ in range(5):
            process = start(self.folder, "killed")
            try:
                process.communicate(timeout=chance.uniform(0.05, 0.4 * self.reference["seconds"]))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
        self.assertGreater(kills, 0)
        self.assertEqual(hashes(finish(self.folder, "killed")), hashes(self.reference))


if __name__ == "__main__":
    unittest.main()
