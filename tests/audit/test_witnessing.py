"""The witness as an agency runs it: a process of its own against the real service over HTTP."""

import asyncio
import subprocess
import sys

import pytest
from tests.audit import faulty
from tests.audit.test_faults import patiently, process

from multiagency.cli import witness as witnessing
from multiagency.demo.household import free_port


def command(*words):
    """Run the stand-alone witness; return what it said and its status."""
    done = subprocess.run(
        [sys.executable, "-m", "multiagency.cli.witness", "witness", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


@pytest.fixture
async def service(house):
    """The address of the web application of a house, over real HTTP."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = house.settings.model_copy(update={"base_url": url, "port": port})
    async with process(faulty.serve, settings, port):
        async for _ in patiently():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            writer.close()
            break
        yield url


async def test_a_witness_of_an_agency_co_signs_and_refuses_a_log_put_back(house, service, tmp_path):
    log = house.ground.verifier_key
    vkey, _, _ = await asyncio.to_thread(command, "key", tmp_path, "--name", "witness.police.example/lappi")
    again, _, _ = await asyncio.to_thread(command, "key", tmp_path, "--name", "another.name")
    assert again == vkey, "a key is made once"
    there = {"agency": await house.agency("Police"), "vkey": vkey.strip()}
    await (await house.person("administrator")).post("/audit/witnesses", there, 201)
    await house.number_log()
    run = ("run", tmp_path, "--key", log, "--url", service, "--once")
    said, _, status = await asyncio.to_thread(command, *run)
    assert (status, said.split()[0]) == (0, "co-signed")
    standing = (await (await house.person("auditor")).get("/audit/witnesses"))[0]
    assert standing["size"] == int(said.split()[1])
    said, _, status = await asyncio.to_thread(command, *run)
    assert (status, said) == (0, ""), "nothing new, nothing to co-sign"
    await house.fetch("DELETE FROM audit_cosignature")
    await house.fetch("DELETE FROM audit_checkpoint")
    await house.fetch("DELETE FROM audit_sequence")
    await house.fetch("DELETE FROM audit_node")
    await house.fetch("DELETE FROM audit_detail WHERE act = 'sign_in'")
    await house.fetch("DELETE FROM audit_entry WHERE NOT EXISTS (SELECT FROM audit_detail WHERE entry_id = id)")
    for _ in range(standing["size"]):
        await (await house.person("officer")).get("/cases")
    await house.number_log()
    _, error, status = await asyncio.to_thread(command, *run)
    assert status == 1
    assert "NOT CO-SIGNED" in error
    (kept,) = (tmp_path / "refused").iterdir()
    assert kept.read_text().count("test.multiagency.example/log") >= 2


def test_the_witness_needs_nothing_of_the_service():
    heavy = ("sqlalchemy", "fastapi", "asyncpg")
    asked = f"import sys, multiagency.cli.witness; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("url", ["http://service.example", "ftp://127.0.0.1", "service.example"])
def test_a_witness_asks_over_https_only(url, tmp_path, capsys):
    assert witnessing.main(["witness", "key", str(tmp_path), "--name", "witness.example"]) == 0
    words = ["witness", "run", str(tmp_path), "--key", "x", "--url", url, "--once"]
    assert witnessing.main(words) == 2
    assert "https://" in capsys.readouterr().err


def test_a_name_that_no_line_can_carry_makes_no_key(tmp_path, capsys):
    assert witnessing.main(["witness", "key", str(tmp_path), "--name", "two words"]) == 2
    assert "space" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
