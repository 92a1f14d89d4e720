# SPDX-License-Identifier: Apache-2.0
"""The side traffic that all programs have in common: small HTTPS reports and update checks sent with curl.

Apps of all kinds carry the same analytics and update libraries, so a share of their biflows looks alike whatever
the app; recorded traffic without it would be unrealistically easy to classify.
"""

from .web_server import start_nginx

PROCESS = "curl"
NAME = "stats"
ADDRESS = "198.18.0.10"


def serve(session) -> None:
    root = session.folder / "stats"
    root.mkdir()
    for index in range(4):
        (root / f"config{index}").write_bytes(session.rng.randbytes(int(session.rng.lognormvariate(7, 1)) + 20))
    start_nginx(session, "stats", root, [ADDRESS])


def send(session) -> None:
    rng = session.rng
    query = rng.randbytes(rng.randint(4, 150)).hex()
    url = f"https://{session.host(NAME)}/config{rng.randrange(4)}?{query}"
    command = ["curl", "-s", "-k", rng.choice(("--http1.1", "--http2")), "-o", "/dev/null", "-A", session.user_agent]
    for _ in range(rng.choice((1, 1, 2))):
        body = ["-d", session.text(400)] if rng.random() < 0.4 else []
        session.client(*command, *body, url)
