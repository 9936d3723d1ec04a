"""Everything a demonstration runs on: database, mail sink, web application and worker, started and stopped together."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn

from multiagency.audit.keyfiles import make_key_files
from multiagency.demo.lapland import populate
from multiagency.demo.mailbox import build_mailbox
from multiagency.demo.police_machine import start_witness
from multiagency.demo.teams import TEAMS, DemoTeam, teams_to_try
from multiagency.embedded.mailsink import MailSink
from multiagency.embedded.postgres import EmbeddedPostgres
from multiagency.embedded.provision import (
    create_database,
    create_roles,
    drop_database,
    dsn,
    generated_passwords,
)
from multiagency.embedded.watchman import Watchman
from multiagency.kernel.crypto import read_key
from multiagency.kernel.lookup import Lookup
from multiagency.kernel.migrations import upgrade
from multiagency.pathways.service import know
from multiagency.settings import Settings

HOST = "127.0.0.1"
DATABASE = "multiagency"
LOG_ORIGIN = "demo.multiagency.example/log"
_PATIENCE = 60


def data_directory() -> Path:
    """Return where the demo keeps its data: `MULTIAGENCY_DATA`, below /var/lib as root, else the user's own place."""
    named = os.environ.get("MULTIAGENCY_DATA")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/multiagency")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "multiagency"


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def environment_of(settings: Settings) -> dict[str, str]:
    """Return this process's environment with the settings in it, secrets in the clear, for a child process."""
    named = {}
    for name, value in settings.model_dump(exclude_none=True).items():
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        plain = ",".join(map(str, plain)) if isinstance(plain, tuple) else plain
        named[f"MULTIAGENCY_{name.upper()}"] = str(plain)
    return {**os.environ, **named}


class Household:
    """The demo in one directory; `port` is the web application's, the mailbox page takes a free one.

    `teams` are those that a new house has; `on_duty` fills their rosters.
    """

    def __init__(self, directory: Path, port: int, teams: Sequence[DemoTeam] = TEAMS, *, on_duty: bool = False) -> None:
        directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.directory = directory
        self.base_url = f"http://{HOST}:{port}"
        self.mailbox_url = f"http://{HOST}:{free_port()}"
        self.sink = MailSink(directory / "mail")
        self.server = EmbeddedPostgres(directory / "postgresql")
        self.passwords = generated_passwords(directory / "secrets" / "passwords.json")
        self.verifier_key = make_key_files(directory / "keys", LOG_ORIGIN)
        self._port, self._teams, self._on_duty = port, teams, on_duty
        self._children: list[subprocess.Popen[bytes]] = []
        self._witness: subprocess.Popen[bytes] | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _start(self) -> None:
        watchman = Watchman(self.directory / "postgresql")
        self._closing.callback(watchman.dismiss)
        self._closing.callback(self.server.stop)
        self.server.start()
        self._prepare_database()
        self._closing.enter_context(self.sink)
        self._serve_mailbox()
        self._children = [self._child("web"), self._child("worker")]
        for child in self._children:
            watchman.watch(child.pid)
        self._wait()
        account = self.passwords["demo_account"]
        self._witness = start_witness(self.directory / "witness", self.base_url, self.verifier_key, account)
        if self._witness:
            watchman.watch(self._witness.pid)

    def _prepare_database(self) -> None:
        asyncio.run(create_roles(self.server, self.passwords))
        new = asyncio.run(create_database(self.server, DATABASE))
        owner = dsn(self.server, "owner", self.passwords, DATABASE)
        lookup = Lookup(read_key(self.directory / "keys" / "lookup.key"))
        know(self.settings().pathways_directory)
        accounts = self.passwords["demo_account"], self.passwords["service_account"]
        try:
            upgrade(owner)
            if new:
                accounts = (self.passwords["demo_account"], self.passwords["service_account"])
                teams = (*self._teams, *teams_to_try())
                asyncio.run(populate(owner, *accounts, lookup, teams=teams, on_duty=self._on_duty))
        except BaseException:
            if new:  # half-filled would look finished at the next start
                asyncio.run(drop_database(self.server, DATABASE))
            raise

    def settings(self) -> Settings:
        """Return the settings that web and worker run with."""
        urls = {f"database_url_{login}": dsn(self.server, login, self.passwords, DATABASE) for login in _PROCESSES}
        return Settings.model_validate(
            {
                "environment": "demo",
                "base_url": self.base_url,
                "host": HOST,
                "port": self._port,
                "embedded_database": True,
                "demo_accounts": True,
                "artificial_codes": True,
                "keys_directory": self.directory / "keys",
                "log_origin": LOG_ORIGIN,
                "smtp_host": HOST,
                "smtp_port": self.sink.port,
                "smtp_tls": "none",
                "mail_settle_seconds": 1,  # whoever tries it out does not wait a minute
                "worker_password": self.passwords["service_account"],
                **urls,
            }
        )

    def environment(self) -> dict[str, str]:
        """Return the same settings as environment variables, for a child process or the command line."""
        return environment_of(self.settings())

    def _child(self, command: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "multiagency.cli", command]
        return subprocess.Popen(words, env=self.environment(), stdin=subprocess.DEVNULL)  # noqa: S603

    def _serve_mailbox(self) -> None:
        port = int(self.mailbox_url.rpartition(":")[2])
        config = uvicorn.Config(
            build_mailbox(self.sink, self.base_url), host=HOST, port=port, log_level="warning", access_log=False
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(5)

        self._closing.callback(stop)

    def _wait(self) -> None:
        """Wait until the application answers. Raises RuntimeError when a process ends or time runs out."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if any(child.poll() is not None for child in self._children):
                raise RuntimeError("a process of the demo ended while starting; its message stands above")
            try:
                with urllib.request.urlopen(f"{self.base_url}/sign-in", timeout=5):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the web application did not answer in time")

    def run_until_stopped(self) -> None:
        """Return when a process of the demo ends; Ctrl-C raises KeyboardInterrupt as usual."""
        while all(child.poll() is None for child in self._children):
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop worker and web, then mail, then the database; safe to call twice."""
        children = [*self._children, *([self._witness] if self._witness else [])]
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children, self._witness = [], None
        self._closing.close()

    def forget(self) -> None:
        """Remove all data of a stopped demo."""
        shutil.rmtree(self.directory)


_PROCESSES = ("app", "signin", "worker")
