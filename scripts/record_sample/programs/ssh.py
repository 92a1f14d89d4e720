# SPDX-License-Identifier: Apache-2.0
"""Remote shells: interactive ssh at typing speed, single commands, scp and sftp, on an OpenSSH server."""

import subprocess

PACKAGE = "org.morgana.sample.ssh"
PROCESSES = {"ssh"}
COMMANDS = ("ssh", "scp", "sftp", "sshd", "ssh-keygen")
HOSTS = {"shell": "198.18.5.10"}
EXCHANGES = ("curve25519-sha256", "sntrup761x25519-sha512@openssh.com", "ecdh-sha2-nistp256",
             "diffie-hellman-group16-sha512")  # fmt: skip
CIPHERS = ("chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-gcm@openssh.com")
LINES = ("ls -l /usr/lib | head -40", "date", "cat /etc/services | head -60", "uname -a", "df -h", "id", "uptime",
         "find /usr/share/doc -maxdepth 1 | head -80", "ps -o pid,comm", "cd /tmp", "wc -l /etc/passwd", "ls")  # fmt: skip

SERVER = """
Port 22
ListenAddress 198.18.5.10
HostKey {assets}/ssh_host_key
AuthorizedKeysFile {assets}/ssh_user_key.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
UseDNS no
Subsystem sftp internal-sftp
"""


def prepare(assets, rng) -> None:
    for name in ("ssh_host_key", "ssh_user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(assets / name)], check=True)


def serve(session) -> None:
    session.folder.joinpath("sshd_config").write_text(SERVER.format(assets=session.assets))
    subprocess.run(["mkdir", "-p", "/run/sshd"], check=True)  # privilege separation wants it
    session.start_server("/usr/sbin/sshd", "-D", "-e", "-f", session.folder / "sshd_config", port=22)


def use(session) -> None:
    rng = session.rng
    options = ["-F", "none", "-i", session.assets / "ssh_user_key", "-o", "StrictHostKeyChecking=no",
               "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
               "-o", f"Compression={rng.choice(('yes', 'no'))}"]  # fmt: skip
    for _ in range(rng.randint(7, 9)):
        action = rng.random()
        if rng.random() < 0.6:  # else what client and server prefer
            options = [*options[:12], "-c", rng.choice(CIPHERS), "-o", f"KexAlgorithms={rng.choice(EXCHANGES)}"]
        if action < 0.4:
            type_in_shell(session, options)
        elif action < 0.6:
            session.client("ssh", *options, session.host("shell"), rng.choice(LINES))
        else:
            copy(session, options)
        session.think(0.8)
        if not session.running():
            break


def type_in_shell(session, options) -> None:
    rng = session.rng
    shell = session.start("ssh", "-tt", *options, session.host("shell"), "sh")
    session.think(1.0)
    for _ in range(rng.randint(1, 4)):
        for letter in rng.choice(LINES) + "\n":
            session.write(shell, letter)
            session.think(0.06)
        session.think(0.7)
    session.write(shell, "exit\n")
    session.stop(shell) if rng.random() < 0.1 else finish(session, shell)


def finish(session, shell) -> None:
    try:
        shell.communicate(timeout=8)
    except subprocess.TimeoutExpired:
        session.stop(shell)


def copy(session, options) -> None:
    rng = session.rng
    path = session.folder / "copied"
    path.write_bytes(rng.randbytes(min(int(rng.lognormvariate(9.5, 1.5)), 600_000)))
    there = f"{session.host('shell')}:{session.folder}/arrived"
    pairs = [(path, there), (f"{session.host('shell')}:{path}", session.folder / "arrived")]
    if rng.random() < 0.6:
        session.client("scp", "-q", *options, *rng.choice(pairs))
    else:
        verb = rng.choice((f"put {path} {session.folder}/arrived", f"get {path} {session.folder}/arrived"))
        session.client("sftp", "-q", "-b", "-", *options, session.host("shell"), input_text=f"ls\n{verb}\n")
