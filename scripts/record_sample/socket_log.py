# SPDX-License-Identifier: Apache-2.0
"""Who owned which socket: a log of `ss` rows, sampled in the phone's namespace while a capture runs."""

import collections
import re
import subprocess
import threading

PROTOCOLS = {"tcp": 6, "udp": 17}
OWNER = re.compile(r'\("([^"]+)",pid=\d+')


def endpoint(text: str) -> tuple[str, int | None]:
    address, _, port = text.rpartition(":")
    address = address.strip("[]").removeprefix("::ffff:").split("%")[0]
    return address, int(port) if port.isdigit() else None


class SocketLog(threading.Thread):
    """Samples the sockets of a namespace until `stop` is called."""

    def __init__(self, namespace: str, period_seconds: float):
        super().__init__(daemon=True)
        self.command = ["nsenter", f"--net=/run/netns/{namespace}", "ss", "-H", "-t", "-u", "-a", "-n", "-p"]
        self.period_seconds = period_seconds
        self.ended = threading.Event()
        self.owners: dict[tuple, collections.Counter] = collections.defaultdict(collections.Counter)

    def run(self) -> None:
        while not self.ended.wait(self.period_seconds):
            text = subprocess.run(self.command, check=False, capture_output=True, text=True).stdout
            for row in text.splitlines():
                fields = row.split()
                owner = OWNER.search(row)
                if owner and fields[0] in PROTOCOLS:
                    key = (PROTOCOLS[fields[0]], endpoint(fields[4]), endpoint(fields[5]))
                    self.owners[key][owner.group(1)] += 1

    def stop(self) -> None:
        self.ended.set()
        self.join()

    def owner(self, ends: tuple) -> str | None:
        """Process seen with this five-tuple; else, for UDP, the one bound to the phone's port; else None."""
        phone, far, protocol = ends
        if (protocol, phone, far) in self.owners:
            return self.owners[protocol, phone, far].most_common(1)[0][0]
        for (row_protocol, local, remote), seen in self.owners.items():
            if protocol == row_protocol == 17 and local[1] == phone[1] and remote[1] is None:
                return seen.most_common(1)[0][0]
        return None
