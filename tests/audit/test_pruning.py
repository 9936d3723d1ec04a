"""Retention of the log: what is pruned leaves hashes enough for every checkpoint, and only what is old is pruned."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.audit.backdating import backdate
from tests.audit.test_log import change, verdict

from multiagency.audit import nodes
from multiagency.audit.checkpoint import Checkpoint
from multiagency.audit.cosignature import Cosigner
from multiagency.audit.tree import verify_consistency
from multiagency.kernel.access import Act
from multiagency.storage.jobs_expiry import expire

POLICE = Cosigner("witness.police.example/lappi", b"p" * 32)
THIRTEEN_YEARS = timedelta(days=13 * 366)


async def history(house):
    """A log with several checkpoints, most of it thirteen years old; return the sizes of the old checkpoints."""
    for login in ("officer", "coordinator", "municipality", "auditor"):
        await (await house.person(login)).get("/agencies")
        await backdate(house, THIRTEEN_YEARS, "e.at > now() - interval '1 year'")
        await house.number_log()
    rows = await house.fetch("SELECT tree_size FROM audit_checkpoint ORDER BY tree_size")
    sizes = [row["tree_size"] for row in rows]
    await change(
        house,
        "UPDATE audit_checkpoint SET published_at = published_at - interval '13 years'",
    )
    await (await house.person("officer")).get("/teams")
    await house.number_log()
    return sizes


async def pruned(house):
    async with house.keeper() as (runtime, presented):
        return await expire(runtime, presented)


async def test_pruned_ranges_leave_hashes_for_every_older_checkpoint(house):
    sizes = await history(house)
    before = {size: await note_at(house, size) for size in sizes}
    done = await pruned(house)
    assert done.log_entries == sizes[-1]
    assert (await house.fetch("SELECT min(index) AS first FROM audit_sequence"))[0]["first"] == sizes[-1]
    left = await house.fetch("SELECT count(*) AS n FROM audit_node WHERE (index + 1) << level <= $1", sizes[-1])
    assert left[0]["n"] < 2 * sizes[-1] - sizes[-1].bit_count(), "nodes that no checkpoint needs are thinned out"
    await house.number_log()
    code, found = await verdict(house)
    assert (code, found["ok"], found["reason"]) == (0, True, None)
    assert 0 < found["entries"] < found["tree_size"]
    for size in sizes:
        assert (await verdict(house, kept=before[size]))[1]["ok"], size
    await proofs_between(house, sizes)


async def note_at(house, size):
    return (await house.fetch("SELECT note FROM audit_checkpoint WHERE tree_size = $1", size))[0]["note"]


async def proofs_between(house, sizes):
    """From every old checkpoint to every later one, the proof can still be made and is right."""
    roots = {}
    for row in await house.fetch("SELECT tree_size, note FROM audit_checkpoint"):
        roots[row["tree_size"]] = Checkpoint.parse(row["note"].partition("\n\n")[0] + "\n").root
    async with house.runtime.unit_of_work(await house.service(), Act.VERIFY_LOG) as work:
        for old in sizes:
            for new in (size for size in roots if size >= old):
                proof = await nodes.consistency(work, old, new)
                assert verify_consistency(old, new, roots[old], roots[new], proof), (old, new)


async def test_nothing_young_is_pruned(house):
    sizes = await history(house)
    one = f"e.id = (SELECT entry_id FROM audit_sequence WHERE index = {sizes[1]})"
    await backdate(house, -THIRTEEN_YEARS, one)
    assert (await pruned(house)).log_entries == sizes[1]
    assert (await pruned(house)).log_entries == 0


@pytest.mark.parametrize("forged", [False, True])
async def test_pruning_before_time_is_found(house, forged):
    """Somebody calls an unwelcome beginning "pruned"; with the times forged, only a witness's own time tells."""
    sizes = await history(house)
    noted = POLICE.cosign(await note_at(house, sizes[-1]), datetime.now(UTC))
    await change(
        house,
        f"INSERT INTO audit_pruning VALUES ({sizes[-1]}, now())",
        f"DELETE FROM audit_sequence WHERE index < {sizes[-1]}",
        "UPDATE audit_checkpoint SET published_at = published_at + interval '13 years'" if not forged else "SELECT 1",
        "INSERT INTO audit_witness SELECT gen_random_uuid(), agency_id, "
        f"'{POLICE.verifier_key}', NULL, NULL, now(), id FROM post LIMIT 1",
        f"INSERT INTO audit_cosignature SELECT {sizes[-1]}, id, '{noted.splitlines()[-1]}' || chr(10), now(), now() "
        "FROM audit_witness",
    )
    code, found = await verdict(house)
    trusting = await verdict(house, POLICE.verifier_key, quorum=0)
    if forged:
        assert (code, trusting[0]) == (0, 1)
        assert "no witness saw" in trusting[1]["reason"]
    else:
        assert code == 1
        assert "was not that long twelve years ago" in found["reason"]
