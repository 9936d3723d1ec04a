"""Leading a meeting: with the page that follows it, and without any script."""

import httpx
import pytest
from tests.journeys.conftest import DESKTOP, PHONE, execute
from tests.journeys.test_accessibility import faults

NOTE = "Sanna järjestää turvapuhelimen."


@pytest.fixture
def meeting(household, told):
    """The meeting of the main job, which begins in two minutes and which nobody has run yet."""
    _, _, meeting = told
    execute(household, "DELETE FROM chair_note")
    execute(household, "DELETE FROM room_presence")
    execute(household, "UPDATE agenda_item SET begun_at = NULL, handled_at = NULL, more_minutes = 0")
    soon = "UPDATE meeting SET turn = 0, run_at = NULL, starts_at = now() + interval '2 minutes' WHERE reference = $1"
    execute(household, soon, meeting)
    return meeting


def test_a_meeting_is_run_without_any_script(meeting, visit):
    paula = visit("coordinator").goto(f"/meetings/{meeting}/chair")
    paula.picture("chair-0-waits").press("Aloita")
    assert "Nyt" in paula.text
    name = paula.page.inner_text("h1").split("\n")[0]
    assert paula.page.title().count(name) == 0
    assert name not in paula.page.inner_text("#live-next")
    paula.picture("chair-1-now")
    paula.press("Anna lisää aikaa")
    assert "min myöhässä" in paula.text
    paula.fill(text=NOTE).press("Tallenna muistiinpano")
    assert paula.page.input_value("#text") == NOTE
    paula.press("Asia on käsitelty, seuraava").picture("chair-2-second")
    paula.press("Palaa edelliseen")
    assert paula.page.input_value("#text") == NOTE
    paula.press("Keskeytä kokous")
    assert "Kokous on keskeytetty" in paula.text
    paula.press("Aloita").press("Asia on käsitelty, seuraava").press("Asia on käsitelty, viimeinen")
    assert "Kaikki asiat on käsitelty" in paula.picture("chair-3-over").text


def test_the_page_follows_what_another_presses_and_leaves_alone_what_is_written(meeting, visit):
    """The note keeps text, focus and caret while everything around it goes on."""
    paula, other = visit("coordinator", scripts=True), visit("coordinator-2")
    broken = []
    paula.page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    paula.goto(f"/meetings/{meeting}/chair").press("Aloita")
    name = paula.page.inner_text("h1").split("\n")[0]
    paula.page.locator("#text").press_sequentially(NOTE)
    other.goto(f"/meetings/{meeting}/chair").press("Anna lisää aikaa")
    paula.page.locator("#live-time", has_text="min myöhässä").wait_for()
    assert paula.page.input_value("#text") == NOTE
    assert paula.page.evaluate("document.activeElement.id") == "text"
    other.press("Asia on käsitelty, seuraava")
    paula.page.locator("#live-time", has_text="asia 2/2").wait_for()
    assert name in paula.page.inner_text(".side")  # whose the note is
    assert paula.page.input_value("#text") == NOTE
    assert paula.page.get_attribute("#live-time", "aria-live") == "polite"
    assert broken == []


def test_what_has_the_focus_is_renewed_when_it_is_left(meeting, visit):
    paula, other = visit("coordinator", scripts=True), visit("coordinator-2")
    paula.goto(f"/meetings/{meeting}/chair").press("Aloita")
    paula.page.locator("#live-now button[value=more]").focus()
    other.goto(f"/meetings/{meeting}/chair").press("Anna lisää aikaa")
    paula.page.locator("#live-time", has_text="min myöhässä").wait_for()
    assert paula.page.input_value("#live-now [name=turn]") == "1"
    assert paula.page.evaluate("document.activeElement.value") == "more"
    paula.page.locator("#text").focus()
    paula.page.wait_for_function("() => document.querySelector('#live-now [name=turn]').value === '2'")


def test_what_may_no_longer_be_seen_does_not_stay_on_the_screen(household, meeting, visit):
    paula = visit("coordinator", scripts=True)
    paula.goto(f"/meetings/{meeting}/chair").press("Aloita")
    name = paula.page.inner_text("h1").split("\n")[0]
    assert name in paula.page.inner_text("#live-now")
    execute(household, "DELETE FROM session")
    paula.page.wait_for_function("() => !document.querySelector('#live-now').innerText.trim()", timeout=30_000)


def test_a_chair_without_a_seat_sees_the_times_and_no_name(household, meeting, visit):
    chair = "UPDATE meeting SET chair_id = (SELECT post_id FROM credential WHERE login = $2) WHERE reference = $1"
    execute(household, chair, meeting, "shelter")
    paula = visit("coordinator").goto(f"/meetings/{meeting}/chair").press("Aloita")
    name = paula.page.inner_text("h1").split("\n")[0]
    tiina = visit("shelter", scripts=True).goto("/").follow(f'a[href="/meetings/{meeting}/chair"]')
    assert name not in tiina.picture("chair-without-a-seat").page.content()
    assert "Tätä asiaa johtaa koordinaattori" in tiina.text
    assert not tiina.page.locator("main button").count()
    paula.press("Asia on käsitelty, seuraava")
    tiina.page.locator("#live-time", has_text="asia 2/2").wait_for()
    execute(household, chair, meeting, "coordinator")
    tiina.page.wait_for_function("() => !document.querySelector('#live-now').innerText.trim()", timeout=30_000)


def test_the_line_itself_tells_nothing_and_ends_with_the_session(household, meeting, visit):
    """Over plain HTTP, as a proxy sees it."""
    paula = visit("coordinator")
    paula.goto(f"/meetings/{meeting}/chair")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in paula.context.cookies())
    said = []
    path = f"{household.base_url}/meetings/{meeting}/chair/events"
    with httpx.stream("GET", path, headers={"cookie": cookie}, timeout=60) as line:
        assert line.status_code == 200
        assert line.headers["content-type"] == "text/event-stream"
        for word in line.iter_lines():
            said.append(word)
            if len(said) == 4:
                paula.press("Aloita")
            if word == "data: changed":
                execute(household, "DELETE FROM session")
    told = [word for word in said if word and word != ":"]
    assert told[0] == "retry: 5000"
    assert told[-1] == "data: changed"
    assert all(word.startswith(("retry", "id: ", "data: changed")) for word in told)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_it_fits_a_phone(household, meeting, visit, viewport):
    """While a case is handled, when all are, and what is beside: on a phone, at 320 px and on a desktop."""
    which = "phone" if viewport is PHONE else "desktop"
    paula = visit("coordinator", viewport=viewport, scripts=True).goto(f"/meetings/{meeting}/chair").press("Aloita")
    found = faults(paula.picture(f"chair-{which}"), "chair", viewport)
    for page in ("screen", "chairing"):
        paula.goto(f"/meetings/{meeting}/{page}").picture(f"chair-{page}-{which}")
        found += faults(paula, page, viewport)
    paula.goto(f"/meetings/{meeting}/chair").press("Keskeytä")
    found += faults(paula, "chair-stopped", viewport)
    assert found == [], "\n".join(found)
