# SPDX-License-Identifier: Apache-2.0
"""Network namespaces: made, entered and removed with iproute2."""

import os
import pathlib
import shutil
import signal
import subprocess
import time


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


class Namespace:
    """A network namespace without any way out; `hosts` is what its processes see as /etc/hosts."""

    def __init__(self, name: str, hosts: dict[str, str]):
        self.name = name
        # ip netns exec mounts the files of this folder over those of /etc
        self.etc = pathlib.Path("/etc/netns") / name
        self.etc.mkdir(parents=True, exist_ok=True)
        rows = ["127.0.0.1 localhost", *(f"{address} {host}" for host, address in hosts.items())]
        (self.etc / "hosts").write_text("\n".join(rows) + "\n")
        (self.etc / "resolv.conf").write_text("")
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
        self.set("net/ipv6/conf/default/disable_ipv6", "1")

    def set(self, key: str, value: str) -> None:
        """Writes a kernel setting of this namespace, e.g. net/ipv4/tcp_rmem."""
        subprocess.run(
            ["ip", "netns", "exec", self.name, "sh", "-c", f"echo '{value}' > /proc/sys/{key}"],
            check=True,
            capture_output=True,
        )

    def address(self, device: str, *addresses: str) -> None:
        """Brings `device` up with these addresses; everything else in the world is reached through it."""
        for address in addresses:
            ip("-n", self.name, "addr", "add", f"{address}/32", "dev", device)
        ip("-n", self.name, "link", "set", device, "up", "mtu", "1500")
        ip("-n", self.name, "route", "add", "default", "dev", device)

    def command(self, *command) -> list[str]:
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def processes(self) -> list[int]:
        return [int(p) for p in subprocess.run(["ip", "netns", "pids", self.name], capture_output=True).stdout.split()]

    def remove(self) -> None:
        """Ends the processes inside, which are all of this recording, and removes the namespace."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for process in self.processes():
                try:
                    os.kill(process, sent)
                except ProcessLookupError:
                    pass
            deadline = time.monotonic() + 1.5
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.05)
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
        shutil.rmtree(self.etc, ignore_errors=True)
