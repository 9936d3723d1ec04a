"""The form to sign names the client and the giver only; the scan is sealed, recognised by its bytes, and a file."""

import json
import re
import tempfile
import zlib

import pytest
from tests.consent.minors import ChildsCase
from tests.kernel.test_row_security import secret_of
from tests.pages import PageVisitor, at_pages, words

from multiagency.consent import pages_signing as paper_pages
from multiagency.demo import story
from multiagency.web.middleware import LARGEST_BODY, LARGEST_UPLOAD
from multiagency.web.pdf import make_pdf

PDF = b"%PDF-1.7\n" + b"x" * 2000
PNG, JPEG = b"\x89PNG\r\n\x1a\n" + b"y" * 500, b"\xff\xd8\xff\xe0" + b"z" * 500


def unpacked(pdf: bytes) -> bytes:
    """The file with its streams inflated, for looking into."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


class Upload(PageVisitor):
    async def scan(self, case, content, expect=303, name="nimi.pdf", kind="application/pdf", **data):
        response = await self._http.post(
            f"/cases/{case}/consent/scan",
            headers=self._headers,
            data={"csrf": self._csrf, **data},
            files={"file": (name, content, kind)},
        )
        assert response.status_code == expect, (response.status_code, words(response.text))
        return response


@pytest.fixture
async def officer(house):
    return Upload(house, await house.person("officer"))


async def printed(house, monkeypatch, case, **asked):
    """The real file, and exactly what was handed over to be set."""
    handed = []

    def noting(room, template, language, title, data):
        handed.append(data)
        return make_pdf(room, template, language, title, data)

    monkeypatch.setattr(paper_pages, "make_pdf", noting)
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    response = await (await at_pages(house, "officer")).get(f"/cases/{case}/consent/form.pdf?{query}")
    return response, handed[0]


async def test_the_form_is_a_tagged_pdf_that_no_browser_shows(house, monkeypatch):
    case = await house.filled_draft()
    response, _ = await printed(house, monkeypatch, case)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'attachment; filename="form.pdf"'
    assert response.headers["cache-control"] == "no-store"
    assert "sandbox" in response.headers["content-security-policy"]
    inside = unpacked(response.content)
    assert inside.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in inside
    assert b"<pdfuaid:part>1</pdfuaid:part>" in inside
    assert b"/Lang" in inside


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
async def test_the_form_names_nobody_but_the_client(house, monkeypatch, language):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    _, data = await printed(house, monkeypatch, case, language=language)
    said = json.dumps(data, ensure_ascii=False)
    assert data["client"] == story.CLIENT["name"]
    assert data["giver"] == ""
    for secret in (
        *story.VIOLENT.values(),
        *story.CHILD.values(),
        story.CLIENT["identity_code"],
        *map(str, story.SAFE_CONTACT.values()),
    ):
        if len(secret) > 5:
            assert secret not in said
    for word in ("väkival", "våld", "violen", "abus"):
        assert word not in said.lower()
    assert len(data["recipients"]) == 6
    assert len(data["kinds"]) == 5
    assert bool(data["note"]) == (language == "se")


async def test_a_guardians_form_names_that_guardian_only(house, monkeypatch):
    child = await ChildsCase.open(house, 9)
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    _, data = await printed(house, monkeypatch, child.reference, giver=first)
    assert (data["client"], data["giver"]) == ("Lapsi Esimerkki", "Huoltaja Yksi")
    assert "Huoltaja Kaksi" not in json.dumps(data, ensure_ascii=False)
    visitor = await at_pages(house, "officer")
    suspect = await child.guardian("Epäilty Huoltaja", suspected=True)
    await visitor.get(f"{child.path}/consent/form.pdf?giver={suspect}", 422)
    await visitor.get(f"{child.path}/consent/form.pdf", 422)
    await visitor.get(f"{child.path}/consent/form.pdf?giver={second}")


async def test_a_name_is_never_markup(house, monkeypatch):
    case = await house.filled_draft()
    name = "#panic() $x$ *Aili* \\ <b>"
    await (await house.person("officer")).put(f"/cases/{case}/client", {"name": name, "identity_code": "030594W902A"})
    _, data = await printed(house, monkeypatch, case)
    assert data["client"] == name


async def test_there_is_no_form_before_there_is_a_client(house):
    await (await at_pages(house, "officer")).get(f"/cases/{await house.draft()}/consent/form.pdf", 409)


async def test_only_who_refers_prints_it(house):
    case = await house.submitted()
    await (await at_pages(house, "coordinator")).get(f"/cases/{case}/consent/form.pdf", 403)
    await (await at_pages(house, "social-worker")).get(f"/cases/{case}/consent/form.pdf", 404)


@pytest.mark.parametrize(("content", "ending"), [(PDF, "pdf"), (PNG, "png"), (JPEG, "jpg")])
async def test_a_scan_comes_back_as_it_was_and_as_a_file_only(house, officer, content, ending):
    case = await house.filled_draft()
    await officer.scan(case, content)
    page = (await officer.get(f"/cases/{case}/consent/scan")).text
    path = re.search(rf"/cases/{case}/consent/scan/[0-9a-f-]+", page)[0]
    response = await officer.get(path)
    assert response.content == content
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == f'attachment; filename="consent.{ending}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    stored = (await house.fetch("SELECT content, size, media_type FROM consent_scan"))[0]
    assert content[:20] not in stored["content"]
    assert stored["size"] == len(content)


@pytest.mark.parametrize(
    "content", [b"", b"<html><script>", b"MZ\x90", b" %PDF-1.7", b"GIF89a", b"PK\x03\x04", b"\xff\xd8", b"\x89PNG"]
)
async def test_what_a_file_says_of_itself_counts_for_nothing(house, officer, content):
    case = await house.filled_draft()
    response = await officer.scan(case, content, 422)
    assert 'href="#file"' in response.text
    assert await house.fetch("SELECT FROM consent_scan") == []


async def test_a_scan_over_the_parameter_is_refused_by_name(house, officer):
    case = await house.filled_draft()
    superuser = await house.superuser()
    await superuser.execute("UPDATE dated_parameter SET value = 2 WHERE name = 'scan_kilobytes'")
    await superuser.close()
    await officer.scan(case, PDF[:2000])
    assert 'href="#file"' in (await officer.scan(case, b"%PDF-" + b"x" * 1996, 422)).text


async def test_the_path_of_a_scan_takes_more_than_others_and_not_everything(house, officer):
    case = await house.filled_draft()
    large = b"%PDF-" + b"x" * 4_900_000
    await officer.scan(case, large)
    await officer.scan(case, b"%PDF-" + b"x" * 5_200_000, 422)
    too_large = await house.http.post(
        f"/cases/{case}/consent/scan", headers=officer._headers, content=b"x" * (LARGEST_UPLOAD + 1)
    )
    assert too_large.status_code == 413
    for path in (
        f"/cases/{case}/consent",
        f"/cases/{case}/consent/scan/else",
        f"/cases/{case}/consent/scans",
        "/sign-in",
    ):
        response = await house.http.post(path, headers=officer._headers, content=b"x" * (LARGEST_BODY + 1))
        assert response.status_code == 413, path


async def test_no_byte_of_a_scan_touches_the_disk(house, officer, monkeypatch):
    rolled = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda self: rolled.append(self))
    await officer.scan(await house.filled_draft(), b"%PDF-" + b"x" * 4_900_000)
    assert rolled == []


async def test_a_scan_belongs_to_a_version_of_its_own_case(house, officer):
    case, other = await house.filled_draft(), await house.draft()
    assert 'href="#version"' in (await officer.scan(other, PDF, 422)).text
    assert 'href="#version"' in (await officer.scan(case, PDF, 422, version="7")).text
    await officer.scan(case, PDF, version="1")
    scan = (await house.fetch("SELECT id FROM consent_scan"))[0]["id"]
    await officer.get(f"/cases/{other}/consent/scan/{scan}", 404)


async def test_a_scan_is_seen_where_consent_is_and_nowhere_else(house, officer):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await officer.scan(case, PDF)
    scan = (await house.fetch("SELECT id FROM consent_scan"))[0]["id"]
    path = f"/cases/{case}/consent/scan/{scan}"
    await (await at_pages(house, "coordinator")).get(path)
    await (await at_pages(house, "municipality")).get(path, 404)
    await (await at_pages(house, "social-worker")).get(path, 404)
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM consent_scan") == 0
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await (await at_pages(house, "coordinator")).get(path, 404)


async def test_a_scan_without_the_token_of_the_session_is_refused(house, officer):
    case = await house.filled_draft()
    await officer.scan(case, PDF, 403, csrf="wrong")
