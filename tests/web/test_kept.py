"""Nothing that was typed is lost when a session ends; and nobody but its writer gets it back."""

import base64
from datetime import timedelta

import pytest
from tests.pages import at_pages, hidden
from tests.web.test_once import token_of

from multiagency.kernel.actor import Actor, Role
from multiagency.kernel.clock import now
from multiagency.kernel.ids import uuid7
from multiagency.kernel.languages import COMPLETE
from multiagency.web.formtokens import csrf_token, make, may_send, read
from multiagency.web.kept import TypedForm, seal, unseal
from multiagency.web.texts import TEXTS

TEXT = "Asiakas kertoi uhkauksesta.\nToinen rivi: ”lainattu” <b>."


async def end_sessions(house):
    superuser = await house.superuser()
    await superuser.execute("UPDATE session SET expires_at = now() - interval '1 second'")
    await superuser.close()


async def refused(house, form="part", status=401, cookie=True, **typed):
    """Somebody types for long, and their session ends meanwhile: the page that answers."""
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/{form}"
    token = token_of((await pages.get(path)).text)
    await end_sessions(house)
    headers = {"cookie": pages._session} if cookie else {}
    answer = await house.http.post(path, headers=headers, data={"csrf": token, **(typed or {"narrative": TEXT})})
    assert answer.status_code == status
    return path, answer


async def sign_in(house, login, **fields):
    data = {"login": login, "password": house.ground.passwords["demo_account"], **fields}
    return await house.http.post("/sign-in", data=data)


@pytest.mark.parametrize("cookie", [True, False])
async def test_what_was_typed_comes_back_after_signing_in_and_is_saved_when_it_is_sent(house, cookie):
    path, answer = await refused(house, cookie=cookie)
    assert TEXT not in answer.text
    carried = hidden(answer.text)
    assert "uhkauksesta" not in base64.urlsafe_b64decode(carried["kept"]).decode("latin-1")
    back = await sign_in(house, "officer", **carried)
    assert back.status_code == 200
    assert "Toinen rivi: ”lainattu” &lt;b&gt;." in back.text
    assert f'action="{path}"' in back.text
    assert await house.fetch("SELECT FROM case_part") == [], "nothing is sent by itself"
    session = back.headers["set-cookie"].split(";")[0]
    again = {"csrf": token_of(back.text), "seen": hidden(back.text).get("seen", ""), "narrative": TEXT}
    assert (await house.http.post(path, headers={"cookie": session}, data=again)).status_code == 303
    assert len(await house.fetch("SELECT FROM case_part")) == 1


async def test_somebody_else_gets_nothing_and_no_hint(house):
    path, answer = await refused(house)
    for login in ("officer-2", "coordinator"):
        other = await sign_in(house, login, **hidden(answer.text))
        plain = await sign_in(house, login, next="/")
        assert (other.status_code, other.headers["location"], other.text) == (303, "/", plain.text)
        assert other.headers.get_list("set-cookie")[0].split("=")[0] == plain.headers["set-cookie"].split("=")[0]
    assert path.split("/")[2] not in answer.text.partition("<main")[2]


async def test_a_wrong_password_loses_nothing(house):
    _, answer = await refused(house)
    carried = hidden(answer.text)
    wrong = await sign_in(house, "officer", **carried, password="x")
    assert wrong.status_code == 401
    assert hidden(wrong.text)["kept"] == carried["kept"]


async def test_after_its_time_it_is_gone(house):
    _, answer = await refused(house)
    kept = hidden(answer.text)["kept"]
    issued = int.from_bytes(base64.urlsafe_b64decode(kept)[:4], "big")
    assert abs(issued - now().timestamp()) < 600
    short = house.runtime.settings.model_copy(update={"kept_hours": 0})
    house.runtime.tools = type(house.runtime.tools)(
        **{
            name: short if name == "settings" else getattr(house.runtime.tools, name)
            for name in house.runtime.tools.__dataclass_fields__
        }
    )
    late = await sign_in(house, "officer", kept=kept, next="/")
    assert (late.status_code, late.headers["location"]) == (303, "/")


async def test_an_old_page_in_a_new_session_of_its_writer_is_shown_again_at_once(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/part"
    token = token_of((await pages.get(path)).text)
    house.forget("officer")
    renewed = await at_pages(house, "officer")
    answer = await renewed.post(path, 403, csrf=token, narrative=TEXT)
    assert "Toinen rivi" in answer.text
    await renewed.post(path, csrf=token_of(answer.text), narrative=TEXT)


async def test_an_old_page_in_the_session_of_somebody_else_shows_them_nothing(house):
    pages, other, case = await at_pages(house, "officer"), await at_pages(house, "officer-2"), await house.draft()
    path = f"/cases/{case}/part"
    token = token_of((await pages.get(path)).text)
    answer = await other.post(path, 403, csrf=token, narrative=TEXT)
    assert "Toinen rivi" not in answer.text
    back = await sign_in(house, "officer", kept=hidden(answer.text)["kept"])
    assert "Toinen rivi" in back.text


async def test_a_form_with_a_forged_token_is_refused_plainly(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    for forged in ("x", csrf_token("another")):
        answer = await pages.post(f"/cases/{case}/part", 403, csrf=forged, narrative=TEXT)
        assert "kept" not in hidden(answer.text)
        assert "Toinen rivi" not in answer.text


async def test_secrets_files_and_confirmations_are_not_carried(house):
    typed = {"narrative": TEXT, "password": "salaisuus", "confirmed": "true"}
    _, answer = await refused(house, **typed)
    back = await sign_in(house, "officer", kept=hidden(answer.text)["kept"])
    assert "Toinen rivi" in back.text
    assert "salaisuus" not in back.text
    assert 'name="confirmed"' not in back.text


@pytest.mark.parametrize("language", COMPLETE)
async def test_every_page_says_until_when_the_session_lasts_and_warns_in_time(house, language):
    pages = await at_pages(house, "officer")
    headers = {"cookie": f"{pages._session}; __Host-language={language}"}
    until = TEXTS.say(language, "typed.session_until", when="|").partition("|")[0]
    soon = TEXTS.say(language, "typed.session_ends_soon", when="|").partition("|")[0]
    page = (await house.http.get("/cases/new", headers=headers)).text
    assert until in page
    assert f">{soon}" not in page
    superuser = await house.superuser()
    await superuser.execute("UPDATE session SET expires_at = now() + interval '20 minutes'")
    await superuser.close()
    assert f">{soon}" in (await house.http.get("/cases/new", headers=headers)).text


async def test_another_language_loses_nothing_that_stands_half_typed(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/safe-contact"
    page = (await pages.get(path)).text
    assert f'form="typed" formaction="/language?next={path}"' in page
    assert page.index('id="typed"') < page.index('<button class="plain" form="typed"'), "Enter presses the first button"
    form = {"csrf": token_of(page), "phone": "040 111", "language": "other", "to_language": "sv"}
    answer = await house.http.post(f"/language?next={path}", headers={"cookie": pages._session}, data=form)
    assert answer.status_code == 200
    assert "__Host-language=sv" in answer.headers["set-cookie"]
    assert TEXTS.say("sv", "typed.title") in answer.text
    again = hidden(answer.text)
    assert again["language"] == "other"
    assert 'name="phone" value="040 111"' in answer.text
    assert await house.fetch("SELECT FROM safe_contact") == []
    await pages.post(path, csrf=again["csrf"], phone="040 111", language="other")


async def test_a_language_is_chosen_without_a_form_too_and_nothing_foreign_is_shown(house):
    plain = await house.http.post("/language", data={"language": "sv", "next": "/cases"})
    assert (plain.status_code, plain.headers["location"]) == (303, "/cases")
    pages, other = await at_pages(house, "officer"), await at_pages(house, "officer-2")
    token = token_of((await pages.get("/cases/new")).text)
    form = {"csrf": token, "team": "x", "to_language": "sv"}
    answer = await house.http.post("/language?next=//evil.example", headers={"cookie": other._session}, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await house.http.post("/language", data={"language": "xx"})).status_code == 422


def an_actor(**changes):
    about = {"session_id": uuid7(), "post_id": uuid7(), "person_id": uuid7(), "agency_id": uuid7()}
    about |= {"role": Role.OFFICER, "name": "x", "title": "x", "agency_name": "x", "language": "fi", "until": now()}
    return Actor(**about | changes)


def test_only_person_and_post_together_open_it_and_only_in_time(house_keys):
    writer, moment, hours = an_actor(), now(), timedelta(hours=8)
    token = read(house_keys, make(house_keys, writer, "secret", moment))
    typed = TypedForm("/cases/K7QM-2XWD/part", [("narrative", TEXT)])
    kept = seal(house_keys, token, typed, moment)
    assert unseal(house_keys, kept, writer, moment, hours) == typed
    for other in (an_actor(person_id=writer.person_id), an_actor(post_id=writer.post_id), an_actor()):
        assert unseal(house_keys, kept, other, moment, hours) is None
    assert unseal(house_keys, kept, writer, moment + hours + timedelta(seconds=2), hours) is None
    assert unseal(house_keys, kept, writer, moment - timedelta(hours=1), hours) is None
    raw = bytearray(base64.urlsafe_b64decode(kept))
    for place in (0, 3, 4, 20, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert unseal(house_keys, base64.urlsafe_b64encode(changed).decode(), writer, moment, hours) is None
    for junk in ("", "x", "ä", "AAAA"):
        assert unseal(house_keys, junk, writer, moment, hours) is None


def test_a_form_token_is_one_sessions_and_this_services(house_keys):
    writer = an_actor()
    token = make(house_keys, writer, "secret", now())
    found = read(house_keys, token)
    assert (found.person_id, found.post_id) == (writer.person_id, writer.post_id)
    assert may_send(token, "secret")
    assert not may_send(token, "another")
    assert may_send(csrf_token("secret"), "secret")
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for place in (0, 20, 40, 50):
        changed = bytearray(raw)
        changed[place] ^= 1
        forged = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert read(house_keys, forged) is None
        assert place >= 44 or not may_send(forged, "secret")


@pytest.fixture
def house_keys(ground):
    from multiagency.kernel.keys import MasterKeys, master_directory

    return MasterKeys(master_directory(ground.directory / "keys"))
