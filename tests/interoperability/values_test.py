#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values saved by C++ open with the public packages safetensors and json, and a file of Python's opens in C++.

MORGANA_INTEROPERABILITY is the program of values.cpp. Any Python may start this; it goes on in that of scripts/setup.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]


def use_prepared_python():
    """Starts again in the Python that has the packages; ends with SKIPPED where there is none."""
    folder = pathlib.Path(os.environ.get("MORGANA_DEPS", ROOT / ".deps")) / "venv"
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"skipped: there is no {python}; run scripts/setup")
        sys.exit(SKIPPED)
    if not os.path.samefile(sys.prefix, folder):
        os.execv(python, [str(python), *sys.argv])


if __name__ == "__main__":
    use_prepared_python()

try:
    import numpy
    import safetensors
    import safetensors.numpy
except ImportError as fault:
    print(f"skipped: {fault}; run scripts/setup")
    sys.exit(SKIPPED)

PROGRAM = os.environ["MORGANA_INTEROPERABILITY"]


def call(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def metadata(file):
    with safetensors.safe_open(file, framework="numpy") as opened:
        return opened.metadata()


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        code, _, errors = call("write", cls.folder)
        assert code == 0, errors

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def check(self, array, dtype, values):
        self.assertEqual(array.dtype, numpy.dtype(dtype))
        wanted = numpy.array(values, dtype=dtype)
        self.assertEqual(array.shape, wanted.shape)
        numpy.testing.assert_array_equal(array, wanted)

    def check_traces(self, arrays, text):
        self.check(arrays["offsets"], "int64", [0, 1, 3, 6])
        self.check(arrays["channel.PL"], "float32", [100, 200, 300, 1460, 0, 1])
        self.check(arrays["channel.IAT"], "float32", [0, 0, 1.5e-6, 0, 0.25, 3])
        self.check(arrays["channel.DIR"], "float32", [-1, -1, 1, -1, 1, 1])
        self.check(arrays["label"], "int32", [0, 1, -1])
        self.check(arrays["capture"], "int32", [0, 0, 1])
        self.check(arrays["label_source"], "uint8", [1, 2, 0])
        self.check(arrays["column.duration"], "float64", [0.5, 1, 1e-9])
        self.assertNotIn("device", arrays)  # a column that is not there
        self.assertEqual(json.loads(text["label_names"]), ["com.example.café", "b"])
        self.assertEqual(json.loads(text["capture_names"]), ["first.json", "second.json"])
        self.assertEqual(json.loads(text["channels"]), [{"name": "PL", "unit": "bytes"}, {"name": "IAT", "unit": "s"},
                                                        {"name": "DIR", "unit": ""}])
        self.assertEqual(json.loads(text["columns"]), [{"name": "duration", "unit": "s"}])
        self.assertEqual(json.loads(text["counts"]), {"skipped: no label": 3})
        self.assertEqual(json.loads(text["notes"]), {"IAT": 'was "microseconds"'})
        self.assertEqual(arrays["keys.bytes"].dtype, numpy.uint8)
        block, ends = arrays["keys.bytes"].tobytes(), arrays["keys.offsets"]
        self.assertEqual(ends.dtype, numpy.int64)
        self.assertEqual([block[begin:end].decode() for begin, end in zip(ends, ends[1:])],
                         ["1.2.3.4,1,5.6.7.8,2,6", "", "2001:db8::1,443,2001:db8::2,5,17"])

    def test_traces(self):
        file = self.folder / "traces.safetensors"
        text = metadata(file)
        self.assertEqual(text["morgana"], "traces/1")
        self.check_traces(safetensors.numpy.load_file(file), text)

    def test_images_of_traces_hold_the_traces(self):
        file = self.folder / "images-of-traces.safetensors"
        text, arrays = metadata(file), safetensors.numpy.load_file(file)
        self.assertEqual(text["morgana"], "images-of-traces/1")
        self.assertEqual(text["codec"], "two-packets")
        self.assertEqual(json.loads(text["codec_configuration"]), {"packets": 2})
        self.assertNotIn("pixels", arrays)
        self.check_traces(arrays, text)

    def test_generated_images_hold_pixels(self):
        file = self.folder / "pixels.safetensors"
        text, arrays = metadata(file), safetensors.numpy.load_file(file)
        self.assertEqual(text["morgana"], "images/1")
        self.assertEqual(text["codec"], "two-packets")
        self.assertEqual(sorted(arrays), ["label", "pixels"])
        self.check(arrays["pixels"], "float32", [[[[0.25, -0.5]]], [[[1, 0]]]])
        self.check(arrays["label"], "int32", [1, 0])
        self.assertEqual(json.loads(text["label_names"]), ["a", "b"])

    def test_a_model_is_its_weights(self):
        file = self.folder / "model.safetensors"
        text, arrays = metadata(file), safetensors.numpy.load_file(file)
        self.assertEqual(sorted(arrays), ["layer.bias", "layer.weight", "steps", "table"])
        self.check(arrays["layer.weight"], "float32", [[1, -2, 3.5], [1e-30, 5, 6]])
        self.check(arrays["layer.bias"], "float64", [0.1, 0.2])
        self.check(arrays["steps"], "int64", 10**12)
        self.check(arrays["table"], "uint8", [0, 255, 7])
        self.assertEqual((text["morgana"], text["kind"], text["codec"]), ("model/1", "example", "two-packets"))
        self.assertEqual(json.loads(text["configuration"]), {"width": 2})
        self.assertEqual(json.loads(text["class_names"]), ["a", "b"])
        self.assertEqual(json.loads(text["class_counts"]), [2, 1])
        self.assertEqual(json.loads(text["facts"]), {"parameters": 8})
        self.assertEqual(json.loads(text["curves"]),
                         [{"name": "loss", "x_unit": "steps", "unit": "", "x": [1, 2], "y": [0.5, None]}])

    def test_metrics(self):
        document = json.loads((self.folder / "metrics.json").read_text(encoding="utf-8"))
        self.assertEqual(document["morgana"], "metrics/1")
        self.assertEqual(document["evaluator"], "evaluate.example")
        self.assertEqual(document["notes"], {"floor": "real against real"})
        first, second = document["metrics"]
        self.assertEqual(first, {"name": "wasserstein1", "value": 0.1 + 0.2, "unit": "bytes", "better": "lower",
                                 "tags": {"class": "a", "channel": "PL*DIR"}, "floor": 0.01, "low": 0.2, "high": 0.4,
                                 "repeats": 5, "real_count": 10, "synthetic_count": 9, "headline": True})
        self.assertIsNone(second["value"])  # NaN is null: JSON has none
        self.assertEqual((second["better"], second["note"]), ("neither", "no synthetic trace of this class"))
        self.assertEqual(document["curves"], [{"name": "cdf", "tags": {"source": "real"}, "x_unit": "bytes",
                                               "y_unit": "share", "x": [0, 1], "y": [0.5, 1]}])
        self.assertEqual(document["matrices"], [{"name": "confusion", "tags": {}, "rows": ["a", "b"],
                                                 "columns": ["a", "b"], "values": [3, 0, 1, 2]}])

    def test_loading_and_saving_changes_no_byte(self):
        code, _, errors = call("again", self.folder)
        self.assertEqual(code, 0, errors)
        for file in sorted(self.folder.glob("*.again")):
            self.assertEqual(file.read_bytes(), file.with_suffix("").read_bytes(), file.stem)

    def test_what_python_rewrites_is_the_same_value(self):
        folder = self.folder / "rewritten"
        folder.mkdir()
        for name in ["traces", "images-of-traces", "pixels", "model"]:
            file = self.folder / f"{name}.safetensors"
            safetensors.numpy.save_file(safetensors.numpy.load_file(file), folder / file.name, metadata(file))
        (folder / "metrics.json").write_text(json.dumps(json.loads((self.folder / "metrics.json").read_text())))
        code, _, errors = call("again", folder)
        self.assertEqual(code, 0, errors)
        for file in sorted(folder.glob("*.again")):
            self.assertEqual(file.read_bytes(), (self.folder / file.stem).read_bytes(), file.stem)

    def test_a_file_of_python_opens(self):
        file = self.folder / "python.safetensors"
        safetensors.numpy.save_file(
            {"real": numpy.array([[0.5, -1.25], [3e38, 0]], "float32"), "exact": numpy.array([0.1]),
             "byte": numpy.array([0, 255], "uint8"), "signed": numpy.array([-128], "int8"),
             "short": numpy.array([-32768, 5], "int16"), "whole": numpy.array([[7]], "int32"),
             "long": numpy.array(-(2**63), "int64"), "flag": numpy.array([True, False]),
             "half": numpy.array([1], "float16"), "none": numpy.zeros((0, 3), "float32")},
            file, {"who": "Python, é \"quoted\""})
        code, output, errors = call("read", file)
        self.assertEqual(code, 0, errors)
        self.assertEqual(output.splitlines(), [
            'text who = Python, é "quoted"',
            "array byte U8 [2] = 0 255", "array exact F64 [1] = 0.1", "array flag BOOL [2] = 01 00",
            "array half F16 [1] = 00 3c", "array long I64 [] = -9223372036854775808", "array none F32 [0 3] = ",
            "array real F32 [2 2] = 0.5 -1.25 3e+38 0", "array short I16 [2] = -32768 5", "array signed I8 [1] = -128",
            "array whole I32 [1 1] = 7"])

    def test_a_type_that_core_has_not_is_refused(self):
        file = self.folder / "unsigned.safetensors"
        safetensors.numpy.save_file({"x": numpy.array([1], "uint32")}, file)
        code, _, errors = call("read", file)
        self.assertEqual((code, errors), (1, f"error: {file}: element type U32 is not supported\n"))

    def test_a_truncated_file_is_refused(self):
        whole = (self.folder / "traces.safetensors").read_bytes()
        file = self.folder / "cut.safetensors"
        for size in [0, 4, 7, 8, 100, len(whole) - 1]:
            file.write_bytes(whole[:size])
            code, _, errors = call("read", file)
            self.assertEqual(code, 1)
            self.assertIn(str(file), errors)


if __name__ == "__main__":
    unittest.main()
