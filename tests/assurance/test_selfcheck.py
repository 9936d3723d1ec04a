"""The self-check: what does not fit raises its alarm, by page, number and mail; what fits raises none."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.audit.odd_entries import put_odd, unguarded
from tests.audit.test_log import change
from tests.audit.test_tampering import POLICE, told  # noqa: F401 (a fixture)
from tests.pages import at_pages

from multiagency.assurance import jobs_selfcheck as selfcheck
from multiagency.assurance.jobs_checkpoint_mail import mail_checkpoints
from multiagency.assurance.jobs_selfcheck import check
from multiagency.audit.cosignature import Cosigner
from multiagency.audit.cosigner import Witness
from multiagency.audit.trust import Trust

OTHER = Cosigner("witness.other.example", b"o" * 32)
FAULTS = {
    "nothing": ([], set()),
    "an entry edited": (["UPDATE audit_entry SET body = 'x' WHERE id = {entry}"], {"entry_changed", "detail_changed"}),
    "an entry gone": (["DELETE FROM audit_entry WHERE id = {entry}"], {"entry_changed"}),
    "a number gone": (["DELETE FROM audit_sequence WHERE index = 3"], {"numbering_broken"}),
    "a node changed": (
        ["UPDATE audit_node SET hash = sha256('x') WHERE level = 1 AND index = 1"],
        {"numbering_broken"},
    ),
    "a node gone": (["DELETE FROM audit_node WHERE level = 0 AND index = 3"], {"numbering_broken"}),
    "a checkpoint of another size": (
        [
            "UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint ORDER BY tree_size LIMIT 1) "
            "WHERE tree_size = (SELECT max(tree_size) FROM audit_checkpoint)"
        ],
        {"checkpoint_unfit"},
    ),
    "an older checkpoint of another root": (
        [
            "UPDATE audit_checkpoint SET note = replace(note, split_part(note, chr(10), 3), split_part((SELECT note "
            "FROM audit_checkpoint ORDER BY tree_size DESC LIMIT 1), chr(10), 3)) "
            "WHERE tree_size = (SELECT min(tree_size) FROM audit_checkpoint)"
        ],
        {"checkpoint_unfit"},
    ),
    "an older checkpoint that is none": (
        ["UPDATE audit_checkpoint SET note = 'x' WHERE tree_size = (SELECT min(tree_size) FROM audit_checkpoint)"],
        {"checkpoint_unfit"},
    ),
    "a detail gone": (["DELETE FROM audit_detail WHERE entry_id = {entry}"], {"pruned_too_early"}),
    "a detail changed": (["UPDATE audit_detail SET salt = 'x' WHERE entry_id = {entry}"], {"detail_changed"}),
    "a column that hides": (["UPDATE audit_detail SET act = 'x' WHERE entry_id = {entry}"], {"columns_disagree"}),
    "a co-signature over something else": (
        ["UPDATE audit_cosignature SET line = replace(line, 'A', 'B')"],
        {"witness_disagrees"},
    ),
    "a beginning called pruned": (
        ["INSERT INTO audit_pruning VALUES (3, now())", "DELETE FROM audit_sequence WHERE index < 3"],
        {"pruned_too_early"},
    ),
    "a witness's key replaced": (
        [f"UPDATE audit_witness SET vkey = '{OTHER.verifier_key}'"],
        {"witness_changed", "witness_disagrees"},
    ),
    "a witness's key made unreadable": (
        ["UPDATE audit_witness SET vkey = 'x'"],
        {"witness_changed", "witness_disagrees"},
    ),
    "a witness's address replaced": (["UPDATE audit_witness SET mail = 'x@x.example'"], {"witness_changed"}),
    "a witness ended past the log": (["UPDATE audit_witness SET ended_at = now()"], {"witness_changed"}),
    "a witness gone": (["DELETE FROM audit_cosignature", "DELETE FROM audit_witness"], {"witness_changed"}),
    "a time of co-signing": (
        ["UPDATE audit_cosignature SET seen_at = seen_at - interval '1 minute'"],
        {"witness_disagrees"},
    ),
    "a checkpoint dated before its entries": (
        ["UPDATE audit_checkpoint SET published_at = published_at - interval '2 hours'"],
        {"checkpoints_changed"},
    ),
    "a checkpoint dated after the next": (
        [
            "UPDATE audit_checkpoint SET published_at = published_at + interval '1 minute' "
            "WHERE tree_size = (SELECT min(tree_size) FROM audit_checkpoint)"
        ],
        {"checkpoints_changed"},
    ),
    "all dated after now": (
        ["UPDATE audit_checkpoint SET published_at = published_at + interval '2 hours'"],
        {"checkpoints_changed"},
    ),
    "an infinite time": (
        ["UPDATE audit_checkpoint SET published_at = 'infinity'"],
        {"checkpoints_changed", "time_unfit"},
    ),
    "a silent witness": (
        ["UPDATE audit_checkpoint SET published_at = published_at - interval '4 days'"],
        {"witness_silent", "checkpoints_changed"},
    ),
}


SEEN_BEFORE = {
    "an old checkpoint deleted": "DELETE FROM audit_checkpoint WHERE tree_size = {oldest}",
    "an old checkpoint dated anew by a little": (
        "UPDATE audit_checkpoint SET published_at = published_at + interval '1 millisecond' WHERE tree_size = {oldest}"
    ),
    "an old checkpoint signed anew": "UPDATE audit_checkpoint SET note = note || 'x' WHERE tree_size = {oldest}",
}


@pytest.mark.parametrize("how", SEEN_BEFORE)
async def test_what_an_earlier_check_saw_of_checkpoints_is_committed_to(ground, told, how):  # noqa: F811
    _, database, _ = told
    async with ground.house(template=database, unsigned_alarm_seconds=86_400) as house:
        service = await house.service()
        assert await check(house.runtime, service) == []
        await house.number_log()
        assert await check(house.runtime, service) == []
        oldest = (await house.fetch("SELECT min(tree_size) AS n FROM audit_checkpoint"))[0]["n"]
        await change(house, SEEN_BEFORE[how].format(oldest=oldest))
        assert "checkpoints_changed" in await check(house.runtime, service)


@pytest.mark.parametrize("how", FAULTS)
async def test_each_fault_raises_its_alarm(ground, told, how):  # noqa: F811
    _, database, _ = told
    statements, codes = FAULTS[how]
    async with ground.house(template=database, unsigned_alarm_seconds=86_400) as house:
        entry = (await house.fetch("SELECT entry_id FROM audit_sequence WHERE index = 3"))[0]["entry_id"]
        await change(house, *(statement.replace("{entry}", f"'{entry}'") for statement in statements))
        found = {str(code) for code in await check(house.runtime, await house.service())}
        assert found == codes
        alarms = await (await house.person("auditor")).get("/audit/alarms")
        assert {alarm["code"] for alarm in alarms} == found


async def test_what_waits_too_long_for_its_signature_is_an_alarm(ground, told, monkeypatch):  # noqa: F811
    _, database, _ = told
    async with ground.house(template=database) as house:
        assert await check(house.runtime, await house.service()) == []
        later = datetime.now(UTC) + timedelta(hours=1)
        monkeypatch.setattr(selfcheck, "now", lambda: later)
        assert await check(house.runtime, await house.service()) == ["unsigned_too_long"]
        await house.number_log()
        alarm = (await (await house.person("auditor")).get("/audit/alarms"))[0]
        assert alarm["bad"] > 0


async def test_an_alarm_reaches_the_auditor_by_page_number_and_mail_once(ground, told, sink):  # noqa: F811
    _, database, _ = told
    async with ground.house(sink, template=database) as house:
        await change(house, "UPDATE audit_detail SET salt = 'x' WHERE act = 'open_case'")
        for _ in range(2):
            await check(house.runtime, await house.service())
        await house.notify()
        auditors = {row["email"] for row in await house.fetch("SELECT email FROM post WHERE role = 'auditor'")}
        mails = house.sink.messages()
        assert auditors
        assert len(mails) == len(auditors)
        assert {mail["To"] for mail in mails} == auditors
        assert 'role="alert"' in (await (await at_pages(house, "auditor")).get("/audit")).text
        assert "multiagency_log_open_alarms 1\n" in (await house.http.get("/metrics")).text


async def test_an_entry_that_cannot_be_read_breaks_no_page(ground, told):  # noqa: F811
    _, database, _ = told
    async with ground.house(template=database) as house:
        for body in ("x", "[]", "{}"):
            await change(
                house,
                f"UPDATE audit_entry SET body = '{body}' WHERE id = (SELECT max(id::text)::uuid FROM audit_entry)",
            )
            assert "Ei luettavissa" in (await (await at_pages(house, "auditor")).get("/audit")).text
            newest = await (await house.person("auditor")).get("/audit/entries")
            assert any(not entry["genuine"] and entry["body"]["act"] == "unreadable" for entry in newest)


async def test_a_witness_is_mailed_what_it_has_not_cosigned(ground, sink, tmp_path):
    """The attached file is all that its machine needs; the answer goes back by hand."""
    witness = Witness(tmp_path, POLICE, Trust.of(ground.verifier_key))
    async with ground.house(sink) as house:
        there = {
            "agency": await house.agency("Police"),
            "vkey": POLICE.verifier_key,
            "mail": "todistaja@poliisi.example",
        }
        await (await house.person("administrator")).post("/audit/witnesses", there, 201)
        await house.number_log()
        assert await mail_checkpoints(house.runtime, await house.service()) == 1
        assert await mail_checkpoints(house.runtime, await house.service()) == 0, "once in a while is enough"
        await house.deliver()
        (mail,) = house.sink.messages()
        assert mail["To"] == "todistaja@poliisi.example"
        (attached,) = mail.iter_attachments()
        note = witness.cosign(attached.get_content().decode(), datetime.now(UTC))
        assert (await house.http.post("/log/cosignatures", content=note.encode())).status_code == 200
        assert (await (await house.person("auditor")).get("/audit/witnesses"))[0]["size"] == witness.known.size
        await house.fetch("UPDATE outbox SET created_at = created_at - interval '2 days'")
        await house.number_log()
        assert await mail_checkpoints(house.runtime, await house.service()) == 1
        identifier = (await (await house.person("auditor")).get("/audit/witnesses"))[0]["id"]
        await (await house.person("administrator")).post(f"/audit/witnesses/{identifier}/end")
        await house.deliver()
        assert len(house.sink.messages()) == 1, "a witness that was ended is mailed nothing more"


@pytest.mark.parametrize("gone", ["TRUE", "level > 0", "level = (SELECT max(level) FROM audit_node)"])
async def test_a_tree_without_its_nodes_is_said_and_breaks_no_door(ground, told, gone):  # noqa: F811
    """Somebody deleted rows of the stored tree: the entries are whole, and nothing of them can be proved."""
    _, database, _ = told
    async with ground.house(template=database) as house:
        await change(house, f"DELETE FROM audit_node WHERE {gone}")
        size = (await house.fetch("SELECT max(tree_size) AS n FROM audit_checkpoint"))[0]["n"]
        shown = await house.http.get("/log/update", params={"old": size - 1})
        assert shown.status_code == 503
        assert "Mend nothing" in shown.text or "Älä korjaa mitään" in shown.text
        assert "numbering_broken" in await check(house.runtime, await house.service())
        auditor, pages = await house.person("auditor"), await at_pages(house, "auditor")
        verdict = await auditor.get("/audit/verification")
        assert not verdict["ok"]
        assert "tree" in verdict["reason"]
        text = (await pages.get("/audit/verification")).text
        assert "Loki ei ole eheä" in text
        assert verdict["reason"] in text
        assert 'role="alert"' in text
        assert (await auditor.get("/audit/bundle?from=8", 503))["type"].endswith("audit.tree_broken")


HOSTILE = {
    "an infinite time of publishing": (
        [
            "UPDATE audit_checkpoint SET published_at = 'infinity' WHERE tree_size = (SELECT max(tree_size) FROM "
            "audit_checkpoint)"
        ],
        {"time_unfit"},
    ),
    "an entry before Christ": (["UPDATE audit_entry SET at = '0044-03-15 BC' WHERE id = {entry}"], {"time_unfit"}),
    "a detail for ever": (["UPDATE audit_detail SET at = 'infinity' WHERE entry_id = {entry}"], {"time_unfit"}),
    "a key that is none": (["UPDATE audit_witness SET vkey = 'x'"], {"witness_changed", "witness_disagrees"}),
    "a detail that is none": (["UPDATE audit_detail SET detail = '' WHERE entry_id = {entry}"], {"detail_changed"}),
    "a body that is too deep": (
        ["UPDATE audit_entry SET body = convert_to(repeat('[', 50000), 'UTF8') WHERE id = {entry}"],
        {"entry_changed", "detail_changed"},
    ),
}


@pytest.mark.parametrize("how", HOSTILE)
async def test_what_cannot_even_be_read_is_a_finding_and_hides_no_other(ground, told, how):  # noqa: F811
    _, database, _ = told
    statements, codes = HOSTILE[how]
    async with ground.house(template=database, unsigned_alarm_seconds=86_400) as house:
        await (await unguarded(house)).close()
        rows = await house.fetch("SELECT entry_id FROM audit_sequence ORDER BY index")
        entry, last = rows[3]["entry_id"], rows[-1]["entry_id"]
        await change(house, *(statement.replace("{entry}", f"'{entry}'") for statement in statements))
        await change(house, f"UPDATE audit_detail SET act = 'x' WHERE entry_id = '{last}'")
        found = {str(code) for code in await check(house.runtime, await house.service())}
        assert codes | {"columns_disagree"} <= found
        raised = await house.fetch("SELECT code FROM audit_alarm")
        assert {row["code"] for row in raised} == found


async def test_an_alarm_that_cannot_be_raised_takes_no_other_back(ground, told):  # noqa: F811
    _, database, _ = told
    async with ground.house(template=database) as house:
        await change(
            house,
            "UPDATE audit_detail SET act = 'x' WHERE entry_id = (SELECT entry_id FROM audit_sequence WHERE index = 3)",
            "UPDATE audit_cosignature SET line = 'x'",
            "ALTER TABLE audit_alarm ADD CHECK (code <> 'witness_disagrees')",
        )
        with pytest.raises(ExceptionGroup, match="alarms could not be raised"):
            await check(house.runtime, await house.service())
        assert [row["code"] for row in await house.fetch("SELECT code FROM audit_alarm")] == ["columns_disagree"]


async def test_refused_entries_are_told_of_once_and_again_when_there_are_more(ground):
    async with ground.house() as house:
        superuser, presented = await unguarded(house), await house.service()
        await put_odd(superuser)
        await house.number_log()
        assert "entry_refused" not in await check(house.runtime, presented), "numbering said so already"
        await superuser.execute("DELETE FROM audit_alarm")
        assert "entry_refused" in await check(house.runtime, presented)
        await superuser.close()
