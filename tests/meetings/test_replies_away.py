"""A mailbox that answers nothing holds up nothing else, and the worker still ends when it is told to."""

import asyncio
import signal

import pytest
from tests.mail.test_killed import start_worker, until

from multiagency.demo.household import HOST


@pytest.fixture
async def silent():
    """A server that takes every connection and never says a word."""
    there = []

    async def keep(reader, writer):
        there.append(writer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(keep, HOST, 0)
    yield server.sockets[0].getsockname()[1], there
    server.close()


async def test_mail_leaves_while_the_mailbox_is_silent(ground, sink, silent):
    port, there = silent
    box = {"imap_host": HOST, "imap_port": port, "imap_tls": "none", "imap_username": "a", "imap_password": "b"}
    async with ground.house(sink, **box) as house:
        worker = start_worker(house)

        async def reached():
            return there

        async def arrived():
            assert worker.poll() is None
            return house.sink.messages()

        try:
            await until(reached)
            await house.opened(await house.submitted(), "Heikki")
            await until(arrived)
            assert len(there) == 1  # it still waits for the first word
        finally:
            worker.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(worker.wait, 60) == 0
