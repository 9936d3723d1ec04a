"""The log in the database: written with the change, numbered without gaps, and telling of every tampering."""

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from tests.house import ORIGIN

from multiagency.audit import bundle, service
from multiagency.audit.checking import Shown
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.entries import commitment
from multiagency.audit.note import Signer, Verifier
from multiagency.audit.sequencer import Sequencer
from multiagency.audit.tree import leaf_hash, root_hash
from multiagency.audit.trust import Trust
from multiagency.demo import story
from multiagency.demo.household import environment_of
from multiagency.kernel.access import Act
from multiagency.worker import number_log


async def bodies(house):
    rows = await house.fetch("SELECT body FROM audit_entry ORDER BY id")
    return [json.loads(row["body"]) for row in rows]


UNCHECKED = """
    DO $$ DECLARE found record; BEGIN
        FOR found IN SELECT conname, conrelid::regclass AS name FROM pg_constraint
                     WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conname LIKE 'ck_audit%' LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.name, found.conname);
        END LOOP;
    END $$
"""


async def change(house, *statements):
    """What somebody with superuser rights would do, who is stopped neither by foreign keys nor by checks."""
    superuser = await house.superuser()
    await superuser.execute("SET session_replication_role = replica")
    for statement in statements:
        try:
            await superuser.execute(statement)
        except asyncpg.CheckViolationError:
            await superuser.execute(UNCHECKED)
            await superuser.execute(statement)
    await superuser.close()


def verify(house, *arguments):
    """Run the command as an auditor would; return exit status and document."""
    words = [sys.executable, "-m", "multiagency.cli", "audit", "verify", *arguments]
    words += ["--key", house.ground.verifier_key, "--json"]
    done = subprocess.run(words, capture_output=True, check=False, env=environment_of(house.settings))
    return done.returncode, json.loads(done.stdout)


async def verdict(house, *witness_keys, quorum=None, kept=None):
    """Verify the database in place, as the command does; return exit status and document."""
    trust = Trust.of(house.ground.verifier_key, witness_keys, quorum, kept)
    async with house.runtime.unit_of_work(await house.service(), Act.VERIFY_LOG) as work:
        found = await service.verify(work, trust)
    return int(not found.ok), found.as_dict()


async def test_every_read_and_write_and_refusal_makes_an_entry(house):
    case = await house.submitted()
    await (await house.person("officer")).get("/teams")
    await (await house.person("coordinator")).get(f"/cases/{case}")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await (await house.person("shelter")).post(f"/meetings/{case}/opening", expect=403)
    found = {(entry["act"], entry["mode"]) for entry in await bodies(house)}
    assert {
        ("sign_in", "write"),
        ("open_case", "write"),
        ("edit_case", "write"),
        ("record_consent", "write"),
        ("assess_risk", "write"),
        ("submit_case", "write"),
        ("read_case", "read"),
        ("read_case", "deny"),
        ("run_meeting", "deny"),
        ("see_directory", "read"),
    } <= found


async def test_hashed_bytes_hold_no_personal_data_and_no_ids(house):
    case = await house.submitted()
    text = json.dumps(await bodies(house), ensure_ascii=False)
    for forbidden in (*map(str, story.SECRETS), case, "Suopunki", "poliisi", "Elina"):
        if forbidden not in {"child", "person_using_violence"}:
            assert forbidden not in text
    ids = {str(row["id"]) for row in await house.fetch("SELECT id FROM case_file UNION SELECT id FROM post")}
    assert not any(found in text for found in ids)


async def test_the_detail_is_committed_to_and_erasable(house):
    await house.submitted()
    rows = await house.fetch(
        "SELECT e.id, e.body, d.salt, d.detail FROM audit_entry e JOIN audit_detail d ON entry_id = id"
    )
    assert len(rows) > 10
    auditor = await house.person("auditor")
    entries = await auditor.get("/audit/entries")
    assert all(entry["genuine"] for entry in entries)
    await change(house, "DELETE FROM audit_detail")
    await house.number_log()
    entries = await auditor.get("/audit/entries")
    assert [entry["genuine"] for entry in entries if entry["detail"] is None]
    assert (await verdict(house))[1]["ok"]


async def test_a_changed_detail_is_not_genuine(house):
    await house.submitted()
    await change(house, "UPDATE audit_detail SET salt = 'other'")
    entries = await (await house.person("auditor")).get("/audit/entries")
    assert any(not entry["genuine"] for entry in entries)


def test_the_commitment_hides_what_can_be_guessed():
    assert commitment(b"salt", b"detail") == hashlib.sha256(b"saltdetail").hexdigest()
    assert commitment(b"a", b"x") != commitment(b"b", b"x")


async def test_one_line_per_data_subject(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    before = len(await bodies(house))
    await officer.get(f"/cases/{case}")
    assert len(await bodies(house)) - before == 3  # the client, the person using violence, the child


async def test_numbers_are_contiguous_and_the_root_is_signed(house):
    await house.submitted()
    await house.number_log()
    rows = await house.fetch(
        "SELECT index, body, leaf_hash FROM audit_sequence JOIN audit_entry ON id = entry_id ORDER BY index"
    )
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert all(row["leaf_hash"] == leaf_hash(row["body"]) for row in rows)
    note = (await house.fetch("SELECT note FROM audit_checkpoint ORDER BY tree_size DESC LIMIT 1"))[0]["note"]
    checkpoint = Checkpoint.parse(Verifier.parse(house.ground.verifier_key).open(note))
    assert checkpoint.origin == ORIGIN
    assert checkpoint.root == root_hash([row["leaf_hash"] for row in rows[: checkpoint.size]])


async def test_a_sequencer_that_dies_before_its_commit_numbers_nothing(house):
    await house.submitted()

    class Dies(Sequencer):
        async def number(self, work):
            await super().number(work)
            raise asyncio.CancelledError

    signer = Signer(ORIGIN, (house.settings.keys_directory / "log.key").read_bytes())
    with pytest.raises(asyncio.CancelledError):
        await number_log(house.runtime, await house.service(), Dies(signer))
    assert await house.fetch("SELECT FROM audit_sequence") == []
    assert await house.fetch("SELECT FROM audit_node") == []
    await house.number_log()
    assert (await verdict(house))[1]["ok"]


async def test_two_sequencers_never_fork(house):
    signer = Signer(ORIGIN, (house.settings.keys_directory / "log.key").read_bytes())
    presented = await house.service()

    async def sequence():
        sequencer = Sequencer(signer)
        for _ in range(15):
            try:
                await number_log(house.runtime, presented, sequencer)
            except DBAPIError:
                await asyncio.sleep(0)

    async def write():
        officer = await house.person("officer")
        for _ in range(15):
            await officer.get("/cases")

    await asyncio.gather(sequence(), sequence(), write())
    await house.number_log()
    rows = await house.fetch("SELECT index, entry_id FROM audit_sequence ORDER BY index")
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert len({row["entry_id"] for row in rows}) == len(rows)
    assert (await verdict(house))[1]["ok"]


async def test_a_fresh_sequencer_goes_on_where_the_last_one_stopped(house):
    await house.person("officer")
    await house.number_log()
    signer = Signer(ORIGIN, (house.settings.keys_directory / "log.key").read_bytes())
    await house.person("coordinator")
    await number_log(house.runtime, await house.service(), Sequencer(signer))
    code, found = verify(house)
    assert (code, found["ok"]) == (0, True)
    assert found["tree_size"] == len(await bodies(house)) - 2  # the command's own sign-in and reading came after


TAMPERING = {
    "edit": ["UPDATE audit_entry SET body = replace(convert_from(body,'UTF8'), 'mode', 'mood')::bytea WHERE id = {3}"],
    "edit and re-hash": [
        "UPDATE audit_entry SET body = 'x', leaf_hash = sha256('\\x00'::bytea || 'x'::bytea) WHERE id = {3}"
    ],
    "delete": ["DELETE FROM audit_entry WHERE id = {3}"],
    "delete with its number": ["DELETE FROM audit_sequence WHERE index = 3"],
    "delete and close the gap": [
        "DELETE FROM audit_sequence WHERE index = 3",
        "UPDATE audit_sequence SET index = index - 1 WHERE index > 3",
    ],
    "truncate": ["DELETE FROM audit_sequence WHERE index >= 3"],
    "reorder": [
        "UPDATE audit_sequence SET index = -1 WHERE index = 3",
        "UPDATE audit_sequence SET index = 3 WHERE index = 4",
        "UPDATE audit_sequence SET index = 4 WHERE index = -1",
    ],
    "re-seal with another key": ["UPDATE audit_checkpoint SET note = '{note}'"],
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_tampering_as_superuser_is_found(house, how):
    await house.submitted()
    await house.number_log()
    code, before = await verdict(house)
    assert (code, before["ok"], before["first_bad"], before["reason"]) == (0, True, None, None)
    rows = await house.fetch("SELECT index, entry_id FROM audit_sequence ORDER BY index")
    forged = Signer(ORIGIN, b"f" * 32).sign(Checkpoint(ORIGIN, 1, b"r" * 32).text())
    for statement in TAMPERING[how]:
        filled = statement.replace("{3}", f"'{rows[3]['entry_id']}'").replace("{note}", forged)
        await change(house, filled)
    code, found = await verdict(house)
    assert code == 1
    assert found["ok"] is False
    assert found["reason"]
    if how in {"edit", "delete", "delete with its number", "truncate"}:
        assert found["first_bad"] == 3


async def test_a_bundle_verifies_without_us(house, tmp_path):
    await house.submitted()
    await house.number_log()
    auditor = await house.person("auditor")
    path = tmp_path / "log.jsonl"
    path.write_bytes(await auditor.raw("/audit/bundle"))
    code, found = verify(house, str(path))
    assert list(found) == ["ok", "entries", "tree_size", "root", "witnesses", "first_bad", "reason"]
    assert (code, found["ok"], found["entries"]) == (0, True, found["tree_size"])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert verify(house, str(path)) == (1, verify(house, str(path))[1] | {"ok": False, "first_bad": 2})


async def test_a_bundle_under_another_origin_is_refused(house):
    await house.submitted()
    await house.number_log()
    rows = await house.fetch("SELECT body FROM audit_sequence JOIN audit_entry ON id = entry_id ORDER BY index")
    entries = [row["body"] for row in rows]
    signer = Signer(ORIGIN, (house.settings.keys_directory / "log.key").read_bytes())
    other = Checkpoint("another.example/log", len(entries), root_hash([leaf_hash(entry) for entry in entries]))
    out = io.BytesIO()
    bundle.write(out, signer.sign(other.text()), [Shown(*numbered) for numbered in enumerate(entries)])
    out.seek(0)
    assert not bundle.verify(out, Trust.of(house.ground.verifier_key)).ok


@pytest.mark.parametrize("key", ["", "nonsense", "a+b+c"])
def test_a_wrong_key_text_is_said(key, tmp_path):
    words = [sys.executable, "-m", "multiagency.cli", "audit", "verify", str(tmp_path / "x"), "--key", key, "--json"]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False


@pytest.mark.parametrize(("where", "sentence"), [(">&-", "is closed"), ("> /dev/full", "could not be written")])
def test_a_verdict_that_nobody_can_hear_is_no_success(tmp_path, where, sentence):
    signer, path = Signer(ORIGIN, b"k" * 32), tmp_path / "log.jsonl"
    with path.open("wb") as out:
        bundle.write(out, signer.sign(Checkpoint(ORIGIN, 1, root_hash([leaf_hash(b"x")])).text()), [Shown(0, b"x")])
    words = [sys.executable, "-m", "multiagency.cli", "audit", "verify", str(path), "--key", signer.verifier_key]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    shell = ["sh", "-c", f'exec "$@" {where}', "sh", *words]
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}
    done = subprocess.run(shell, capture_output=True, text=True, check=False, env=buffered)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("multiagency: ")
    assert sentence in said


async def test_only_the_auditor_reads_the_log(house):
    await house.number_log()
    for login in ("officer", "coordinator", "municipality"):
        person = await house.person(login)
        for path in ("/audit/entries", "/audit/bundle", "/audit/verification"):
            await person.get(path, 403)


async def test_the_auditor_sees_who_what_why_and_not_the_case(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{case}")
    auditor = await house.person("auditor")
    entries = await auditor.get(f"/audit/entries?case={case}")
    read = [entry for entry in entries if entry["detail"]["actor"]["name"] == "Heikki Palojärvi"]
    assert {entry["body"]["act"] for entry in read} == {"read_case"}
    assert all(entry["detail"]["basis"] == "consent" for entry in read)
    assert all(entry["detail"]["case_reference"] == case for entry in entries)
    text = json.dumps(entries, ensure_ascii=False)
    assert not any(str(secret) in text for secret in story.SECRETS if secret not in {"child", "person_using_violence"})
    await auditor.get(f"/cases/{case}", 403)


async def test_reading_the_log_is_logged(house):
    auditor = await house.person("auditor")
    await auditor.get("/audit/entries")
    entries = await auditor.get("/audit/entries")
    assert any(entry["body"]["act"] == "read_log" for entry in entries)
