"""Papers: any text becomes one, none can take the service down, and nothing stands recorded whose paper failed."""

import random
import unicodedata

import pytest
from tests.disclosures.telling import body, entries
from tests.disclosures.test_child_welfare import notification, with_child
from tests.disclosures.test_paper import PATH, TOLD
from tests.log_requests.asking import Asked
from tests.pages import at_pages
from tests.web.test_answers import rows

from multiagency.kernel.errors import Conflict
from multiagency.kernel.languages import Language
from multiagency.web import pdf, typesetter
from multiagency.web.legible import legible
from multiagency.web.pdf import make_pdf
from multiagency.web.press import PaperFault, Press
from multiagency.web.typesetter import marked, set_paper

TEMPLATE = "disclosures/documents/disclosure.typ"
EMPTY = {"secrecy": "", "facts": [], "content_title": "c", "lines": [], "text_title": "t", "text": "", "duty": ""}
HOSTILE = [
    "😀",
    "你好",
    "ไทย",
    "a\ufeffb",
    "\u202eabc",
    "\x00\x07\x7f",
    "\u0600",
    "e\u0301\u0302",
    "👩\u200d👩\u200d👧",
    "\ud800",
]
HOSTILE += [
    "\U0010ffff",
    "\ue000",
    "\u2028\u2029",
    "\u0301",
    "עברית",
    "محمد",
    "a\u200b\u2060b",
    "\ufffe",
    "#[*]@x $y$ \\",
]


def whole(text):
    return EMPTY | {"lang": "fi", "title": "t", "marks_title": "m", "text": text}


async def paper(text):
    return await make_pdf(
        "disclosures", "disclosure", Language.FI, text[:40], EMPTY | {"text": text, "facts": [[text, text]]}
    )


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
async def test_text_that_no_font_holds_becomes_a_paper(text):
    assert b"pdfuaid" in await paper(text)


async def test_any_unicode_text_becomes_a_paper():
    """Characters of all planes, drawn by a fixed seed."""
    draw = random.Random(36)  # noqa: S311
    assert b"pdfuaid" in await paper("".join(chr(draw.randrange(0x110000)) for _ in range(1000)))
    assert b"pdfuaid" in await paper(" ".join(chr(draw.randrange(0x3000)) for _ in range(1000)))


def test_what_no_font_holds_is_written_as_its_code_point_and_listed_at_the_end():
    shown = marked({"text": "Ann 😀", "rows": [["😀"]]}, {"😀"})
    assert (shown["text"], shown["rows"]) == ("Ann [U+1F600]", [["[U+1F600]"]])
    assert shown["marks"] == ["[U+1F600] GRINNING FACE"]
    assert len(set_paper(TEMPLATE, whole("Ann 😀"))) > len(set_paper(TEMPLATE, whole("Ann [U+1F600]"))), "the list"
    assert marked({"text": "Áile Ŋiŋŋá"}, set())["marks"] == []


def test_what_a_font_holds_is_never_marked(monkeypatch):
    """Letters of the languages that a client here may have a name in."""
    monkeypatch.setattr(typesetter, "_ROUNDS", 1)  # the first refusal is raised
    names = (
        "Áile Ŋuoššit Đđ Ǯǯ Ǩǩ",
        "Юлия Щёголева",
        "Αθηνά",
        "محمد",
        "Łukasz Żółć",
        "Nguyễn Thị Ánh",
        "O’Hara – »x« €",
    )
    for name in names:
        assert set_paper(TEMPLATE, whole(legible(unicodedata.normalize("NFC", name)))).startswith(b"%PDF")


def test_sec0038_a_paper_that_takes_too_much_memory_or_time_fails_alone():
    press = Press(memory=200 * 1024 * 1024)
    try:
        assert press.make(TEMPLATE, whole("small")).startswith(b"%PDF")
        with pytest.raises(Conflict) as refused:
            press.make(TEMPLATE, whole("word " * 400_000))
        assert refused.value.key == "error.paper_too_large"
        assert press.make(TEMPLATE, whole("small")).startswith(b"%PDF")
        press._patience = 0.01
        with pytest.raises(Conflict):
            press.make(TEMPLATE, whole("word " * 10_000))
        with pytest.raises(PaperFault):
            Press().make("web/documents/none.typ", whole(""))
    finally:
        press.close()


def test_a_typesetter_is_replaced_after_a_large_paper():
    press = Press()
    try:
        press.make(TEMPLATE, whole("small"))
        child = press._free.queue[-1]._child.pid
        press.make(TEMPLATE, whole("small"))
        assert press._free.queue[-1]._child.pid == child, "kept warm"
        press.make(TEMPLATE, whole(" ".join(map(str, range(300_000)))))
        assert press._free.queue[-1] is None
    finally:
        press.close()


OUTSIDE = {"recipient_name": "Naapurin sosiaalitoimi", "recipient_kind": "county", "fields": ["client.name"]}


async def test_nothing_is_recorded_whose_paper_failed(house, monkeypatch):
    """Every route that makes a paper together with a record: what cannot be printed was not done."""
    case = await with_child(house)
    officer, auditor = await house.person("officer"), await house.person("auditor")
    asked = await Asked.of(house)
    disclosing = await body(house, agency=None, **OUTSIDE)
    notifying = await notification(house, recipient=None, recipient_name="Naapurin lastensuojelu")
    refusing = {"ground": "not_entitled", "reason": "Valtakirja puuttuu.", "confirmed": True}
    writes = [
        (officer, f"/cases/{case}/disclosures", disclosing, 201),
        (officer, f"/cases/{case}/child-welfare/notification", notifying, 201),
        (officer, PATH, TOLD, 200),
        (auditor, f"{asked.path}/refusal", refusing, 204),
    ]
    before = await rows(house)
    monkeypatch.setattr(pdf, "LARGEST", 10)
    for person, path, about, _ in writes:
        problem = await person.post(path, about, 409)
        assert "too large" in problem["title"], path
    chosen = {name: value for name, value in disclosing.items() if name != "recipient_kind"} | {
        "recipient": "outside:county"
    }
    shown = await (await at_pages(house, "officer")).post(f"/cases/{case}/disclosures", 422, **chosen)
    assert "asiakirja on liian suuri" in shown.text
    assert await rows(house) == before
    assert await entries(house, "disclose") == []
    monkeypatch.undo()
    for person, path, about, status in writes:
        response = await house.http.post(f"/api/v1{path}", json=about, headers=person._headers)
        assert response.status_code == status, path
    assert await rows(house) != before


async def test_an_answer_for_a_client_whose_paper_failed_leaves_the_request_open(house, monkeypatch):
    asked = await Asked.of(house, identity_code="", identification_note="Passi nähty.")
    before = await rows(house)
    monkeypatch.setattr(pdf, "LARGEST", 10)
    await asked.answer(409, nothing_confirmed=True)
    assert await rows(house) == before
    monkeypatch.undo()
    await asked.answer(nothing_confirmed=True)


async def test_a_paper_larger_than_offered_is_refused_with_a_sentence(house, monkeypatch):
    monkeypatch.setattr(pdf, "LARGEST", 10)
    case = await house.filled_draft()
    for login, path in (("auditor", "/audit/export.pdf"), ("officer", f"/cases/{case}/consent/form.pdf")):
        assert "asiakirja on liian suuri" in (await (await at_pages(house, login)).get(path, 409)).text
