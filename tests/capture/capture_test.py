#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Captures of real traffic on the loopback interface: what is in the files, what signals leave of them, and whose the
connections are.

MORGANA is the program, MORGANA_PLUGIN_PATH the folder of its plugins. Capturing needs CAP_NET_RAW: where this process has
it not, those tests are skipped.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

MORGANA = os.environ["MORGANA"]


def may_capture():
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        return True
    except (OSError, AttributeError):
        return False


captures = unittest.skipUnless(may_capture(), "capturing needs the capability CAP_NET_RAW")

# A client that keeps its connection and its datagram socket for a while, as programs do: the port of its server comes first.
CLIENT = """
import socket, sys, time
tcp = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.sendto(b"ping", ("127.0.0.1", int(sys.argv[1])))
tcp.sendall(b"x" * 1000)
assert tcp.recv(1) == b"y"
print(tcp.getsockname()[1], udp.getsockname()[1], flush=True)
time.sleep(float(sys.argv[2]))
"""


class Server:
    """Takes connections on a port of the loopback interface and answers with a byte."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        self.kept = []
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.kept.append(connection)
            connection.recv(1000)
            connection.sendall(b"y")

    def __exit__(self, *_):
        self.socket.close()


def blocks(path):
    """(type, body) of each block of a pcapng file; a block that is cut off is an error."""
    data = pathlib.Path(path).read_bytes()
    at, found = 0, []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and at + length <= len(data), f"block at byte {at} of {path} is cut off"
        assert struct.unpack_from("<I", data, at + length - 4)[0] == length
        found.append((kind, data[at + 8:at + length - 4]))
        at += length
    return found


def packets(path):
    """(nanoseconds, bytes) of each packet."""
    found = []
    for kind, body in blocks(path):
        if kind == 6:
            _, high, low, captured, original = struct.unpack_from("<IIIII", body)
            assert captured <= original
            found.append((high << 32 | low, body[20:20 + captured]))
    return found


def ports(frame):
    """(protocol, source, target) of an Ethernet frame with IPv4; None of others."""
    if frame[12:14] != b"\x08\x00" or frame[23] not in (6, 17):
        return None
    start = 14 + (frame[14] & 15) * 4
    return (frame[23], *struct.unpack_from(">HH", frame, start))


def rows(path):
    """The socket log's rows as dictionaries."""
    lines = pathlib.Path(path).read_text().splitlines()
    assert lines[0] == "# morgana sockets 1"
    names = lines[1].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[2:]]


class Capture(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="morgana-capture-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, *words):
        process = subprocess.Popen([MORGANA, "capture", *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def run_words(self, *words):
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def one(self, pattern):
        found = sorted(self.folder.glob("captures/**/" + pattern))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def wait_for(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what} did not come in {seconds} s")
            time.sleep(0.01)

    def started(self, *words):
        """A capture that captures: its files are there."""
        process = self.start("--interface", "lo", "--package", "org.example.app", "--device", "bench", *words)
        self.wait_for(lambda: process.poll() is not None or list(self.folder.glob("captures/bench/*.json")), "the record")
        self.assertIsNone(process.poll(), "it ended at once")
        return process

    def talk(self, seconds=0.3):
        """Has a client talk to a server; returns the ports (server, client's TCP, client's UDP)."""
        with Server() as server:
            out = subprocess.run([sys.executable, "-c", CLIENT, str(server.port), str(seconds)], capture_output=True, text=True,
                                 check=True, timeout=60).stdout
            return (server.port, *map(int, out.split()))


@captures
class Traffic(Capture):
    def test_command(self):
        with Server() as server:
            code, out, err = self.run_words("--interface", "lo", "--package", "org.example.app", "--device", "bench", "--filter",
                                            f"port {server.port}", "--", sys.executable, "-c", CLIENT, str(server.port), "0.3")
            self.assertEqual(code, 0, err)
            tcp, udp = map(int, out.split())
        path = self.one("*.pcapng")
        self.assertEqual(path.parent, self.folder / "captures/bench")
        self.assertRegex(path.name, r"^\d{10}_org\.example\.app\.pcapng$")
        seen = [ports(frame) for _, frame in packets(path)]
        self.assertIn((6, tcp, server.port), seen)
        self.assertIn((6, server.port, tcp), seen)
        self.assertIn((17, udp, server.port), seen)
        self.assertTrue(all(each is None or server.port in each for each in seen), "the filter holds")
        self.assertEqual(seen[0], (6, tcp, server.port), "the capture began before the command")
        record = json.loads(path.with_suffix(".json").read_text())
        self.assertEqual(record["ended_by"], "command")
        self.assertEqual(record["command"]["exit_code"], 0)
        self.assertEqual(record["command"]["words"][0], sys.executable)
        self.assertEqual(record["packets"], len(seen))
        self.assertEqual(record["files"], [{"file": path.name, "packets": len(seen), "bytes": path.stat().st_size}])
        for file in path.parent.iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, f"{file} can be read by others")

    def test_owners(self):
        process = self.started()
        server, tcp, udp = self.talk(2)  # a busy machine looks at its sockets late
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        log = [row for row in rows(self.one("*.sockets")) if row["event"] == "open" and row["pid"] != "-"]
        client = {row["process"] for row in log if row["local"] == f"127.0.0.1:{tcp}" and row["remote"] == f"127.0.0.1:{server}"}
        self.assertEqual(len(client), 1, log)
        self.assertTrue(client.pop().startswith("python"))
        server_rows = [row for row in log if row["local"] == f"127.0.0.1:{server}" and row["remote"] == f"127.0.0.1:{tcp}"]
        self.assertEqual({int(row["pid"]) for row in server_rows}, {os.getpid()}, "the other end is this program's")
        self.assertTrue([row for row in log if row["protocol"] == "udp" and row["local"] == f"*:{udp}" and row["remote"] == "-"])
        self.assertTrue(all(int(row["uid"]) == os.getuid() for row in server_rows))

    def test_interrupt(self):
        process = self.started()
        _, tcp, _ = self.talk(0)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn("stopping: Ctrl-C again ends at once", err)
        path = self.one("*.pcapng")
        self.assertIn(tcp, [port for _, frame in packets(path) for port in ports(frame) or ()])
        self.assertEqual(blocks(path)[-1][0], 5, "the interface's statistics stand at the end")
        self.assertEqual(json.loads(path.with_suffix(".json").read_text())["ended_by"], "request")

    def test_kill(self):
        process = self.started()
        server, tcp, _ = self.talk(2)
        path = self.one("*.pcapng")
        self.wait_for(lambda: b"x" * 1000 in path.read_bytes(), "what the client sent")
        process.kill()
        process.wait(30)
        seen = [ports(frame) for _, frame in packets(path)]
        self.assertIn((6, tcp, server), seen)
        self.assertIn((6, server, tcp), seen)
        self.assertTrue(any(row["local"] == f"127.0.0.1:{tcp}" for row in rows(path.with_suffix(".sockets"))))
        self.assertEqual(json.loads(path.with_suffix(".json").read_text())["ended_by"], "running")

    def test_rotation(self):
        process = self.started("--rotate", "64KiB")
        for _ in range(100):
            self.talk(0)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)
        record = json.loads(self.one("*.json").read_text())
        self.assertGreater(len(record["files"]), 2)
        times, count = [], 0
        for i, part in enumerate(record["files"]):
            self.assertTrue(part["file"].endswith(f"_org.example.app{f'_{i:04}' if i else ''}.pcapng"), part)
            path = self.folder / "captures/bench" / part["file"]
            self.assertLessEqual(path.stat().st_size, 65536 + 200)  # the last one holds the statistics besides
            found = packets(path)
            self.assertEqual(len(found), part["packets"])
            times += [time for time, _ in found]
            count += len(found)
        self.assertEqual(count, record["packets"])
        self.assertEqual(times, sorted(times), "no packet is lost or moved between the files")

    def test_snap_length(self):
        process = self.started("--snap-length", "96")
        self.talk(0)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        path = self.one("*.pcapng")
        self.assertEqual(max(len(frame) for _, frame in packets(path)), 96)
        self.assertNotIn(b"x" * 100, path.read_bytes(), "what was said is not in the file")

    def test_seconds(self):
        code, _, err = self.run_words("--interface", "lo", "--package", "p", "--seconds", "1", "--quiet")
        self.assertEqual(code, 0, err)
        self.assertNotIn("wrote", err)
        record = json.loads(self.one("*.json").read_text())
        self.assertEqual(record["ended_by"], "time")
        self.assertGreaterEqual(record["seconds"], 0.9)

    def test_command_that_fails_or_is_stopped(self):
        code, out, err = self.run_words("--interface", "lo", "--package", "a", "--json", "--", "sh", "-c", "exit 7")
        self.assertEqual(code, 0, err)
        self.assertIn("the command ended with exit code 7", err)
        self.assertEqual(json.loads(out)["command"]["exit_code"], 7)
        process = self.started("--", "sleep", "100")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        record = json.loads(self.one("*_org.example.app.json").read_text())
        self.assertEqual((record["ended_by"], record["command"]["signal"]), ("request", signal.SIGTERM))

    def test_time_ends_a_command(self):
        code, out, err = self.run_words("--interface", "lo", "--json", "--seconds", "1", "--", "sleep", "100")
        self.assertEqual(code, 0, err)
        record = json.loads(out)
        self.assertEqual((record["package"], record["ended_by"], record["command"]["signal"]), ("sleep", "time", signal.SIGTERM))

    def test_refusals_leave_nothing(self):
        for words, message in (
            (("--interface", "nowhere", "--package", "p"), "morgana: error: there is no interface \"nowhere\"\n"
             "  hint: morgana capture --list-interfaces shows them\n"),
            (("--interface", "lo", "--package", "p", "--filter", "prot 7"), "morgana: error: the filter \"prot 7\" is not understood: "),
            (("--interface", "lo", "--", "no-such-program"), "morgana: error: cannot start \"no-such-program\": No such file or directory\n"),
        ):
            code, out, err = self.run_words(*words)
            self.assertEqual((code, out), (1, ""), err)
            self.assertIn(message, err)
            self.assertEqual([path for path in self.folder.rglob("*") if path.is_file()], [])

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_tshark_reads_it(self):
        process = self.started()
        self.talk(0)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)
        path = self.one("*.pcapng")
        done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "_ws.malformed"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual(len(lines), len(packets(path)))
        self.assertTrue(all(not malformed for _, malformed in lines))
        self.assertEqual([int(time.replace(".", "")) for time, _ in lines], [time for time, _ in packets(path)])


def may_mount():
    """Whether this process may mount file systems: tried, since a container's root often may not."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True).returncode != 0:
            return False
        subprocess.run(["umount", folder], check=True)
        return True


@captures
class Faults(Capture):
    def flood(self, process):
        """Sends datagrams until the capture has ended; returns its messages."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 0))

            def ended():
                sender.sendto(b"x" * 1000, receiver.getsockname())
                return process.poll() is not None

            self.wait_for(ended, "the end")
        self.assertEqual(process.returncode, 1)
        return process.communicate()[1]

    @unittest.skipUnless(may_mount(), "a small file system needs the right to mount")
    def test_full_disk(self):
        small = self.folder / "captures"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=True)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        err = self.flood(self.started())
        path = self.one("*.pcapng")
        self.assertIn(f"morgana: error: cannot write captures/bench/{path.name}: No space left on device\n"
                      "  hint: make room there, or choose another folder; what was written before is whole\n", err)
        found = packets(path)
        self.assertGreater(len(found), 0)
        record = json.loads(path.with_suffix(".json").read_text())
        self.assertEqual(record["ended_by"], "fault")
        self.assertEqual(record["fault"], f"cannot write captures/bench/{path.name}: No space left on device")
        self.assertEqual(record["files"], [{"file": path.name, "packets": len(found), "bytes": path.stat().st_size}])
        self.assertGreater(record["packets"], len(found), "what the disk had no room for was counted")

    def test_folder_that_vanishes(self):
        process = self.started()
        name = self.one("*.json").name
        shutil.rmtree(self.folder / "captures")
        self.assertRegex(self.flood(process), f"morgana: error: cannot write captures/bench/{name}(.partial)?: No such file or "
                                              "directory\n  hint: leave the folder in its place until the capture has ended\n")


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "taking the right away needs root and setpriv")
class WithoutTheRight(Capture):
    def test_says_what_is_needed(self):
        done = subprocess.run(["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", MORGANA, "capture", "--interface", "lo",
                               "--package", "p"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("morgana: error: cannot capture on lo: it needs the capability CAP_NET_RAW\n  hint: run it with sudo", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
