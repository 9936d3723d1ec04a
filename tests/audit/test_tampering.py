"""A superuser at the numbered entries: each way to change them, and who notices: verify, or a witness.

`verify` is the command with nothing but the log's public key. Where it is content, the witness that saw an earlier
checkpoint refuses, and so does `verify` with that witness's quorum or with a checkpoint that somebody kept.
"""

import asyncio
import secrets
import shutil
from datetime import UTC, datetime

import pytest
from tests.audit.test_log import change, verdict
from tests.house import ORIGIN

from multiagency.audit.cosignature import Cosigner
from multiagency.audit.cosigner import Refused, Witness
from multiagency.audit.jobs import sweep_log
from multiagency.audit.note import BadNote, Signer
from multiagency.audit.sequencer import Sequencer
from multiagency.audit.trust import Trust
from multiagency.embedded.provision import create_database, drop_database
from multiagency.worker import number_log

POLICE = Cosigner("witness.police.example/lappi", b"p" * 32)
VERIFY, WITNESS = "verify", "witness"


async def cosigned(house, witness):
    """Let the witness look once, as its machine does; return what it gave back."""
    known = witness.known
    shown = await house.http.get("/log/update", params={"old": known.size if known else 0})
    if shown.status_code == 409:
        raise Refused(shown.text)
    note = witness.cosign(shown.text, datetime.now(UTC))
    if note is not None:
        taken = await house.http.post("/log/cosignatures", content=note.encode())
        assert taken.status_code == 200, taken.text
    return note


async def register(house, witness=POLICE, agency="Police"):
    there = {"agency": await house.agency(agency), "vkey": witness.verifier_key}
    await (await house.person("administrator")).post("/audit/witnesses", there, 201)


async def tell(ground, witness):
    """Make yesterday's backup, and today: a checkpoint that the witness saw, and more since; return both names."""
    names = f"yesterday_{secrets.token_hex(3)}", f"today_{secrets.token_hex(3)}"
    async with ground.house() as house:
        await register(house)
        await house.draft()
        await house.number_log()
        await house.runtime.close()
        await create_database(ground.server, names[0], house.database)
        for _ in range(4):
            await (await house.person("coordinator")).get("/cases")
        await house.number_log()
        assert await cosigned(house, witness)
        await (await house.person("officer")).get("/cases")
        await house.number_log()
        await house.runtime.close()
        await create_database(ground.server, names[1], house.database)
    return names


@pytest.fixture(scope="module")
def told(ground, tmp_path_factory):
    witness = Witness(tmp_path_factory.mktemp("witness"), POLICE, Trust.of(ground.verifier_key))
    names = asyncio.run(tell(ground, witness))
    yield (*names, witness)
    for name in names:
        asyncio.run(drop_database(ground.server, name))


EDIT = (
    "UPDATE audit_entry e SET body = made, leaf_hash = sha256('\\x00'::bytea || made) FROM (SELECT id, convert_to("
    "replace(convert_from(body, 'UTF8'), '\"purpose\"', '\"Purpose\"'), 'UTF8') AS made FROM audit_entry) edited "
    "WHERE edited.id = e.id AND e.id = {entry}"
)
DELETE = ["DELETE FROM audit_sequence WHERE index = 3", "UPDATE audit_sequence SET index = index - 1 WHERE index > 3"]
INSERT = [
    "INSERT INTO audit_entry SELECT '01900000-0000-7000-8000-000000000000', at, body, leaf_hash FROM audit_entry "
    "WHERE id = {entry}",
    "UPDATE audit_sequence SET index = -index - 1 WHERE index >= 3",
    "UPDATE audit_sequence SET index = -index WHERE index < 0",
    "INSERT INTO audit_sequence VALUES (3, '01900000-0000-7000-8000-000000000000')",
]
REORDER = [
    "UPDATE audit_sequence SET index = -1 WHERE index = 3",
    "UPDATE audit_sequence SET index = 3 WHERE index = 4",
    "UPDATE audit_sequence SET index = 4 WHERE index = -1",
]
UNSEAL = ["DELETE FROM audit_node", "DELETE FROM audit_checkpoint", "DELETE FROM audit_cosignature"]
RENUMBER = [*UNSEAL, "DELETE FROM audit_sequence"]

TAMPERING = {
    "edit": ([EDIT], None, {VERIFY}),
    "delete": (DELETE, None, {VERIFY}),
    "reorder": (REORDER, None, {VERIFY}),
    "insert": (INSERT, None, {VERIFY}),
    "truncate": (["DELETE FROM audit_sequence WHERE index >= 3"], None, {VERIFY}),
    "truncate, entries and all, and sign the rest with the stolen key": (
        ["DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_sequence WHERE index >= 3)", *RENUMBER],
        "stolen",
        {WITNESS},
    ),
    "truncate to an older checkpoint": (
        [
            "DELETE FROM audit_cosignature",
            "DELETE FROM audit_checkpoint WHERE tree_size > (SELECT min(tree_size) FROM audit_checkpoint)",
            "DELETE FROM audit_sequence WHERE index >= (SELECT max(tree_size) FROM audit_checkpoint)",
            "DELETE FROM audit_node WHERE (index + 1) << level > (SELECT max(tree_size) FROM audit_checkpoint)",
            "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_sequence)",
        ],
        None,
        {WITNESS},
    ),
    "edit, and seal the whole tree with a new key": ([EDIT, *RENUMBER], "new", {VERIFY, WITNESS}),
    "edit, and seal the whole tree with the stolen key": ([EDIT, *RENUMBER], "stolen", {WITNESS}),
    "drop an entry, and seal the whole tree with the stolen key": (
        [*RENUMBER, "DELETE FROM audit_entry WHERE id = {entry}"],
        "stolen",
        {WITNESS},
    ),
}


async def seal(house, key):
    """Number and sign everything again, as somebody with the database and a key would."""
    seed = bytes(32) if key == "new" else (house.settings.keys_directory / "log.key").read_bytes()
    sequencer = Sequencer(Signer(ORIGIN, seed))
    await sweep_log(house.runtime, await house.service())
    while await number_log(house.runtime, await house.service(), sequencer):
        pass


async def noticed(house, witness, directory):
    """Who of the two notices, each by itself; what the witness remembers stays as it was for the next."""
    shutil.copytree(witness.directory, directory, dirs_exist_ok=True)
    found = set()
    if (await verdict(house))[0]:
        found.add(VERIFY)
    try:
        await cosigned(house, Witness(directory, POLICE, witness.log))
    except (Refused, BadNote):
        found.add(WITNESS)
    return found


@pytest.mark.parametrize("how", TAMPERING)
async def test_every_change_to_numbered_entries_is_noticed(ground, told, tmp_path, how):
    _, database, witness = told
    statements, sealing, by = TAMPERING[how]
    async with ground.house(template=database) as house:
        assert await noticed(house, witness, tmp_path / "before") == set()
        rows = await house.fetch("SELECT entry_id FROM audit_sequence WHERE index = 3")
        await change(house, *(statement.replace("{entry}", f"'{rows[0]['entry_id']}'") for statement in statements))
        if sealing:
            await seal(house, sealing)
        assert await noticed(house, witness, tmp_path / "after") == by
        if VERIFY not in by:
            assert (await verdict(house, kept=witness.known_note))[1]["ok"] is False
            assert (await verdict(house, POLICE.verifier_key))[1]["ok"] is False


async def test_a_database_rolled_back_to_yesterdays_backup_is_noticed_by_the_witness(ground, told, tmp_path):
    """At once, because it is shorter than what was seen, and just so after it has grown past that."""
    yesterday, _, witness = told
    async with ground.house(template=yesterday) as house:
        assert await noticed(house, witness, tmp_path / "short") == {WITNESS}
        found = (await verdict(house, kept=witness.known_note))[1]
        assert "went back" in found["reason"]
        for _ in range(witness.known.size):
            await (await house.person("officer")).get("/cases")
        await house.number_log()
        assert await noticed(house, witness, tmp_path / "grown") == {WITNESS}
        assert "rewritten" in (await verdict(house, kept=witness.known_note))[1]["reason"]


async def test_what_a_witness_cosigned_is_shown_with_the_checkpoint(ground, told):
    _, database, witness = told
    async with ground.house(template=database) as house:
        code, found = await verdict(house, POLICE.verifier_key)
        assert (code, found["witnesses"]) == (0, [POLICE.name])
        assert found["tree_size"] == witness.known.size
        assert found["entries"] > found["tree_size"]
        standing = (await (await house.person("auditor")).get("/audit/witnesses"))[0]
        assert (standing["name"], standing["size"]) == (POLICE.name, witness.known.size)
        assert standing["behind"] > 0
        assert standing["delay"].startswith("P")


FOREIGN = Cosigner("witness.stranger.example", b"x" * 32)


async def test_only_registered_witnesses_cosign_and_only_this_logs_checkpoints(ground, told):
    _, database, _ = told
    async with ground.house(template=database) as house:
        note = (await house.http.get("/log/checkpoint")).text
        other = Signer(ORIGIN, bytes(32)).sign(note.partition("\n\n")[0].replace("\n", "\n", 1) + "\n")
        before = await house.fetch("SELECT count(*) AS n FROM audit_cosignature")
        entries = await house.fetch("SELECT count(*) AS n FROM audit_entry")
        for sent, status in (
            (FOREIGN.cosign(note, datetime.now(UTC)), 422),
            (note, 422),
            (POLICE.cosign(note, datetime.now(UTC)).replace("AAAA", "AAAB", 1), 422),
            ("", 422),
            ("x" * 20_000, 422),
            (POLICE.cosign(other.replace(ORIGIN, "other.example/log", 1), datetime.now(UTC)), 422),
        ):
            assert (await house.http.post("/log/cosignatures", content=sent.encode())).status_code == status, sent
        assert await house.fetch("SELECT count(*) AS n FROM audit_cosignature") == before
        assert await house.fetch("SELECT count(*) AS n FROM audit_entry") == entries, "anybody could fill the log"
        administrator = await house.person("administrator")
        witness = (await administrator.get("/audit/witnesses"))[0]["id"]
        await administrator.post(f"/audit/witnesses/{witness}/end")
        mine = POLICE.cosign(note, datetime.now(UTC))
        assert (await house.http.post("/log/cosignatures", content=mine.encode())).status_code == 422


async def test_a_key_is_registered_once_and_must_be_a_witnesss(ground, told):
    _, database, _ = told
    async with ground.house(template=database) as house:
        administrator = await house.person("administrator")
        agency = await house.agency("Police")
        for vkey in (POLICE.verifier_key, Signer(ORIGIN, bytes(32)).verifier_key, "nonsense"):
            await administrator.post("/audit/witnesses", {"agency": agency, "vkey": vkey}, 422)
        await (await house.person("auditor")).post("/audit/witnesses", {"agency": agency, "vkey": "x"}, 403)
