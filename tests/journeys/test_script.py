"""The one small script: what it adds to pages that work without it."""

import pytest
from tests.journeys.conftest import begin, execute

TEXT = "Sovittiin, kuka soittaa."


@pytest.fixture
def writer(household, told, visit):
    """A coordinator at the minutes of a meeting that has begun."""
    case, _, meeting = told
    begin(household, meeting)
    execute(household, "DELETE FROM minutes")
    return visit("coordinator", scripts=True).goto(f"/meetings/{meeting}/cases/{case}/minutes")


def drafts(writer):
    """What stands in the text of the page, opened anew."""
    return writer.goto(writer.page.url.partition("?")[0]).page.input_value("#text")


def write(writer, text):
    writer.page.locator("#text").press_sequentially(text)


def leave_the_field(writer):
    """The text is saved as soon as its field is left, or when it has rested."""
    with writer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        writer.page.locator("#text").blur()
    return answer.value


def test_a_long_text_saves_itself_and_says_when(writer):
    write(writer, TEXT)
    assert leave_the_field(writer).status == 204
    writer.page.locator(".saved", has_text="Tallennettu klo").wait_for()
    assert drafts(writer) == TEXT


def test_what_saved_itself_is_gone_on_from_by_the_button(writer):
    write(writer, TEXT)
    leave_the_field(writer)
    write(writer, " Ja milloin.")
    writer.submit(200)
    assert "Luonnos on tallennettu" in writer.text
    assert drafts(writer) == f"{TEXT} Ja milloin."


def test_the_button_waits_for_what_is_being_saved(writer):
    """Otherwise one's own saving would be somebody else's version: it is saved, and its answer is still on the way."""
    page, held = writer.page, []
    page.route("**/minutes", lambda route: held.append((route, route.fetch())) if not held else route.continue_())
    write(writer, TEXT)
    page.locator("#text").blur()
    while not held:
        page.wait_for_timeout(20)
    write(writer, " Ja milloin.")
    with page.expect_navigation() as left:
        page.locator("#typed button").first.click(no_wait_after=True)
        page.wait_for_timeout(300)
        held[0][0].fulfill(response=held[0][1])
    assert left.value.status == 200
    assert drafts(writer) == f"{TEXT} Ja milloin."


def test_what_somebody_else_saved_stops_it_and_nothing_is_overwritten(writer, visit):
    other = visit("coordinator").goto(writer.page.url)
    other.fill(text="Toinen teksti.").submit(200)
    write(writer, TEXT)
    assert leave_the_field(writer).status in (409, 412)
    writer.page.locator(".saved", has_text="Ei tallentunut").wait_for()
    assert writer.page.input_value("#text") == TEXT
    assert drafts(writer) == "Toinen teksti."


def test_a_lost_line_loses_nothing(writer):
    write(writer, TEXT)
    writer.page.route("**/minutes", lambda route: route.abort())
    writer.page.locator("#text").blur()
    writer.page.locator(".saved", has_text="Ei yhteyttä").wait_for()
    assert writer.page.input_value("#text") == TEXT


@pytest.mark.parametrize("changed", [True, False])
def test_who_leaves_unsaved_changes_is_asked(visit, changed):
    asked = []
    officer = visit("officer", scripts=True).goto("/break-glass")
    officer.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    if changed:
        officer.page.locator("#typed textarea, #typed input[type=text]").first.press_sequentially("x")
    officer.goto("/")
    assert asked == (["beforeunload"] if changed else [])


def test_the_page_says_when_the_session_ends_soon(household, visit):
    """A page that has stood open says it by itself, in the words that a new page would say."""
    officer = visit("officer", scripts=True)
    execute(household, "UPDATE session SET expires_at = now() + interval '30 minutes 4 seconds'")
    officer.goto("/")
    assert officer.page.inner_text("#told") == ""
    officer.page.locator("#told", has_text="Istunto").wait_for()


def test_escape_and_a_click_beside_close_the_menus_of_the_header(visit):
    page = visit("officer", scripts=True).page
    menu = page.locator("header details").last
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert menu.locator("summary").evaluate("summary => summary === document.activeElement")
    menu.locator("summary").click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_no_other_script_runs(visit):
    officer = visit("officer", scripts=True)
    refused = "() => new Promise(done => { const s = document.createElement('script'); s.onerror = () => done(true); "
    refused += "s.onload = () => done(false); s.src = '/assets/other.js'; document.head.append(s) })"
    assert officer.page.evaluate(refused)
    inline = "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; "
    assert officer.page.evaluate(inline + "document.head.append(s); return window.ran }") is None
