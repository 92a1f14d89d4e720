#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""morgana generate: models as files and in runs, every format, the side file, what is refused, and what an end too early
leaves behind.

MORGANA is the program, MORGANA_PLUGIN_PATH the folder of generate_stages.cpp, MORGANA_SAMPLE the sample traffic.
"""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import zipfile

MORGANA = os.environ["MORGANA"]
STAGES = {stage["stage"]: stage for stage in json.loads(subprocess.run([MORGANA, "list", "--json"], capture_output=True, check=True).stdout)}
asks_to_stop = unittest.skipIf(os.environ.get("MORGANA_SANITIZE") == "thread",
                               "the thread sanitizer holds signals back while the main thread waits within oneTBB")


def needs(*stages):
    missing = [stage for stage in stages if stage not in STAGES]
    return unittest.skipIf(missing, f"this build has no {', '.join(missing)}")


def formats():
    """Extensions that the writers of this build have."""
    found = []
    for stage, names in (("write.traces", ("npz", "parquet", "csv")), ("write.pcap", ("pcap", "pcapng")), ("write.mirage", ("json",))):
        if stage not in STAGES:
            continue
        about = json.loads(subprocess.run([MORGANA, "inspect", stage, "--json"], capture_output=True, check=True).stdout)
        choices = next((parameter["choices"] for parameter in about["parameters"] if parameter["name"] == "format"), None)
        found += [name for name in names if choices is None or name in choices]
    return found


FORMAT = next(iter(formats()), "npz")
GENERATORS = [name for name in ("copy", "markov", "ddpm") if "train." + name in STAGES]
# A generator of somebody else's, without images; and those of this repository.
OWN = {"schema": "morgana.pipeline/1", "nodes": {"model": {"use": "train.levels"}, "silent": {"use": "train.mute"}}}
REAL = {
    "schema": "morgana.pipeline/1",
    "vary": {"generator": GENERATORS},
    "nodes": {
        "flows": {"use": "read.mirage-2019", "set": {"path": os.environ["MORGANA_SAMPLE"], "packets": 10, "zero_payload": "drop"}},
        "images": {"use": "encode.gasf", "in": {"traces": "flows.traces"}, "set": {"packets": 10}},
        "model": {"use": "train.${generator}", "in": {"images": "images.images"},
                  "set": {"generator=ddpm": {"channels": 8, "batch": 8, "steps": 3}} if "ddpm" in GENERATORS else {}},
    },
}
CHAT, MAIL = "org.example.chat", "org.example.mail"


class Workplace(unittest.TestCase):
    """A folder with a run; what a test leaves in it besides is the test's."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="morgana-generate-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copytree(self.trained / "runs", self.folder / "runs", symlinks=True)

    @classmethod
    def train(cls, pipeline, *options):
        cls.trained = pathlib.Path(tempfile.mkdtemp(prefix="morgana-generate-"))
        cls.addClassCleanup(shutil.rmtree, cls.trained)
        (cls.trained / "study.json").write_text(json.dumps(pipeline))
        done = subprocess.run([MORGANA, "run", "study.json", "--cache", "cache", "--threads", "2", *options], cwd=cls.trained,
                              capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr

    def start(self, model, *options, cache="cache"):
        return subprocess.Popen([MORGANA, "generate", model, "--cache", cache, "--threads", "2", *options], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def generate(self, model, *options, code=0, cache="cache"):
        process = self.start(model, *options, cache=cache)
        out, err = process.communicate(timeout=200)
        self.assertEqual(process.returncode, code, err)
        return out, err

    def side(self, file):
        return json.loads((self.folder / f"{file}.json").read_text())

    def left(self):
        """What lies in the folder besides the run and the cache."""
        return sorted(path.name for path in self.folder.iterdir() if path.name not in ("runs", "cache"))


@needs("write.traces")
class OwnGenerator(Workplace):
    MODEL = "latest:model"

    @classmethod
    def setUpClass(cls):
        cls.train(OWN)

    def test_writes_the_file_and_how_it_was_made(self):
        out, err = self.generate(self.MODEL, "--count", "6", "--seed", "3", "-o", f"traffic.{FORMAT}")
        self.assertEqual(self.left(), [f"traffic.{FORMAT}", f"traffic.{FORMAT}.json"])
        self.assertEqual(out, "")
        size = (self.folder / f"traffic.{FORMAT}").stat().st_size
        self.assertRegex(err, rf"\n  wrote traffic.{FORMAT}: 12 traces, .*B\n        {CHAT}  6\n        {MAIL}  6\n"
                              rf"  how   traffic.{FORMAT}.json\n\Z")
        side = self.side(f"traffic.{FORMAT}")
        model = next((self.folder / "runs/latest/values").glob("model.*"))
        self.assertEqual(side["model"], {"path": self.MODEL, "sha256": hashlib.sha256(model.read_bytes()).hexdigest(), "kind": "levels",
                                         "classes": [CHAT, MAIL, "org.example.silent"]})
        self.assertEqual(side["bytes"], size)
        self.assertEqual(side["sha256"], hashlib.sha256((self.folder / f"traffic.{FORMAT}").read_bytes()).hexdigest())
        self.assertEqual(side["asked"], {"classes": [CHAT, MAIL], "count": 6})
        self.assertEqual(side["drawn"], {"traces": 12, "packets": 48, "classes": {CHAT: 6, MAIL: 6}})
        self.assertEqual(side["seed"], 3)
        self.assertEqual(set(side["stages"]), {"sample", "write"})
        self.assertEqual(side["stages"]["sample"]["stage"], "sample.levels")
        self.assertEqual(side["stages"]["sample"]["parameters"], {"per_class": 6, "classes": [], "milliseconds": 0, "deaf": False})
        self.assertIn("generate-stages", side["versions"]["plugins"])
        self.assertEqual(set(side["made"]), {"time", "seconds", "command", "model", "output"})
        self.assertTrue(side["made"]["command"].startswith("morgana generate latest:model"), side["made"])

    def test_defaults(self):
        self.generate(self.MODEL, "--output", f"a.{FORMAT}")
        side = self.side(f"a.{FORMAT}")
        self.assertEqual((side["drawn"]["classes"], side["seed"]), ({CHAT: 100, MAIL: 100}, 0))

    def test_every_format(self):
        for name in formats():
            with self.subTest(name):
                self.generate(self.MODEL, "--count", "2", "-o", f"traffic.{name}")
                self.assertEqual(self.side(f"traffic.{name}")["drawn"]["traces"], 4)
                self.check_format(name, self.folder / f"traffic.{name}")

    def check_format(self, name, file):
        begin = file.read_bytes()[:4] if file.is_file() else b""
        if name == "npz":
            with zipfile.ZipFile(file) as archive:
                self.assertIn("PL.npy", archive.namelist())
                self.assertIn(b"'shape': (16,)", archive.read("PL.npy"))
        elif name == "parquet":
            self.assertEqual(begin, b"PAR1")
        elif name == "pcapng":
            self.assertEqual(begin, b"\x0a\x0d\x0d\x0a")
        elif name == "pcap":
            self.assertIn(begin, (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d"))
        else:
            self.assertTrue(file.exists())

    def test_same_model_and_seed_give_the_same_bytes(self):
        hashes = []
        for file, cache, seed in (("a", "cache", "5"), ("b", "other", "5"), ("c", "cache", "6")):
            self.generate(self.MODEL, "--count", "3", "--seed", seed, "-o", f"{file}.{FORMAT}", cache=cache)
            hashes.append(hashlib.sha256((self.folder / f"{file}.{FORMAT}").read_bytes()).hexdigest())
        self.assertEqual(hashes[0], hashes[1])
        self.assertNotEqual(hashes[0], hashes[2])
        first, second = self.side(f"a.{FORMAT}"), self.side(f"b.{FORMAT}")
        for side in (first, second):
            del side["made"], side["file"]
        self.assertEqual(first, second)

    def test_classes_asked_for(self):
        self.generate(self.MODEL, "--class", MAIL, "--class", MAIL, "--count", "2", "-o", f"a.{FORMAT}")
        self.assertEqual(self.side(f"a.{FORMAT}")["asked"]["classes"], [MAIL])
        self.assertEqual(self.side(f"a.{FORMAT}")["drawn"]["classes"], {MAIL: 2})

    def test_wrong_class_is_told_before_anything_runs(self):
        _, err = self.generate(self.MODEL, "--class", "org.example.mial", "-o", f"a.{FORMAT}", code=2)
        self.assertEqual(err, f'morgana: error: the model knows no class "org.example.mial"\n  hint: it can be asked for {MAIL}, {CHAT}\n')
        _, err = self.generate(self.MODEL, "--class", "org.example.silent", "-o", f"a.{FORMAT}", code=2)
        self.assertIn('the model has no training examples of class "org.example.silent"', err)
        self.assertEqual(self.left(), [])
        self.assertFalse((self.folder / "cache").exists())

    def test_model_file_anywhere(self):
        self.generate(self.MODEL, "--count", "2", "-o", f"a.{FORMAT}")
        shutil.copyfile(next((self.folder / "runs/latest/values").glob("model.*")), self.folder / "mine.bin")
        shutil.rmtree(self.folder / "runs")
        self.generate("mine.bin", "--count", "2", "-o", f"b.{FORMAT}")
        self.assertEqual(self.side(f"a.{FORMAT}")["sha256"], self.side(f"b.{FORMAT}")["sha256"])
        self.assertEqual(self.side(f"a.{FORMAT}")["model"]["sha256"], self.side(f"b.{FORMAT}")["model"]["sha256"])

    def test_run_with_several_models(self):
        for run in ("runs/latest", "latest", str(self.folder / "runs/latest")):
            _, err = self.generate(run, "-o", f"a.{FORMAT}", code=2)
            self.assertEqual(err, f"morgana: error: run {run} has 2 models\n  hint: choose one as {run}:NODE, with one of these nodes\n"
                                  "    model  (levels, 3 classes)\n    silent  (mute, 3 classes)\n")
        _, err = self.generate("latest:modle", "-o", f"a.{FORMAT}", code=2)
        self.assertIn('run latest has no model "modle"\n  hint: it has\n    model  (levels', err)

    def test_run_whose_values_are_gone(self):
        shutil.rmtree(self.folder / "runs/latest/values", ignore_errors=True)
        (self.folder / "runs/latest/values").unlink(missing_ok=True)
        _, err = self.generate("latest", "-o", f"a.{FORMAT}", code=2)
        self.assertIn("run latest has no model\n  hint: the cache no longer has 2 of its values; run it again: morgana run study.json", err)

    def test_generator_that_cannot_be_asked(self):
        _, err = self.generate("latest:silent", "--count", "2", "-o", f"a.{FORMAT}", code=2)
        self.assertIn('sample.mute cannot be asked for a count: it has no parameter "per_class"', err)
        _, err = self.generate("latest:silent", "--class", CHAT, "-o", f"a.{FORMAT}", code=2)
        self.assertIn('sample.mute cannot be asked for classes: it has no parameter "classes"', err)
        _, err = self.generate("latest:silent", "-o", f"a.{FORMAT}", code=2)
        self.assertEqual(err, 'morgana: error: node "sample": parameter "level" of sample.mute has no default and is not set\n'
                              "  hint: give it with --set NODE.PARAMETER=VALUE\n")
        self.generate("latest:silent", "--set", "sample.level=1", "-o", f"a.{FORMAT}")
        self.assertEqual(self.side(f"a.{FORMAT}")["drawn"]["classes"], {CHAT: 1})

    def test_overrides(self):
        self.generate(self.MODEL, "--set", "sample.milliseconds=1", "--count", "1", "-o", f"a.{FORMAT}")
        self.assertEqual(self.side(f"a.{FORMAT}")["stages"]["sample"]["parameters"]["milliseconds"], 1)
        _, err = self.generate(self.MODEL, "--set", "sample.milisecond=1", "-o", f"b.{FORMAT}", code=2)
        self.assertEqual(err, '--set sample.milisecond=1: error: node "sample": sample.levels has no parameter "milisecond"; '
                              'did you mean "milliseconds"?\n')
        for text, option in (("write.path=x.npz", "-o"), ("sample.per_class=3", "--count"), ("seed=3", "--seed")):
            _, err = self.generate(self.MODEL, "--set", text, "-o", f"b.{FORMAT}", code=2)
            self.assertEqual(err, f"morgana: error: --set {text}: that is what {option} is for\n")

    def test_kind_that_no_plugin_can_sample(self):
        bytes_of_model = next((self.folder / "runs/latest/values").glob("model.*")).read_bytes()
        (self.folder / "spiral.safetensors").write_bytes(bytes_of_model.replace(b'"kind":"levels"', b'"kind":"spiral"'))
        _, err = self.generate("spiral.safetensors", "-o", f"a.{FORMAT}", code=2)
        self.assertRegex(err, 'error: the model is of kind "spiral", and no plugin has sample.spiral; the kinds that can be sampled are '
                              ".*levels, .*mute.*\n  hint: install the plugin that trained it, or name its folder with --plugin-path")

    def test_format_that_no_plugin_writes(self):
        for name in {"npz", "parquet", "csv", "pcap", "pcapng", "json"} - set(formats()):
            _, err = self.generate(self.MODEL, "-o", f"a.{name}", code=2)
            self.assertRegex(err, rf"a.{name}: (no plugin has|the) write.*\n.*what is here writes .*\.{FORMAT}")

    def test_device(self):
        _, err = self.generate(self.MODEL, "--device", "cuda", "-o", f"a.{FORMAT}", code=2)
        self.assertIn('option --device is "cuda", but sample.levels runs on the CPU only', err)
        self.generate(self.MODEL, "--device", "cpu", "--count", "1", "-o", f"a.{FORMAT}")

    def test_existing_output_is_kept_unless_forced(self):
        (self.folder / f"a.{FORMAT}").write_text("mine")
        _, err = self.generate(self.MODEL, "-o", f"a.{FORMAT}", code=2)
        self.assertEqual(err, f"morgana: error: a.{FORMAT} exists already\n  hint: give another name, or replace it with --force\n")
        self.assertEqual((self.folder / f"a.{FORMAT}").read_text(), "mine")
        self.generate(self.MODEL, "--count", "2", "--force", "-o", f"a.{FORMAT}")
        self.assertNotEqual((self.folder / f"a.{FORMAT}").read_bytes(), b"mine")
        (self.folder / f"a.{FORMAT}").unlink()
        _, err = self.generate(self.MODEL, "-o", f"a.{FORMAT}", code=2)
        self.assertIn(f"a.{FORMAT}.json exists already", err)

    def test_json_and_quiet(self):
        out, err = self.generate(self.MODEL, "--class", CHAT, "--count", "2", "--json", "--quiet", "-o", f"a.{FORMAT}")
        self.assertEqual(out, (self.folder / f"a.{FORMAT}.json").read_text())
        self.assertEqual(err, "")

    def test_another_format_is_not_drawn_again(self):
        run = os.readlink(self.folder / "runs/latest")
        self.generate(f"{run}:model", "--count", "2", "--keep-run", "-o", f"a.{FORMAT}")
        _, err = self.generate(f"{run}:model", "--count", "2", "--keep-run", "-o", "b.parquet")
        self.assertRegex(err, r"\n  run   runs/.*-generate-levels(-2)?\n\Z")
        record = json.loads((self.folder / "runs/latest/run.json").read_text())
        self.assertEqual({node["name"]: node["status"] for node in record["nodes"]}, {"model": "cached", "sample": "cached", "write": "done"})
        self.assertTrue((self.folder / "runs/latest/generated/b.parquet").exists())
        self.assertEqual((self.folder / "runs/latest/generated/b.parquet").read_bytes(), (self.folder / "b.parquet").read_bytes())

    @needs("write.pcap")
    def test_capture_and_what_lies_beside_it(self):
        _, err = self.generate(self.MODEL, "--count", "2", "--set", "write.labels_file=labels.csv", "-o", "a.pcap")
        self.assertEqual(self.left(), ["a.pcap", "a.pcap.json", "a.pcap.txt", "labels.csv"])
        self.assertEqual(self.side("a.pcap")["beside"], ["a.pcap.txt", "labels.csv"])
        self.assertIn("synthetic traffic", (self.folder / "a.pcap.txt").read_text())
        self.assertEqual((self.folder / "labels.csv").read_text().count(MAIL), 2)
        capture, packets, at = (self.folder / "a.pcap").read_bytes(), 0, 24
        while at < len(capture):
            at += 16 + int.from_bytes(capture[at + 8:at + 12], "little")
            packets += 1
        self.assertEqual(at, len(capture))
        self.assertGreaterEqual(packets, self.side("a.pcap")["drawn"]["packets"])
        account = self.side("a.pcap")["accounting"]["write"]
        self.assertIn(f"; {packets} packets = 16 of traces", " ".join(account["notes"].values()))
        (self.folder / "a.pcap").unlink()
        (self.folder / "a.pcap.json").unlink()
        _, err = self.generate(self.MODEL, "-o", "a.pcap", code=2)
        self.assertIn("error: a.pcap.txt exists already", err)
        _, err = self.generate(self.MODEL, "--set", "write.labels_file=../labels.csv", "-o", "b.pcapng", code=2)
        self.assertIn('error: node "write": the output path "../labels.csv" leads out of the run\'s folder', err)

    @asks_to_stop
    def test_stopped_it_leaves_nothing_half_done(self):
        process = self.start(self.MODEL, "--set", "sample.milliseconds=60000", "-o", f"a.{FORMAT}")
        self.wait_until_it_samples()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn("what is done is kept; go on with: morgana generate latest:model", err)
        self.assertNotIn("  run ", err)
        self.assertEqual(self.left(), [])

    @asks_to_stop
    def test_ended_at_once_it_leaves_nothing_half_done(self):
        process = self.start(self.MODEL, "--set", "sample.milliseconds=60000", "--set", "sample.deaf=true", "-o", f"a.{FORMAT}")
        self.wait_until_it_samples()
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(self.left(), [])

    def wait_until_it_samples(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for events in self.folder.glob(".morgana-generate-*/*/events.jsonl"):
                if '"event":"progress","node":"sample"' in events.read_text():
                    return
            time.sleep(0.01)
        raise AssertionError("it does not sample within a minute")

    def test_failed_it_says_why(self):
        broken = bytearray(next((self.folder / "runs/latest/values").glob("model.*")).read_bytes())
        (self.folder / "broken.safetensors").write_bytes(broken.replace(b'"curves":"[]"', b'"curves":"[7"'))
        _, err = self.generate("broken.safetensors", "-o", f"a.{FORMAT}", code=1)
        self.assertIn('error: node "model": libmorgana_model.so, stage read.model: ', err)
        self.assertIn("does not hold a model", err)
        self.assertEqual(self.left(), ["broken.safetensors"])


@needs("read.mirage-2019", "encode.gasf", "train.copy", "decode.traces", "write.traces")
class OurGenerators(Workplace):
    @classmethod
    def setUpClass(cls):
        cls.train(REAL)

    def test_each_generator(self):
        for generator in GENERATORS:
            with self.subTest(generator):
                options = ("--set", "sample.steps=2") if generator == "ddpm" else ()
                self.generate(f"runs/latest:model[generator={generator}]", "--count", "3", *options, "-o", f"{generator}.{FORMAT}")
                side = self.side(f"{generator}.{FORMAT}")
                self.assertEqual(side["model"]["kind"], generator)
                self.assertEqual(set(side["drawn"]["classes"].values()), {3})
                self.assertGreater(len(side["drawn"]["classes"]), 3)
                self.assertEqual(set(side["stages"]), {"sample", "traffic", "write"})
                account = {metric["name"]: metric["value"] for metric in side["accounting"]["traffic"]["metrics"]}
                self.assertIn("payload_changed_share", account)
                self.assertTrue({"gramian", "decode", "traces"} <= set(side["versions"]["plugins"]), side["versions"])

    def test_codec_of_a_model_is_found_without_its_encoder(self):
        """The second time the model itself comes from the cache, and is loaded from there."""
        for seed in ("1", "2"):
            self.generate("latest:model[generator=copy]", "--count", "2", "--seed", seed, "-o", f"{seed}.{FORMAT}")

    def test_model_of_a_varied_node(self):
        _, err = self.generate("latest:model", "-o", f"a.{FORMAT}", code=2)
        for generator in GENERATORS:
            self.assertIn(f"    model[generator={generator}]  ({generator}, ", err)
        _, err = self.generate("runs/latest/values/flows.traces.safetensors", "-o", f"a.{FORMAT}", code=2)
        self.assertEqual(err, "morgana: error: runs/latest/values/flows.traces.safetensors holds traces, not a model\n")

    def test_read_model_in_a_pipeline(self):
        pipeline = {"schema": "morgana.pipeline/1", "nodes": {
            "model": {"use": "read.model", "set": {"path": "runs/latest/values/model[generator=copy].model.safetensors"}},
            "fake": {"use": "sample.copy", "in": {"model": "model.model"}, "set": {"per_class": 2}},
            "traffic": {"use": "decode.traces", "in": {"images": "fake.images"}}}}
        (self.folder / "use.json").write_text(json.dumps(pipeline))
        for seed in ("1", "2"):  # the second time the model is loaded from the cache
            done = subprocess.run([MORGANA, "run", "use.json", "--cache", "cache", "--runs", "mine", "--set", f"seed={seed}"], cwd=self.folder,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        explained = subprocess.run([MORGANA, "explain", "use.json", "fake", "--cache", "cache", "--json"], cwd=self.folder,
                                   capture_output=True, text=True, check=True)
        parts = {(part["kind"], part["name"]) for part in json.loads(explained.stdout)[0]["material"]}
        self.assertIn(("codec", "gramian"), parts)


if __name__ == "__main__":
    unittest.main()
