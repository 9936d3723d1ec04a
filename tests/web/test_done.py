"""A change is told on the next page, once; nobody can put words there, and what failed says nothing."""

import pytest
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.languages import COMPLETE
from multiagency.web.done import Done
from multiagency.web.texts import TEXTS


async def test_what_was_done_is_said_once(house):
    officer, case = await at_pages(house, "officer"), await house.draft()
    saved = await officer.post(f"/cases/{case}/part", narrative=story.NARRATIVE)
    flags = saved.headers["set-cookie"].lower()
    assert all(flag in flags for flag in ("__host-done=", "secure", "httponly", "samesite=lax", "path=/", "max-age=60"))
    assert case not in flags
    assert "Tallennettu." in (await officer.get(f"/cases/{case}")).text
    assert "Tallennettu." not in (await officer.get(f"/cases/{case}")).text


async def test_what_failed_is_not_called_done(house):
    officer, case = await at_pages(house, "officer"), await house.draft()
    failed = await officer.post(f"/cases/{case}/client", 422, name="")
    assert "set-cookie" not in failed.headers
    assert "Tallennettu." not in (await officer.get(f"/cases/{case}")).text


@pytest.mark.parametrize("word", ["<b>", "error.not_found", "gone", ""])
async def test_only_our_own_words_are_said(house, word):
    person = await house.person("officer")
    cookie = {"cookie": f"{person._headers['cookie']}; __Host-done={word}"}
    page = await house.http.get("/cases", headers=cookie)
    assert page.status_code == 200
    assert 'class="note good"' not in page.text


@pytest.mark.parametrize("language", COMPLETE)
def test_every_word_has_its_sentence(language):
    assert all(f"done.{word}" in TEXTS.sentences[language] for word in Done)
