"""A real PostgreSQL 18 for the demo and the tests, out of a wheel: passwords checked, no network, no open doors."""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from multiagency.embedded.osuser import Account, database_account
from multiagency.embedded.pgprograms import program_directory
from multiagency.embedded.pgroom import Room, remove_temporary_socket_directory
from multiagency.embedded.pgsettings import HOST_BASED_ACCESS, server_options
from multiagency.embedded.postmaster import forget_dead, last_socket_directory, postmaster

SUPERUSER = "postgres"
_PATIENCE = 120


class EmbeddedPostgres:
    """One database cluster in a directory made for it, and the server that runs on it.

    `directory` is missing, empty, or was made by this class before; its parents are never changed. As root the server
    runs as the system user `multiagency-db`, otherwise as the current user. The server outlives this process unless
    `stop` is called; used as a context manager it starts and stops with the block. All methods block.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        """Name the directory; nothing happens before `start`.

        `durable=False` is for throwaway data: it does not wait for the disk, so a killed server loses its latest
        transactions, and a crash of the machine may destroy the whole cluster.
        """
        self._room = Room(directory)
        self._durable = durable

    def start(self) -> None:
        """Make the cluster if it is new, start its server if it does not run, and wait until it accepts connections.

        A server that was killed is recovered from. Raises RuntimeError with a reason, OSError.
        """
        self._room.prepare(self._account)
        with self._room.locked():
            if not (self._room.data / "PG_VERSION").exists():
                self._make_cluster()
            if not self.running:
                self._launch()
            self._wait()

    def stop(self, immediate: bool = False) -> None:
        """Stop the server if it runs: its sessions end, and `immediate` leaves recovery to the next start.

        Raises RuntimeError when it does not stop within two minutes.
        """
        if not self.running:
            return
        with self._room.locked():
            if self.running:
                self._halt("immediate" if immediate else "fast")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether a server runs on this cluster, no matter which process started it."""
        return postmaster(self._room.data) is not None

    @property
    def socket_directory(self) -> Path:
        """The directory of the server's socket. Raises RuntimeError while it is not known."""
        server = postmaster(self._room.data)
        place = server.socket_directory if server else self._room.place_for_socket()
        if place is None:
            raise RuntimeError("the embedded PostgreSQL does not run")
        return place

    @property
    def superuser_password(self) -> str:
        """The password of the role `postgres`. Raises FileNotFoundError before the first start."""
        return self._room.password()

    def dsn(self, role: str, password: str, database: str) -> str:
        """Return the address for SQLAlchemy with asyncpg; it holds the password. Raises RuntimeError if not started."""
        who = f"{quote(role, safe='')}:{quote(password, safe='')}"
        return (
            f"postgresql+asyncpg://{who}@/{quote(database, safe='')}?host={quote(str(self.socket_directory), safe='')}"
        )

    @cached_property
    def _account(self) -> Account:
        return database_account()

    @cached_property
    def _programs(self) -> Path:
        return program_directory(self._account, self._room.directory)

    def _make_cluster(self) -> None:
        """Make the cluster under another name first, so that one that was cut short is never taken for a whole one."""
        new = self._room.data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        self._initdb(new)
        (new / "pg_hba.conf").write_text(HOST_BASED_ACCESS, encoding="ascii")
        new.rename(self._room.data)

    def _initdb(self, data: Path) -> None:
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["--data-checksums", "--no-instructions", *([] if self._durable else ["--no-sync"])]
        with self._room.password_file_for(self._account) as file:
            secret = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={file}"]
            self._run("initdb", "-D", data, *secret, *locale, *options)

    def _launch(self) -> None:
        data = self._room.data
        remove_temporary_socket_directory(last_socket_directory(data))
        forget_dead(data)
        options = server_options(self._room.make_socket_directory(self._account), durable=self._durable)
        self._run("pg_ctl", "start", "-D", data, "-l", self._room.log, "-o", options, "-w", "-t", str(_PATIENCE), "-s")

    def _halt(self, mode: str) -> None:
        place = last_socket_directory(self._room.data)
        self._run("pg_ctl", "stop", "-D", self._room.data, "-m", mode, "-w", "-t", str(_PATIENCE), "-s")
        remove_temporary_socket_directory(place)

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while (server := postmaster(self._room.data)) is None or not server.ready:
            if server is None or time.monotonic() > deadline:
                raise RuntimeError(f"the embedded PostgreSQL did not become ready{self._end_of_log()}")
            time.sleep(0.05)

    def _run(self, program: str, *words: str | Path) -> None:
        cwd = self._room.data if self._room.data.exists() else self._room.directory
        try:
            done = self._account.run([self._programs / program, *words], cwd=cwd, timeout=_PATIENCE + 60)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{program} of PostgreSQL did not end{self._end_of_log()}") from None
        if done.returncode != 0:
            raise RuntimeError(f"{program} of PostgreSQL failed: {done.stderr.strip()}{self._end_of_log()}")

    def _end_of_log(self) -> str:
        try:
            lines = self._room.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(["; its log ends with", *lines[-5:]])
