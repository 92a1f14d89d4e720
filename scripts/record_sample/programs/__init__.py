# SPDX-License-Identifier: Apache-2.0
"""The programs that are recorded, one module each.

A module has PACKAGE (the label), PROCESSES (names its sockets carry in the socket log), COMMANDS (what must be
installed), HOSTS (host name -> address in the server's namespace), prepare(assets, rng) for files all sessions
share, serve(session) to start the servers and use(session) to be the person on the phone.
"""

from . import chat, database, dns, git, mail, mqtt, ssh, torrent, video, voice, web

ALL = (chat, database, dns, git, mail, mqtt, ssh, torrent, video, voice, web)
