"""Checkpoints brought to witnesses over the standard's own interface, as an off-the-shelf witness has it."""

import contextlib
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from tests.audit.test_tampering import POLICE

from multiagency.assurance.jobs_offers import offer_checkpoints
from multiagency.audit.add_checkpoint import server
from multiagency.audit.cosignature import Cosigner
from multiagency.audit.cosigner import Witness
from multiagency.audit.trust import Trust


@contextmanager
def serving(witness):
    with server(witness, "127.0.0.1", 0) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{door.server_port}"
        door.shutdown()
        thread.join()


GARBAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\xff\xfe line\n"


@contextmanager
def answering(said):
    """A server that answers each request with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    with door.accept()[0] as visitor:
                        visitor.recv(65_536)
                        visitor.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


async def register(house, url, key=POLICE):
    there = {"agency": await house.agency("Police"), "vkey": key.verifier_key, "url": url}
    await (await house.person("administrator")).post("/audit/witnesses", there, 201)


@pytest.fixture
def witness(ground, tmp_path):
    return Witness(tmp_path, POLICE, Trust.of(ground.verifier_key))


async def offered(house):
    await house.number_log()
    return await offer_checkpoints(house.runtime, await house.service())


async def test_a_witness_with_an_address_is_brought_each_checkpoint_and_a_dead_one_delays_nobody(house, witness):
    with serving(witness) as url:
        await register(house, url)
        await register(house, "http://127.0.0.1:9", Cosigner("witness.gone.example", b"g" * 32))
        for _ in range(2):
            assert await offered(house) == 1
            standing = {row["name"]: row for row in await (await house.person("auditor")).get("/audit/witnesses")}
            assert standing[POLICE.name]["size"] == witness.known.size
        await house.fetch("DELETE FROM audit_cosignature")
        assert await offered(house) == 1, "it says where it stands, and goes on from there"
        assert await house.fetch("SELECT * FROM audit_alarm") == []


async def test_a_log_that_went_back_is_said_by_the_witness_and_raises_an_alarm(house, witness):
    with serving(witness) as url:
        await register(house, url)
        await offered(house)
        await house.fetch("DELETE FROM audit_cosignature")
        await house.fetch("DELETE FROM audit_checkpoint")
        await house.fetch("DELETE FROM audit_sequence")
        await house.fetch("DELETE FROM audit_node")
        await house.fetch("DELETE FROM audit_detail WHERE act = 'sign_in'")
        await house.fetch("DELETE FROM audit_entry WHERE NOT EXISTS (SELECT FROM audit_detail WHERE entry_id = id)")
        await house.fetch("INSERT INTO audit_waiting SELECT id FROM audit_entry ON CONFLICT DO NOTHING")
        assert await offered(house) == 0
        assert [row["code"] for row in await house.fetch("SELECT code FROM audit_alarm")] == ["witness_disagrees"]


@pytest.mark.parametrize("said", [b"what?\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"", GARBAGE])
async def test_a_witness_that_answers_anything_fails_alone(house, witness, said):
    with serving(witness) as url, answering(said) as odd:
        await register(house, odd, Cosigner("witness.odd.example", b"o" * 32))
        await register(house, url)
        assert await offered(house) == 1


@pytest.mark.parametrize("url", ["http://service.example", "ftp://127.0.0.1", "https://a b", "https://x?y", "x"])
async def test_a_witness_is_reached_over_https_only(house, url):
    there = {"agency": await house.agency("Police"), "vkey": POLICE.verifier_key, "url": url}
    await (await house.person("administrator")).post("/audit/witnesses", there, 422)


@pytest.mark.parametrize("year", [1971, 2025, 9999])
async def test_sec0044_a_co_signature_of_another_time_is_refused(house, year):
    await register(house, None)
    await house.number_log()
    note = (await house.http.get("/log/checkpoint")).text
    absurd = POLICE.cosign(note, datetime(year, 1, 1, tzinfo=UTC))
    assert (await house.http.post("/log/cosignatures", content=absurd.encode())).status_code == 422
    true = POLICE.cosign(note, datetime.now(UTC))
    assert (await house.http.post("/log/cosignatures", content=true.encode())).status_code == 200
