# SPDX-License-Identifier: Apache-2.0
"""scripts/fetch-mirage against a server of our own that breaks off, cannot go on, or sends something else."""

import hashlib
import http.server
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

SCRIPT = sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "scripts/fetch-mirage"
loader = importlib.machinery.SourceFileLoader("fetch_mirage", SCRIPT)
fetch_mirage = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_mirage", loader))
sys.dont_write_bytecode = True
loader.exec_module(fetch_mirage)

CONTENT = bytes(i * i % 251 for i in range(300000))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers.get("Range"))
        begin = 0
        asked = re.match(r"bytes=(\d+)-$", self.headers.get("Range") or "")
        if self.path.startswith("/absent"):
            return self.send_error(404)
        if asked and server.ranges_known:
            begin = int(asked.group(1))
            if begin >= len(CONTENT):
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        self.wfile.write(CONTENT[begin:begin + server.bytes_each_time])

    def log_message(self, *_):
        pass


class FetchMirage(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.ranges, self.server.ranges_known, self.server.bytes_each_time = [], True, len(CONTENT)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.folder = tempfile.TemporaryDirectory()
        self.release = {"name": "test", "page": "the page", "md5": hashlib.md5(CONTENT).hexdigest(),
                        "url": f"http://127.0.0.1:{self.server.server_port}/a.zip"}
        self.path = os.path.join(self.folder.name, "a.zip")

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def fetch(self, **options):
        return fetch_mirage.fetch(self.release, self.folder.name, wait=0.0, **options)

    def failure(self):
        with self.assertRaises(fetch_mirage.Failure) as caught:
            self.fetch()
        return str(caught.exception)

    def check(self):
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), CONTENT)
        self.assertEqual(os.listdir(self.folder.name), ["a.zip"])

    def test_fetches_once(self):
        self.assertEqual(self.fetch(), self.path)
        self.check()
        self.fetch()
        self.assertEqual(len(self.server.ranges), 1)

    def test_goes_on_after_every_break(self):
        self.server.bytes_each_time = 90000
        self.fetch()
        self.check()
        self.assertEqual(self.server.ranges, [None, "bytes=90000-", "bytes=180000-", "bytes=270000-"])

    def test_goes_on_in_another_run(self):
        with open(self.path + ".part", "wb") as file:
            file.write(CONTENT[:1234])
        self.fetch()
        self.check()
        self.assertEqual(self.server.ranges, ["bytes=1234-"])

    def test_starts_again_where_the_server_cannot_go_on(self):
        self.server.ranges_known = False
        with open(self.path + ".part", "wb") as file:
            file.write(b"old")
        self.fetch()
        self.check()

    def test_takes_a_whole_part_for_whole(self):
        with open(self.path + ".part", "wb") as file:
            file.write(CONTENT)
        self.fetch()
        self.check()

    def test_keeps_what_is_damaged_apart(self):
        self.release["md5"] = "0" * 32
        self.assertIn("a.zip.damaged has the md5 sum", self.failure())
        self.assertEqual(os.listdir(self.folder.name), ["a.zip.damaged"])

    def test_does_not_touch_a_file_of_another_sum(self):
        with open(self.path, "wb") as file:
            file.write(b"mine")
        self.assertIn("has another md5 sum than the release", self.failure())
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), b"mine")

    def test_says_what_the_server_answers(self):
        self.release["url"] = self.release["url"].replace("a.zip", "absent.zip")
        self.assertIn("the server answers 404", self.failure())

    def test_says_where_nothing_is_reached(self):
        self.server.shutdown()
        self.server.server_close()
        self.assertIn("is this machine online?", self.failure())
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def test_gives_up_where_nothing_more_comes(self):
        self.server.bytes_each_time = 0
        with open(self.path + ".part", "wb") as file:
            file.write(CONTENT[:10000000 // 100])
        self.assertIn("run this again to go on from 0 MB", self.failure())
        self.assertEqual(len(self.server.ranges), 9)

    def test_lists_without_a_network(self):
        shown = subprocess.run([sys.executable, SCRIPT, "--list"], capture_output=True, text=True, check=True).stdout
        for release in fetch_mirage.RELEASES.values():
            for field in ("url", "md5", "size", "licence", "page"):
                self.assertIn(release[field], shown)
            self.assertRegex(release["md5"], "^[0-9a-f]{32}$")
        refused = subprocess.run([sys.executable, SCRIPT, "2018"], capture_output=True, text=True, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("there is no release 2018; there are 2019, video, ccma, appxact, or all", refused.stderr)


if __name__ == "__main__":
    unittest.main()
