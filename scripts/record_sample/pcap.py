# SPDX-License-Identifier: Apache-2.0
"""Reads TCP and UDP headers out of a pcap file of raw IPv4 packets."""

import dataclasses
import pathlib
import socket
import struct

LINKTYPE_RAW = (12, 101)
TCP, UDP = 6, 17


@dataclasses.dataclass(frozen=True)
class Packet:
    timestamp: float  # unix seconds
    source: tuple[str, int]
    target: tuple[str, int]
    protocol: int
    ip_bytes: int  # IP total length
    payload_bytes: int  # transport payload
    window: int  # raw 16-bit field; 0 for UDP


def read_packets(path: pathlib.Path) -> list[Packet]:
    """All TCP and UDP packets over IPv4; other packets and a half-written last record are left out."""
    data = path.read_bytes()
    magic = data[:4]
    if magic != b"\xd4\xc3\xb2\xa1" or struct.unpack_from("<I", data, 20)[0] not in LINKTYPE_RAW:
        raise ValueError(f"{path} is not a little-endian microsecond pcap of raw IP; record it with tcpdump -i tun0")
    packets = []
    offset = 24
    while offset + 16 <= len(data):
        seconds, microseconds, captured, _ = struct.unpack_from("<IIII", data, offset)
        record = data[offset + 16 : offset + 16 + captured]
        offset += 16 + captured
        packet = parse(record, seconds + microseconds / 1e6) if len(record) == captured else None
        if packet is not None:
            packets.append(packet)
    return packets


def parse(record: bytes, timestamp: float) -> Packet | None:
    if len(record) < 28 or record[0] >> 4 != 4 or record[9] not in (TCP, UDP):
        return None
    if struct.unpack_from(">H", record, 6)[0] & 0x1FFF:
        return None  # a later fragment has no ports
    header = (record[0] & 15) * 4
    ip_bytes = struct.unpack_from(">H", record, 2)[0]
    protocol = record[9]
    source_port, target_port = struct.unpack_from(">HH", record, header)
    transport_header = (record[header + 12] >> 4) * 4 if protocol == TCP else 8
    return Packet(
        timestamp=timestamp,
        source=(socket.inet_ntoa(record[12:16]), source_port),
        target=(socket.inet_ntoa(record[16:20]), target_port),
        protocol=protocol,
        ip_bytes=ip_bytes,
        payload_bytes=ip_bytes - header - transport_header,
        window=struct.unpack_from(">H", record, header + 14)[0] if protocol == TCP else 0,
    )
