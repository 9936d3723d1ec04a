import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url
from tests.embedded.clusters import PROGRAM, ROOT, ask, connect, link, modes, pid

from multiagency.embedded.osuser import database_account
from multiagency.embedded.postgres import SUPERUSER, EmbeddedPostgres


@pytest.fixture(scope="module")
def parents_before(top: Path) -> dict[Path, tuple[int, int]]:
    (top / "parent").mkdir(mode=0o711)
    return modes(top / "parent" / "missing") | modes(PROGRAM)


@pytest.fixture(scope="module")
def server(top: Path, parents_before: object) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(top / "parent" / "missing" / "cluster") as server:
        yield server


def _sockets(number: int) -> set[str]:
    links = [link(fd) for fd in Path(f"/proc/{number}/fd").iterdir()]
    return {text.removeprefix("socket:[").rstrip("]") for text in links if text.startswith("socket:")}


def _tcp_sockets() -> set[str]:
    tables = [Path("/proc/net", name).read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    return {line.split()[9] for table in tables for line in table}


@contextmanager
def _stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the database's user that has nothing to do with the database."""
    account = database_account()
    user, group = (account.uid, account.gid) if ROOT else (None, None)
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", user=user, group=group) as process:
        try:
            yield process
        finally:
            process.kill()


def _kill(server: EmbeddedPostgres) -> None:
    os.kill(pid(server), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while server.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not server.running


async def test_the_right_password_is_accepted_and_a_wrong_one_refused(server: EmbeddedPostgres) -> None:
    assert await ask(server, "select current_user") == SUPERUSER
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(server, "wrong")


async def test_pg_hba_names_scram_only(server: EmbeddedPostgres) -> None:
    rows = await ask(server, "select array_agg(row(type, auth_method, error)::text) from pg_hba_file_rules")
    assert rows == ["(local,scram-sha-256,)"]
    assert "trust" not in (server.socket_directory.parent / "data" / "pg_hba.conf").read_text()
    stored = await ask(server, "select rolpassword from pg_authid where rolcanlogin")
    assert str(stored).startswith("SCRAM-SHA-256$")


async def test_nothing_listens_on_tcp(server: EmbeddedPostgres) -> None:
    assert await ask(server, "show listen_addresses") == ""
    sockets = _sockets(pid(server))
    assert sockets
    assert not sockets & _tcp_sockets()


async def test_the_cluster_is_utf8_with_checksums_in_utc(server: EmbeddedPostgres) -> None:
    expected = {
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "timezone": "UTC",
        "server_version_num": "18",
        "fsync": "on",
    }
    for name, value in expected.items():
        assert str(await ask(server, f"show {name}")).startswith(value)
    assert await ask(server, "select lower('ÄÖŠ')") == "äöš"


async def test_no_personal_data_reaches_the_log(server: EmbeddedPostgres) -> None:
    connection = await connect(server)
    await connection.execute("create temp table t (name text primary key)")
    await connection.execute("insert into t values ('Aino')")
    for query in (
        "insert into t values ('Aino')",
        "select 'Aino'::date",
        "select * from Aino",
        "select 1/(length('Aino')-4)",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(query)
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("insert into t values ($1)", "Aino")
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("do $$ begin raise warning 'Aino'; perform 'Aino'::int; end $$")
    await connection.close()
    log = (server.socket_directory.parent / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "aino" not in log.lower()


def test_directories_and_the_password_are_closed(server: EmbeddedPostgres) -> None:
    room = server.socket_directory.parent
    assert {stat.S_IMODE((room / name).stat().st_mode) for name in ("", "data", "run", "superuser")} == {0o700}
    password = room / "superuser" / "password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert {password.stat().st_uid, password.parent.stat().st_uid} == {os.geteuid()}
    assert room.stat().st_uid == (room / "data").stat().st_uid == database_account().uid
    assert not list(room.glob("password*"))
    assert len(server.superuser_password) >= 32
    assert server.superuser_password not in Path(f"/proc/{pid(server)}/cmdline").read_text()


def test_no_parent_changes(server: EmbeddedPostgres, parents_before: dict[Path, tuple[int, int]]) -> None:
    parent = server.socket_directory.parents[2]
    assert {parent, parent.parent, Path("/")} < parents_before.keys()
    assert modes(parent / "missing") | modes(PROGRAM) == parents_before
    assert stat.S_IMODE((parent / "missing").stat().st_mode) == 0o711


async def test_start_is_idempotent_and_a_restart_keeps_the_data(server: EmbeddedPostgres) -> None:
    await ask(server, "create table kept as select 1 as one")
    first, password = pid(server), server.superuser_password
    server.start()
    EmbeddedPostgres(server.socket_directory.parent).start()
    assert pid(server) == first
    server.stop()
    assert not server.running
    server.stop()
    server.start()
    assert server.running
    assert await ask(server, "select one from kept") == 1
    assert server.superuser_password == password


async def test_it_starts_again_after_kill_9(server: EmbeddedPostgres) -> None:
    await ask(server, "create table survivor as select 2 as two")
    _kill(server)
    assert (server.socket_directory.parent / "data" / "postmaster.pid").exists()
    server.start()
    assert await ask(server, "select two from survivor") == 2


async def test_a_stale_pid_that_belongs_to_another_process_by_now_is_no_obstacle(server: EmbeddedPostgres) -> None:
    _kill(server)
    room = server.socket_directory.parent
    with _stranger() as stranger:
        for path in (room / "data" / "postmaster.pid", room / "run" / ".s.PGSQL.5432.lock"):
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
        assert not server.running
        server.start()
        assert stranger.poll() is None
        assert await ask(server, "select 1") == 1


def test_the_server_is_out_of_reach_of_our_terminal_and_our_groups(server: EmbeddedPostgres) -> None:
    number = pid(server)
    assert os.getsid(number) != os.getsid(0)
    status = Path(f"/proc/{number}/status").read_text().splitlines()
    groups = next(line for line in status if line.startswith("Groups:")).split()[1:]
    assert not ROOT or groups in ([], [str(database_account().gid)])


def test_programs_inherit_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "tell nobody")
    account = database_account()
    question = "umask; echo [$A_SECRET]; id -u; echo $$; cut -d' ' -f6 /proc/$$/stat"
    umask, secret, user, number, session = account.run(["/bin/sh", "-c", question], cwd=Path("/")).stdout.splitlines()
    assert (umask, secret, user) == ("0077", "[]", str(account.uid))
    assert session == number


def test_addresses_are_quoted(server: EmbeddedPostgres) -> None:
    url = make_url(server.dsn("r@le", "p@/:%+ ä?#", "d b/x"))
    assert (url.drivername, url.username, url.password, url.database) == (
        "postgresql+asyncpg",
        "r@le",
        "p@/:%+ ä?#",
        "d b/x",
    )
    assert url.query == {"host": str(server.socket_directory)}
    assert url.host is None


def test_a_failure_names_its_reason(server: EmbeddedPostgres) -> None:
    needed = server.socket_directory.parent / "data" / "global" / "pg_control"
    server.stop()
    needed.rename(needed.with_name("away"))
    with pytest.raises(RuntimeError, match="pg_control"):
        server.start()
    needed.with_name("away").rename(needed)
    server.start()
    assert server.running
