# SPDX-License-Identifier: Apache-2.0
"""Telemetry: mosquitto_pub and mosquitto_sub, with and without TLS, on a mosquitto broker."""

PACKAGE = "org.morgana.sample.mqtt"
PROCESSES = {"mosquitto_pub", "mosquitto_sub"}
COMMANDS = ("mosquitto", "mosquitto_pub", "mosquitto_sub")
HOSTS = {"broker": "198.18.4.10"}

CONFIGURATION = """
user root
allow_anonymous true
listener 1883 198.18.4.10
listener 8883 198.18.4.10
certfile {certificate}.crt
keyfile {certificate}.key
"""


def prepare(assets, rng) -> None:
    pass


def serve(session) -> None:
    (session.folder / "mosquitto.conf").write_text(CONFIGURATION.format(certificate=session.certificate))
    session.start_server("mosquitto", "-c", session.folder / "mosquitto.conf", port=8883)


def reading(session) -> str:
    rng = session.rng
    values = {f"sensor{i}": round(rng.gauss(20, 5), 2) for i in range(rng.randint(1, 12))}
    return str(values).replace("'", '"')


def broker(session) -> list:
    """Host, port and TLS arguments; three of four devices use TLS."""
    rng = session.rng
    common = [
        "-h",
        session.host("broker"),
        "-V",
        rng.choice(("311", "5")),
        "-i",
        rng.randbytes(rng.randint(3, 20)).hex(),
    ]
    if rng.random() < 0.5:
        common += ["-u", session.text(10), "-P", session.text(16)]
    if rng.random() < 0.75:
        version = rng.choice(("tlsv1.2", "tlsv1.3"))
        return [*common, "-p", "8883", "--cafile", f"{session.certificate}.crt", "--insecure", "--tls-version", version]
    return [*common, "-p", "1883"]


def use(session) -> None:
    """Sensors that stay connected, single-shot reports and listeners, all at once."""
    rng = session.rng
    sensors = []
    for index in range(rng.randint(2, 3)):
        sensors.append(session.start("mosquitto_pub", *broker(session), "-q", rng.choice((0, 1, 2)), "-k",
                                     rng.choice((5, 10, 60)), "-t", f"home/{index}", "-l"))  # fmt: skip
    listeners = [
        session.start("mosquitto_sub", *broker(session), "-q", rng.choice((0, 1)), "-t", "home/#",
                      "-W", rng.randint(5, 25))
        for _ in range(rng.randint(1, 2))
    ]  # fmt: skip
    for _ in range(rng.randint(25, 40)):
        if rng.random() < 0.15:
            session.client("mosquitto_pub", *broker(session), "-q", rng.choice((0, 1, 2)), "-t", "home/report",
                           "-m", reading(session))  # fmt: skip
        else:
            session.write(rng.choice(sensors), reading(session) + "\n")
        session.think(0.4)
        if not session.running():
            break
    for process in (*sensors, *listeners):
        session.stop(process)
