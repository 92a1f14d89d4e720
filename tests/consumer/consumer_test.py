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


def in_the_same_table(morgana, source, build, host_build, name, environment):
    """The pipeline that new-plugin wrote, on real traffic: the plugin stands in the report beside the controls."""
    run(morgana, "run", source / "try.json", "--set", f"flows.path={ROOT / 'data/sample'}",
        "--plugin-path", f"{build}:{host_build}/lib/morgana/plugins", cwd=source, env=environment)
    verdict = (source / "runs/latest/report/tables/verdict.csv").read_text()
    wanted = "mean packets gap" if name == "my-metric" else "my-model"
    assert wanted in verdict and "markov" in verdict and "real against real" in verdict, verdict


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
        completion = prefix / "share/bash-completion/completions/morgana"
        words = run("bash", "-c", f"PATH={prefix}/bin:$PATH; source {completion}; COMP_WORDS=(morgana val); COMP_CWORD=1; _morgana; echo $COMPREPLY")
        assert words.strip() == "validate", words
        run(morgana, "new-plugin", "select.long-flows", here / "long_flows")
        run(morgana, "new-plugin", "evaluate.my-metric", here / "my_metric")
        run(morgana, "new-plugin", "train.my-model", here / "my_model")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MORGANA")}
        environment["MORGANA_CACHE"] = str(here / "cache")
        blocks.write_files(ROOT / "docs" / "writing-a-plugin.md", here / "documented")
        for source, stages, pipeline in (
                (here / "documented" / "minimum_packets", ["acme.minimum-packets"], PIPELINE),
                (here / "documented" / "further", FURTHER, FURTHER_PIPELINE),
                (here / "long_flows", ["select.long-flows"], PIPELINE),
                (here / "my_metric", ["evaluate.my-metric"], None),
                (here / "my_model", ["train.my-model", "sample.my-model"], None)):
            build = here / ("build-" + source.name)
            run(arguments.cmake, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release",
                f"-DCMAKE_CXX_COMPILER={arguments.compiler}", f"-DCMAKE_CXX_FLAGS={arguments.flags}")
            run(arguments.cmake, "--build", build)
            run(pathlib.Path(arguments.cmake).with_name("ctest"), "--test-dir", build, "--output-on-failure")
            plugins = ["--plugin-path", f"{build}:{arguments.build}/test-plugins/good"]
            listed = [entry["stage"] for entry in json.loads(run(morgana, "list", "--json", *plugins, env=environment))]
            assert set(stages) <= set(listed), listed
            if pipeline is None:
                in_the_same_table(morgana, source, build, pathlib.Path(arguments.build), stages[0].split(".")[1], environment)
                continue
            file = here / "pipeline.json"
            file.write_text(pipeline.replace("STAGE", stages[0]))
            run(morgana, "validate", file, *plugins, env=environment)
            run(morgana, "run", file, *plugins, cwd=here, env=environment)


if __name__ == "__main__":
    main()
