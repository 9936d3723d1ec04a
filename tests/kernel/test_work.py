"""The unit of work: commits only what the journal covers, and all of it or nothing."""

import json

import pytest
from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import aliased
from tests.kernel.test_row_security import secret_of

from multiagency.cases.models import Case, Client, Party
from multiagency.kernel.access import Act, Kind
from multiagency.kernel.actor import VISITOR, Presented
from multiagency.kernel.errors import Forbidden, NotSignedIn
from multiagency.kernel.journal import Mode
from multiagency.kernel.touched import Touched, Unlogged

READS = {
    "plain": select(Client.id),
    "join": select(Case.id).join(Client, Client.case_id == Case.id),
    "outer join": select(Case.id).outerjoin(Client, Client.case_id == Case.id),
    "exists": select(Case.id).where(exists().where(Client.case_id == Case.id)),
    "in": select(Case.id).where(Case.id.in_(select(Client.case_id))),
    "scalar subquery": select(select(func.count(Client.id)).scalar_subquery()),
    "derived table": select(select(Client.id).subquery().c.id),
    "common table expression": select(select(Client.id).cte().c.id),
    "alias": select(Client.__table__.alias("hidden").c.id),
    "union": select(Case.id).union(select(Client.id)),
    "function that looks for its caller": select(func.matching_cases(Case.id).column_valued("found")),
}


@pytest.fixture
async def officer(house):
    await house.submitted()
    return Presented(await secret_of(house, "officer"))


@pytest.mark.parametrize("form", READS)
def test_every_form_of_a_query_is_noticed(form):
    touched = Touched()
    touched.note(READS[form])
    assert Kind.IDENTITY in touched.read


async def entries_of(house, act="read_case"):
    rows = await house.fetch(
        "SELECT d.subject_id, d.case_id, convert_from(e.body, 'UTF8')::jsonb AS body FROM audit_entry e "
        "JOIN audit_detail d ON d.entry_id = e.id WHERE d.act = $1 ORDER BY e.id",
        act,
    )
    return [(row["subject_id"], row["case_id"], set(json.loads(row["body"])["kinds"])) for row in rows]


async def test_reading_without_a_line_leaves_its_entry_all_the_same(house, officer):
    async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
        client = (await work.session.scalars(select(Client))).one()
    assert await entries_of(house) == [(client.case_id, client.case_id, {"identity"})]


async def test_reading_with_a_line_for_other_data_is_told_beside_it(house, officer):
    async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
        client = (await work.session.scalars(select(Client))).one()
        work.record(Mode.READ, {Kind.PARTY}, case_id=client.case_id)
    assert [kinds for *_, kinds in await entries_of(house)] == [{"identity", "party"}]


PARTY, CASE = aliased(Party), Case.__table__.alias("other")
COLUMNS = {
    "column": select(Party.role),
    "two tables": select(Case.stage, Party.role).join(Party, Party.case_id == Case.id),
    "outer join": select(Case.stage, Party.role).outerjoin(Party, Party.case_id == Case.id),
    "whole row beside": select(Case, Party.role).join(Party, Party.case_id == Case.id),
    "alias of a class": select(PARTY.role),
    "function of a column": select(Party.role, func.lower(Party.role)),
    "plain table": select(Party.__table__.c.role),
    "alias of a table": select(CASE.c.stage, Party.role).join(Party, Party.case_id == CASE.c.id),
}


@pytest.mark.parametrize("form", COLUMNS)
async def test_a_party_of_whom_one_column_is_asked_has_an_entry_of_their_own(house, officer, form):
    party = (await house.fetch("SELECT id, case_id, role FROM party"))[0]
    async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
        rows = (await work.session.execute(COLUMNS[form])).all()
        assert len(rows[0]) == len(COLUMNS[form].column_descriptions)
        assert party["role"] in rows[0]
    found = await entries_of(house)
    assert [(who, case) for who, case, kinds in found if "party" in kinds] == [(party["id"], party["case_id"])]


async def test_what_is_counted_is_noted_by_its_kind_and_nobody_is_named(house, officer):
    async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
        assert await work.session.scalar(select(func.count()).select_from(Party)) == 1
    assert [who for who, *_ in await entries_of(house)] == [None]


async def test_changing_needs_a_line_that_says_changed(house, officer):
    with pytest.raises(Unlogged, match="party"):
        async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
            work.record(Mode.READ, {Kind.PARTY})
            await work.session.execute(update(Party).values(role="child"))
    assert {row["role"] for row in await house.fetch("SELECT role FROM party")} == {"person_using_violence"}


async def test_a_change_made_through_an_object_is_noticed_too(house, officer):
    with pytest.raises(Unlogged, match="party"):
        async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
            work.record(Mode.READ, {Kind.PARTY})
            (await work.session.scalars(select(Party))).one().role = "child"


async def test_the_same_query_for_others_is_noticed_every_time(house, officer):
    """SQLAlchemy compiles it once, and it is looked through once."""
    for reference in ("BCDF-2345", "BCDF-2346", "BCDF-2347"):
        async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
            await work.session.execute(select(Client.id).join(Case).where(Case.reference == reference))
            assert {Kind.IDENTITY, Kind.SHELL} <= work.touched.read
    for _ in range(3):
        with pytest.raises(Unlogged, match="party"):
            async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
                await work.session.execute(update(Party).values(role="child"))


async def test_sql_in_the_drivers_own_words_is_refused(house, officer):
    with pytest.raises(Unlogged, match="textual"):
        async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
            await (await work.session.connection()).exec_driver_sql("SELECT name FROM client")


async def test_textual_sql_is_refused(house, officer):
    with pytest.raises(Unlogged, match="textual"):
        async with house.runtime.unit_of_work(officer, Act.READ_CASE) as work:
            await work.session.execute(text("SELECT 1"))


async def test_what_is_covered_commits_with_its_entries(house, officer):
    before = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
        work.record(Mode.WRITE, {Kind.PARTY})
        await work.session.execute(update(Party).values(role="child"))
    assert (await house.fetch("SELECT role FROM party"))[0]["role"] == "child"
    assert (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] == before + 1


async def test_an_exception_leaves_nothing_behind(house, officer):
    before = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    with pytest.raises(RuntimeError):
        async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
            work.record(Mode.WRITE, {Kind.PARTY})
            await work.session.execute(update(Party).values(role="child"))
            raise RuntimeError
    assert (await house.fetch("SELECT role FROM party"))[0]["role"] == "person_using_violence"
    assert (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] == before


async def test_a_secret_that_belongs_to_nobody_opens_no_work(house):
    with pytest.raises(NotSignedIn):
        async with house.runtime.unit_of_work(Presented("x" * 43), Act.READ_CASE):
            pytest.fail("the work was opened")


async def test_a_transaction_is_repeatable_read(house, officer):
    async with house.runtime.unit_of_work(officer, Act.SEE_HOME) as work:
        level = await work.session.scalar(select(func.current_setting("transaction_isolation")))
    assert level == "repeatable read"


async def test_a_commit_that_fails_is_500_and_never_200(house):
    """FastAPI's default would send 200 first and commit afterwards."""
    officer = await house.person("officer")
    superuser = await house.superuser()
    await superuser.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'commit fails'; END $$;"
        "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION fail()"
    )
    await superuser.close()
    team = (await house.fetch("SELECT id FROM team"))[0]["id"]
    problem = await officer.post("/cases", {"team": str(team)}, 500)
    assert problem["type"] == "urn:multiagency:error.unexpected"
    await officer.get("/cases", 500)
    assert await house.fetch("SELECT FROM case_file") == []


async def test_where_a_refusal_cannot_be_logged_it_is_503(house):
    case = await house.submitted()
    await (municipality := await house.person("municipality")).get(f"/cases/{case}", 404)
    superuser = await house.superuser()
    await superuser.execute("REVOKE INSERT ON audit_entry FROM multiagency_app")
    await superuser.close()
    await municipality.get(f"/cases/{case}", 503)


async def test_a_listener_that_fails_fails_the_whole_withdrawal(house):
    from multiagency.cases.events import SightEnded

    async def fail(*_):
        raise RuntimeError

    case = await house.submitted()
    house.runtime.tools.events.subscribe(SightEnded, fail)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal", expect=500)
    assert (await house.fetch("SELECT stage FROM case_file"))[0]["stage"] == "submitted"
    assert await house.fetch("SELECT FROM lawful_basis WHERE ended_at IS NOT NULL") == []


async def test_a_failed_attempt_leaves_neither_change_nor_line(house, officer):
    """What it read stays logged; the rest of the work can still commit."""
    async with house.runtime.unit_of_work(officer, Act.EDIT_CASE) as work:
        with pytest.raises(RuntimeError):
            async with work.attempt():
                work.record(Mode.READ, {Kind.PARTY})
                (await work.session.scalars(select(Party))).one().role = "child"
                await work.session.flush()
                work.record(Mode.WRITE, {Kind.PARTY})
                raise RuntimeError
        assert [line.mode for line in work.lines] == [Mode.READ]
    assert (await house.fetch("SELECT role FROM party"))[0]["role"] == "person_using_violence"


@pytest.mark.parametrize("act", [Act.READ_LOG, Act.RUN_MEETING, Act.DELIVER_MAIL, Act.NUMBER_LOG])
async def test_the_policy_holds_for_every_unit_of_work_not_for_routes_only(house, officer, act):
    with pytest.raises(Forbidden):
        async with house.runtime.unit_of_work(officer, act):
            pytest.fail("the work was opened")


async def test_a_visitor_opens_only_what_is_public(house):
    with pytest.raises(NotSignedIn):
        async with house.runtime.unit_of_work(VISITOR, Act.READ_CASE):
            pytest.fail("the work was opened")
