#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A pipeline on a GPU: which device "auto" takes, and that results of either device are kept apart.

MORGANA is the program, MORGANA_SAMPLE the sample dataset.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

MORGANA = os.environ["MORGANA"]
PIPELINE = {
    "schema": "morgana.pipeline/1",
    "seed": 7,
    "nodes": {
        "flows": {"use": "read.mirage-2019", "set": {"path": os.environ["MORGANA_SAMPLE"], "packets": 10}},
        "images": {"use": "encode.gasf", "in": {"traces": "flows.traces"}, "set": {"packets": 10}},
        "model": {"use": "train.ddpm", "in": {"images": "images.images"}, "set": {"channels": 16, "batch": 16, "steps": 4}},
        "fake": {"use": "sample.ddpm", "in": {"model": "model.model"}, "set": {"per_class": 2, "steps": 3}},
    },
}


def why_not():
    """Why no GPU can be used, in the program's own words; "" where one can."""
    done = subprocess.run([MORGANA, "doctor", "--json"], capture_output=True, text=True, check=False)
    for finding in json.loads(done.stdout):
        if finding["subject"] in ("GPU", "CUDA") and finding["state"] != "good":
            return finding["text"]
    return ""


class GpuTest(unittest.TestCase):
    def setUp(self):
        if fault := why_not():
            self.skipTest(f"no GPU: {fault}")
        folder = tempfile.TemporaryDirectory(prefix="morgana-gpu-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "study.json").write_text(json.dumps(PIPELINE))

    def nodes(self, *options):
        done = subprocess.run([MORGANA, "run", "study.json", "--cache", "cache", "--json", *options],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("LibTorch cannot use it", done.stderr)
        return {node["name"]: node for node in json.loads(done.stdout)["nodes"]}

    def test_auto_takes_the_gpu(self):
        nodes = self.nodes()
        self.assertEqual([nodes[name]["device"] for name in ("model", "fake")], ["cuda", "cuda"])
        again = self.nodes("--set", "model.device=cuda", "--set", "fake.device=cuda")
        self.assertEqual({node["status"] for node in again.values()}, {"cached"})

    def test_devices_are_kept_apart(self):
        gpu = self.nodes("--set", "model.device=cuda")
        cpu = self.nodes("--set", "model.device=cpu")
        self.assertEqual(cpu["model"]["status"], "done")
        self.assertEqual(cpu["model"]["device"], "cpu")
        self.assertNotEqual(cpu["model"]["key"], gpu["model"]["key"])
        self.assertEqual(cpu["images"]["status"], "cached")


if __name__ == "__main__":
    unittest.main()
