# SPDX-License-Identifier: Apache-2.0
"""Self-signed certificates with several kinds of key and numbers of names, so that TLS handshakes differ in size."""

import pathlib
import random
import subprocess

KEYS = (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["-newkey", "rsa:2048"], ["-newkey", "rsa:3072"])
SHARED = 12


def make_certificate(path: pathlib.Path, host: str, rng: random.Random) -> None:
    """Writes `path`.crt and `path`.key for `host` and up to 60 made-up names; valid for 30 days."""
    others = [f"{rng.randbytes(rng.randint(3, 12)).hex()}.test" for _ in range(rng.randint(1, 60))]
    subprocess.run(
        ["openssl", "req", "-x509", *rng.choice(KEYS), "-nodes", "-days", "30", "-subj", f"/CN={path.name}.test",
         "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in (host, *others)),
         "-keyout", f"{path}.key", "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip


def make_shared(folder: pathlib.Path, rng: random.Random) -> None:
    """The certificates all sessions choose from; every second one is sent with another's, as with an issuer's."""
    folder.mkdir(parents=True)
    for index in range(SHARED):
        make_certificate(folder / str(index), f"shared{index}.test", rng)
    for index in range(0, SHARED, 2):
        with open(folder / f"{index}.crt", "a") as chain:
            chain.write((folder / f"{index + 1}.crt").read_text())
