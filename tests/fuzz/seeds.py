#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes small whole inputs for the fuzz targets to start from: seeds.py CORPUS

One folder a target. Where MORGANA_REFERENCE_DATA is set, small reference files are copied there as well.
"""
import gzip
import io
import json
import os
import pathlib
import shutil
import struct
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOW = (
    '{"10.0.0.1,1,8.8.8.8,2,6": {"packet_data": {"packet_dir": [0, 1], "L4_payload_bytes": [0, 12], "iat": [0, 1e-05], '
    '"TCP_win_size": [1, 2], "TCP_flags": ["S", ""], "timestamp": [1.5, 1.75], "L4_raw_payload": [[], [1, 255]]}, '
    '"flow_features": {"iat": {"biflow": {"min": NaN}}}, "flow_metadata": {"BF_label": "a\\u0062", '
    '"BF_labeling_type": null, "BF_num_packets": NaN, "BF_activity": "chat"}}}'
)


def packet() -> bytes:
    tcp = struct.pack(">HHIIBBHHH", 40001, 443, 1, 2, 0x50, 0x18, 500, 0, 0) + b"hello"
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 7, 0, 64, 6, 0, bytes([10, 0, 0, 1]), bytes([8, 8, 8, 8]))
    return bytes(12) + b"\x08\x00" + ip + tcp


def pcap() -> bytes:
    data = packet()
    record = struct.pack("<IIII", 1600000000, 5, len(data), len(data)) + data
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + record * 3


def pcapng() -> bytes:
    def block(kind: int, body: bytes) -> bytes:
        size = struct.pack("<I", 12 + len(body))
        return struct.pack("<I", kind) + size + body + size

    data = packet() + bytes(-len(packet()) % 4)
    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    interface = block(1, struct.pack("<HHI", 1, 0, 0) + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
    enhanced = block(6, struct.pack("<IIIII", 0, 1, 2, len(packet()), len(packet())) + data)
    return section + interface + enhanced * 2


def safetensors() -> bytes:
    header = json.dumps({
        "__metadata__": {"morgana": "traces/1", "channels": '[{"name": "PL", "unit": "bytes"}]', "columns": "[]",
                         "counts": "{}", "notes": "{}", "label_names": '["a"]'},
        "channel.PL": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "label": {"dtype": "I32", "shape": [1], "data_offsets": [8, 12]},
        "offsets": {"dtype": "I64", "shape": [2], "data_offsets": [12, 28]},
    }).encode()  # fmt: skip
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + struct.pack("<ffiqq", 1, 2, 0, 0, 2)


def archives() -> dict[str, bytes]:
    inner, outer, tar = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/one.json", FLOW)
        file.writestr("../two.json", "{}")
    with zipfile.ZipFile(outer, "w") as file:
        file.writestr("inner.zip", inner.getvalue())
    with tarfile.open(fileobj=tar, mode="w:gz") as file:
        member = tarfile.TarInfo("x/one.json")
        member.size = len(FLOW)
        file.addfile(member, io.BytesIO(FLOW.encode()))
    return {"inner": inner.getvalue(), "outer": outer.getvalue(), "tar": tar.getvalue(), "gzip": gzip.compress(pcap())}


def parquet() -> dict[str, bytes]:
    try:
        import pyarrow
        from pyarrow import parquet as files
    except ImportError:
        print("seeds: no pyarrow here: target parquet starts from nothing", file=sys.stderr)
        return {}
    times = pyarrow.array([[1, 1_000_000], []], pyarrow.list_(pyarrow.timestamp("us")))
    columns = pyarrow.table({
        "PL": [[5, 0, 1460], [1]], "IAT": [[0.0, 0.25, float("nan")], None], "time": times, "n": [1, None],
        "app": pyarrow.array(["a", "b"]).dictionary_encode(), "LABEL": ["x", None],
    })  # fmt: skip
    contents = {}
    for compression in ("none", "snappy", "zstd"):
        out = io.BytesIO()
        files.write_table(columns, out, compression=compression, use_dictionary=compression != "none")
        contents[compression] = out.getvalue()
    return contents


def main() -> int:
    corpus = pathlib.Path(sys.argv[1])
    seeds: dict[str, dict[str, bytes]] = {
        "mirage_json": {"flow": FLOW.encode()},
        "captures": {"pcap": pcap(), "pcapng": pcapng()},
        "flow_labels": {
            "files": b"file,label\na.pcap,\"x, y\"\n",
            "biflows": b"src_ip,src_port,dst_ip,dst_port,protocol,label\n10.0.0.1,1,::1,2,tcp,a\n",
            "name": b"1539866692_1e:65:95:7e:34:0b_com.example_0001.pcap.gz",
        },
        "safetensors": {"traces": safetensors(), "metrics": b'{"morgana": "metrics/1", "evaluator": "e", "metrics": []}'},
        "archives": archives(),
        "csv": {"series": b"id;label;b_1;b_2\n1;x;0.5;2\n2;\"y\"\"z\";;4\n", "tabs": b"\xef\xbb\xbfa\tb\r\n1\t2\r\n"},
        "socket_logs": {
            "morgana": b"# morgana sockets 1\ntime\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess\n"
                       b"1600000000.5\topen\ttcp\t10.0.0.1:40001\t8.8.8.8:443\t12\t1000\torg.example\n",
            "netstat": b"Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address "
                       b"Foreign Address State PID/Program name\ntcp 0 0 10.0.0.1:40001 8.8.8.8:443 ESTABLISHED 12/curl\n",
            "ss": b"Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"
                  b'tcp ESTAB 0 0 10.0.0.1:40001 8.8.8.8:443 users:(("curl",pid=12,fd=5))\n',
            "strace": b'[pid 12] 1600000000.5 connect(3, {sa_family=AF_INET, sin_port=htons(443), '
                      b'sin_addr=inet_addr("8.8.8.8")}, 16) = 0\n',
        },
        "parquet": parquet(),
        "pipelines": {path.stem: path.read_bytes() for path in (ROOT / "pipelines").glob("*.json")},
    }  # fmt: skip
    for target, inputs in seeds.items():
        (corpus / target).mkdir(parents=True, exist_ok=True)
        for name, content in inputs.items():
            (corpus / target / name).write_bytes(content)
    reference = pathlib.Path(os.environ.get("MORGANA_REFERENCE_DATA", "/nowhere"))
    for path in sorted(reference.glob("pcap/*.pcap*")):
        if path.suffix != ".out" and path.stat().st_size < 40_000:
            shutil.copy(path, corpus / "captures" / path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
