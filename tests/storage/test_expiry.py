"""Retention: what is over goes, rows and keys, and nothing else; the log stays whole; numbers remain."""

import json
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tests.audit.backdating import backdate
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages
from tests.storage.test_closing import CLOSING, HOLD, in_follow_up

from multiagency.audit import service as audit
from multiagency.audit.trust import Trust
from multiagency.cli.main import main
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.clock import later
from multiagency.storage import jobs_expiry as expiry
from multiagency.storage.records import client_tables, tables_of_a_case


async def closed(house):
    case = await in_follow_up(house)
    coordinator = await house.person("coordinator")
    await (await house.person("officer")).post(f"/cases/{case}/aliases", {"name": "Aino Entinen"}, 201)
    action = {"owner": await house.post_of("Heikki"), "title": story.ACTIONS["municipality"], "due_on": "2099-01-01"}
    await coordinator.post(f"/cases/{case}/actions", action, 201)
    await coordinator.post(f"/cases/{case}/closing", CLOSING | await house.staying(case))
    return case


async def back(house, years, days=0, where="true"):
    """Date the ends of cases back, as if so much time had gone by."""
    for column in ("closed_at", "withdrawn_at"):
        await house.fetch(
            f"UPDATE case_file SET {column} = {column} - make_interval(years => $1, days => $2) WHERE {where}",
            years,
            days,
        )


async def expire(house, **options):
    async with house.keeper() as (runtime, presented):
        return await expiry.expire(runtime, presented, **options)


async def left_of(house, tables=None):
    found = {}
    for table in tables or tables_of_a_case():
        rows = (await house.fetch(f"SELECT count(*) AS n FROM {table.name} WHERE case_id IS NOT NULL"))[0]["n"]
        if rows:
            found[table.name] = rows
    return found


async def verified(house):
    await house.number_log()
    presented = await house.service()
    async with house.runtime.unit_of_work(presented, Act.VERIFY_LOG) as work:
        return await audit.verify(work, Trust.of(house.ground.verifier_key))


async def test_nothing_is_left_of_a_case_after_ten_years_but_the_log(house):
    await closed(house)
    assert (await verified(house)).ok
    before = await left_of(house)
    assert {"client", "alias", "lookup_hash", "closing", "minutes", "planned_action", "access_grant"} <= before.keys()
    entries = (await house.fetch("SELECT count(*) AS n FROM audit_detail WHERE case_id IS NOT NULL"))[0]["n"]
    await back(house, 10)
    done = await expire(house)
    assert done.cases == 1
    assert done.rows == sum(before[table.name] for table in client_tables() if table.name in before)
    assert done.keys > 0
    assert await left_of(house) == {}
    assert await house.fetch("SELECT FROM case_file") == []
    assert await house.fetch("SELECT FROM data_key WHERE case_id IS NOT NULL") == []
    kept = (await house.fetch("SELECT count(*) AS n FROM audit_detail WHERE case_id IS NOT NULL"))[0]["n"]
    assert kept > entries  # what was deleted is logged too
    assert (await verified(house)).ok


async def test_a_day_too_early_nothing_goes(house):
    await closed(house)
    before = await left_of(house)
    await back(house, 10, -1)
    done = await expire(house)
    assert (done.cases, done.rows, done.keys) == (0, 0, 0)
    assert await left_of(house) == before


async def test_a_case_that_is_not_over_never_expires(house):
    await house.submitted()
    await house.fetch(
        "UPDATE case_file SET opened_at = opened_at - interval '40 years', submitted_at = submitted_at "
        "- interval '40 years'"
    )
    before = await left_of(house)
    assert (await expire(house)).rows == 0
    assert await left_of(house) == before


async def test_a_withdrawn_case_counts_from_its_withdrawal(house):
    case = await house.submitted()
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await back(house, 10)
    assert (await expire(house)).cases == 1
    assert await left_of(house) == {}


@pytest.mark.parametrize(("days", "gone"), [(366, 1), (364, 0)])
async def test_a_draft_that_went_nowhere_goes_after_a_year(house, days, gone):
    await house.filled_draft()
    await house.fetch("UPDATE case_file SET opened_at = opened_at - make_interval(days => $1)", days)
    assert (await expire(house)).cases == gone
    assert len(await house.fetch("SELECT FROM case_file")) == 1 - gone


async def test_each_class_and_controller_goes_in_its_own_time(house):
    await closed(house)
    county = (await house.fetch("SELECT convener_id FROM team"))[0]["convener_id"]
    await house.fetch("UPDATE planned_action SET retention_class = 'families_30y'")
    await house.fetch("UPDATE client SET retention_class = 'child_welfare'")
    await back(house, 10)
    done = await expire(house)
    assert done.cases == 0
    assert done.kept == {"families_30y": 1, "child_welfare": 1}
    assert (await left_of(house, client_tables())).keys() == {"planned_action", "client"}
    assert await house.fetch("SELECT FROM minutes WHERE controller_id = $1", county) == []
    assert len(await house.fetch("SELECT FROM case_file")) == 1
    await back(house, 20)
    assert (await left_of(house, client_tables())).keys() == {"planned_action", "client"}
    await expire(house)
    assert (await left_of(house, client_tables())).keys() == {"client"}


async def test_a_parent_that_a_longer_kept_child_names_waits_for_it(house):
    await closed(house)
    await house.fetch("UPDATE minutes SET retention_class = 'families_30y'")
    await back(house, 10)
    done = await expire(house)
    assert done.postponed == 1
    assert (await left_of(house, client_tables())).keys() == {"minutes", "agenda_item"}
    await back(house, 20)
    assert (await expire(house)).cases == 1


async def test_an_unknown_class_is_kept(house):
    await closed(house)
    await house.fetch("UPDATE client SET retention_class = 'nobody_knows'")
    await back(house, 200)
    assert (await expire(house)).kept == {"nobody_knows": 1}
    assert len(await house.fetch("SELECT FROM client")) == 1


async def test_a_hold_keeps_everything_until_it_is_lifted(house):
    case, coordinator = await closed(house), await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/hold", HOLD)
    await back(house, 50)
    before = await left_of(house)
    done = await expire(house)
    assert (done.cases, done.rows, done.held) == (0, 0, 1)
    assert await left_of(house) == before
    await coordinator.post(f"/cases/{case}/hold/lifting", HOLD)
    assert (await expire(house)).cases == 1
    assert await left_of(house) == {}


async def test_the_database_lets_the_keeper_delete_only_where_a_case_is_over_and_not_held(house):
    case = await house.submitted()
    async with house.keeper() as (_, presented), house.as_role("keeper", presented.secret) as connection:
        for table in (*tables_of_a_case(), None):
            name = table.name if table is not None else "case_file"
            assert await connection.execute(f"DELETE FROM {name}") == "DELETE 0", name
        assert await connection.fetchval("SELECT count(*) FROM client") == 1
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await (await house.person("coordinator")).post(f"/cases/{case}/hold", HOLD)
    async with house.keeper() as (_, presented), house.as_role("keeper", presented.secret) as connection:
        assert await connection.execute("DELETE FROM client") == "DELETE 0"
        await house.fetch("UPDATE legal_hold SET lifted_at = now()")
        assert await connection.execute("DELETE FROM client") == "DELETE 1"


async def test_every_table_about_clients_serves_the_keeper(house):
    policies = await house.fetch(
        "SELECT tablename, cmd FROM pg_policies WHERE roles = '{multiagency_keeper}' AND cmd IN ('SELECT', 'DELETE')"
    )
    have = {(row["tablename"], row["cmd"]) for row in policies}
    wanted = {(table.name, cmd) for table in tables_of_a_case() for cmd in ("SELECT", "DELETE")}
    assert len(wanted) > 30
    assert sorted(wanted - have) == []


async def test_the_keeper_reads_and_changes_nothing_but_what_its_tasks_need(house):
    await house.submitted()
    async with house.keeper() as (_, presented):
        for attack in (
            "UPDATE client SET case_id = gen_random_uuid()",
            "UPDATE case_file SET stage = 'draft'",
            "INSERT INTO access_grant SELECT * FROM access_grant",
            "UPDATE audit_detail SET salt = ''",
            "UPDATE audit_entry SET body = ''",
            "INSERT INTO audit_sequence SELECT * FROM audit_sequence",
            "UPDATE audit_node SET hash = ''",
            "SELECT detail FROM audit_detail",
            "SELECT * FROM credential",
            "SELECT * FROM session",
            "UPDATE retention_rule SET years = 0",
            "UPDATE deletion_report SET at = now()",
            "UPDATE lookup_hash SET hash = ''",
        ):
            async with house.as_role("keeper", presented.secret) as connection:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(attack)


async def test_a_dry_run_says_the_same_and_deletes_nothing(house):
    await closed(house)
    await back(house, 10)
    before = await left_of(house)
    counted = await expire(house, dry_run=True)
    assert await left_of(house) == before
    assert await house.fetch("SELECT FROM deletion_report") == []
    done = await expire(house)
    assert (counted.cases, counted.rows, counted.keys) == (done.cases, done.rows, done.keys)


async def test_a_second_run_finds_nothing(house):
    await closed(house)
    await back(house, 10)
    await expire(house)
    done = await expire(house)
    assert (done.cases, done.rows, done.keys) == (0, 0, 0)
    assert len({row["run_id"] for row in await house.fetch("SELECT run_id FROM deletion_report")}) == 1


async def test_reports_hold_numbers_and_lead_to_no_case(house):
    case, other = await closed(house), await closed(house)
    ids = [str(row["id"]) for row in await house.fetch("SELECT id FROM case_file")]
    await back(house, 10)
    done = await expire(house)
    assert done.cases == 2
    auditor = await house.person("auditor")
    reports = await auditor.get("/deletions")
    police = next(report for report in reports if "Police" in report["controller"])
    assert police["retention_class"] == "working_age_10y"
    assert police["cases"] == 2
    assert sum(report["rows"] for report in reports) == done.rows
    assert date.fromisoformat(police["final_in_backups_on"]) >= datetime.now(UTC).date() + timedelta(days=35)
    for shown in (json.dumps(reports), str([dict(row) for row in await house.fetch("SELECT * FROM deletion_report")])):
        assert not any(secret in shown for secret in (case, other, *ids))


async def test_auditors_and_administrators_read_reports_and_nobody_else(house):
    await closed(house)
    await back(house, 10)
    await expire(house)
    for login, status in (("auditor", 200), ("administrator", 200), ("officer", 403), ("coordinator", 403)):
        await (await house.person(login)).get("/deletions", status)
        await (await at_pages(house, login)).get("/deletions", status)
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM deletion_report") == 0


async def test_only_an_administrator_changes_rules_and_a_new_one_replaces_the_old(house):
    rule = {"retention_class": "working_age_10y", "years": 12, "counted_from": "closed", "provision": "uusi laki 1 §"}
    rule["valid_from"] = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    for login in ("officer", "auditor", "coordinator"):
        await (await house.person(login)).post("/retention", rule, 403)
        assert len(await (await house.person(login)).get("/retention")) >= 15
    administrator = await house.person("administrator")
    await administrator.post("/retention", rule | {"valid_from": "2020-01-01"}, 422)
    await administrator.post("/retention", rule)
    rules = [r for r in await administrator.get("/retention") if r["retention_class"] == "working_age_10y"]
    assert sorted(r["years"] for r in rules) == [10, 12]
    assert [r["valid_to"] for r in rules if r["years"] == 10] == [r["valid_from"] for r in rules if r["years"] == 12]
    page = await (await at_pages(house, "administrator")).post("/retention", 422, years="x")
    assert 'href="#years"' in page.text


async def test_classes_are_named_in_words_and_an_unknown_one_by_its_code(house):
    rule = {"retention_class": "of_a_new_law", "years": 1, "counted_from": "closed", "provision": "uusi laki 1 §"}
    rule["valid_from"] = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    await (await house.person("administrator")).post("/retention", rule)
    page = (await (await at_pages(house, "administrator")).get("/retention")).text
    assert "<h3>Työikäisten palvelut</h3>" in page
    assert "<h3>of_a_new_law</h3>" in page
    assert "annex" not in page


async def test_a_rule_to_come_does_not_hold_yet(house):
    await closed(house)
    rule = {"retention_class": "working_age_10y", "years": 1, "counted_from": "closed", "provision": "uusi laki 1 §"}
    rule["valid_from"] = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    await (await house.person("administrator")).post("/retention", rule)
    await back(house, 5)
    assert (await expire(house)).rows == 0


async def test_details_of_the_log_go_after_twelve_years_with_their_keys_and_the_log_still_verifies(house):
    await house.submitted()
    await backdate(house, timedelta(days=13 * 366))
    old = (await house.fetch("SELECT count(*) AS n FROM audit_detail"))[0]["n"]
    await house.number_log()
    year = datetime.now(UTC).year
    await house.fetch("UPDATE data_key SET retention_class = $1 WHERE case_id IS NULL", f"log-{year - 13}")
    done = await expire(house)
    assert done.log_details == old
    assert done.log_keys == 1
    assert (await verified(house)).ok
    assert (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] > old


async def test_the_database_keeps_younger_details_from_the_keeper(house):
    await house.submitted()
    async with house.keeper() as (_, presented), house.as_role("keeper", presented.secret) as connection:
        assert await connection.execute("DELETE FROM audit_detail") == "DELETE 0"
        assert await connection.execute("INSERT INTO audit_pruning VALUES (9, now())")
        for table in ("audit_sequence", "audit_entry"):
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"
        assert await connection.execute("DELETE FROM data_key WHERE case_id IS NULL") == "DELETE 0"


def test_years_end_on_the_same_day():
    assert later(datetime(2024, 2, 29, tzinfo=UTC), years=10) == datetime(2034, 2, 28, tzinfo=UTC)
    assert later(datetime(2024, 2, 29, tzinfo=UTC), years=4) == datetime(2028, 2, 29, tzinfo=UTC)
    assert later(datetime(2026, 11, 25, tzinfo=UTC), years=-12) == datetime(2014, 11, 25, tzinfo=UTC)


def test_without_the_keepers_password_the_commands_say_so(monkeypatch, capsys, tmp_path):
    for name, value in {
        "BASE_URL": "https://x.example",
        "DATABASE_URL_APP": "postgresql+asyncpg://a@b/c",
        "DATABASE_URL_SIGNIN": "postgresql+asyncpg://a@b/c",
        "KEYS_DIRECTORY": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"MULTIAGENCY_{name}", value)
    for words in (["retention", "run"], ["rotate", "data"], ["rotate", "wrapping"]):
        assert main(words) == 2
        assert "KEEPER" in capsys.readouterr().err
