# SPDX-License-Identifier: Apache-2.0
"""Watching HLS video over TLS: ffmpeg plays, or curl fetches, segments of one of three bit rates at playing speed."""

import subprocess

from .web_server import start_nginx

PACKAGE = "org.morgana.sample.video"
PROCESSES = {"ffmpeg", "curl"}
COMMANDS = ("ffmpeg", "curl", "nginx")
HOSTS = {"video": "198.18.2.10"}
KILOBITS = (250, 700, 1600)
CLIPS, CLIP_SECONDS, SEGMENT_SECONDS = 2, 30, 2


def prepare(assets, rng) -> None:
    for clip in range(CLIPS):
        for rate in KILOBITS:
            folder = assets / "video" / f"clip{clip}" / str(rate)
            folder.mkdir(parents=True)
            picture = f"testsrc2=size=320x180:rate=20,noise=alls={rng.randint(12, 30)}:allf=t"
            subprocess.run(
                ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-t", str(CLIP_SECONDS),
                 "-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-b:v", f"{rate}k",
                 "-maxrate", f"{rate}k", "-bufsize", f"{2 * rate}k", "-g", str(20 * SEGMENT_SECONDS),
                 "-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", "0", str(folder / "list.m3u8")],
                check=True,
            )  # fmt: skip


def serve(session) -> None:
    start_nginx(session, "video", session.assets / "video", ["198.18.2.10"])


def use(session) -> None:
    """Plays a few stretches; the bit rate follows what the link carries, as an adaptive player's does."""
    rng = session.rng
    affordable = [rate for rate in KILOBITS if rate * 1000 < 0.5 * session.profile.down_bits_per_second]
    for _ in range(rng.randint(3, 4)):
        rate = rng.choice(affordable)
        folder = f"https://{session.host('video')}/clip{rng.randrange(CLIPS)}/{rate}"
        if rng.random() < 0.4:
            fetch_segments(session, folder)
            continue
        url = f"{folder}/list.m3u8?{rng.randbytes(rng.randint(1, 80)).hex()}"
        session.client("ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-user_agent", session.user_agent,
                       "-ss", rng.randint(0, 16), "-http_persistent", int(rng.random() < 0.8), "-i", url,
                       "-t", round(rng.uniform(3, 8), 1), "-c", "copy", "-f", "null", "-")  # fmt: skip
        session.think(1.0)


def fetch_segments(session, folder: str) -> None:
    """A player that fills a buffer with the list and a few segments, then fetches one segment every two seconds."""
    rng = session.rng
    first, token = rng.randint(0, 8), rng.randbytes(rng.randint(1, 80)).hex()
    common = ["curl", "-s", "-k", rng.choice(("--http1.1", "--http2")), "-A", session.user_agent]
    urls = [f"{folder}/list{number}.ts?{token}" for number in range(first, first + rng.randint(3, 6))]
    buffered = rng.randint(1, 3)
    for pace, part in (([], [f"{folder}/list.m3u8?{token}", *urls[:buffered]]), (["--rate", "30/m"], urls[buffered:])):
        targets = [argument for url in part for argument in ("-o", "/dev/null", url)]
        if targets:
            session.client(*common, *pace, *targets)
