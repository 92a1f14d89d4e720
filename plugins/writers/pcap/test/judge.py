#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges a capture that write.pcap has written (comments: added): what tshark thinks of it, and whether the traces come back.

usage: judge.py CAPTURE LABELS_CSV TRACES_SAFETENSORS [--nanoseconds-per-tick 1000] [--windows] [--read-back TRACES_SAFETENSORS]

tshark, with all checksum checks, must find no bad checksum, no malformed packet, no flag of the TCP analysis and no
expert information from warnings on. Payload lengths and directions must be the trace's exactly, times to the tick. So must
those of --read-back, what read.pcap makes of a capture to which no packet was added and in which none was split.
Ends with 0 where all is well, 1 where not, 77 where there is no tshark.
"""
import argparse
import array
import csv
import json
import shutil
import struct
import subprocess
import sys
from collections import defaultdict

FIELDS = ["frame.time_epoch", "ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "udp.dstport",
          "tcp.len", "udp.length", "tcp.window_size_value", "tcp.analysis.flags", "_ws.malformed", "_ws.expert.severity",
          "_ws.expert.message", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "frame.comment", "frame.number"]
WARNING = 0x600000  # PI_WARN of epan/proto.h; errors are above
TYPES = {"F32": "f", "I64": "q", "U8": "B"}


def load(path):
    """The channels of saved traces, where each trace's packets begin, and its key."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        start = file.tell()

        def tensor(name):
            begin, end = header[name]["data_offsets"]
            file.seek(start + begin)
            values = array.array(TYPES[header[name]["dtype"]])
            values.frombytes(file.read(end - begin))
            return values
        channels = {name[8:]: tensor(name) for name in header if name.startswith("channel.")}
        keys = []
        if "keys.offsets" in header:
            ends, text = tensor("keys.offsets"), tensor("keys.bytes").tobytes().decode()
            keys = [text[begin:end] for begin, end in zip(ends, ends[1:])]
        return channels, tensor("offsets"), keys


def nanoseconds(text):
    seconds, _, rest = text.partition(".")
    return int(seconds) * 10**9 + int((rest + "000000000")[:9])


def packets(capture, faults):
    command = ["tshark", "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
               "udp.check_checksum:TRUE", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            yield dict(zip(FIELDS, line.rstrip("\n").split("\t")))
        said = [line for line in process.stderr.read().splitlines() if line and not line.startswith("Running as user")]
    if process.returncode != 0 or said:
        faults.append(f"tshark: exit code {process.returncode}: {' '.join(said)}")


def judge(row, faults):
    where = f"frame {row['frame.number']} ({row['frame.comment']})"
    if row["_ws.malformed"]:
        faults.append(f"{where}: malformed: {row['_ws.malformed']}")
    if row["tcp.analysis.flags"]:
        faults.append(f"{where}: flagged by the TCP analysis: {row['_ws.expert.message']}")
    if any(int(each) >= WARNING for each in row["_ws.expert.severity"].split(",") if each):
        faults.append(f"{where}: {row['_ws.expert.message']}")
    for layer in ("ip", "tcp", "udp"):
        if row[layer + ".checksum.status"] not in ("", "1"):
            faults.append(f"{where}: {layer} checksum is not good")
    if not (row["tcp.len"] or row["udp.length"]):
        faults.append(f"{where}: neither TCP nor UDP")


def judge_read_back(path, lines, channels, offsets, tick, faults):
    read, read_offsets, keys = load(path)
    places = {key: i for i, key in enumerate(keys)}
    if len(keys) != len(lines):
        faults.append(f"read.pcap gave {len(keys)} traces, not {len(lines)}")
    for trace, line in lines:
        key = ",".join(line[part] for part in ("src_ip", "src_port", "dst_ip", "dst_port", "protocol"))
        if key not in places:
            faults.append(f"trace {trace}: read.pcap gave no {key}")
            continue
        ours, theirs = slice(*offsets[trace:trace + 2]), slice(*read_offsets[places[key]:places[key] + 2])
        for channel in ("PL", "DIR"):
            if channels[channel][ours] != read[channel][theirs]:
                faults.append(f"trace {trace}: read.pcap gave another {channel}")
        for wanted, got in zip(channels["IAT"][ours][1:], read["IAT"][theirs][1:]):
            if abs(got - wanted) > 0.5e-9 * tick + wanted * 2**-23:
                faults.append(f"trace {trace}: read.pcap gave the time {got}, not {wanted}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("capture")
    parser.add_argument("labels")
    parser.add_argument("traces")
    parser.add_argument("--nanoseconds-per-tick", type=int, default=1)
    parser.add_argument("--windows", action="store_true", help="WIN must come back too, but for 0 and what was moved")
    parser.add_argument("--read-back")
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        print("no tshark here")
        sys.exit(77)

    faults, biflows, count = [], defaultdict(list), 0
    for row in packets(options.capture, faults):
        count += 1
        judge(row, faults)
        source, target = ((row["ip." + side] or row["ipv6." + side], row["tcp." + side + "port"] or row["udp." + side + "port"])
                          for side in ("src", "dst"))
        biflows[source + target, bool(row["tcp.len"])].append(row)

    channels, offsets, _ = load(options.traces)
    with open(options.labels, newline="", encoding="utf-8") as file:
        lines = list(zip((i for i in range(len(offsets) - 1) if offsets[i] < offsets[i + 1]), csv.DictReader(file), strict=True))
    if options.read_back:
        judge_read_back(options.read_back, lines, channels, offsets, options.nanoseconds_per_tick, faults)
    judged = 0
    for trace, line in lines:
        begin, end = offsets[trace], offsets[trace + 1]
        tcp = line["protocol"] == "6"
        client, server = (line["src_ip"], line["src_port"]), (line["dst_ip"], line["dst_port"])
        rows = [(row, -1) for row in biflows.pop((client + server, tcp), [])]
        rows += [(row, 1) for row in biflows.pop((server + client, tcp), [])]
        rows.sort(key=lambda pair: int(pair[0]["frame.number"]))
        got = []
        for row, direction in rows:
            payload = int(row["tcp.len"]) if tcp else int(row["udp.length"]) - 8
            if "further part" in row["frame.comment"]:
                got[-1][0] += payload
                if nanoseconds(row["frame.time_epoch"]) != got[-1][2] or direction != got[-1][1]:
                    faults.append(f"trace {trace}: a part stands apart")
            elif "added: " not in row["frame.comment"]:
                moved = "window moved" in row["frame.comment"]
                got.append([payload, direction, nanoseconds(row["frame.time_epoch"]), None if moved else row["tcp.window_size_value"]])
        tick = options.nanoseconds_per_tick
        wanted = [channels["PL"][i] for i in range(begin, end)], [channels["DIR"][i] for i in range(begin, end)]
        if ([each[0] for each in got], [each[1] for each in got]) != wanted:
            faults.append(f"trace {trace}: payload lengths or directions differ: {[each[:2] for each in got]} {wanted}")
            continue
        for i in range(1, end - begin):
            gap = int(channels["IAT"][begin + i] * (1e9 / tick) + 0.5) * tick
            if got[i][2] - got[i - 1][2] != gap:
                faults.append(f"trace {trace} packet {i}: {got[i][2] - got[i - 1][2]} ns after the one before, not {gap}")
        if options.windows and tcp:
            for i in range(end - begin):
                if got[i][3] and channels["WIN"][begin + i] not in (0, int(got[i][3])):
                    faults.append(f"trace {trace} packet {i}: window {got[i][3]}, not {channels['WIN'][begin + i]}")
        judged += 1
    if biflows:
        faults.append(f"{len(biflows)} biflows are in no line of the labels: {list(biflows)[:3]}")
    for fault in faults[:20]:
        print(fault)
    if len(faults) > 20:
        print(f"and {len(faults) - 20} more")
    print(f"{judged} biflows, {count} packets: {'no fault' if not faults else 'FAULTS'}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
