# SPDX-License-Identifier: Apache-2.0
"""Browsing pages over TLS: curl (HTTP/1.1 and HTTP/2, parallel) and wget (page requisites) on nginx."""

import shutil

from .web_server import start_nginx

PACKAGE = "org.morgana.sample.web"
PROCESSES = {"curl", "wget"}
COMMANDS = ("curl", "wget", "nginx")
SITES = ("news", "shop", "forum", "wiki")
HOSTS = {site: f"198.18.1.{10 + index}" for index, site in enumerate((*SITES, "cdn"))}
PAGES = 8


def size(rng, mean_bytes: float, sigma: float, largest: int) -> int:
    return min(largest, int(mean_bytes * rng.lognormvariate(0, sigma)) + 40)


def prepare(assets, rng) -> None:
    root = assets / "web"
    root.mkdir()
    for site in SITES:
        for page in range(PAGES):
            parts = []
            for part in range(rng.randint(2, 12)):
                name = f"{site}-{page}-{part}.{rng.choice(('css', 'js', 'png', 'jpg', 'jpg'))}"
                (root / name).write_bytes(rng.randbytes(size(rng, 9000, 1.2, 250_000)))
                parts.append(f"{rng.choice([site, site, 'cdn'])} {name}")
            words = rng.randbytes(size(rng, 14000, 0.8, 120_000) // 2).hex()
            images = "".join(f'<img src="https://{part.replace(" ", ".DOMAIN/")}">' for part in parts)
            (root / f"{site}-{page}.html").write_text(f"<html><body>{images}<p>{words}</p></body></html>")
            (root / f"{site}-{page}.list").write_text("\n".join(parts))


def serve(session) -> None:
    """The shared site, its pages pointing at this session's host names."""
    root = session.folder / "web"
    shutil.copytree(session.assets / "web", root)
    for page in root.glob("*.html"):
        page.write_text(page.read_text().replace("DOMAIN", session.domain))
    start_nginx(session, "web", root, sorted(HOSTS.values()))


def use(session) -> None:
    rng = session.rng
    cookie = "session=" + rng.randbytes(rng.randint(8, 200)).hex()
    for _ in range(rng.randint(3, 5)):
        site, page = rng.choice(SITES), rng.randrange(PAGES)
        url = f"https://{session.host(site)}/{site}-{page}.html"
        if rng.random() < 0.3:
            session.client("wget", "-q", "--no-check-certificate", "-p", "-H", "-e", "robots=off", "-U",
                           session.user_agent, "-O", "/dev/null",
                           f"--header=Cookie: {cookie}", url)  # fmt: skip
        else:
            rows = (session.assets / "web" / f"{site}-{page}.list").read_text().splitlines()
            browse(session, url, [f"https://{session.host(row.split()[0])}/{row.split()[1]}" for row in rows], cookie)
        session.think(2.5)


def browse(session, url: str, parts: list[str], cookie: str) -> None:
    """The page, then its parts host by host over up to six connections, as browsers do."""
    rng = session.rng
    version = rng.choice(("--http1.1", "--http2"))
    common = ["curl", "-s", "-k", version, "-H", f"Cookie: {cookie}", "-A", session.user_agent]
    session.client(*common, "-o", "/dev/null", url)
    targets = [argument for part in parts for argument in ("-o", "/dev/null", part)]
    session.client(*common, "-Z", "--parallel-max", rng.choice((2, 3, 6)), *targets)
