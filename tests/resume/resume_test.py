#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs that are killed, stopped, crashed, or go on twice at once: what is kept, and what the user is told.

MORGANA is the program, MORGANA_PLUGIN_PATH the folder of the stages in resume_stages.cpp.
"""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

MORGANA = os.environ["MORGANA"]
asks_to_stop = unittest.skipIf(os.environ.get("MORGANA_SANITIZE") == "thread",
                               "the thread sanitizer holds signals back while the main thread waits within oneTBB")

# Five long nodes side by side, gathered and written.
CHAINS = {
    "schema": "morgana.pipeline/1",
    "seed": 7,
    "vary": {"steps": [12, 16, 20, 24, 28]},
    "nodes": {
        "draw": {"use": "test.draw"},
        "first": {"use": "test.steps", "in": {"start": "draw.result"}, "set": {"steps": "${steps}"}},
        "mix": {"use": "test.mix", "gather": {"numbers": ["first.result"]}},
        "write": {"use": "test.write", "in": {"value": "mix.result"}, "set": {"path": "out/number.txt"}},
    },
}


def one(stage, **parameters):
    return {"schema": "morgana.pipeline/1", "seed": 1,
            "nodes": {"start": {"use": "test.draw"},
                      "bad": {"use": stage, "in": {"start": "start.result"}, "set": parameters}}}


class Workplace:
    """A temporary folder with a pipeline, run folders and a cache."""

    folders = []

    def __init__(self, pipeline):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="morgana-resume-"))
        Workplace.folders.append(self.folder)
        (self.folder / "study.json").write_text(json.dumps(pipeline))

    def start(self, *options, cache="cache"):
        return subprocess.Popen([MORGANA, "run", "study.json", "--cache", cache, "--jobs", "2", "--threads", "2", *options],
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *options, cache="cache"):
        process = self.start(*options, cache=cache)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def verb(self, *words):
        return subprocess.run([MORGANA, *words], cwd=self.folder, capture_output=True, text=True, timeout=120)

    def runs(self):
        return sorted(path for path in (self.folder / "runs").iterdir() if not path.is_symlink())

    def record(self, run=None):
        return json.loads(((run or self.folder / "runs/latest") / "run.json").read_text())

    def hashes(self, run=None):
        return {node["name"]: [output["sha256"] for output in node.get("outputs", {}).values()] for node in self.record(run)["nodes"]}

    def events(self, kind):
        found = []
        for run in self.runs():
            events = run / "events.jsonl"
            for line in events.read_text().splitlines() if events.exists() else []:  # it may be killed before
                event = json.loads(line)
                if event["event"] == kind:
                    found.append(event)
        return found

    def wait_for_event(self, kind, node, text=""):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (self.folder / "runs").exists():
                for run in self.runs():
                    events = run / "events.jsonl"
                    lines = events.read_text().splitlines() if events.exists() else []
                    if any(f'"event":"{kind}"' in line and f'"node":"{node}' in line and text in line for line in lines):
                        return
            time.sleep(0.01)
        raise AssertionError(f"no event {kind} of {node} within a minute")


class ResumeTest(unittest.TestCase):
    def tearDown(self):
        while Workplace.folders:
            shutil.rmtree(Workplace.folders.pop())

    def reference(self):
        workplace = Workplace(CHAINS)
        code, _, err = workplace.run()
        self.assertEqual(code, 0, err)
        return workplace

    def test_same_seed_gives_the_same_bytes(self):
        first, second = self.reference(), self.reference()
        self.assertEqual(first.hashes(), second.hashes())
        self.assertEqual((first.folder / "runs/latest/out/number.txt").read_bytes(), (second.folder / "runs/latest/out/number.txt").read_bytes())

    def test_killed_at_random_points_and_run_again_gives_the_same_bytes(self):
        reference = self.reference()
        duration = reference.record()["seconds"]
        chance = random.Random(20261123)
        workplace = Workplace(CHAINS)
        kills = 0
        for _ in range(12):
            process = workplace.start()
            try:
                process.communicate(timeout=chance.uniform(0.02, max(0.1, 0.5 * duration)))
                if process.returncode == 0:
                    break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
        code, _, err = workplace.run()
        self.assertEqual(code, 0, err)
        self.assertGreater(kills, 0)
        self.assertEqual(workplace.hashes(), reference.hashes())
        self.assertEqual((workplace.folder / "runs/latest/out/number.txt").read_bytes(),
                         (reference.folder / "runs/latest/out/number.txt").read_bytes())
        done = [event["node"] for event in workplace.events("done")]
        self.assertEqual(len(done), len(set(done)), "a finished node was run again")
        self.assertEqual(workplace.verb("cache", "verify", "--cache", "cache").returncode, 0)
        # Links of a killed run's values, HASH.PID, may be left: no later run has the same ones, and cache clean takes them.
        building = [path for path in (workplace.folder / "cache/building").iterdir() if not path.suffix[1:].isdigit()]
        self.assertEqual(building, [])
        self.assertEqual(list((workplace.folder / "cache/checkpoints").iterdir()), [])

    def test_two_runs_at_once_share_one_cache(self):
        reference = self.reference()
        workplace = Workplace(CHAINS)
        processes = [workplace.start(), workplace.start()]
        for process in processes:
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
        for run in workplace.runs():
            self.assertEqual(workplace.hashes(run), reference.hashes())
        done = [event["node"] for event in workplace.events("done")]
        self.assertEqual(sorted(done), sorted(reference.hashes()), "each node is made once")

    @asks_to_stop
    def test_stop_request_keeps_a_checkpoint_and_says_how_to_go_on(self):
        pipeline = one("test.steps", steps=100, milliseconds=20)
        for number in (signal.SIGINT, signal.SIGTERM):
            workplace = Workplace(pipeline)
            process = workplace.start()
            workplace.wait_for_event("progress", "bad")
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1)
            self.assertIn("stopping: 1 node asked", err)
            self.assertIn("go on with: morgana run study.json", err)
            self.assertEqual(workplace.record()["status"], "stopped")
            code, _, err = workplace.run("--set", "bad.milliseconds=20")
            self.assertEqual(code, 0, err)
            self.assertIn("goes on at step", err)
            whole = Workplace(pipeline)
            whole.run()
            self.assertEqual(workplace.hashes(), whole.hashes())

    @asks_to_stop
    def test_stage_that_does_not_stop_is_named_and_left(self):
        workplace = Workplace(one("test.misbehave", how="hang"))
        process = workplace.start("--grace", "1")
        workplace.wait_for_event("progress", "bad")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn('error: node "bad": libmorgana_resume_stages.so, stage test.misbehave: it does not stop', err)
        self.assertEqual(workplace.record()["status"], "stopped")
        self.assertEqual(workplace.verb("cache", "verify", "--cache", "cache").returncode, 0)

    @asks_to_stop
    def test_second_request_ends_at_once(self):
        workplace = Workplace(one("test.misbehave", how="hang"))
        process = workplace.start("--grace", "600")
        workplace.wait_for_event("progress", "bad")
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)

    def test_crash_is_named_and_finished_nodes_are_kept(self):
        for how, text in (("address", "SIGSEGV"), ("abort", "SIGABRT"), ("recursion", "SIGSEGV"), ("thread", "SIGABRT"),
                          ("crowd", "SIGSEGV")):
            with self.subTest(how):
                workplace = Workplace(one("test.misbehave", how=how))
                code, _, err = workplace.run()
                self.assertEqual(code, 1, err)
                self.assertRegex(err, 'error: node "bad": libmorgana_resume_stages.so, stage test.misbehave: .*' + text)
                self.assertEqual(err.count("error: "), 1, err)
                shown = workplace.verb("show")
                self.assertRegex(shown.stdout, r"start +test.draw +done")
                code, _, err = workplace.run("--set", "bad.how=error")
                self.assertEqual(code, 1)
                self.assertIn('error: node "bad": libmorgana_resume_stages.so, stage test.misbehave: it misbehaves as it was told', err)
                self.assertEqual([event["node"] for event in workplace.events("cached")], ["start"])

    def test_corrupt_entry_is_a_miss_with_a_warning(self):
        workplace = self.reference()
        before = workplace.hashes()
        link = next(path for path in (workplace.folder / "runs/latest/values").iterdir() if path.name.startswith("first"))
        value = link.resolve()
        content = value.read_bytes()
        value.chmod(0o644)
        value.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
        self.assertEqual(workplace.verb("cache", "verify", "--cache", "cache").returncode, 1)
        entry = value.parent.name
        for item in (workplace.folder / "cache/objects").glob("*/*/entry.json"):
            if json.loads(item.read_text())["stage"] == "test.mix":  # so that the broken value is needed
                item.with_name("result.json").unlink()
        code, _, err = workplace.run()
        self.assertEqual(code, 0, err)
        self.assertRegex(err, "warning: node \"first.*\": its cached result is corrupt")
        self.assertEqual(workplace.hashes(), before)
        self.assertEqual(value.parent.name, entry)
        self.assertEqual(value.read_bytes(), content)


if __name__ == "__main__":
    unittest.main()
