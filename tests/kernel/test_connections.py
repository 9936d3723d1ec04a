"""Connections that the pool gives out: none that is gone, and no trip to the database to know it of one just used."""

import asyncio

from multiagency.kernel import database
from multiagency.kernel.actor import Door

_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE usename = 'multiagency_app' AND datname = current_database()"
)


def asked(house, monkeypatch, answer=None):
    """Count how often a connection is asked whether it answers; the first time it gives this error."""
    dialect, times = house.runtime.engines[Door.APP].sync_engine.dialect, []
    ping = dialect.do_ping

    def do_ping(connection):
        times.append(connection)
        if answer and len(times) == 1:
            raise answer
        return ping(connection)

    monkeypatch.setattr(dialect, "do_ping", do_ping)
    return times


async def test_a_connection_that_the_server_has_closed_is_not_given_out(house):
    officer = await house.person("officer")
    await officer.get("/cases")
    assert await house.fetch(_END)
    await asyncio.sleep(0.05)
    await officer.get("/cases")


async def test_a_connection_just_used_is_not_asked(house, monkeypatch):
    officer = await house.person("officer")
    await officer.get("/cases")
    times = asked(house, monkeypatch)
    await officer.get("/cases")
    assert times == []


async def test_a_connection_long_unused_is_asked_and_replaced_when_it_does_not_answer(house, monkeypatch):
    officer = await house.person("officer")
    await officer.get("/cases")
    monkeypatch.setattr(database, "TRUSTED", -1)
    gone = house.runtime.engines[Door.APP].sync_engine.dialect.loaded_dbapi.InterfaceError("connection is closed")
    times = asked(house, monkeypatch, gone)
    await officer.get("/cases")
    assert len(times) == 1
    await officer.get("/cases")
    assert len(times) == 2
