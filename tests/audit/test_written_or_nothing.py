"""Where the log cannot be written nothing is shown and nothing is saved, and nothing switches the log off."""

import json
from inspect import signature

import pytest
from sqlalchemy import select
from tests.audit.test_written import agency_of
from tests.kernel.test_row_security import secret_of

from multiagency.audit.entries import HashedJournal
from multiagency.cases.models import Party
from multiagency.demo import story
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import Presented
from multiagency.kernel.journal import Mode
from multiagency.kernel.runtime import make_runtime
from multiagency.kernel.touched import Unlogged
from multiagency.settings import Settings
from multiagency.wiring import wire


@pytest.fixture
async def mute(house):
    """A house with a case and a numbered log, in which no entry can be written any more."""
    case = await house.filled_draft()
    await house.number_log()
    for login in ("officer", "auditor"):
        await house.person(login)
    await house.fetch("REVOKE INSERT ON audit_entry FROM multiagency_app")
    return house, case


SECRETS = set(map(str, story.SECRETS)) - {"child", "person_using_violence"}
READS = {
    "a case": ("officer", "/api/v1/cases/{case}"),
    "a page": ("officer", "/cases/{case}"),
    "a list": ("officer", "/api/v1/cases"),
    "a printed form": ("officer", "/cases/{case}/consent/form.pdf"),
    "the log": ("auditor", "/api/v1/audit/entries"),
    "a bundle of the log": ("auditor", "/api/v1/audit/bundle"),
    "the register of rights": ("auditor", "/audit/rights"),
}


async def test_what_cannot_be_logged_is_neither_shown_nor_saved(mute):
    house, case = mute
    for what, (login, path) in READS.items():
        headers = (await house.person(login))._headers
        answer = await house.http.get(path.format(case=case), headers=headers)
        assert answer.status_code == 500, what
        assert not any(secret in answer.text for secret in SECRETS), what
        assert answer.headers["content-type"].split(";")[0] in {"application/problem+json", "text/html"}, what
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/part", {"narrative": "Toinen teksti."}, 500)
    await officer.post("/cases", {"team": str((await house.fetch("SELECT id FROM team"))[0]["id"])}, 500)
    await officer.post(f"/cases/{case}/submission", expect=500)
    assert [row["stage"] for row in await house.fetch("SELECT stage FROM case_file")] == ["draft"]
    written = await house.fetch("SELECT count(*) AS n FROM case_part WHERE written_at > now() - interval '1 hour'")
    assert written[0]["n"] == 1


def test_no_setting_switches_the_log_off(house):
    """Whoever adds a setting that names the log says here that it does not."""
    about_the_log = {name for name in Settings.model_fields if {"log", "journal", "audit"} & set(name.split("_"))}
    assert about_the_log <= {"log_origin"}
    assert type(house.runtime.tools.journal) is HashedJournal
    assert type(wire(house.settings).tools.journal) is HashedJournal
    assert signature(make_runtime).parameters["journal"].default is signature(make_runtime).empty


async def test_a_disclosure_without_recipient_or_basis_is_never_committed(house):
    await house.person("officer")
    presented = await house.service()
    for about in ({"recipient_name": "Poliisi"}, {"basis": "ground"}):
        with pytest.raises(Unlogged, match="recipient or basis"):
            async with house.runtime.unit_of_work(presented, Act.DELIVER_MAIL) as work:
                work.record(Mode.DISCLOSE, **about)


async def test_what_was_loaded_and_not_told_is_told_all_the_same(house):
    """A line about one case does not cover a row of another: that one gets an entry of its own."""
    one, other = await house.filled_draft(), await house.filled_draft()
    presented = Presented(await secret_of(house, "officer"))
    ids = {row["reference"]: row["id"] for row in await house.fetch("SELECT reference, id FROM case_file")}
    async with house.runtime.unit_of_work(presented, Act.READ_CASE) as work:
        work.record(Mode.READ, {Kind.PARTY}, case_id=ids[one], subjects=[ids[one]], basis="own_record")
        parties = (await work.session.scalars(select(Party).where(Party.case_id == ids[other]))).all()
    rows = await house.fetch(
        "SELECT case_id, subject_id, controller_id FROM audit_detail ORDER BY entry_id DESC LIMIT 2"
    )
    database = await house.superuser()
    police = await agency_of(database, "officer")
    await database.close()
    assert (ids[other], parties[0].id, police) in [tuple(row) for row in rows]


async def test_a_search_that_finds_nobody_is_an_entry_about_nobody(house):
    await (await house.person("officer")).get("/cases")
    row = (await house.fetch("SELECT body FROM audit_entry ORDER BY id DESC LIMIT 1"))[0]
    body = json.loads(row["body"])
    assert (body["act"], body["kinds"], body["result"]) == ("list_cases", [], "nothing_found")
    assert (body["operation"], body["version"]) == ("none", 2)
