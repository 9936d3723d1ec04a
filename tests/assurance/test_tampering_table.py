"""The table of tampering in docs/security.md, row by row: each is done to a real log, and every cell compared."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.assurance.test_selfcheck import OTHER
from tests.audit.odd_entries import put_odd, unguarded
from tests.audit.test_log import change, verdict
from tests.audit.test_tampering import (
    DELETE,
    EDIT,
    INSERT,
    POLICE,
    RENUMBER,
    REORDER,
    register,
    seal,
    told,  # noqa: F401 (a fixture)
)

from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.cosigner import Refused, Witness
from multiagency.audit.note import BadNote

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
HEADING = "| done by somebody with the database's superuser |"
VERIFY, AGAINST, KEY = "`audit verify`", "`--against`", "`--witness-key`"
WITNESS, CHECK, PAGE = "a witness", "self-check", "page"
OLDEST = "tree_size = (SELECT min(tree_size) FROM audit_checkpoint)"
ACTIVE = "UPDATE audit_witness SET {} WHERE ended_at IS NULL"
DATED = "UPDATE audit_checkpoint SET published_at = published_at {} interval {}"
DROP = [*RENUMBER, "DELETE FROM audit_detail WHERE entry_id = {entry}", "DELETE FROM audit_entry WHERE id = {entry}"]
SAID = 'position(\'"result":"checkpoints:\'::bytea IN body) > 0'
FORGET = [
    f"DELETE FROM audit_detail WHERE entry_id IN (SELECT id FROM audit_entry WHERE {SAID})",
    f"DELETE FROM audit_entry WHERE {SAID}",
]
SIZE = "(SELECT max(tree_size) FROM audit_checkpoint)"
TRUNCATE = [
    "DELETE FROM audit_cosignature",
    f"DELETE FROM audit_checkpoint WHERE NOT {OLDEST}",
    "DELETE FROM audit_witness WHERE ended_at IS NOT NULL",  # registered later than that checkpoint
    f"DELETE FROM audit_sequence WHERE index >= {SIZE}",
    f"DELETE FROM audit_node WHERE (index + 1) << level > {SIZE}",
    "DELETE FROM audit_detail WHERE entry_id NOT IN (SELECT entry_id FROM audit_sequence)",
    "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_sequence)",
]
PRUNE = ["INSERT INTO audit_pruning VALUES (3, now())", "DELETE FROM audit_sequence WHERE index < 3"]
DETAIL = "DELETE FROM audit_detail WHERE entry_id = {entry}"
BACK = "UPDATE audit_entry SET at = at - interval '13 years' WHERE id = {entry}"
RUBBISH = (
    "INSERT INTO data_key (id, retention_class, wrapped, master_id) SELECT gen_random_uuid(), retention_class, "
    "sha256('x') || substr(wrapped, 33), master_id FROM data_key WHERE retention_class LIKE 'log-____' LIMIT 1"
)


def by(*statements):
    """Do this to the fourth entry."""

    async def do(house):
        entry = (await house.fetch("SELECT entry_id FROM audit_sequence WHERE index = 3"))[0]["entry_id"]
        await change(house, *(one.replace("{entry}", f"'{entry}'") for one in statements))

    return do


def sealing(key, *statements):
    """Do this, then number and sign everything anew with a key that is `stolen` or `new`."""

    async def do(house):
        await by(*statements)(house)
        await seal(house, key)

    return do


async def grown(house):
    for _ in range(40):
        await (await house.person("officer")).get("/cases")
    await house.number_log()


async def odd(house):
    superuser = await unguarded(house)
    await put_odd(superuser)
    await superuser.close()
    await house.number_log()


YESTERDAY = "the database put back to yesterday's backup, also when it has grown on since"
ROWS = {
    "a numbered entry edited": {"edit": [EDIT]},
    "numbered entries deleted, reordered or inserted; numbers taken away below the newest checkpoint": {
        "delete": DELETE,
        "reorder": REORDER,
        "insert": INSERT,
        "take numbers away": ["DELETE FROM audit_sequence WHERE index >= 3"],
    },
    "everything after an older checkpoint deleted, the newer checkpoints too: what is left is whole": {
        "truncate": TRUNCATE
    },
    "entries dropped, and the whole tree sealed with another key": {"drop, new key": sealing("new", *DROP)},
    "entries dropped, and the whole tree sealed with the **stolen `log.key`**": {
        "drop, stolen key": sealing("stolen", *DROP)
    },
    "the same, and what earlier self-checks entered dropped too": {
        "drop, stolen key, forget": sealing("stolen", *DROP, *FORGET)
    },
    YESTERDAY: {"put back": by(), "put back, grown on": grown},
    "a detail, its salt or a column for searching changed": {
        "detail": ["UPDATE audit_detail SET detail = detail || 'x' WHERE entry_id = {entry}"],
        "salt": ["UPDATE audit_detail SET salt = 'x' WHERE entry_id = {entry}"],
        "column": ["UPDATE audit_detail SET act = 'x' WHERE entry_id = {entry}"],
        "column of time": ["UPDATE audit_detail SET at = at - interval '13 years' WHERE entry_id = {entry}"],
    },
    "a detail taken away too early, also when the column beside the entry was set back before": {
        "take the detail": [DETAIL],
        "set back, then take": [BACK, DETAIL],
    },
    "a beginning of the log called pruned before its time": {"prune": PRUNE},
    "the same, with forged times of publishing": {"prune, forge": [*PRUNE, DATED.format("-", "'13 years'")]},
    "a witness's key, agency or address replaced, a witness ended, revived or taken away": {
        "key": [ACTIVE.format(f"vkey = '{OTHER.verifier_key.replace('other', 'third')}'")],
        "agency": [ACTIVE.format("agency_id = (SELECT max(id::text)::uuid FROM agency WHERE id <> agency_id)")],
        "mail": [ACTIVE.format("mail = 'x@x.example'")],
        "url": [ACTIVE.format("url = 'https://x.example'")],
        "end": [ACTIVE.format("ended_at = now()")],
        "revive": ["UPDATE audit_witness SET ended_at = NULL"],
        "take the witness": ["DELETE FROM audit_witness WHERE ended_at IS NULL"],
    },
    "co-signatures taken away": {"take co-signatures": ["DELETE FROM audit_cosignature"]},
    "an old checkpoint deleted, or the time of publishing forged": {
        "delete a checkpoint": [f"DELETE FROM audit_checkpoint WHERE {OLDEST}"],
        "before the entries": [DATED.format("-", "'2 hours'")],
        "after now": [DATED.format("+", "'2 hours'")],
        "out of order": [DATED.format("+", f"'1 minute' WHERE {OLDEST}")],
        "later than a witness saw": ["UPDATE audit_cosignature SET seen_at = seen_at - interval '10 minutes'"],
        "a little": [DATED.format("+", f"'1 millisecond' WHERE {OLDEST}")],
    },
    "a data key of the log that opens nothing": {"key of rubbish": [RUBBISH]},
    "an entry added that the service would not write: odd bytes, an odd time, a hash of something else": {"odd": odd},
}


def promised():
    """Return who notices what, by the first cell of each row of the document."""
    lines = DOCUMENT.read_text("utf-8").partition(HEADING)[2].partition("\n\n")[0].splitlines()
    who = [cell.strip() for cell in lines[0].strip("|").split("|")]
    assert who == [VERIFY, AGAINST, KEY, WITNESS, CHECK, PAGE]
    found = {}
    for line in lines[2:]:
        done, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        assert set(cells) <= {"yes", "–"}, line
        found[done] = {one for one, cell in zip(who, cells, strict=True) if cell == "yes"}
    return found


TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname ~ '^audit_'"
)


async def prepare(house):
    """After yesterday and today of `told`: another witness that was ended, and two self-checks that left their word."""
    await register(house, OTHER, "Wellbeing")
    administrator = await house.person("administrator")
    standing = {one["name"]: one["id"] for one in await administrator.get("/audit/witnesses")}
    await administrator.post(f"/audit/witnesses/{standing[OTHER.name]}/end")
    for _ in range(2):
        await house.number_log()
        assert await check(house.runtime, await house.service()) == []
    await house.number_log()


@pytest.fixture(scope="module")
async def kept(ground, told):  # noqa: F811
    """One house for all rows, and what puts its log back: a database for each would take three times as long."""
    async with ground.house(template=told[1], unsigned_alarm_seconds=86_400) as house:
        await prepare(house)
        tables = [row["relname"] for row in await house.fetch(TABLES)] + ["data_key"]
        await change(house, "CREATE SCHEMA kept", *(f"CREATE TABLE kept.{one} AS TABLE {one}" for one in tables))
        yield (
            house,
            [query for one in tables for query in (f"DELETE FROM {one}", f"INSERT INTO {one} TABLE kept.{one}")],
        )


@pytest.fixture
async def checked(kept):
    house, back = kept
    yield house
    await change(house, *back)


async def witness_refuses(house, witness, directory):
    """Tell whether the witness refuses what it is shown next; what it remembers stays as it was."""
    shutil.copytree(witness.directory, directory, dirs_exist_ok=True)
    shown = await house.http.get("/log/update", params={"old": witness.known.size})
    if shown.status_code == 409:
        return True
    try:
        Witness(directory, POLICE, witness.log).cosign(shown.text, datetime.now(UTC))
    except (Refused, BadNote):
        return True
    return False


async def noticing(house, witness, directory):
    """Who notices, each by itself."""
    entries = await (await house.person("auditor")).get("/audit/entries")
    found = {
        VERIFY: bool((await verdict(house))[0]),
        AGAINST: bool((await verdict(house, kept=witness.known_note))[0]),
        KEY: bool((await verdict(house, POLICE.verifier_key))[0]),
        WITNESS: await witness_refuses(house, witness, directory),
        PAGE: any(not entry["genuine"] and not entry["erased"] for entry in entries),
        CHECK: bool(await check(house.runtime, await house.service())),
    }
    return {who for who, noticed in found.items() if noticed}


def test_every_row_of_the_document_is_done_here_and_nothing_else():
    assert set(promised()) == set(ROWS)


WAYS = [(row, how) for row, ways in ROWS.items() for how in ways if row != YESTERDAY]


@pytest.mark.parametrize(("row", "how"), WAYS)
async def test_who_notices_is_who_the_document_says(checked, told, tmp_path, row, how):  # noqa: F811
    do = ROWS[row][how]
    await (do if callable(do) else by(*do))(checked)
    assert await noticing(checked, told[2], tmp_path) == promised()[row]


@pytest.mark.parametrize("how", ROWS[YESTERDAY])
async def test_who_notices_yesterdays_backup_is_who_the_document_says(ground, told, tmp_path, how):  # noqa: F811
    async with ground.house(template=told[0], unsigned_alarm_seconds=86_400) as house:
        await ROWS[YESTERDAY][how](house)
        assert await noticing(house, told[2], tmp_path) == promised()[YESTERDAY]


async def test_nobody_notices_anything_where_nothing_was_done(checked, told, tmp_path):  # noqa: F811
    assert await noticing(checked, told[2], tmp_path) == set()
