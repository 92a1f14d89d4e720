# SPDX-License-Identifier: Apache-2.0
"""A BitTorrent tracker that names the same peers to everyone: tracker.py ADDRESS PEER_PORT PEER..."""

import http.server
import ipaddress
import sys


def serve(address: str, peers: list[str], port: int) -> None:
    compact = b"".join(ipaddress.ip_address(peer).packed + port.to_bytes(2, "big") for peer in peers)
    answer = b"d8:intervali600e5:peers%d:%se" % (len(compact), compact)

    class Tracker(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments) -> None:
            pass

    http.server.ThreadingHTTPServer((address, 6969), Tracker).serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[3:], int(sys.argv[2]))
