"""What no browser of ours sends: each is refused with a sentence, by a door that stands before the body."""

import re
from uuid import uuid4

import pytest
from tests.cases.test_opening_people import FAMILY
from tests.house import BASE_URL
from tests.pages import at_pages, words
from tests.web.calls import WITNESS
from tests.web.test_answers import rows

from multiagency.kernel.languages import Language
from multiagency.web.assets import STYLE
from multiagency.web.texts import TEXTS

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MULTIPART = "multipart/form-data; boundary=x"
BODIES = {
    "multipart without boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "multipart that ends nowhere": (MULTIPART, b"--x\r\nContent-Disposition: form-data"),
    "multipart of another boundary": (MULTIPART, b"--y\r\n\r\n--y--"),
    "multipart with a strange charset": (
        MULTIPART + "; charset=nothing",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--',
    ),
    "multipart in a charset that decodes nothing": (
        MULTIPART + "; charset=undefined",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--',
    ),
    "multipart with fields of no name": (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
    "a thousand fields and one": (FORM, b"&".join(b"a%d=1" % n for n in range(1001))),
    "a form in bytes": (FORM, b"a=\xff\xfe&%ff=%zz"),
    "NUL in a form": (FORM, b"name=%00"),
    "another kind": ("image/png", b"\x89PNG"),
    "no kind": ("", b"a=b"),
}
TEXTS_OF_JSON = {
    "brackets": b"[" * 50_000,
    "braces": b'{"a":' * 50_000,
    "half": b'{"name"',
    "bytes": b"\xff\xfe\xfa",
    "a number without end": b'{"name": ' + b"9" * 5000 + b"}",
    "half a character": b'{"name": "\\ud800"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "not a number": b'{"name": NaN}',
    "a name twice": b'{"name": "a", "name": 7}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES)
async def test_a_form_that_is_none_is_refused_with_a_sentence(house, body):
    kind, content = BODIES[body]
    officer = await at_pages(house, "officer")
    headers = {**officer._headers, "content-type": kind, "x-csrf-token": officer._csrf}
    before = await rows(house)
    for path in ("/cases/new", "/sign-in", "/language", "/child-welfare/notification"):
        answer = await house.http.post(path, content=content, headers=headers)
        assert 400 <= answer.status_code < 500, path
        assert len(words(answer.text)) > 80, path
    assert await rows(house) == before


async def test_a_note_that_is_sent_as_a_form_is_no_fault_of_ours(house):
    answer = await house.http.post("/log/cosignatures", data={"note": "x"})
    assert answer.status_code == 422


async def test_a_witness_of_no_agency_is_a_wrong_field(house):
    there = {"agency": str(uuid4()), "vkey": WITNESS.verifier_key}
    problem = await (await house.person("administrator")).post("/audit/witnesses", there, 422)
    assert [error["field"] for error in problem["errors"]] == ["agency"]


@pytest.mark.parametrize("body", TEXTS_OF_JSON)
async def test_json_that_is_none_is_refused_with_a_sentence(house, body):
    officer, case = await house.person("officer"), await house.draft()
    path, headers = f"/api/v1/cases/{case}/client", {**officer._headers, "content-type": JSON}
    answer = await house.http.put(path, content=TEXTS_OF_JSON[body], headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"]
    assert await house.fetch("SELECT FROM client") == []


@pytest.mark.parametrize(
    "path", ["/cases/%00", "/cases/%FF", "/cases?x=%00", "/cases/?a=%ff", "//cases", "/cases/..%2f..", "/%E2%80%AE"]
)
async def test_an_odd_address_is_refused_with_a_sentence(house, path):
    for program in ("", "/api/v1"):
        answer = await house.http.get(BASE_URL + program + path, headers=(await house.person("officer"))._headers)
        assert 200 <= answer.status_code < 500
        assert answer.text


async def test_a_query_in_bytes_of_no_encoding_is_no_fault_of_ours(house):
    headers = (await house.person("auditor"))._headers
    for path in ("/audit?case=", "/api/v1/audit/entries?case="):
        answer = await house.http.get(BASE_URL + path + "%FF%FE", headers=headers)
        assert answer.status_code in {200, 422}


class TestTheDoorStandsBeforeTheBody:
    """SEC-0040."""

    @pytest.mark.parametrize("body", TEXTS_OF_JSON)
    async def test_sec0040_whoever_is_not_signed_in_is_told_so_whatever_they_send(self, house, body):
        for path in ("/api/v1/cases", "/api/v1/witnesses", "/api/v1/meetings"):
            answer = await house.http.post(path, content=TEXTS_OF_JSON[body], headers={"content-type": JSON})
            assert (path, answer.status_code) in {(path, 401), ("/api/v1/witnesses", 404)}

    async def test_sec0040_whose_role_may_not_is_refused_before_what_they_sent_is_read(self, house):
        auditor = await house.person("auditor")
        for content in (b"{", b"[" * 50_000, b"{}"):
            answer = await house.http.post(
                "/api/v1/cases", content=content, headers={**auditor._headers, "content-type": JSON}
            )
            assert answer.status_code == 403

    async def test_sec0040_no_form_is_parsed_for_a_stranger(self, house, monkeypatch):
        async def parse(_):
            raise AssertionError("parsed")

        monkeypatch.setattr("multiagency.web.door.form_of", parse)
        answer = await house.http.post("/cases/new", data={"team": "x"}, headers={"cookie": "__Host-session=none"})
        assert answer.status_code == 401

    async def test_a_refusal_for_its_form_does_not_commit(self, house):
        """The unit of work is open when the body is read, and nothing of it stays."""
        officer = await house.person("officer")
        before = await house.fetch("SELECT count(*) FROM audit_entry")
        answer = await house.http.post(
            "/api/v1/cases", content=b"{", headers={**officer._headers, "content-type": JSON}
        )
        assert answer.status_code == 422
        assert await house.fetch("SELECT count(*) FROM audit_entry") == before

    async def test_every_route_that_takes_a_body_goes_through_its_door_first(self, house):
        from fastapi.routing import iter_route_contexts

        from multiagency.web.entering import BodyRoute

        found = [c for c in iter_route_contexts(house.app.routes) if c.original_route.body_field is not None]
        assert len(found) > 50
        assert [c.path for c in found if not isinstance(c.original_route, BodyRoute)] == []


@pytest.mark.parametrize("path", ["/cases/", "/sign-in/", "/api/v1/cases/", f"{STYLE.path}/", "//cases"])
async def test_sec0039_no_address_is_made_of_the_host_header(house, path):
    headers = {**(await house.person("officer"))._headers, "host": "evil.example", "x-forwarded-host": "evil.example"}
    answer = await house.http.get(BASE_URL + path, headers=headers)
    assert "evil.example" not in answer.headers.get("location", "") + answer.text
    assert answer.status_code == 404


async def test_sec0039_every_redirect_is_within_the_service(house):
    officer = await at_pages(house, "officer")
    headers = {**officer._headers, "host": "evil.example"}
    found = [await house.http.get("/cases", headers={"host": "evil.example"})]
    team = (await (await house.person("officer")).get("/teams"))[0]["id"]
    found.append(
        await house.http.post("/cases/new", data={"csrf": officer._csrf, "team": team, **FAMILY}, headers=headers)
    )
    found.append(await house.http.post("/language", data={"language": "en", "next": "//evil.example"}, headers=headers))
    assert [answer.status_code for answer in found] == [303] * 3
    assert all(re.match(r"/(?!/)", answer.headers["location"]) for answer in found)


@pytest.mark.parametrize(
    "path", ["/", "/cases", "/sign-in", STYLE.path, "/api/v1/cases", "/nothing", "/log/checkpoint"]
)
async def test_head_is_answered_as_get_is_without_the_content(house, path):
    headers = (await house.person("officer"))._headers
    get, head = await house.http.get(path, headers=headers), await house.http.head(path, headers=headers)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert abs(int(head.headers["content-length"]) - int(get.headers["content-length"])) < 100, "tokens differ"
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_what_the_shield_refuses_has_a_sentence_in_the_callers_language(house):
    headers = (await house.person("officer"))._headers
    for language in ("fi", "sv", "en"):
        asked = {**headers, "accept-language": language}
        far = await house.http.post("/api/v1/cases", json={}, headers={**asked, "sec-fetch-site": "cross-site"})
        assert (far.status_code, far.json()["title"]) == (403, TEXTS.say(Language(language), "error.cross_site"))
        page = await house.http.post("/cases/new", content=b"a" * 1_100_000, headers=asked)
        assert page.status_code == 413
        assert TEXTS.say(Language(language), "error.too_large") in page.text


@pytest.mark.parametrize(("login", "path"), [("auditor", "/cases"), ("officer", "/audit"), ("county", "/audit/export")])
async def test_a_refusal_by_role_keeps_name_menu_and_language(house, login, path):
    person = await at_pages(house, login)
    await house.fetch("UPDATE post SET language = 'sv'")
    page = await person.get(path, 403)
    assert '<html lang="sv">' in page.text
    assert TEXTS.say(Language.SV, "error.forbidden") in page.text
    assert TEXTS.say(Language.SV, "page.sign_out") in page.text
    assert f'aria-label="{TEXTS.say(Language.SV, "page.navigation")}"' in page.text
