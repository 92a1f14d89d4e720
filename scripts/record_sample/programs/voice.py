# SPDX-License-Identifier: Apache-2.0
"""Calls: two baresip user agents, SIP over UDP, two-way RTP in one of several codecs, RTCP."""

import array
import math
import wave

PACKAGE = "org.morgana.sample.voice"
PROCESSES = {"baresip"}
COMMANDS = ("baresip",)
HOSTS = {"voice": "198.18.8.10"}
MODULES = "/usr/lib/baresip/modules"
CODECS = ("opus/48000/2", "PCMU/8000/1", "PCMA/8000/1", "G722/16000/1", "GSM/8000/1")
SECONDS_OF_SPEECH = 20
FRAME_MILLISECONDS = (20, 20, 40)  # the GSM module knows 20 only

CONFIGURATION = """
sip_listen {address}:{port}
audio_path /usr/share/baresip
audio_source aufile,{speech}
audio_player aubridge,sink
audio_alert aubridge,sink
rtp_ports {ports}
rtp_stats no
jitter_buffer_delay 2-5
module_path {modules}
module aufile.so
module aubridge.so
module g711.so
module g722.so
module gsm.so
module opus.so
module stdio.so
module_app account.so
module_app menu.so
"""


def prepare(assets, rng) -> None:
    """Something like speech: bursts of harmonics with pauses, so that variable-rate codecs have work to do."""
    for rate in (8000, 16000, 48000):
        samples = array.array("h")
        pitch, loud = 120.0, 0.0
        for index in range(rate * SECONDS_OF_SPEECH):
            if index % (rate // 5) == 0:
                pitch, loud = rng.uniform(90, 220), rng.choice((0.0, 0.3, 0.8, 1.0))
            phase = 2 * math.pi * pitch * index / rate
            value = loud * (math.sin(phase) + 0.5 * math.sin(2.01 * phase) + 0.3 * rng.uniform(-1, 1))
            samples.append(int(9000 * value))
        with wave.open(str(assets / f"speech-{rate}.wav"), "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
            file.writeframes(samples.tobytes())


def user_agent(session, name: str, address: str, port: int, codec: str, ports: str):
    """Folder with the configuration of one user agent; the ones in the far namespace answer by themselves."""
    rng = session.rng
    folder = session.folder / name
    folder.mkdir(exist_ok=True)
    speech = session.assets / f"speech-{codec.split('/')[1]}.wav"
    (folder / "config").write_text(
        CONFIGURATION.format(address=address, port=port, ports=ports, modules=MODULES, speech=speech)
    )
    near = address == session.device.address
    user, answer = (rng.randbytes(rng.randint(1, 15)).hex(), "manual") if near else (name, "auto")
    frame = 20 if codec.startswith("GSM") else rng.choice(FRAME_MILLISECONDS)
    (folder / "accounts").write_text(
        f"<sip:{user}@{address}:{port}>;regint=0;answermode={answer};audio_codecs={codec};ptime={frame}\n"
    )
    (folder / "contacts").write_text("")
    return folder


def serve(session) -> None:
    """One answering user agent a codec."""
    for index, codec in enumerate(CODECS):
        port, ports = 5060 + 2 * index, f"{20000 + 100 * index}-{20098 + 100 * index}"
        folder = user_agent(session, f"far{index}", HOSTS["voice"], port, codec, ports)
        session.start_server("baresip", "-4", "-f", folder, port=port, udp=True)


def use(session) -> None:
    rng = session.rng
    first = rng.randrange(30000, 50000, 1000)
    for call in range(rng.randint(3, 4)):
        index = rng.randrange(len(CODECS))
        ports = f"{first + 10 * call}-{first + 10 * call + 8}"
        port = rng.randint(15060, 25060)
        folder = user_agent(session, "near", session.device.address, port, CODECS[index], ports)
        seconds = rng.uniform(5, 10)
        far = f"sip:far{index}@{HOSTS['voice']}:{5060 + 2 * index}"
        session.client("baresip", "-4", "-f", folder, "-t", int(seconds), "-e", f"d {far}", limit=seconds + 4)
        session.think(1.0)
        if not session.running():
            break
