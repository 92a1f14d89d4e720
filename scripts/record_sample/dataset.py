# SPDX-License-Identifier: Apache-2.0
"""Captures and socket logs to a dataset: the stage build.mirage."""

import json
import pathlib
import shutil
import subprocess


def build(morgana: pathlib.Path, captures: pathlib.Path, out: pathlib.Path, workspace: pathlib.Path) -> None:
    """Writes the captures of all sessions as MIRAGE-2019 into `out`, and build.jsonl beside them.

    Whatever ran on the phone belongs to the program in use: a session has one.
    """
    pipeline = workspace / "build.json"
    parameters = {"captures": str(captures), "release": "2019", "path": "dataset", "apps": ["*=*"]}
    nodes = {"build": {"use": "build.mirage", "set": parameters}}
    pipeline.write_text(json.dumps({"schema": "morgana.pipeline/1", "nodes": nodes}))
    command = [morgana, "run", pipeline, "--cache", workspace / "cache", "--runs", workspace / "runs"]
    subprocess.run([str(word) for word in command], check=True)
    shutil.copytree(workspace / "runs/latest/dataset", out, dirs_exist_ok=True)
