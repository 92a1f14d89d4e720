# SPDX-License-Identifier: Apache-2.0
"""Version control: git clones, fetches and lists over git:// (git daemon) and https:// (nginx, plain files)."""

import shutil
import subprocess

from .web_server import start_nginx

PACKAGE = "org.morgana.sample.git"
PROCESSES = {"git", "git-remote-http"}  # the kernel cuts names to 15 letters: also git-remote-https
COMMANDS = ("git", "nginx")
HOSTS = {"git": "198.18.6.10", "code": "198.18.6.11"}
REPOSITORIES = 6


def prepare(assets, rng) -> None:
    for index in range(REPOSITORIES):
        work = assets / "git-work"
        work.mkdir()

        def git(*arguments: str, folder=work) -> None:
            who = ["-c", "user.name=sample", "-c", "user.email=sample@sample.test", "-c", "init.defaultBranch=main"]
            subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

        git("init", "-q")
        for commit in range(rng.randint(2, 15)):
            for _ in range(rng.randint(1, 5)):
                size = min(int(rng.lognormvariate(7.5, 1.5)), 80_000)
                (work / f"file{rng.randrange(20)}.txt").write_text(rng.randbytes(size).hex())
            git("add", "."), git("commit", "-q", "-m", f"Change {commit}")
        bare = assets / "git" / f"project{index}.git"
        git("clone", "-q", "--bare", str(work), str(bare))
        if rng.random() < 0.5:
            git("repack", "-q", "-a", "-d", folder=bare)
        git("update-server-info", folder=bare)
        shutil.rmtree(work)


def serve(session) -> None:
    session.start_server("git", "daemon", "--export-all", "--reuseaddr", f"--base-path={session.assets}/git",
                         "--listen=198.18.6.10", port=9418)  # fmt: skip
    start_nginx(session, "git", session.assets / "git", ["198.18.6.11"])


def use(session) -> None:
    rng = session.rng
    settings = {"GIT_SSL_NO_VERIFY": "1", "GIT_TERMINAL_PROMPT": "0"}
    for step in range(rng.randint(7, 10)):
        plain = rng.random() < 0.5
        base = f"git://{session.host('git')}" if plain else f"https://{session.host('code')}"
        url = f"{base}/project{rng.randrange(REPOSITORIES)}.git"
        git = ["git", "-c", f"protocol.version={rng.choice((0, 2))}", "-c", f"http.userAgent={session.user_agent}"]
        action = rng.random()
        if action < 0.55:
            depth = ["--depth", rng.choice((1, 2, 4))] if plain and rng.random() < 0.5 else []
            session.client(*git, "clone", "-q", "--bare", *depth, url, f"copy{step}", environment=settings)
        elif action < 0.8:
            session.client(*git, "ls-remote", url, environment=settings)
        else:
            session.client("git", "init", "-q", "--bare", f"copy{step}")
            session.client(*git, "-C", f"copy{step}", "fetch", "-q", url, "main", environment=settings)
        session.think(1.2)
        if not session.running():
            break
