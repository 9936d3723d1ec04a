"""The commands of the log, as an auditor types them, against a database with a few checkpoints."""

import asyncio
import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from tests.audit.test_log import change
from tests.audit.test_tampering import POLICE, cosigned, register

from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosigner import Witness
from multiagency.audit.entries import HashedJournal
from multiagency.audit.tree import verify_consistency, verify_inclusion
from multiagency.audit.trust import Trust
from multiagency.cli.main import main
from multiagency.demo.household import environment_of


@pytest.fixture
async def command(house, monkeypatch, capfdbinary, tmp_path):
    """Run `multiagency audit …` in this process with a house's settings; return status, output and errors."""
    await register(house)
    await house.number_log()
    await cosigned(house, Witness(tmp_path, POLICE, Trust.of(house.ground.verifier_key)))
    await (await house.person("officer")).get("/cases")
    await house.number_log()
    for name, value in environment_of(house.settings).items():
        monkeypatch.setenv(name, value)

    async def run(*words):
        capfdbinary.readouterr()
        try:
            status = await asyncio.to_thread(main, ["audit", *map(str, words)])
        except SystemExit as ended:
            status = ended.code
        said = capfdbinary.readouterr()
        return status, said.out, said.err.decode()

    return run


def checkpoint_of(trust, document):
    return trust.open(document["checkpoint"])


async def test_a_checkpoint_kept_from_before_is_held_against_a_bundle(house, command, tmp_path):
    key, path, kept = ("--key", house.ground.verifier_key), tmp_path / "whole.jsonl", tmp_path / "kept"
    assert (await command("export", path))[0] == 0
    note = json.loads(path.read_bytes().split(b"\n", 1)[0])["checkpoint"]
    kept.write_text(note, "utf-8")
    assert (await command("verify", path, *key, "--against", kept))[0] == 0
    assert (await command("verify", *key, "--against", kept))[0] == 0
    kept.write_text("nothing of the kind", "utf-8")
    status, said, _ = await command("verify", path, *key, "--against", kept, "--json")
    assert (status, json.loads(said)["ok"]) == (1, False)


async def test_export_verify_and_proofs(house, command, tmp_path):
    key, path = ("--key", house.ground.verifier_key), tmp_path / "part.jsonl"
    trust = Trust.of(house.ground.verifier_key)
    status, whole, _ = await command("export")
    assert status == 0
    assert whole.startswith(b'{"format":"multiagency-audit-bundle-2"')
    assert (await command("export", path, "--from", 2, "--to", 4))[0] == 0
    status, said, _ = await command("verify", path, *key, "--json")
    document = json.loads(said)
    assert (status, document["ok"], document["entries"]) == (0, True, 2)
    status, said, _ = await command("verify", path, *key)
    assert b"2 of them are shown" in said
    assert b"no witness that you named" in said
    assert (await command("verify", path, *key, "--witness-key", POLICE.verifier_key))[0] == 1
    assert (await command("export", path, "--quorum", 1))[0] == 0
    status, said, _ = await command("verify", path, *key, "--witness-key", POLICE.verifier_key, "--quorum", 1, "--json")
    assert (status, json.loads(said)["witnesses"]) == (0, [POLICE.name])
    _, said, _ = await command("inclusion", 3)
    document = json.loads(said)
    leaf, proof = base64.b64decode(document["leaf_hash"]), [base64.b64decode(node) for node in document["proof"]]
    root = checkpoint_of(trust, document).root
    assert verify_inclusion(leaf, 3, document["size"], proof, root)
    assert not verify_inclusion(leaf, 2, document["size"], proof, root)
    sizes = [row["tree_size"] for row in await house.fetch("SELECT tree_size FROM audit_checkpoint ORDER BY 1")]
    old = (await house.fetch("SELECT note FROM audit_checkpoint ORDER BY tree_size LIMIT 1"))[0]["note"]
    _, said, _ = await command("consistency", sizes[0], sizes[-1])
    document = json.loads(said)
    proof = [base64.b64decode(node) for node in document["proof"]]
    new = checkpoint_of(trust, document)
    assert verify_consistency(sizes[0], sizes[-1], trust.open(old).root, new.root, proof)


async def test_a_range_by_time_holds_what_was_made_then(house, command, tmp_path):
    path, key = tmp_path / "day.jsonl", ("--key", house.ground.verifier_key, "--json")
    await change(
        house,
        "UPDATE audit_entry SET at = at - interval '30 days' FROM audit_sequence s WHERE s.entry_id = id AND index < 3",
    )
    today = datetime.now(UTC).date()
    assert (await command("export", path, "--from", today - timedelta(days=2)))[0] == 0
    document = json.loads((await command("verify", path, *key))[1])
    assert (document["ok"], document["entries"]) == (True, document["tree_size"] - 3)
    assert (await command("export", path, "--to", f"{today - timedelta(days=2)}T12:00"))[0] == 0
    assert json.loads((await command("verify", path, *key))[1])["entries"] == 3
    assert (await command("export", path, "--from", today + timedelta(days=9), "--to", today + timedelta(days=10)))[
        0
    ] == 0
    assert json.loads((await command("verify", path, *key))[1])["entries"] == 0


async def test_a_range_by_time_ends_where_the_checkpoint_ends_that_witnesses_have_signed(command, tmp_path):
    path, today = tmp_path / "day.jsonl", datetime.now(UTC).date()
    days = ("--from", today - timedelta(days=2), "--to", today + timedelta(days=2))
    assert (await command("export", path, *days, "--quorum", 1))[0] == 0
    cosigned_part = path.read_bytes()
    assert (await command("export", path, *days))[0] == 0
    assert len(path.read_bytes()) > len(cosigned_part)


async def test_an_export_leaves_only_when_its_entry_is_committed(command, tmp_path, monkeypatch):
    path = tmp_path / "kept.jsonl"
    path.write_bytes(b"from last month")
    assert (await command("export", path, "--from", 9999))[0] == 1

    async def broken(*_):
        raise OSError("no entry today")

    monkeypatch.setattr(HashedJournal, "write", broken)
    for words in (("export", path), ("export",), ("checkpoint",)):
        status, said, error = await command(*words)
        assert (status, said) == (2, b"")
        assert "no entry today" in error
    assert path.read_bytes() == b"from last month"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MULTIAGENCY_WORKER_PASSWORD", "another-one-than-it-has", "WORKER_PASSWORD"),
        ("MULTIAGENCY_KEYS_DIRECTORY", "/nowhere", "keys_directory must be"),
        ("MULTIAGENCY_DATABASE_URL_SIGNIN", "postgresql+asyncpg://multiagency_signin:wrong@/{at}", "InvalidPassword"),
    ],
)
async def test_a_database_that_cannot_be_read_is_a_verdict_in_sentences(
    house, command, monkeypatch, name, value, sentence
):
    monkeypatch.setenv(name, value.format(at=f"{house.database}?host={house.ground.server.socket_directory}"))
    status, said, _ = await command("verify", "--key", house.ground.verifier_key, "--json")
    verdict = json.loads(said)
    assert (status, verdict["ok"]) == (1, False)
    assert sentence in verdict["reason"]
    assert "input_value" not in verdict["reason"]


async def test_a_checkpoint_on_demand_and_the_check(house, command):
    await (await house.person("officer")).get("/teams")
    waiting = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    status, said, _ = await command("checkpoint")
    assert status == 0
    assert Checkpoint.parse(said.decode().partition("\n\n")[0] + "\n").size >= waiting
    assert (await command("check"))[1] == b"Everything fits.\n"
    await change(
        house,
        "UPDATE audit_detail SET salt = 'x' WHERE entry_id IN (SELECT entry_id FROM audit_sequence WHERE index = 2)",
    )
    status, said, _ = await command("check")
    assert (status, said) == (1, b"ALARM: detail_changed\n")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("export", "--from", "9999"), 1, "not within the checkpoint"),
        (("export", "--from", "yesterday"), 2, "Invalid isoformat"),
        (("export", "--quorum", "7"), 1, "no such checkpoint"),
        (("inclusion", "9999"), 1, "no such checkpoint"),
        (("consistency", "4", "9999"), 1, "no such checkpoint"),
        (("consistency", "-1"), 1, "no such checkpoint"),
    ],
)
async def test_what_cannot_be_is_said(command, words, status, sentence):
    found, said, error = await command(*words)
    assert (found, said) == (status, b"")
    assert sentence in error


def test_a_bundle_is_verified_without_the_service():
    """Whoever got one need not wait until the whole service is loaded."""
    heavy = ("fastapi", "multiagency.wiring", "multiagency.worker")
    asked = f"import sys, multiagency.cli.audit; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
