"""Thunderbird without a window, asked over its own protocol for programs (Marionette) to receive invitations."""

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "thunderbird"
_SCRIPT = Path(__file__).with_name("thunderbird.js")
_NOWHERE = {"network.proxy.type": 1, "network.proxy.no_proxies_on": ""} | {
    f"network.proxy.{scheme}{what}": value
    for scheme in ("http", "ssl")
    for what, value in (("", "127.0.0.1"), ("_port", 9))
}
"""It reaches nothing outside: what it would ask for goes to a port where nobody listens."""
_PREFERENCES = _NOWHERE | {"marionette.port": 0, "calendar.timezone.local": "Europe/Helsinki"}


class Marionette:
    """One conversation: numbered commands and answers, each with its length before it."""

    def __init__(self, stream):
        self._stream, self._number = stream, 0
        self._next()

    def _next(self):
        length = b""
        while (byte := self._stream.read(1)) != b":":
            assert byte, "it ended"
            length += byte
        return json.loads(self._stream.read(int(length)))

    def ask(self, name, **parameters):
        self._number += 1
        sent = json.dumps([0, self._number, name, parameters]).encode()
        self._stream.write(str(len(sent)).encode() + b":" + sent)
        self._stream.flush()
        _, _, error, found = self._next()
        assert not error, error
        return found

    def run(self, script, *arguments):
        found = self.ask("WebDriver:ExecuteAsyncScript", script=script, args=arguments, sandbox="system")["value"]
        assert not isinstance(found, str), found
        return found


@contextmanager
def started(directory):
    """Start it with an empty profile in this directory; give the conversation, and end it."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _PREFERENCES.items()]
    (directory / "user.js").write_text("".join(lines), "ascii")
    words = [PROGRAM, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    environment = os.environ | {"HOME": str(directory), "MOZ_HEADLESS": "1"}
    with (
        (directory / "said").open("wb") as said,
        subprocess.Popen([*words, "--profile", str(directory)], stdout=said, stderr=said, env=environment) as process,
    ):
        try:
            address = ("127.0.0.1", _port(directory, process))
            with socket.create_connection(address) as connection, connection.makefile("rwb") as stream:
                marionette = Marionette(stream)
                marionette.ask("WebDriver:NewSession")
                marionette.ask("Marionette:SetContext", value="chrome")
                marionette.ask("WebDriver:SetTimeouts", script=120_000)
                yield marionette
        finally:
            process.kill()


def _port(directory, process):
    for _ in range(600):
        found = directory / "MarionetteActivePort"
        if found.exists() and (text := found.read_text("ascii")):
            return int(text)
        assert process.poll() is None, (directory / "said").read_text("utf-8", "replace")[-2000:]
        time.sleep(0.1)
    raise AssertionError("it did not start")


def received(directory, messages, orders, attendee):
    """Let it receive the messages in each of the orders, and its owner take what it offers; return what then stands.

    Of each entry: when it begins, and its SEQUENCE.
    """
    with started(directory) as marionette:
        texts = [message.decode() for message in messages]
        return marionette.run(_SCRIPT.read_text("utf-8"), texts, orders, attendee)
