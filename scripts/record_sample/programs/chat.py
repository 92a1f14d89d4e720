# SPDX-License-Identifier: Apache-2.0
"""Chat over XMPP with STARTTLS: go-sendxmpp sends, converses and listens on a prosody server."""

PACKAGE = "org.morgana.sample.chat"
PROCESSES = {"go-sendxmpp"}
COMMANDS = ("go-sendxmpp", "prosody")
HOSTS = {"chat": "198.18.7.10"}
PEOPLE = ("ada", "emmy", "grace", "lise")
PASSWORD = "secret"

CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/prosody"
interfaces = {{ "198.18.7.10" }}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "ping"; "offline"; }}
modules_disabled = {{ "s2s" }}
c2s_require_encryption = true
authentication = "internal_plain"
ssl = {{ certificate = "{certificate}.crt"; key = "{certificate}.key"; }}
c2s_direct_tls_ports = {{ 5223 }}
log = {{ warn = "{folder}/prosody.log" }}
VirtualHost "{domain}"
"""


def prepare(assets, rng) -> None:
    pass


def serve(session) -> None:
    accounts = session.folder / "prosody" / session.host("chat").replace(".", "%2e") / "accounts"
    accounts.mkdir(parents=True)
    for person in PEOPLE:
        (accounts / f"{person}.dat").write_text(f'return {{ ["password"] = "{PASSWORD}"; }};\n')
    configuration = session.folder / "prosody.cfg.lua"
    configuration.write_text(
        CONFIGURATION.format(folder=session.folder, certificate=session.certificate, domain=session.host("chat"))
    )
    session.start_server("prosody", "-F", "--config", configuration, port=5222)


def command(session, person: str, *arguments) -> list:
    domain = session.host("chat")
    version = session.rng.choice(("12", "13"))
    return ["go-sendxmpp", "-n", "--tls-version", version, "-u", f"{person}@{domain}", "-p", PASSWORD,
            "-j", f"{domain}:5222", "-r", session.rng.randbytes(session.rng.randint(2, 30)).hex(), *arguments]  # fmt: skip


def use(session) -> None:
    """Two conversations and a listener stay open; single messages come and go beside them."""
    rng = session.rng
    listeners = [session.start(*command(session, person, "-l")) for person in rng.sample(PEOPLE, rng.randint(1, 2))]
    talks = []
    for _ in range(rng.randint(1, 2)):
        one, other = rng.sample(PEOPLE, 2)
        talks.append(session.start(*command(session, one, "-i", f"{other}@{session.host('chat')}")))
        session.think(0.5)
    for _ in range(rng.randint(12, 18)):
        if rng.random() < 0.35:
            one, other = rng.sample(PEOPLE, 2)
            session.client(
                *command(session, one, f"{other}@{session.host('chat')}"), input_text=session.text(60), limit=15
            )
        else:
            session.write(rng.choice(talks), session.text(60) + "\n")
        session.think(1.0)
        if not session.running():
            break
    for process in (*listeners, *talks):
        session.stop(process)
