# SPDX-License-Identifier: Apache-2.0
"""Command line: record, check, or summarise."""

import argparse
import concurrent.futures
import os
import pathlib
import random
import shutil
import sys
import tempfile

from . import check, dataset, programs
from .certificates import make_shared
from .session import DEVICES, SEARCH_PATH, record_session

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ("iproute2 openssl nginx-light curl wget ffmpeg dovecot-imapd isync msmtp python3-aiosmtpd mosquitto "
            "mosquitto-clients openssh-server openssh-client git prosody go-sendxmpp baresip-core aria2 "
            "nsd unbound bind9-dnsutils knot-dnsutils postgresql")  # fmt: skip


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="record-sample",
        description="Record traffic of real programs between network namespaces of this machine with morgana capture, "
        "and build a dataset in the JSON of MIRAGE-2019 from it.",
        epilog="Needs root, /dev/net/tun and the Debian packages: " + PACKAGES,
    )
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "data/sample", help="folder to write to")
    parser.add_argument("--programs", nargs="+", help="only these, e.g. web voice")
    parser.add_argument("--captures", type=int, default=5, help="captures per program and device (default 5)")
    parser.add_argument("--jobs", type=int, default=8, help="sessions recorded at the same time (default 8)")
    parser.add_argument("--seed", type=int, default=2019, help="seed of workloads and links")
    parser.add_argument("--morgana", type=pathlib.Path, default=REPOSITORY / "build/release/bin/morgana",
                        help="the program (default: that of build/release)")  # fmt: skip
    parser.add_argument("--workspace", type=pathlib.Path, help="keep captures and logs here instead of a temporary folder")
    parser.add_argument("--check", type=pathlib.Path, metavar="GENUINE",
                        help="record nothing; check the writer and --out against genuine MIRAGE-2019 files")  # fmt: skip
    return parser.parse_args()


def prepare(assets: pathlib.Path, chosen, seed: int) -> None:
    """Certificates and content shared by all sessions."""
    make_shared(assets / "certificates", random.Random(seed))
    for program in chosen:
        program.prepare(assets, random.Random(f"{seed} {program.PACKAGE}"))


def record(options: argparse.Namespace, workspace: pathlib.Path) -> int:
    chosen = [p for p in programs.ALL if not options.programs or p.__name__.rsplit(".", 1)[1] in options.programs]
    needed = {"ip", "ss", "openssl", "nginx", "curl", *(c for p in chosen for c in p.COMMANDS)}
    missing = [command for command in needed if not shutil.which(command, path=SEARCH_PATH)]
    if missing or os.geteuid() != 0:
        print(f"missing: {' '.join(sorted(missing)) or 'root'}; as root: apt-get install {PACKAGES}", file=sys.stderr)
        return 2
    workspace.chmod(0o755)  # servers that drop their rights read their files here
    shutil.rmtree(workspace / "assets", ignore_errors=True)
    prepare(workspace / "assets", chosen, options.seed)
    plan = [(p, d, c) for c in range(options.captures) for p in chosen for d in range(len(DEVICES))]
    if not options.morgana.exists():
        print(f"there is no {options.morgana}; build it with scripts/build", file=sys.stderr)
        return 2
    failed = 0
    captures = workspace / "captures"
    # a capture's name is its device, second and program: no two sessions of one program and device begin together
    jobs = min(options.jobs, len(chosen) * len(DEVICES))
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        running = {}
        for index, (program, device, _) in enumerate(plan):
            seed = options.seed * 1_000_003 + index
            # module objects do not travel between processes: the name does
            future = pool.submit(run_one, index, program.__name__, device, seed, workspace, options.morgana)
            running[future] = (program, DEVICES[device])
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            program, device = running[future]
            try:
                recorded, profile = future.result()
                keep(recorded, captures)
            except Exception as error:
                failed += 1
                print(f"[{done}/{len(plan)}] {program.PACKAGE} failed: {error}", file=sys.stderr, flush=True)
                continue
            print(f"[{done}/{len(plan)}] {program.PACKAGE} {device.folder} {profile}", flush=True)
    dataset.build(options.morgana, captures, options.out, workspace)
    print(f"{options.out}; {failed} sessions failed")
    return 1 if failed else 0


def keep(recorded: pathlib.Path, captures: pathlib.Path) -> None:
    """Copies a session's capture to the others; none is replaced."""
    for path in recorded.rglob("*.*"):
        if path.is_file() and (captures / path.relative_to(recorded)).exists():
            raise RuntimeError(f"there is a {path.relative_to(recorded)} of another session")
    shutil.copytree(recorded, captures, dirs_exist_ok=True)


def run_one(index: int, module: str, device: int, seed: int, workspace: pathlib.Path, morgana: pathlib.Path):
    program, assets = sys.modules[module], workspace / "assets"
    return record_session(f"sample{index}", program, DEVICES[device], seed, assets, workspace, morgana)


def main() -> int:
    options = arguments()
    if options.check:
        compared, wrong = check.check_features(options.check)
        print("recomputed of the genuine files:", dict(compared))
        if list(options.out.rglob("*.json")):
            compared, more = check.check_features(options.out)
            print("recomputed of the recorded files:", dict(compared))
            wrong += more + check.check_structure(options.out, options.check)
            print(check.summary(options.out))
        print(f"{len(wrong)} differences", *wrong[:20], sep="\n")
        return 1 if wrong else 0
    if options.workspace:
        options.workspace.mkdir(parents=True, exist_ok=True)
        return record(options, options.workspace)
    with tempfile.TemporaryDirectory(prefix="record-sample-") as folder:
        return record(options, pathlib.Path(folder))


sys.exit(main())
