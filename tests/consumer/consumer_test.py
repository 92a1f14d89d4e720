#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A user's build: installs the SDK, builds plugins against it outside the tree, and runs a pipeline with them.

The plugins are the code of docs/writing-a-plugin.md, to the letter, and what `morgana new-plugin` writes.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "documentation"))
import blocks  # noqa: E402

FURTHER = ["acme.bootstrap", "acme.count-sizes", "acme.distinct-sizes", "acme.encode-plain", "acme.every-parameter"]
FURTHER_PIPELINE = """{
  "schema": "morgana.pipeline/1",
  "nodes": {
    "flows": { "use": "test.make", "set": { "packets": 12 } },
    "every": { "use": "acme.every-parameter", "in": { "traces": "flows.traces" }, "set": { "title": "A title" } },
    "mean": { "use": "acme.bootstrap", "in": { "traces": "every.same" } },
    "count": { "use": "acme.count-sizes", "in": { "traces": "every.same" } },
    "sizes": { "use": "acme.distinct-sizes", "gather": { "sizes": ["count.sizes"] } },
    "images": { "use": "acme.encode-plain", "in": { "traces": "every.same" } }
  }
}
"""
PIPELINE = """{
  "schema": "morgana.pipeline/1",
  "nodes": {
    "flows": { "use": "test.make", "set": { "packets": 12 } },
    "long": { "use": "STAGE", "in": { "traces": "flows.traces" }, "set": { "packets": 11 } }
  }
}
"""


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    for option in ("--build", "--cmake", "--compiler", "--flags"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="morgana-consumer-") as folder:
        here = pathlib.Path(folder)
        prefix = here / "installed"
        run(arguments.cmake, "--install", arguments.build, "--prefix", prefix, "--component", "sdk")
        morgana = prefix / "bin" / "morgana"
        run(morgana, "new-plugin", "select.long-flows", here / "long_flows")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MORGANA")}
        environment["MORGANA_CACHE"] = str(here / "cache")
        blocks.write_files(ROOT / "docs" / "writing-a-plugin.md", here / "documented")
        for source, stages, pipeline in (
                (here / "documented" / "minimum_packets", ["acme.minimum-packets"], PIPELINE),
                (here / "documented" / "further", FURTHER, FURTHER_PIPELINE),
                (here / "long_flows", ["select.long-flows"], PIPELINE)):
            build = here / ("build-" + source.name)
            # A precompiled header pays for many files; these are one each.
            run(arguments.cmake, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release",
                "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON", f"-DCMAKE_CXX_COMPILER={arguments.compiler}",
                f"-DCMAKE_CXX_FLAGS={arguments.flags}")
            run(arguments.cmake, "--build", build)
            run(pathlib.Path(arguments.cmake).with_name("ctest"), "--test-dir", build, "--output-on-failure")
            plugins = ["--plugin-path", f"{build}:{arguments.build}/test-plugins/good"]
            listed = [entry["stage"] for entry in json.loads(run(morgana, "list", "--json", *plugins, env=environment))]
            assert set(stages) <= set(listed), listed
            file = here / "pipeline.json"
            file.write_text(pipeline.replace("STAGE", stages[0]))
            run(morgana, "validate", file, *plugins, env=environment)
            run(morgana, "run", file, *plugins, cwd=here, env=environment)


if __name__ == "__main__":
    main()
