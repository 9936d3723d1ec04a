"""Somebody takes the database away: files, write-ahead log, server log, a dump. Nobody in it has a name."""

import asyncio
import logging
import re
from datetime import date
from hashlib import sha256
from types import SimpleNamespace

import pytest

from multiagency.demo import story
from multiagency.demo.walkthrough import Walkthrough
from multiagency.embedded.mailsink import MailSink
from multiagency.kernel.crypto import MasterKey, Sealed, read_key
from multiagency.kernel.lookup import folded, normalised
from multiagency.mail.outbox import unseal
from multiagency.worker import run
from tests.consent.minors import code_of
from tests.disclosures.telling import body
from tests.secrets_told import SHORTEST, Told, find
from tests.throwaway import throwaway
from tests.web.calls import log_request, world
from tests.web.test_matrix import OWN, in_follow_up, walk

CONTROLS = {
    "Selväkielinen Koe": "SELECT 'Selväkielinen Koe'",
    "Kuudentoista kanta": "SELECT encode(convert_to('Kuudentoista kanta', 'UTF8'), 'hex')",
    "Kuudenkymmenen neljän": "SELECT encode(convert_to('(' || 'Kuudenkymmenen neljän' || ')', 'UTF8'), 'base64')",
    "Tavuina talletettu": "SELECT convert_to('Tavuina talletettu', 'UTF8')",
}
"""Written into the same cluster on purpose: a search that does not find these finds nothing."""


SCAN = "Allekirjoitettu Salaisessa kylässä"
ALIAS = {"name": "Aino Entinen-Salainen", "birth_date": "1994-05-03"}
PARTY_ALIAS = {"name": "Olli Entinen-Salattu", "birth_date": "1971-12-30"}
PLACE = {"municipality": "Salaisenkunta", "interpreter": "tulkki Salaiselle kielelle"}
REASONS = {
    "prohibition": "Lapsi pelkää huoltajaansa salaa",
    "capacity": "Ymmärtää kysymyksen salassa",
    "necessity": "Välttämätön salaisesta syystä",
    "told": "Kerrotaan vain yhdelle salaa",
    "emergency": "Hengenvaara salaisessa paikassa",
    "hold": "Oikeudenkäynti salassa kesken",
    "closing": "Perheneuvola Salainen",
    "contact": "Kirje salaiseen osoitteeseen",
    "refusal": "Pyyntö torjutaan salaisesta syystä",
    "question": "Miksi salainen naapuri katsoi",
    "note": "Tarkastajan salainen huomautus",
}


async def live(house):
    """The whole walkthrough, then whatever each route can be told, then an invitation that never leaves."""
    household = SimpleNamespace(
        sink=house.sink, passwords=house.ground.passwords, verifier_key=house.ground.verifier_key
    )
    stop = asyncio.Event()
    worker = asyncio.create_task(run(house.settings, stop))
    walkthrough = Walkthrough(household, house.http)
    for _, step in walkthrough.steps():
        await step()
    stop.set()
    await worker
    tried = await in_follow_up(house)
    draft = {"reference": await house.filled_draft(), "party": tried["party"]}
    async with world(house, tried, OWN) as there:
        for login in ("municipality", "county", "coordinator", "officer"):
            await walk(there, login)
    async with world(house, tried | draft, OWN) as there:
        await walk(there, "officer")
    await tell_more(house)
    await house.opened(await house.submitted(), "Jouni")
    await fail(house)


async def tell_more(house):
    """What the walkthrough leaves out: each by a call that must succeed, else the search would look for nothing."""
    case, officer = await house.filled_draft(), await house.person("officer")
    guardian = {"role": "guardian", "name": "Huoltaja Salainen", "identity_code": code_of(date(1980, 3, 4), 907)}
    guardian = (await officer.post(f"/cases/{case}/parties", guardian, 201))["id"]
    await officer.post(f"/cases/{case}/aliases", ALIAS, 201)
    await officer.post(f"/cases/{case}/parties/{guardian}/aliases", PARTY_ALIAS, 201)
    await officer.put(f"/cases/{case}/safe-contact", story.SAFE_CONTACT | PLACE)
    scan = {"file": ("nimi.pdf", b"%PDF-1.7 " + SCAN.encode(), "application/pdf")}
    path = f"/cases/{case}/consent/scan"
    found = await house.http.post(path, files=scan, headers=officer._headers)
    assert found.status_code == 303
    forbidden = {"party": guardian, "forbidden": True, "reason": REASONS["prohibition"]}
    await officer.post(f"/cases/{case}/guardians/prohibitions", forbidden)
    await officer.post(f"/cases/{case}/guardians/capacity", {"capable": True, "reason": REASONS["capacity"]})
    told = await body(house, necessity=REASONS["necessity"], text=REASONS["told"], requested_by="Kysyjä Salainen")
    await officer.post(f"/cases/{case}/disclosures", told, 201)
    submitted, coordinator = await house.submitted(), await house.person("coordinator")
    emergency = {"reference": submitted, "reason": REASONS["emergency"], "minutes": 30}
    await (await house.person("officer-2")).post("/break-glass", emergency, 201)
    await house.minutes(await house.opened(submitted, "Heikki"), submitted)
    await coordinator.post(f"/cases/{submitted}/hold", {"reason": REASONS["hold"]})
    closing = {"outcome": "guided_onward", "target": REASONS["closing"]} | await house.staying(submitted)
    await coordinator.post(f"/cases/{submitted}/closing", closing)
    await ask_for_the_log(house)


async def ask_for_the_log(house):
    """A client's request, its refusal and a question about misuse, and an auditor's note."""
    auditor = await house.person("auditor")
    made = await auditor.post("/log-requests", await log_request(house) | {"contact": REASONS["contact"]}, 201)
    path = f"/log-requests/{made['id']}"
    await auditor.post(f"{path}/refusal", {"ground": "not_entitled", "reason": REASONS["refusal"], "confirmed": True})
    await auditor.post(f"{path}/clarifications", {"question": REASONS["question"]}, 201)
    entry = (await auditor.get("/audit/entries?act=read_case&mode=read"))[0]["id"]
    note = {"conclusion": "explanation_asked", "note": REASONS["note"]}
    await auditor.post(f"/audit/entries/{entry}/notes", note, 201)


async def fail(house):
    """An unforeseen error in the middle of writing, so that the log has something to tell."""
    case, officer = await house.draft(), await house.person("officer")
    await house.fetch("ALTER TABLE case_part RENAME COLUMN narrative TO gone")
    await officer.put(f"/cases/{case}/part", {"narrative": story.NARRATIVE}, 500)
    await house.fetch("ALTER TABLE case_part RENAME COLUMN gone TO narrative")


async def unopened_addresses(house):
    """The join addresses in mails that wait in the outbox: nobody has seen them yet."""
    master = MasterKey(read_key(house.settings.keys_directory / "master.key"))
    rows = await house.fetch("SELECT id, body, wrapped_key FROM outbox WHERE state = 'waiting' AND purpose = 'request'")
    messages = [unseal(master, row["id"], Sealed(row["body"]), row["wrapped_key"]) for row in rows]
    found = [re.search(r"/j/([\w-]+)", message.decode()) for message in messages]
    return {match[1] for match in found if match}


async def dump(house):
    """All tables as text, as pg_dump would write them."""
    connection, parts = await house.superuser(), []

    async def keep(chunk):
        parts.append(chunk)

    for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await connection.copy_from_table(row["tablename"], output=keep)
    await connection.close()
    return b"".join(parts)


@pytest.fixture(scope="module")
def stolen(durable_ground):
    return asyncio.run(take(durable_ground))


async def take(durable_ground):
    """Return what was told in confidence, the addresses that wait, and everything that a thief gets, by name."""
    told, lines = None, []
    log = logging.Handler(logging.DEBUG)
    log.emit = lambda record: lines.append(f"{record.name} {record.getMessage()} {record.exc_text or ''}")
    logger = logging.getLogger("multiagency")
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    with throwaway("mail") as directory, MailSink(directory) as sink:
        async with durable_ground.house(sink) as house:
            told = Told(house.http)
            told.note([value for name, value in vars(story).items() if name.isupper()])
            await live(house)
            waiting = await unopened_addresses(house)
            assert waiting, "no invitation waits: the search would look for no address"
            told.texts |= waiting
            superuser = await house.superuser()
            for number, control in enumerate(CONTROLS.values()):
                # Three rows, because one may lie across a page's edge, whose header then stands in the middle of it.
                await superuser.execute(
                    f"CREATE TABLE scratch_{number} AS {control} AS written FROM generate_series(1, 3)"
                )
            await superuser.execute("CHECKPOINT")
            await superuser.close()
            taken = {"dump": await dump(house), "application log": "\n".join(lines).encode()}
            for path in (durable_ground.directory / "postgresql").rglob("*"):
                if path.is_file():
                    taken[str(path.relative_to(durable_ground.directory))] = path.read_bytes()
    logger.removeHandler(log)
    logger.setLevel(logging.NOTSET)
    return told, waiting, taken


def test_everything_was_taken(stolen):
    _, _, taken = stolen
    places = ("dump", "application log", "postgresql/server.log", "postgresql/data/base/", "postgresql/data/pg_wal/")
    assert [place for place in places if not any(name.startswith(place) for name in taken)] == []
    assert sum(len(content) for content in taken.values()) > 20_000_000
    assert b"ProgrammingError" in taken["application log"]


def test_the_story_was_told(stolen):
    told, waiting, _ = stolen
    texts = told.texts
    for text in (*story.ACTIONS.values(), *story.CLIENT.values(), story.MINUTES, story.CHILD["name"], "aviopuoliso"):
        assert text in texts
    assert "Mustelmia käsivarsissa" in texts
    assert story.SAFE_CONTACT["phone"] in texts
    for text in (
        *REASONS.values(),
        *PLACE.values(),
        *ALIAS.values(),
        *PARTY_ALIAS.values(),
        "Huoltaja Salainen",
        "Kysyjä Salainen",
    ):
        assert text in texts
    assert any(SCAN in text for text in texts)
    assert waiting <= texts
    assert all(len(text.encode()) >= SHORTEST for text in texts)


def test_no_name_text_or_address_is_in_anything_that_was_taken(stolen):
    told, _, taken = stolen
    found = {name: find(told.texts, content) for name, content in taken.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def _folded(text):
    return normalised(" ".join(part for word in folded(text) for part in word))


def test_no_look_up_hash_is_one_that_a_thief_can_make(stolen):
    """Codes and names are few enough to try them all: their hashes stand there under a key, never plain."""
    _, _, taken = stolen
    people = (story.CLIENT, story.SECOND_CLIENT, story.VIOLENT, story.SECOND_VIOLENT, story.CHILD, ALIAS, PARTY_ALIAS)
    texts = {person[key] for person in people for key in ("name", "identity_code") if person.get(key)}
    plain = {
        sha256(form.encode()).hexdigest().encode() for text in texts for form in (text, normalised(text), _folded(text))
    }
    content = taken["dump"]
    assert len(plain) > 10
    assert [one for one in plain if one in content] == []


def test_the_search_finds_what_was_written_in_clear(stolen):
    _, _, taken = stolen
    for place in ("dump", "postgresql/data/base/", "postgresql/data/pg_wal/"):
        content = b"".join(content for name, content in taken.items() if name.startswith(place))
        assert find(CONTROLS, content) == set(CONTROLS), place
