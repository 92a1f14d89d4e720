# SPDX-License-Identifier: Apache-2.0
"""Name lookups: dig and kdig ask a public resolver over UDP, TCP and TLS; the phone's own unbound resolves or forwards.

In the far namespace nsd answers for the root, for one top-level domain and for the domains below it, each at addresses of
its own, and unbound is the public resolver.
"""

PACKAGE = "org.morgana.sample.dns"
PROCESSES = {"dig", "kdig", "unbound"}
COMMANDS = ("dig", "kdig", "nsd", "unbound")
ROOT, REGISTRY, RESOLVER = "198.18.10.10", "198.18.10.11", "198.18.10.20"
SITES = tuple(f"198.18.10.{30 + index}" for index in range(3))
HOSTS = {"root": ROOT, "registry": REGISTRY, "resolver": RESOLVER, **{f"ns{i}": a for i, a in enumerate(SITES)}}
DOMAINS = 6
WORDS = ("www", "api", "cdn", "img", "login", "m", "static", "mail", "push", "video", "ads", "metrics")
UDP_BYTES = (512, 1232, 1400)  # longer answers come over TCP

NSD = """
server:
  ip-address: {address}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "{folder}"
  zonelistfile: "{folder}/{name}.list"
  xfrdfile: "{folder}/{name}.state"
  xfrdir: "{folder}"
  pidfile: "{folder}/{name}.pid"
  ipv4-edns-size: {udp_bytes}
remote-control:
  control-enable: no
"""
UNBOUND = """
server:
  {interfaces}
  access-control: 0.0.0.0/0 allow
  num-threads: 1
  outgoing-range: 64
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
  local-zone: "test." nodefault
  root-hints: "{folder}/root.hints"
  edns-buffer-size: {udp_bytes}
  max-udp-size: {udp_bytes}
  qname-minimisation: {minimise}
  {rest}
remote-control:
  control-enable: no
"""


def prepare(assets, rng) -> None:
    pass


def domain_of(session, index: int) -> str:
    """Registered below test, as the session's own domain is; of lengths drawn with the session."""
    return f"{session.domain.removesuffix('.test')[: 2 + 5 * index]}{index}.test"


def zone(session, index: int) -> str:
    """The records of one domain: addresses, aliases into another domain, mail, services, and texts of many lengths."""
    rng = session.rng
    rows = [f"@ 60 SOA ns.{domain_of(session, index)}. hostmaster 1 3600 900 604800 60", "@ 600 NS ns"]
    rows += [f"ns 600 A {SITES[index % len(SITES)]}", f"@ 60 A 198.19.{index}.1", "@ 60 MX 10 mail"]
    parts = (rng.randbytes(rng.randint(20, 120)).hex() for _ in range(rng.randint(1, 14)))
    rows.append("@ 60 TXT " + " ".join(f'"{part}"' for part in parts))
    for number, word in enumerate(WORDS, 2):
        if rng.random() < 0.3:
            rows.append(f"{word} 60 CNAME {rng.choice(WORDS)}.edge.{domain_of(session, rng.randrange(DOMAINS))}.")
            continue
        count = rng.choice((1, 1, 2, 4, 8))
        rows += [f"{word} 60 A 198.19.{index}.{number * 8 + i}" for i in range(count)]
        if rng.random() < 0.6:
            rows += [f"{word} 60 AAAA 2001:db8:{index}::{number}:{i}" for i in range(count)]
    rows += [f"{word}.edge 20 A 198.19.{100 + index}.{number}" for number, word in enumerate(WORDS)]
    return "\n".join(rows) + "\n"


def start_nsd(session, name: str, address: str, zones: dict[str, str]) -> None:
    """Answers at `address` for `zones` (name -> content)."""
    configuration = NSD.format(address=address, folder=session.folder, name=name, udp_bytes=max(UDP_BYTES))
    for origin, content in zones.items():
        file = session.folder / f"zone.{origin}"
        file.write_text(f"$ORIGIN {origin.strip('.')}.\n{content}")
        configuration += f'zone:\n  name: "{origin}"\n  zonefile: "{file}"\n  provide-xfr: 0.0.0.0/0 NOKEY\n'
    (session.folder / f"{name}.conf").write_text(configuration)
    session.start_server("nsd", "-d", "-c", session.folder / f"{name}.conf", port=53, address=address)


def unbound(session, name: str, interfaces, rest: str):
    """The file of the configuration of one unbound."""
    rng = session.rng
    file = session.folder / f"{name}.conf"
    file.write_text(
        UNBOUND.format(
            interfaces="\n  ".join(f"interface: {interface}" for interface in interfaces),
            folder=session.folder,
            udp_bytes=rng.choice(UDP_BYTES),
            minimise=rng.choice(("yes", "no")),
            rest=rest,
        )
    )
    return file


def serve(session) -> None:
    (session.folder / "root.hints").write_text(f". 3600000 NS a.root.\na.root. 3600000 A {ROOT}\n")
    top = "@ 60 SOA a.root. hostmaster.root. 1 3600 900 604800 60\n@ 600 NS a.root.\n"
    start_nsd(session, "root", ROOT, {".": f"{top}a.root. 600 A {ROOT}\ntest. 600 NS a.test.\na.test. 600 A {REGISTRY}\n"})
    registered = "@ 60 SOA a hostmaster 1 3600 900 604800 60\n@ 600 NS a\n" + f"a 600 A {REGISTRY}\n"
    for index in range(DOMAINS):
        domain = domain_of(session, index)
        registered += f"{domain}. 600 NS ns.{domain}.\nns.{domain}. 600 A {SITES[index % len(SITES)]}\n"
    start_nsd(session, "registry", REGISTRY, {"test": registered})
    for site, address in enumerate(SITES):
        zones = {domain_of(session, i): zone(session, i) for i in range(site, DOMAINS, len(SITES))}
        start_nsd(session, f"site{site}", address, zones)
    keys = f"tls-service-key: {session.certificate}.key\n  tls-service-pem: {session.certificate}.crt"
    configuration = unbound(session, "resolver", (f"{RESOLVER}@53", f"{RESOLVER}@853"), keys)
    session.start_server("unbound", "-d", "-c", configuration, port=853, address=RESOLVER)


def start_local_resolver(session):
    """An unbound on the phone that asks from the root down, or forwards over UDP, TCP or TLS."""
    rng = session.rng
    way = rng.choice(("resolve", "resolve", "udp", "tcp", "tls"))
    port = 853 if way == "tls" else 53
    rest = f'\nforward-zone:\n  name: "."\n  forward-addr: {RESOLVER}@{port}'
    rest += {"tcp": "\n  forward-tcp-upstream: yes", "tls": "\n  forward-tls-upstream: yes"}.get(way, "")
    configuration = unbound(session, "local", ("127.0.0.1",), "" if way == "resolve" else rest)
    process = session.start("unbound", "-d", "-c", configuration)
    for _ in range(20):
        if session.client("dig", "@127.0.0.1", "+tries=1", "+time=1", "version.bind", "CH", "TXT") == 0:
            break
        session.think(0.2)
    return process


def questions(session, count: int) -> list[list[str]]:
    """Names and types, as a page, an app that starts, or a mail server asks for them."""
    rng = session.rng
    drawn = []
    for _ in range(count):
        domain = domain_of(session, rng.randrange(DOMAINS))
        kind = rng.choices(("A", "AAAA", "HTTPS", "MX", "TXT"), (8, 5, 2, 1, 3))[0]
        name = domain if kind in ("MX", "TXT") else f"{rng.choice((*WORDS, *WORDS, 'gone'))}.{domain}"
        drawn.append([name, kind])
    return drawn


def ask(session) -> None:
    """Asks the public resolver, or one of the domains' own servers for all it has."""
    rng = session.rng
    way = rng.random()
    size = f"+bufsize={rng.choice(UDP_BYTES)}"
    if way < 0.6:  # a socket a question
        asked = [word for question in questions(session, rng.choice((1, 1, 2))) for word in question]
        session.client("dig", f"@{RESOLVER}", size, *asked)
    elif way < 0.72:
        session.client("dig", f"@{RESOLVER}", "+tcp", *questions(session, 1)[0])
    elif way < 0.92:  # a connection for all questions
        asked = [word for question in questions(session, rng.randint(1, 6)) for word in question]
        session.client("kdig", f"@{RESOLVER}", "+tls", "+keepopen", *rng.choice(((), ("+padding",))), *asked)
    else:
        index = rng.randrange(DOMAINS)
        session.client("dig", f"@{SITES[index % len(SITES)]}", domain_of(session, index), "AXFR")


def use(session) -> None:
    """The phone's own resolver for some names, questions to the public one for others."""
    rng = session.rng
    local = start_local_resolver(session)
    for _ in range(rng.randint(4, 6)):
        if rng.random() < 0.35:
            for question in questions(session, rng.randint(1, 2)):
                session.client("dig", "@127.0.0.1", *question)
        else:
            ask(session)
        session.think(1.5)
        if not session.running():
            break
    session.stop(local)
