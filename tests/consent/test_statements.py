"""A statement is one giver's, for one purpose, on one text, perhaps until a day; what was said before stays."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.consent.minors import wrong
from tests.kernel.test_grants import case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.cases.desk import open_desk
from multiagency.consent.paper import form_data
from multiagency.consent.wording import text_of
from multiagency.demo import story
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.pathways.definition import codes, directory_of

# A published version is never edited: other words are another version. These are what people agreed to.
PUBLISHED = {
    ("ankkuri", "1", "fi"): "89af186e59ebeb4758339a555e3d62bb96f091f13ab552f373bcbf1794d3b292",
    ("ankkuri", "1", "sv"): "88bbd0056d63d6c36a0989f7b1a5d99706c52c9ce14f03aff9b8dafa52b9da34",
    ("ankkuri", "1", "en"): "276eb0233c8b286c33d8d40366757188b5dd10c94e0a7019c38a878cb72c9aed",
    ("hss", "1", "fi"): "15d4cc6b0306179268b5f88005c55e52e3f95d6ac7e62e6fd465b44a36de8bf7",
    ("hss", "1", "sv"): "10a5a823aa38849efef40c9db6d14487669392b2a4d1eb44c3947bd51a85aae5",
    ("hss", "1", "en"): "a419e9f6f65c44ca1470bf38ba9277e5bc5742d1cd728a2fe87d057de11bd012",
    ("riko", "1", "fi"): "0edbaf1e525f8d7062cdda18b2a6290bf7bc33f98e719c111521c58e2b7ca477",
    ("riko", "1", "sv"): "4f702eea5a45c083cef180a60d6792fc7fa0b151ae87341e388ce63705acddc3",
    ("riko", "1", "en"): "d428b75cb8563d02fe0cbade3f2b5d49ecb2695cc23cb904dcfe50504c3facad",
    ("marak", "1", "fi"): "b7163e268d988c613018af985ef5a15c267614243d7fa57acad342480823d50f",
    ("marak", "1", "sv"): "bf041c8f5686ef664617a4e8766c29b0a4d72c0083fb32c8251afd9ca6bde3b3",
    ("marak", "1", "en"): "60689233661b599d0d5c48a0ba9a75732477464e18a71d632ba4ba6dca1a6475",
    ("marak", "2", "fi"): "dc6e367d6a5056e66240ecb946f6067ebe6f1d029fa8ce7e7b0d68a0f5748e34",
    ("marak", "2", "sv"): "a607445e9cc4be1e6c8af6fc58123e8b249f1bf8d56b215b6f114adbb66961d1",
    ("marak", "2", "en"): "4f4b8c5e6df3b043629b8c6dcf76a10f782e28ba691f8fa3e842463e53a8e5bf",
    ("marak", "2-remote", "fi"): "0ebf611af0ce1293cf72e57460bfc26f7ff0559216c0209f6b5c3c351ac7c75b",
    ("marak", "2-remote", "sv"): "9f8ca6e680cd60667f7c6015c6bdfa2db5325e837958829d45a8c1495152875e",
    ("marak", "2-remote", "en"): "2df02a8f648233c5bd617b0e5b1edce8e07a4fc9e58b7ac23182169aa95736ef",
    ("wellbeing", "1", "fi"): "70aa35efe5b287711e32baca4023c7cdd6b7743508d692500b0d9063f11ca681",
    ("wellbeing", "1", "sv"): "fc9d35ef899e67b1bd65c31e24a6c8f2732ba4185b3c84244a7221dc428f7e7a",
    ("wellbeing", "1", "en"): "5161c4e41972002fa4f1c3f03d45ae6e8f3d19316d812dc904801e540529c83e",
}


@pytest.fixture
async def officer(house):
    return await house.person("officer")


def later(**much) -> str:
    return (datetime.now(UTC) + timedelta(**much)).isoformat()


@pytest.mark.parametrize(("pathway", "version", "language"), PUBLISHED)
def test_a_published_text_is_never_edited(pathway, version, language):
    assert text_of(pathway, version, Language(language)).digest == PUBLISHED[pathway, version, language]


def test_the_pins_know_every_published_text():
    found = {
        (code, path.parent.name, path.stem) for code in codes() for path in directory_of(code).glob("consent/*/??.toml")
    }
    assert found == set(PUBLISHED)


@pytest.mark.parametrize("version", ["2", "2-remote"])
@pytest.mark.parametrize("language", COMPLETE)
def test_the_text_says_what_must_be_said(language, version):
    text = text_of("marak", version, language)
    words = " ".join([text.title, *(" ".join(part) for part in text.parts)])
    assert len(text.parts) == 9
    for wanted in ("MARAK", "621/1999", "26", "29", "417/2007", "805/2011", "Kanta"):
        assert wanted in words
    for never in ("väkival", "våld", "violen"):  # the paper may be found at home
        assert never not in words.lower()
    for contradicted in ("Et itse osallistu", "deltar inte själv", "do not take part"):
        assert contradicted not in words


REMOTE = {Language.FI: "etäyhteydellä", Language.SV: "på distans", Language.EN: "remotely"}


@pytest.mark.parametrize("language", COMPLETE)
def test_only_the_variant_says_that_the_client_may_take_part(language):
    for version, says in (("1", False), ("2", False), ("2-remote", True)):
        text = text_of("marak", version, language)
        assert any(REMOTE[language] in words for _, words in text.parts) == says


async def test_page_form_and_record_have_the_variant_where_the_team_lets_the_client_take_part(house, officer):
    case, pages = await house.draft(), await at_pages(house, "officer")
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    for version, value in (("2", None), ("2", 0), ("2-remote", 1)):
        if value is not None:
            await house.fetch(
                "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) SELECT gen_random_uuid(), "
                "'marak', 'client_takes_part_remotely', id, $1::int, now() - interval '1 day' + $1::int * "
                "interval '1 hour' FROM team",
                value,
            )
        page = (await pages.get(f"/cases/{case}/consent?text=fi")).text
        assert f'name="text_version" value="{version}"' in page
        assert (REMOTE[Language.FI] in page) == (version == "2-remote")
        await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"language": "fi"})
        consent = await officer.get(f"/cases/{case}/consent")
        assert consent["text_version"] == version
        assert consent["text_digest"] == text_of("marak", version, Language.FI).digest
        async with desk_of(house, case) as desk:
            form = await form_data(desk, None, Language.FI)
        assert any(REMOTE[Language.FI] in part["text"] for part in form["parts"]) == (version == "2-remote")
    old = await house.consent_body() | {"text_version": "1"}  # a paper that was printed earlier
    await officer.post(f"/cases/{case}/consent", old)


@asynccontextmanager
async def desk_of(house, case):
    presented = Presented(await secret_of(house, "officer"))
    async with house.runtime.unit_of_work(presented, Act.PRINT_CONSENT) as work:
        yield await open_desk(work, case, Act.PRINT_CONSENT)


@pytest.mark.parametrize(("language", "shown"), [("sv", "sv"), ("se", "fi"), ("smn", "fi"), ("other", "fi")])
async def test_the_text_that_was_shown_is_kept(house, officer, language, shown):
    case = await house.draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"language": language})
    consent = await officer.get(f"/cases/{case}/consent")
    assert consent["text_version"] == "2"
    assert consent["text_digest"] == text_of("marak", "2", Language(shown)).digest


@pytest.mark.parametrize("version", ["3", "2-remote", "0", "../marak/1", "1/fi"])
async def test_a_text_that_was_never_published_cannot_have_been_shown(house, officer, version):
    case = await house.draft()
    body = await house.consent_body() | {"text_version": version}
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"text_version"}


@pytest.mark.parametrize("purposes", [["marak_meeting"], ["marak_meeting", "research"], "research", None])
async def test_one_statement_has_one_purpose(house, officer, purposes):
    case = await house.draft()
    body = await house.consent_body() | {"purpose": purposes}
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"purpose"}
    assert await house.fetch("SELECT FROM consent") == []


@pytest.mark.parametrize("capacity", ["guardian", "legal_representative"])
async def test_nobody_answers_for_an_adult_who_decides(house, officer, capacity):
    case = await house.draft()
    party = (await officer.post(f"/cases/{case}/parties", {"role": "guardian", "name": "Joku"}, 201))["id"]
    body = await house.consent_body() | {"capacity": capacity, "giver": party}
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"capacity"}
    body |= {"capacity": "self"}
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"giver"}


async def test_a_consent_expires_in_the_future_only(house, officer):
    case = await house.draft()
    body = await house.consent_body() | {"expires_at": later(seconds=-1)}
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"expires_at"}


async def test_everything_that_rests_on_a_consent_expires_with_it(house, officer):
    case = await house.filled_draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"expires_at": later(days=9)})
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Heikki")
    municipality = await house.person("municipality")
    await municipality.get(f"/cases/{case}")
    bases = await house.fetch("SELECT valid_to FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL")
    assert len(bases) == 3
    assert len({row["valid_to"] for row in bases} - {None}) == 1
    superuser = await house.superuser()
    await superuser.execute("UPDATE consent SET expires_at = now() - interval '1 second'")
    await superuser.execute("UPDATE lawful_basis SET valid_to = now() - interval '1 second' WHERE reason = 'consent'")
    await superuser.close()
    await municipality.get(f"/cases/{case}", 404)
    assert (await officer.get(f"/cases/{case}/consent"))["state"] == "expired"
    await house.seat(await house.meeting(), case, "Jouni", 409)


async def test_an_expired_consent_submits_nothing(house, officer):
    case = await house.filled_draft()
    superuser = await house.superuser()
    await superuser.execute("UPDATE consent SET expires_at = now() - interval '1 second'")
    await superuser.close()
    assert wrong(await officer.post(f"/cases/{case}/submission", expect=422)) == {"consent"}


async def test_the_database_lets_no_basis_outlive_its_consent(house, officer):
    case = await house.filled_draft()
    await officer.post(f"/cases/{case}/consent", await house.consent_body() | {"expires_at": later(days=9)})
    insert = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, consent_id, kinds, valid_from, valid_to) "
        "SELECT gen_random_uuid(), case_id, agency_id, 'consent', consent_id, kinds, now(), valid_to + $1::interval "
        "FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL AND case_id = $2 LIMIT 1"
    )
    wanted = await case_id(house, case)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for longer in (timedelta(seconds=1), None):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(insert, longer, wanted)
        await connection.execute(insert, timedelta(0), wanted)


async def test_consent_that_was_asked_long_ago_is_asked_again_and_none_was_asked_in_the_future(house, officer):
    case, body = await house.draft(), await house.consent_body()

    async def asked(moment, expect):
        return await officer.post(f"/cases/{case}/consent", body | {"asked_at": moment}, expect)

    problem = await asked(later(days=-367), 422)
    assert problem["errors"] == [
        {"field": "asked_at", "message": "Consent that was asked more than 1 years ago must be asked again."}
    ]
    assert wrong(await asked(later(minutes=5), 422)) == {"asked_at"}
    await asked(later(days=-364), 204)
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'marak', 'consent_asked_years', 3, now() - interval '1 day')"
    )
    await asked(later(days=-3 * 366), 422)
    await asked(later(days=-2 * 365), 204)


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("expires_at", "9999-12-31T23:59:59Z"),
        ("expires_at", "9999-12-31T23:59:59-14:00"),
        ("asked_at", "0001-01-01T00:00:00"),
        ("asked_at", "0001-01-01T00:00:00Z"),
    ],
)
async def test_a_moment_that_no_page_could_show_is_refused_by_name(house, field, moment):
    officer, case = await house.person("officer"), await house.draft()
    body = await house.consent_body() | {field: moment}
    problem = await officer.post(f"/cases/{case}/consent", body, 422)
    assert [(error["field"], error["message"]) for error in problem["errors"]] == [
        (field, "Write the day and time in the form 2.12.2026 at 9.00.")
    ]
    order = {"granted_on": "9999-12-31", "valid_until": "9999-12-31", "covers_household": False}
    assert wrong(await officer.post(f"/cases/{case}/protection", order, 422)) == {"granted_on", "valid_until"}
