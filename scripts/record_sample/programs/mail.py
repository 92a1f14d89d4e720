# SPDX-License-Identifier: Apache-2.0
"""Mail: mbsync and curl fetch over IMAP with TLS from dovecot, msmtp sends over SMTP with STARTTLS to aiosmtpd."""

from ..certificates import make_certificate

PACKAGE = "org.morgana.sample.mail"
PROCESSES = {"mbsync", "msmtp", "curl"}
COMMANDS = ("mbsync", "msmtp", "curl", "dovecot", "aiosmtpd")
HOSTS = {"imap": "198.18.3.10", "smtp": "198.18.3.11"}
USER, PASSWORD = "reader", "secret"
PRIORITIES = ("NORMAL", "NORMAL:-VERS-TLS1.3", "NORMAL:-GROUP-ALL:+GROUP-SECP256R1")

DOVECOT = """
protocols = imap
listen = 198.18.3.10
base_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{certificate}.crt
ssl_key = <{certificate}.key
mail_location = maildir:{folder}/far/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/far
}}
"""

MBSYNC = """
IMAPAccount far
Host {host}
User {user}
Pass {password}
SSLType {secure}
SSLVersions {version}
CertificateFile {certificate}.crt

IMAPStore far
Account far

MaildirStore near
Path {folder}/near/
Inbox {folder}/near/INBOX

Channel all
Far :far:
Near :near:
Create Near
SyncState *
"""


def prepare(assets, rng) -> None:
    pass


def message(session, mean_bytes: float) -> str:
    body = session.text(mean_bytes, 1.1)
    lines = "\n".join(body[i : i + 72] for i in range(0, len(body), 72))
    return f"From: a@sample.test\nTo: {USER}@sample.test\nSubject: {session.text(30)}\n\n{lines}\n"


def deliver(session, count: int) -> None:
    inbox = session.folder / "far" / USER / "new"
    for _ in range(count):
        path = inbox / f"{session.rng.getrandbits(60)}.sample"
        path.write_text(message(session, 4000))
        path.chmod(0o666)


def serve(session) -> None:
    session.folder.chmod(0o755)
    for part in ("new", "cur", "tmp"):
        (session.folder / "far" / USER / part).mkdir(parents=True)
    for folder in (session.folder / "far", *(session.folder / "far").rglob("*")):
        folder.chmod(0o777)
    (session.folder / "near").mkdir()
    certificate = session.folder / "mail"  # mbsync insists on the right name
    make_certificate(certificate, session.host("imap"), session.rng)
    places = {"folder": session.folder, "user": USER, "password": PASSWORD,
              "certificate": certificate, "host": session.host("imap"),
              "secure": session.rng.choice(("IMAPS", "IMAPS", "STARTTLS")),
              "version": session.rng.choice(("TLSv1.2", "TLSv1.3"))}  # fmt: skip
    (session.folder / "dovecot.conf").write_text(DOVECOT.format(**places))
    (session.folder / "mbsyncrc").write_text(MBSYNC.format(**places))
    session.start_server("dovecot", "-F", "-c", session.folder / "dovecot.conf", port=993)
    session.start_server(
        "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", "198.18.3.11:587",
        "--tlscert", f"{certificate}.crt", "--tlskey", f"{certificate}.key", port=587,
    )  # fmt: skip


def use(session) -> None:
    rng = session.rng
    deliver(session, rng.randint(1, 6))
    for _ in range(rng.randint(7, 10)):
        action = rng.random()
        if action < 0.45:
            session.client("mbsync", "-q", "-c", session.folder / "mbsyncrc", "all")
        elif action < 0.85:
            session.client("msmtp", f"--host={session.host('smtp')}", f"--domain={session.domain}",
                           f"--tls-priorities={rng.choice(PRIORITIES)}", "--port=587", "--tls=on", "--tls-certcheck=off",
                           "--auth=off", "--from=reader@sample.test", "friend@sample.test",
                           input_text=message(session, 3000))  # fmt: skip
        else:
            session.client("curl", "-s", "-k", "--ssl-reqd", "-u", f"{USER}:{PASSWORD}",
                           f"imap://{session.host('imap')}/INBOX;MAILINDEX=1", "-o", "/dev/null")  # fmt: skip
        if rng.random() < 0.5:
            deliver(session, rng.randint(1, 3))
        session.think(1.5)
        if not session.running():
            break
