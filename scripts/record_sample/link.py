# SPDX-License-Identifier: Apache-2.0
"""A link between two namespaces: two TUN devices and a process that carries packets with delay, jitter, rate and loss.

The kernel's own netem would do, but many small virtual machines are built without it; and a TUN device hands
tcpdump packets of wire size, which a veth pair does not before its segmentation offloads are switched off.
"""

import collections
import ctypes
import dataclasses
import fcntl
import os
import random
import select
import struct
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000
LARGEST_PACKET_BYTES = 2048


@dataclasses.dataclass(frozen=True)
class LinkProfile:
    """What a packet meets on its way; the same object describes a capture in the recording's log."""

    delay_seconds: float  # one way
    jitter_seconds: float  # mean of a gamma-distributed extra delay; packets stay in order
    down_bits_per_second: float
    up_bits_per_second: float
    loss: float  # probability, each direction
    queue_seconds: float  # a packet that would wait longer for its turn is dropped


def wifi(rng: random.Random) -> LinkProfile:
    """Home Wi-Fi: short, quick, nearly without loss."""
    return LinkProfile(
        delay_seconds=rng.uniform(0.004, 0.030),
        jitter_seconds=rng.uniform(0.0005, 0.003),
        down_bits_per_second=rng.uniform(8e6, 25e6),
        up_bits_per_second=rng.uniform(4e6, 10e6),
        loss=rng.choice([0.0, 0.0, 0.001, 0.005]),
        queue_seconds=0.2,
    )


def mobile(rng: random.Random) -> LinkProfile:
    """Mobile network: longer, slower, more jitter."""
    return LinkProfile(
        delay_seconds=rng.uniform(0.015, 0.060),
        jitter_seconds=rng.uniform(0.002, 0.010),
        down_bits_per_second=rng.uniform(3e6, 12e6),
        up_bits_per_second=rng.uniform(1e6, 4e6),
        loss=rng.choice([0.0, 0.002, 0.005, 0.01]),
        queue_seconds=0.4,
    )


def open_tun(namespace: str, device: str) -> int:
    """Creates TUN `device` inside `namespace` and returns its file descriptor; call it in a process of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter network namespace {namespace}")
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN_WITHOUT_HEADER))
    return descriptor


class Direction:
    """A first-in-first-out line from one TUN device to the other."""

    def __init__(self, source: int, target: int, bits_per_second: float, profile: LinkProfile, rng: random.Random):
        self.source = source
        self.target = target
        self.seconds_per_byte = 8 / bits_per_second
        self.profile = profile
        self.rng = rng
        self.line_free_at = 0.0
        self.last_release = 0.0
        self.waiting: collections.deque[tuple[float, bytes]] = collections.deque()

    def accept(self, packet: bytes, now: float) -> None:
        profile = self.profile
        start = max(now, self.line_free_at)
        if self.rng.random() < profile.loss or start - now > profile.queue_seconds:
            return
        self.line_free_at = start + len(packet) * self.seconds_per_byte
        jitter = self.rng.gammavariate(0.5, 2 * profile.jitter_seconds)
        self.last_release = max(self.last_release, self.line_free_at + profile.delay_seconds + jitter)
        self.waiting.append((self.last_release, packet))

    def release(self, now: float) -> None:
        while self.waiting and self.waiting[0][0] <= now:
            try:
                os.write(self.target, self.waiting.popleft()[1])
            except OSError:
                pass  # the far device went down while the session ends


def carry(phone: str, server: str, profile: LinkProfile, seed: int, ready) -> None:
    """Creates `tun0` in both namespaces, sets the event `ready` and carries packets until the process is ended."""
    phone_tun = open_tun(phone, "tun0")
    server_tun = open_tun(server, "tun0")
    rng = random.Random(seed)
    up = Direction(phone_tun, server_tun, profile.up_bits_per_second, profile, rng)
    down = Direction(server_tun, phone_tun, profile.down_bits_per_second, profile, rng)
    by_source = {phone_tun: up, server_tun: down}
    ready.set()
    while True:
        now = time.monotonic()
        up.release(now)
        down.release(now)
        heads = [line.waiting[0][0] for line in (up, down) if line.waiting]
        readable, _, _ = select.select(list(by_source), [], [], max(0.0, min(heads) - now) if heads else 0.5)
        for descriptor in readable:
            try:
                packet = os.read(descriptor, LARGEST_PACKET_BYTES)
            except OSError:
                continue  # the device is not up yet, or no more
            by_source[descriptor].accept(packet, time.monotonic())
