"""Alarms of the log: raised once, told to auditors, seen on every page of theirs, settled by them; and metrics."""

import json
import re

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, words

from multiagency.assurance.forms import Settlement
from multiagency.assurance.service_alarms import AlarmCode, raise_alarm
from multiagency.kernel.access import Act
from multiagency.web.texts import TEXTS

BANNER = "alarms.banner"


async def raised(house, code=AlarmCode.ENTRY_CHANGED, **about):
    async with house.runtime.unit_of_work(await house.service(), Act.CHECK_LOG) as work:
        return await raise_alarm(work, code, **about)


def shows_banner(answer):
    alert = re.search(r'<div class="note bad" role="alert"><p><a href="/audit/alarms">([^<]*)</a>', answer.text)
    return alert is not None and alert[1] in {TEXTS.say(language, BANNER) for language in ("fi", "sv", "en")}


async def test_an_alarm_is_raised_once_and_again_when_it_was_settled(house):
    assert await raised(house, first_bad=7, bad=2)
    assert not await raised(house, first_bad=9)
    assert await raised(house, AlarmCode.WITNESS_SILENT)
    auditor = await house.person("auditor")
    first, second = sorted(await auditor.get("/audit/alarms"), key=lambda alarm: alarm["code"])
    assert (first["code"], first["first_bad"], first["bad"], first["settled_at"]) == ("entry_changed", 7, 2, None)
    assert (second["code"], second["first_bad"]) == ("witness_silent", None)
    place = f"/audit/alarms/{first['id']}/settlement"
    problem = await auditor.post(place, {"settlement": "because"}, 422)
    assert [error["field"] for error in problem["errors"]] == ["settlement"]
    await auditor.post(place, {"settlement": Settlement.REPORTED})
    await auditor.post(place, {"settlement": Settlement.NO_FAULT}, 409)
    assert await raised(house, first_bad=7)
    rows = await house.fetch("SELECT settlement, settled_by_id IS NOT NULL AS by FROM audit_alarm WHERE first_bad = 7")
    assert {tuple(row) for row in rows} == {("reported", True), (None, False)}
    bodies = [json.loads(row["body"]) for row in await house.fetch("SELECT body FROM audit_entry ORDER BY id")]
    results = [body["result"] for body in bodies if body["act"] in {"check_log", "settle_alarm"}]
    assert [result for result in results if "alarm" in result].count("alarm_raised:entry_changed") == 2
    assert "alarm_settled:reported" in results


async def test_every_page_of_those_who_answer_for_the_log_says_so_while_one_is_open(house):
    auditor, administrator = await at_pages(house, "auditor"), await at_pages(house, "administrator")
    officer = await at_pages(house, "officer")
    assert not shows_banner(await auditor.get("/audit"))
    await raised(house)
    for visitor, path in ((auditor, "/"), (auditor, "/audit"), (administrator, "/"), (administrator, "/retention")):
        assert shows_banner(await visitor.get(path)), path
    assert not shows_banner(await officer.get("/cases"))
    await officer.get("/audit/alarms", 403)
    alarm = (await house.fetch("SELECT id FROM audit_alarm"))[0]["id"]
    page = f"/audit/alarms/{alarm}/settlement"
    assert page in (await auditor.get("/audit/alarms")).text
    assert page not in (await administrator.get("/audit/alarms")).text
    await administrator.post(page, 403, settlement="no_fault")
    assert " checked" not in (await auditor.get(page)).text
    missing = await auditor.post(page, 422)
    assert "#settlement" in missing.text
    await auditor.post(page, settlement="no_fault")
    assert not shows_banner(await auditor.get("/"))
    await auditor.get(page, 409)


async def test_each_auditor_is_told_by_a_mail_that_says_nothing(mailing_house):
    house = mailing_house
    await raised(house, first_bad=41)
    await house.notify()
    auditors = {row["email"] for row in await house.fetch("SELECT email FROM post WHERE role = 'auditor'")}
    sent = house.sink.messages()
    assert {mail["To"].addresses[0].addr_spec for mail in sent} == auditors
    for mail in sent:
        text = mail["Subject"] + mail.get_content()
        assert not any(word in text.lower() for word in (*AlarmCode, "41", "hälyt", "larm", "loki"))
    auditor = await at_pages(house, "auditor")
    assert TEXTS.say("fi", "notice.log_alarm") in words((await auditor.get("/notices")).text)


ALARM = "INSERT INTO audit_alarm (id, at, code) VALUES (gen_random_uuid(), now(), 'unreadable')"
SETTLED = "UPDATE audit_alarm SET settled_at = now(), settlement = 'no_fault'"


async def test_row_security_lets_only_the_worker_raise_and_only_an_auditor_settle_as_oneself(house):
    await raised(house)
    logins = ("officer", "coordinator", "administrator", "auditor")
    secrets = {login: await secret_of(house, login) for login in logins}
    for login, secret in secrets.items():
        async with house.as_role("app", secret) as connection:
            seen = await connection.fetchval("SELECT count(*) FROM audit_alarm")
            assert seen == (login in {"administrator", "auditor"}), login
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.as_role("app", secret) as connection:
                await connection.execute(ALARM)
    for login in ("officer", "administrator"):
        async with house.as_role("app", secrets[login]) as connection:
            assert await connection.execute(SETTLED) == "UPDATE 0"
    for unfit in (SETTLED, f"{SETTLED}, settled_by_id = (SELECT id FROM post WHERE role = 'officer' LIMIT 1)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.as_role("app", secrets["auditor"]) as connection:
                await connection.execute(unfit)
    for forbidden in ("DELETE FROM audit_alarm", "UPDATE audit_alarm SET code = 'unreadable'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.as_role("app", secrets["auditor"]) as connection:
                await connection.execute(forbidden)


async def test_metrics_tell_numbers_to_the_own_network_only(house, ground):
    await house.submitted()
    await house.number_log()
    await raised(house)
    before = (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    answer = await house.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = dict(line.split(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    numbered = (await house.fetch("SELECT count(*) AS n FROM audit_sequence"))[0]["n"]
    assert found["multiagency_log_entries"] == str(before)
    assert found["multiagency_log_unnumbered"] == str(before - numbered)
    assert (found["multiagency_log_unsigned"], found["multiagency_log_open_alarms"]) == ("0", "1")
    assert 0 <= int(found["multiagency_log_checkpoint_age_seconds"]) < 600
    assert len(re.findall(r"^# TYPE \S+ gauge$", answer.text, re.M)) == len(found) == 9
    for header in ({"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}):
        refused = await house.http.get("/metrics", headers=header)
        assert (refused.status_code, refused.content) == (404, b"")
    assert (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] == before
    async with ground.house(metrics_networks="10.1.0.0/16") as elsewhere:
        assert (await elsewhere.http.get("/metrics")).status_code == 404


def test_every_code_has_its_words():
    for language in ("fi", "sv", "en"):
        keys = TEXTS.sentences[language].keys()
        wanted = {f"alarms.{part}.{code}" for part in ("code", "means") for code in AlarmCode}
        assert wanted | {f"alarms.settlement.{code}" for code in Settlement} <= keys
