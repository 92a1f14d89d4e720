# SPDX-License-Identifier: Apache-2.0
"""One capture session: a phone and a server namespace, a link, `morgana capture` and one program in use."""

import dataclasses
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

from . import link
from .namespaces import Namespace
from .programs import beacon

SEARCH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SESSION_LIMIT_SECONDS = 75.0
CLIENT_LIMIT_SECONDS = 40.0
SNAP_LENGTH = 128  # headers, and no more


@dataclasses.dataclass(frozen=True)
class Device:
    folder: str  # model and MAC, as MIRAGE names its folders; the MAC is made up and locally administered
    address: str
    link: object  # random.Random -> LinkProfile
    receive_buffer_bytes: int


DEVICES = (
    Device("NamespaceWifi_02_00_00_00_00_0a", "192.168.20.101", link.wifi, 4_000_000),
    Device("NamespaceMobile_02_00_00_00_00_0b", "192.168.20.102", link.mobile, 1_000_000),
)


class Session:
    """What a program's `serve` and `use` work with."""

    def __init__(self, name: str, program, device: Device, seed: int, assets: pathlib.Path, folder: pathlib.Path):
        self.rng = random.Random(seed)
        self.program = program
        self.device = device
        self.assets = assets
        self.folder = folder
        self.log = open(folder / "output.log", "ab")
        self.profile = device.link(self.rng)
        # host names of varied length, as they show in TLS and in requests
        self.domain = "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz", k=self.rng.randint(2, 30))) + ".test"
        self.user_agent = "Sample/1.0 " + self.rng.randbytes(self.rng.randint(1, 60)).hex()
        self.certificate = self.any_certificate()
        names = {**program.HOSTS, beacon.NAME: beacon.ADDRESS}
        self.addresses = {self.host(name): address for name, address in names.items()}
        self.phone = Namespace(f"phone-{name}", self.addresses)
        self.server = Namespace(f"server-{name}", self.addresses)
        self.deadline = 0.0
        self.link = None

    # -- for programs ------------------------------------------------------------------------------------------

    def host(self, name: str) -> str:
        """The full host name, in this session, of one of the program's HOSTS."""
        return f"{name}.{self.domain}"

    def any_certificate(self) -> pathlib.Path:
        """Path, without .crt and .key, of one of the certificates that all sessions share."""
        return self.rng.choice(sorted((self.assets / "certificates").glob("*.crt"))).with_suffix("")

    def start_server(self, *command, port: int, address: str = "", udp: bool = False) -> None:
        """Starts a server in the far namespace and waits until something listens there."""
        self._start(self.server, command, None)
        for _ in range(100):
            rows = subprocess.run(
                self.server.command("ss", "-H", "-u" if udp else "-t", "-l", "-n"), capture_output=True, text=True
            ).stdout
            if f"{address}:{port} " in rows:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{command[0]} does not listen on port {port}; see {self.folder}/output.log")

    def start(self, *command, environment=None) -> subprocess.Popen:
        """Starts a client on the phone, its standard input a pipe."""
        return self._start(self.phone, command, environment)

    def client(self, *command, input_text: str = "", limit: float = CLIENT_LIMIT_SECONDS, environment=None) -> int:
        """Runs a client on the phone to its end (or for `limit` seconds) and returns its exit status."""
        process = self.start(*command, environment=environment)
        try:
            process.communicate(input_text.encode(), timeout=limit)
        except subprocess.TimeoutExpired:
            self.stop(process)
        if process.returncode:
            self.note(f"exit status {process.returncode}: {' '.join(map(str, command))[:200]}")
        return process.returncode

    def stop(self, process: subprocess.Popen) -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.communicate(timeout=3)
        except (subprocess.TimeoutExpired, ValueError):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def write(self, process: subprocess.Popen, text: str) -> None:
        try:
            process.stdin.write(text.encode())
            process.stdin.flush()
        except BrokenPipeError:
            self.note("a client went away while it was written to")

    def think(self, mean_seconds: float) -> None:
        """Waits as a person would: exponentially distributed, at most four times the mean, never past the end."""
        pause = min(self.rng.expovariate(1 / mean_seconds), 4 * mean_seconds)
        time.sleep(max(0.0, min(pause, self.deadline - time.monotonic())))

    def running(self) -> bool:
        return time.monotonic() < self.deadline

    def text(self, mean_bytes: float, sigma: float = 0.8) -> str:
        """Letters and blanks of log-normally distributed length."""
        size = min(int(self.rng.lognormvariate(0, sigma) * mean_bytes) + 1, 50 * int(mean_bytes))
        return "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz    ", k=size)).strip() or "ok"

    def note(self, message: str) -> None:
        self.log.write(f"-- {message}\n".encode())
        self.log.flush()

    # -- for the recorder --------------------------------------------------------------------------------------

    def _start(self, namespace: Namespace, command, environment) -> subprocess.Popen:
        settings = {
            "PATH": SEARCH_PATH,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **(environment or {}),
        }
        return subprocess.Popen(
            namespace.command(*command),
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            env=settings,
            cwd=self.folder,
            start_new_session=True,
        )

    def connect(self) -> None:
        ready = multiprocessing.Event()
        self.link = multiprocessing.Process(
            target=link.carry,
            args=(self.phone.name, self.server.name, self.profile, self.rng.getrandbits(32), ready),
            daemon=True,
        )
        self.link.start()
        if not ready.wait(10):
            raise RuntimeError("cannot create a TUN device; is /dev/net/tun there and are you root")
        self.phone.address("tun0", self.device.address)
        self.server.address("tun0", *sorted(set(self.addresses.values())))
        buffer = self.device.receive_buffer_bytes
        self.phone.set("net/ipv4/tcp_rmem", f"4096 131072 {buffer}")

    def record(self, morgana: pathlib.Path) -> pathlib.Path:
        """Uses the program once: the folder that `morgana capture` left."""
        self.connect()
        beacon.serve(self)
        self.program.serve(self)
        captures = self.folder / "captures"
        options = ["--interface", "tun0", "--output", captures, "--device", self.device.folder]
        options += ["--package", self.program.PACKAGE, "--snap-length", SNAP_LENGTH, "--quiet"]
        recorder = self._start(self.phone, [morgana, "capture", *options], None)
        while not any(path.stat().st_size > 0 for path in captures.rglob("*.sockets")):
            if recorder.poll() is not None:
                raise RuntimeError(f"morgana capture ended early; see {self.folder}/output.log")
            time.sleep(0.05)
        self.deadline = time.monotonic() + SESSION_LIMIT_SECONDS
        self.program.use(self)
        for _ in range(self.rng.choice((0, 0, 1, 1))):
            beacon.send(self)
        time.sleep(0.5)
        recorder.send_signal(signal.SIGINT)
        if recorder.wait(10) != 0:
            raise RuntimeError(f"morgana capture failed; see {self.folder}/output.log")
        return captures

    def close(self) -> None:
        self.phone.remove()
        self.server.remove()
        if self.link is not None:
            self.link.terminate()
            self.link.join()
        self.log.close()


def record_session(
    name: str, program, device: Device, seed: int, assets: pathlib.Path, workspace: pathlib.Path, morgana: pathlib.Path
):
    """Records one session in a folder of its own and returns (the folder of its capture, link profile)."""
    folder = workspace / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    session = Session(name, program, device, seed, assets, folder)
    try:
        return session.record(morgana), session.profile
    finally:
        session.close()
