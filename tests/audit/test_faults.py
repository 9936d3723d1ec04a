"""Application, worker and database killed with SIGKILL at every step from writing to publishing, then looked through.

After each fault everything is rebuilt from the entries and compared: nothing lost that was acknowledged, nothing twice,
no number used again, no second history.
"""

import asyncio
import json
import multiprocessing
import signal
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from tests.audit import faulty
from tests.house import BASE_URL

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.note import Verifier
from multiagency.audit.tree import consistency_proof, leaf_hash, root_hash, verify_consistency
from multiagency.demo.household import free_port
from multiagency.demo.person import PersonAtApi, Unexpected
from multiagency.embedded.postmaster import postmaster
from multiagency.kernel.faults import Point

BY_WEB = (Point.ENTRY_WRITTEN, Point.ENTRY_COMMITTED)
BY_WORKER = tuple(point for point in Point if point not in BY_WEB)


@pytest.fixture
async def house(durable_ground):
    async with durable_ground.house(checkpoint_seconds=0.25) as house:
        yield house


processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.audit.faulty"])


@asynccontextmanager
async def process(target, *arguments):
    child = processes.Process(target=target, args=arguments, daemon=True)
    child.start()
    try:
        yield child
    finally:
        child.terminate()
        await asyncio.to_thread(child.join, 20)
        if child.is_alive():
            child.kill()


class Outside:
    """Somebody at the web application, who keeps every answer: what was acknowledged must be there for good."""

    def __init__(self, house, port):
        self.house, self.acknowledged, self.checkpoints = house, [], []
        address = f"http://127.0.0.1:{port}"
        self.http = httpx.AsyncClient(base_url=address, headers={"Host": BASE_URL.partition("//")[2]}, timeout=20)
        self.officer, self.team = PersonAtApi(self.http, "officer"), None

    async def sign_in(self):
        async for _ in patiently():
            try:
                await self.officer.sign_in(self.house.ground.passwords["demo_account"])
                self.team = (await self.officer.get("/teams"))[0]["id"]
                return
            except httpx.TransportError:
                continue

    async def write(self):
        """Open a case; tell whether that was acknowledged."""
        try:
            answer = await self.officer.post("/cases", {"team": self.team}, 201)
        except (httpx.TransportError, Unexpected):
            return False
        self.acknowledged.append(answer["reference"])
        return True

    async def look(self):
        try:
            answer = await self.http.get("/log/checkpoint")
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            self.checkpoints.append(answer.text)


async def patiently():
    for _ in range(150):
        yield
        await asyncio.sleep(0.1)
    pytest.fail("it did not happen in time")


async def rebuild_and_compare(house, outside):
    """Everything that was derived is derived again from the entries themselves."""
    entries = await house.fetch("SELECT id, body, leaf_hash FROM audit_entry ORDER BY id")
    rows = await house.fetch("SELECT index, entry_id FROM audit_sequence ORDER BY index")
    assert [row["index"] for row in rows] == list(range(len(entries))), "a gap, or an entry without its number"
    assert {row["entry_id"] for row in rows} == {entry["id"] for entry in entries}, "a number without its entry"
    body = {entry["id"]: entry["body"] for entry in entries}
    assert [leaf_hash(entry["body"]) for entry in entries] == [entry["leaf_hash"] for entry in entries]
    leaves = [leaf_hash(body[row["entry_id"]]) for row in rows]
    for node in await house.fetch("SELECT level, index, hash FROM audit_node"):
        begin = node["index"] << node["level"]
        assert node["hash"] == root_hash(leaves[begin : begin + (1 << node["level"])])
    key = Verifier.parse(house.ground.verifier_key)
    published = [row["note"] for row in await house.fetch("SELECT note FROM audit_checkpoint ORDER BY tree_size")]
    checkpoints = [Checkpoint.parse(key.open(note)) for note in (*published, *outside.checkpoints)]
    assert checkpoints[len(published) - 1].size == len(leaves)
    newest = root_hash(leaves)
    for checkpoint in checkpoints:
        proof = consistency_proof(checkpoint.size, leaves)
        assert verify_consistency(checkpoint.size, len(leaves), checkpoint.root, newest, proof), "a second history"
    opened = await house.fetch(
        "SELECT c.reference, (SELECT count(*) FROM audit_detail d WHERE d.case_reference = c.reference "
        "AND d.act = 'open_case' AND d.mode = 'write') AS entries FROM case_file c"
    )
    assert set(outside.acknowledged) <= {row["reference"] for row in opened}, "acknowledged, and lost"
    assert {row["entries"] for row in opened} <= {1}, "a change without its entry, or with two"
    assert len({json.loads(entry["body"])["id"] for entry in entries}) == len(entries)


def fault(house, point, victim):
    server = postmaster(house.ground.directory / "postgresql" / "data")
    return (point, 3, server.pid if victim == "database" else None)


async def restarted(house, victim):
    """The database runs again; who was left alive writes on, as in life."""
    if victim == "database":
        async for _ in patiently():
            if not house.ground.server.running:
                break
        await asyncio.to_thread(house.ground.server.start)
    await house.runtime.close()


async def numbered(house):
    """Whoever could write has ended: what is written is all there is, and gets its numbers."""
    async for _ in patiently():
        try:
            await house.number_log()
        except (OSError, asyncpg.PostgresError):
            continue
        return


@pytest.mark.parametrize("victim", ["application", "database"])
@pytest.mark.parametrize("point", BY_WEB)
async def test_what_was_acknowledged_survives_a_kill_while_it_is_written(house, point, victim):
    port = free_port()
    outside = Outside(house, port)
    async with outside.http, process(faulty.serve, house.settings, port) as healthy:
        await outside.sign_in()
        assert await outside.write()
        healthy.kill()
        await asyncio.to_thread(healthy.join, 10)
        async with process(faulty.serve, house.settings, port, *fault(house, point, victim)) as child:
            async for _ in patiently():
                if not await outside.write() and len(outside.acknowledged) > 2:
                    break
            if victim == "application":
                await asyncio.to_thread(child.join, 10)
                assert child.exitcode == -signal.SIGKILL
            await restarted(house, victim)
    await numbered(house)
    await rebuild_and_compare(house, outside)


@pytest.mark.parametrize("victim", ["worker", "database"])
@pytest.mark.parametrize("point", BY_WORKER)
async def test_the_log_goes_on_as_one_after_a_kill_while_it_is_numbered(house, point, victim):
    port = free_port()
    outside = Outside(house, port)
    async with outside.http, process(faulty.serve, house.settings, port):
        await outside.sign_in()
        assert await outside.write()
        async with process(faulty.work, house.settings, *fault(house, point, victim)) as child:
            async for _ in patiently():
                written = await outside.write()
                if not written or not child.is_alive():
                    break
                await outside.look()
            if victim == "worker":
                await asyncio.to_thread(child.join, 10)
                assert child.exitcode == -signal.SIGKILL
            await restarted(house, victim)
    await numbered(house)
    await rebuild_and_compare(house, outside)
