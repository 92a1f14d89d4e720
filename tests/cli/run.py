#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a text test of the command line.

A test is a file of steps, one after the other, in an empty folder of its own:

    # A comment, up to the first step.
    needs write.traces           skips the test, and says so, where no plugin has the stage
    file pipeline.json           writes the indented lines that follow, without their indent
        { ... }
    $ morgana validate x.json    types a command (bash) ...
    | nothing wrong              ... which prints exactly these lines on stdout,
    ! morgana: error: ...        these on stderr,
    = 2                          and ends with this exit code; 0 where nothing is said.

In the lines expected, `...` stands for anything within the line; a line that is only `...` for any lines at all.
Folders of this machine are named $PLUGINS (the test plugins), $SOURCE (the repository) and $HERE (the test's folder).
MORGANA_PLUGIN_PATH is $PLUGINS/good, and the cache is a folder of the test's own.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile


SKIPPED = 77  # as CTest is told


def steps(text):
    step, lines = None, text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("needs "):
            step = ("needs", number, line[6:].strip(), [])
            yield step
        elif line.startswith("file "):
            step = ("file", number, line[5:].strip(), [])
            yield step
        elif line.startswith("$ "):
            step = ("command", number, line[2:], {"|": [], "!": [], "=": ["0"]})
            yield step
        elif step and step[0] == "file" and (line.startswith("    ") or not line.strip()):
            step[3].append(line[4:])
        elif step and step[0] == "command" and line[:1] in "|!" and line:
            step[3][line[0]].append(line[2:])
        elif line.startswith("= "):
            step[3]["="] = [line[2:].strip()]
        elif line.strip() and not line.startswith("#"):
            sys.exit(f"line {number}: not understood: {line}")


def pattern(lines):
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("...")) + r"\n")
    return re.compile("".join(parts) + r"\Z")


def check(name, actual, expected):
    if pattern(expected).match(actual):
        return ""
    return f"  {name}, expected:\n" + "".join(f"    {line}\n" for line in expected) + f"  {name}, printed:\n" + "".join(
        f"    {line}\n" for line in actual.splitlines())


def main():
    parser = argparse.ArgumentParser()
    for option in ("--program", "--plugins", "--source"):
        parser.add_argument(option, required=True)
    parser.add_argument("test")
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="morgana-cli-") as here:
        here = os.path.realpath(here)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MORGANA")}
        environment.update(PATH=os.path.dirname(arguments.program) + ":" + os.environ["PATH"], HERE=here, PLUGINS=arguments.plugins,
                           SOURCE=arguments.source, MORGANA_PLUGIN_PATH=arguments.plugins + "/good", TERM="dumb", LC_ALL="C.UTF-8",
                           MORGANA_CACHE=here + "/cache", MORGANA_TEST="1")
        places = [(here, "$HERE"), (arguments.plugins, "$PLUGINS"), (arguments.source, "$SOURCE")]
        for kind, number, what, more in list(steps(pathlib.Path(arguments.test).read_text(encoding="utf-8"))):
            if kind == "needs":
                if subprocess.run([arguments.program, "inspect", what], env=environment, capture_output=True).returncode != 0:
                    print(f"skipped: no plugin has the stage {what}")
                    sys.exit(SKIPPED)
                continue
            if kind == "file":
                target = pathlib.Path(here, what)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("\n".join(more).rstrip("\n") + "\n", encoding="utf-8")
                continue
            done = subprocess.run(["bash", "-c", what], cwd=here, env=environment, capture_output=True, text=True, timeout=100)
            said = [done.stdout, done.stderr]
            for path, placeholder in places:
                said = [text.replace(path, placeholder) for text in said]
            faults = check("stdout", said[0], more["|"]) + check("stderr", said[1], more["!"])
            if str(done.returncode) != more["="][0]:
                faults += f"  exit code {done.returncode}, expected {more['='][0]}\n"
            if faults:
                failed = True
                print(f"{arguments.test}:{number}: $ {what}\n{faults}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
