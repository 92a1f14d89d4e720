#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole loop: two programs talk on the loopback interface, are captured and built into a dataset; models learn it;
`morgana generate` writes captures; these are read again and classified beside the real traffic.

MORGANA is the program. Capturing needs CAP_NET_RAW: without it the test is skipped.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

MORGANA = os.environ["MORGANA"]
CHAT, COPY = "org.example.chat", "org.example.copy"
CAPTURES = 3  # of each program

# Connections of one program, client and server in one process: PROGRAM PORT SEED. No answer is larger than an Ethernet
# segment: the loopback interface would carry it whole, and write.pcap divides it.
PROGRAM = """
import random, socket, sys, threading, time
program, port, random = sys.argv[1], int(sys.argv[2]), random.Random(int(sys.argv[3]))
sizes = {"chat": [(random.randint(20, 200), random.randint(20, 200)) for _ in range(6)],
         "copy": [(random.randint(60, 90), random.randint(900, 1400)) for _ in range(6)]}[program]
listener = socket.create_server(("127.0.0.1", port))
def receive(connection, size):
    while size > 0:
        size -= len(connection.recv(size))
def serve():
    for _ in range(8):
        connection, _ = listener.accept()
        with connection:
            for request, answer in sizes:
                receive(connection, request)
                connection.sendall(b"a" * answer)
            connection.recv(1)
threading.Thread(target=serve, daemon=True).start()
for _ in range(8):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for request, answer in sizes:
            connection.sendall(b"r" * request)
            receive(connection, answer)
            time.sleep(0.01)
    time.sleep(0.05)
time.sleep(0.3)
"""


def may_capture():
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        return True
    except (OSError, AttributeError):
        return False


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@unittest.skipUnless(may_capture(), "capturing needs the capability CAP_NET_RAW")
class Loop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="morgana-loop-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def morgana(self, *words):
        done = subprocess.run([MORGANA, *words], cwd=self.folder, capture_output=True, text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stderr}")
        return done

    def run_pipeline(self, name, nodes, **more):
        (self.folder / f"{name}.json").write_text(json.dumps({"schema": "morgana.pipeline/1", "seed": 5, **more, "nodes": nodes}))
        self.morgana("run", f"{name}.json", "--cache", "cache", "--threads", "2")
        return (self.folder / "runs/latest").resolve()

    def capture(self, package, program, seed):
        port = free_port()
        self.morgana("capture", "--interface", "lo", "--filter", f"port {port}", "--output", "captures", "--device", "loopback",
                     "--package", package, "--quiet", "--", sys.executable, "-c", PROGRAM, program, str(port), str(seed))

    def test_traffic_is_captured_learned_generated_and_told_apart(self):
        for number in range(CAPTURES):
            self.capture(CHAT, "chat", number)
            self.capture(COPY, "copy", number)
        built = self.run_pipeline("build", {"build": {"use": "build.mirage", "set": {"captures": "captures", "path": "dataset", "apps": ["*=*"]}}})
        flows = {"use": "read.mirage-2019", "set": {"path": str(built / "dataset"), "packets": 10, "zero_payload": "drop"}}
        read = json.loads(next((built / "dataset").rglob("*chat*.json")).read_text())  # Python reads the bare NaN
        self.assertEqual(len(read), 8)
        for biflow in read.values():
            self.assertEqual(biflow["flow_metadata"]["BF_label"], CHAT)
            self.assertEqual(biflow["flow_metadata"]["BF_num_packets"], biflow["flow_metadata"]["UF_num_packets"] +
                             biflow["flow_metadata"]["DF_num_packets"])
        self.assertTrue(any(biflow["flow_metadata"]["BF_labeling_type"] == "exact" for biflow in read.values()))

        self.run_pipeline("learn", {
            "flows": flows,
            "images": {"use": "encode.gasf", "in": {"traces": "flows.traces"}, "set": {"packets": 10}},
            "model": {"use": "train.${generator}", "in": {"images": "images.images"},
                      "set": {"generator=ddpm": {"channels": 8, "batch": 8, "steps": 5}}},
        }, vary={"generator": ["markov", "ddpm"]})
        for generator in ("markov", "ddpm"):
            self.morgana("generate", f"latest:model[generator={generator}]", "--count", "20", "-o", f"{generator}.pcapng",
                         "--set", f"write.labels_file={generator}.csv", "--cache", "cache")

        ended = self.run_pipeline("judge", {
            "flows": flows,
            "split": {"use": "select.split", "in": {"traces": "flows.traces"}, "set": {"by": "capture", "test": 0.34}},
            "generated": {"use": "read.pcap", "set": {"path": "markov.pcapng", "label": "table", "labels": "markov.csv", "packets": 10,
                                                      "zero_payload": "drop"}},
            "untrained": {"use": "read.pcap", "set": {"path": "ddpm.pcapng", "label": "table", "labels": "ddpm.csv", "packets": 10,
                                                      "zero_payload": "drop"}},
            "downstream": {"use": "evaluate.downstream",
                           "in": {"train": "split.train", "test": "split.test", "synthetic": "generated.traces"},
                           "set": {"ratios": []}},
        })
        accuracy = {metric["tags"]["protocol"]: metric["value"]
                    for metric in json.loads((ended / "values/downstream.metrics.json").read_text())["metrics"]
                    if metric["name"] == "accuracy"}
        self.assertGreaterEqual(accuracy["TRTR"], 0.9, "the two programs are easily told apart")
        self.assertGreaterEqual(accuracy["TSTR"], 0.9, "and so is what was generated of them")


if __name__ == "__main__":
    unittest.main()
