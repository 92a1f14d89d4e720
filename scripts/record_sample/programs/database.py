# SPDX-License-Identifier: Apache-2.0
"""A database: psql (typed queries, single commands, copies) and pgbench on PostgreSQL, three of four with TLS."""

import shutil
import subprocess

PACKAGE = "org.morgana.sample.database"
PROCESSES = {"psql", "pgbench"}
BINARIES = "/usr/lib/postgresql/15/bin"
COMMANDS = ("psql", "pgbench", "setpriv", f"{BINARIES}/initdb", f"{BINARIES}/postgres")
ADDRESS = "198.18.11.10"
HOSTS = {"database": ADDRESS}
USER, PASSWORD = "sample", "secret"
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")  # it refuses to run as root
CUSTOMERS, ORDERS = 2000, 20000

# One command a line, as PostgreSQL's single-user mode takes them.
TABLES = f"""
CREATE TABLE customers (id int PRIMARY KEY, name text, city text)
INSERT INTO customers SELECT i, md5(i::text), 'city ' || i % 90 FROM generate_series(1, {CUSTOMERS}) i
CREATE TABLE orders (id int PRIMARY KEY, customer int, total numeric(9, 2), placed date, note text)
INSERT INTO orders SELECT i, 1 + i * 7919 % {CUSTOMERS}, i * 31 % 100000 / 100.0, date '2026-01-01' + i % 300, \
repeat(md5(i::text), i % 9) FROM generate_series(1, {ORDERS}) i
CREATE INDEX ON orders (customer)
CHECKPOINT
"""

TRANSACTIONS = {
    "read": f"\\set id random(1, {CUSTOMERS})\nSELECT * FROM orders WHERE customer = :id;\n",
    "mixed": f"\\set id random(1, {ORDERS})\nBEGIN;\nSELECT total FROM orders WHERE id = :id;\n"
    "UPDATE orders SET total = total + 1 WHERE id = :id;\nEND;\n",
}


def prepare(assets, rng) -> None:
    """A cluster with the tables that each session has a copy of."""
    cluster = assets / "database"
    cluster.mkdir()
    shutil.chown(cluster, "postgres", "postgres")
    password = assets / "database-password"
    password.write_text(PASSWORD)

    def run(*command, text: str = "") -> None:
        subprocess.run([*AS_POSTGRES, *command], input=text, text=True, cwd="/", check=True, capture_output=True)

    run(f"{BINARIES}/initdb", "-D", str(cluster), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8",
        "--no-locale", "--no-sync")  # fmt: skip
    run(f"{BINARIES}/postgres", "--single", "-D", str(cluster), "postgres", text=TABLES.lstrip())
    with open(cluster / "pg_hba.conf", "a") as access:
        access.write("host all all 0.0.0.0/0 scram-sha-256\n")


def serve(session) -> None:
    cluster = session.folder / "database"
    subprocess.run(["cp", "-a", session.assets / "database", cluster], check=True)
    for ending in ("crt", "key"):
        file = cluster / f"server.{ending}"
        shutil.copyfile(f"{session.certificate}.{ending}", file)
        file.chmod(0o600)
        shutil.chown(file, "postgres", "postgres")
    settings = {"listen_addresses": ADDRESS, "unix_socket_directories": "", "ssl": "on", "fsync": "off",
                "shared_buffers": "16MB", "autovacuum": "off"}  # fmt: skip
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    session.start_server(*AS_POSTGRES, f"{BINARIES}/postgres", "-D", cluster, *options, port=5432, address=ADDRESS)
    for name, text in TRANSACTIONS.items():
        (session.folder / f"{name}.sql").write_text(text)


def connection(session) -> dict[str, str]:
    """What libpq reads from the environment."""
    rng = session.rng
    return {"PGHOST": session.host("database"), "PGUSER": USER, "PGPASSWORD": PASSWORD, "PGDATABASE": "postgres",
            "PGAPPNAME": session.text(12)[:60], "PGSSLMODE": rng.choice(("require", "require", "require", "disable")),
            "PGSSLMAXPROTOCOLVERSION": rng.choice(("TLSv1.2", "TLSv1.3"))}  # fmt: skip


def statement(session) -> str:
    """What somebody types, or a small program asks for."""
    rng = session.rng
    customer, order = rng.randint(1, CUSTOMERS), rng.randint(1, ORDERS)
    return rng.choice((
        f"SELECT * FROM customers WHERE id = {customer};",
        f"SELECT id, total, placed FROM orders WHERE customer = {customer} ORDER BY placed;",
        f"SELECT city, count(*) FROM customers GROUP BY city ORDER BY 2 DESC, 1 LIMIT {rng.randint(1, 60)};",
        f"SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer = c.id WHERE o.placed > "
        f"date '2026-01-01' + {rng.randint(0, 290)} GROUP BY 1 ORDER BY 2 DESC LIMIT {rng.randint(1, 100)};",
        f"UPDATE orders SET note = '{session.text(80)}' WHERE id = {order};",
        f"BEGIN; UPDATE orders SET total = total + 1 WHERE id = {order}; DELETE FROM orders WHERE id = {order} "
        f"AND total < 0; COMMIT;",
        "\\d orders",
    ))  # fmt: skip


def benchmark(session) -> None:
    """A service with a pool, or one that connects anew for each transaction."""
    rng = session.rng
    way = ["-C", "-t", rng.randint(1, 3)] if rng.random() < 0.3 else ["-T", rng.randint(2, 6), "-R", rng.randint(3, 25)]
    session.client("pgbench", "-n", "-M", rng.choice(("simple", "extended", "prepared")), "-f",
                   session.folder / f"{rng.choice(sorted(TRANSACTIONS))}.sql", f"--random-seed={rng.getrandbits(30)}",
                   *way, environment=connection(session))  # fmt: skip


def copy(session) -> None:
    """Rows in bulk, to the phone or from it."""
    rng = session.rng
    count, first = min(int(rng.lognormvariate(5.5, 1.2)) + 1, 4000), rng.randint(1, ORDERS // 2)
    if rng.random() < 0.6:
        rows = f"SELECT * FROM orders WHERE id BETWEEN {first} AND {first + count}"
        command, text = f"COPY ({rows}) TO STDOUT", ""
    else:
        command = "CREATE TEMPORARY TABLE new (number int, name text); COPY new FROM STDIN"
        text = "".join(f"{number}\t{session.text(20)}\n" for number in range(count // 2))
    session.client("psql", "-X", "-q", "-c", command, input_text=text, environment=connection(session))


def use(session) -> None:
    """A shell stays open; single commands, copies and a service's transactions come and go beside it."""
    rng = session.rng
    shell = session.start("psql", "-X", environment=connection(session))
    for _ in range(rng.randint(7, 11)):
        way = rng.random()
        if way < 0.6:
            session.write(shell, statement(session) + "\n")
        elif way < 0.8:
            session.client("psql", "-X", "-c", statement(session), environment=connection(session))
        elif way < 0.9:
            copy(session)
        else:
            benchmark(session)
        session.think(1.2)
        if not session.running():
            break
    session.write(shell, "\\q\n")
    session.think(0.5)
    session.stop(shell)
