"""Every process killed with SIGKILL under load, one after another, whenever it happens to be: then looked through.

KILLS and KILL_SEED say how often, and in which order; `make faults` does it thirty times a round.
"""

import asyncio
import os
import random
import signal
from contextlib import suppress

import pytest
from tests.audit import faulty
from tests.audit.test_faults import Outside, numbered, patiently, processes, rebuild_and_compare

from multiagency.demo.household import free_port
from multiagency.embedded.postmaster import postmaster

KILLS, SEED = int(os.environ.get("KILLS", "4")), int(os.environ.get("KILL_SEED", "1"))
VICTIMS = ("web", "worker", "second worker", "database", "a connection")


@pytest.fixture
async def house(durable_ground, sink):
    async with durable_ground.house(sink, checkpoint_seconds=0.25) as house:
        yield house


class Service:
    """The processes of the service, each started anew when it was killed."""

    def __init__(self, house, port):
        self.house, self._children = house, {}
        self._how = {"web": (faulty.serve, house.settings, port)}
        self._how |= dict.fromkeys(("worker", "second worker"), (faulty.work, house.settings))

    def start(self, *names):
        for name in names or self._how:
            target, *arguments = self._how[name]
            self._children[name] = processes.Process(target=target, args=arguments, daemon=True)
            self._children[name].start()

    async def kill(self, victim):
        server = self.house.ground.server
        if victim in self._how:
            self._children[victim].kill()
            await asyncio.to_thread(self._children[victim].join, 10)
            self.start(victim)
            return
        main, *connections = faulty.family(postmaster(self.house.ground.directory / "postgresql" / "data").pid)
        if victim == "a connection":
            os.kill(connections[-1], signal.SIGKILL)
            return
        for process in (main, *connections):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        async for _ in patiently():
            if not server.running:
                break
        await asyncio.to_thread(server.start)

    async def stop(self):
        for child in self._children.values():
            assert child.is_alive(), "a process ended by itself"
            child.terminate()
        for child in self._children.values():
            await asyncio.to_thread(child.join, 20)


async def test_nothing_acknowledged_is_lost_and_nothing_done_twice_whoever_is_killed(house):
    port, chance = free_port(), random.Random(SEED)  # noqa: S311
    outside, service, stop = Outside(house, port), Service(house, port), asyncio.Event()

    async def writing():
        while not stop.is_set():
            if not await outside.write():
                await asyncio.sleep(0.1)
            await outside.look()

    async with outside.http:
        service.start()
        await outside.sign_in()
        writers = [asyncio.create_task(writing()) for _ in range(4)]
        order = [chance.choice(VICTIMS) for _ in range(KILLS)]
        for victim in order:
            before = len(outside.acknowledged)
            await service.kill(victim)
            async for _ in patiently():
                if len(outside.acknowledged) > before + chance.randrange(12):
                    break
        stop.set()
        await asyncio.gather(*writers)
        await service.stop()
    await house.runtime.close()
    await numbered(house)
    await rebuild_and_compare(house, outside)
    kinds = await house.fetch("SELECT kind, count(*) AS n FROM due_work WHERE subject_id IS NULL GROUP BY kind")
    assert kinds
    assert {row["n"] for row in kinds} == {1}
