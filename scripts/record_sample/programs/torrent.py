# SPDX-License-Identifier: Apache-2.0
"""File sharing: aria2 on the phone fetches from and gives to aria2 peers that a small HTTP tracker names."""

import hashlib
import pathlib

PACKAGE = "org.morgana.sample.torrent"
PROCESSES = {"aria2c"}
COMMANDS = ("aria2c",)
TRACKER = "198.18.9.10"
PEERS = tuple(f"198.18.9.{20 + index}" for index in range(4))
HOSTS = {"tracker": TRACKER, **{f"peer{index}": peer for index, peer in enumerate(PEERS)}}
PIECE_BYTES = 1 << 15
PEER_PORT = 6881
FILES = 5


def bencode(value) -> bytes:
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, (bytes, str)):
        value = value.encode() if isinstance(value, str) else value
        return b"%d:%s" % (len(value), value)
    return b"d" + b"".join(bencode(key) + bencode(item) for key, item in sorted(value.items())) + b"e"


def prepare(assets, rng) -> None:
    folder = assets / "torrent"
    folder.mkdir()
    for index in range(FILES):
        data = rng.randbytes(rng.randint(150_000, 900_000))
        pieces = b"".join(hashlib.sha1(data[i : i + PIECE_BYTES]).digest() for i in range(0, len(data), PIECE_BYTES))
        info = {"name": f"file{index}", "length": len(data), "piece length": PIECE_BYTES, "pieces": pieces}
        (folder / f"file{index}").write_bytes(data)
        torrent = bencode({"announce": f"http://{TRACKER}:6969/announce", "info": info})
        (folder / f"file{index}.torrent").write_bytes(torrent)


def aria2(folder, *arguments) -> list:
    return ["aria2c", "--no-conf", "-q", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
            "--enable-peer-exchange=false", "--disable-ipv6=true", "--file-allocation=none",
            f"--dir={folder}", *arguments]  # fmt: skip


def serve(session) -> None:
    """Each peer has all files and limits its rate."""
    source = session.assets / "torrent"
    tracker = pathlib.Path(__file__).with_name("tracker.py")
    session.start_server("/usr/bin/python3", tracker, TRACKER, PEER_PORT, *PEERS, port=6969)
    for peer in PEERS:
        rate = session.rng.choice((40, 80, 150, 300))
        session.start_server(
            *aria2(source, f"--interface={peer}", f"--listen-port={PEER_PORT}", "--seed-ratio=0.0",
                   "--bt-seed-unverified=true", "--bt-tracker-interval=600", f"--max-overall-upload-limit={rate}K",
                   *sorted(source.glob("*.torrent"))), port=PEER_PORT,
        )  # fmt: skip


def use(session) -> None:
    rng = session.rng
    for turn in range(rng.choice((1, 1, 2))):
        torrent = session.assets / "torrent" / f"file{rng.randrange(FILES)}.torrent"
        secret = rng.choice(("plain", "arc4"))
        folder = session.folder / f"fetched{turn}"
        session.client(
            *aria2(folder, f"--listen-port={rng.randint(20000, 60000)}", f"--seed-time={rng.choice((0, 0.05))}",
                   f"--bt-min-crypto-level={secret}", f"--bt-require-crypto={'true' if secret == 'arc4' else 'false'}",
                   torrent), limit=22,
        )  # fmt: skip
        session.think(1.0)
