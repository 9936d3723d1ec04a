"""The referrer's job at the pages, counted: what it asks of whoever does it, from the first page to the receipt.

A page is a page that is shown. A click is a button, a link, a radio or a box, or one choice in a list. A field is one
that is typed into; its keys are its characters and the tab that leads on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.journeys.conftest import Visitor

from multiagency.demo import story

AGENCIES = ("Tunturi-Lapin hyvinvointialue", "poliisilaitos", "Revontulen")
CHILDREN = (("Eemeli Esimerkki", "020516C903K"), ("Helmi Esimerkki", "020518C9055"))
REASON = "Väkivalta on pahentunut, ja asiakas pelkää."
FEAR = "Että hän tappaa minut, jos lähden."


@dataclass(slots=True)
class Counted:
    """Somebody at a browser, and what they have done so far."""

    visitor: Visitor
    shown: Callable[[str], None] = lambda name: None
    """Called with the name of each page once it is shown."""
    pages: int = 0
    clicks: int = 0
    keys: int = 0
    fields: int = 0
    case: str = ""
    each: list[tuple[str, int, int]] = field(default_factory=list)
    """Page by page: its name, clicks and typed fields."""

    @property
    def page(self):
        return self.visitor.page

    @property
    def steps(self):
        """What each page asks before it is left: its name, clicks and typed fields."""
        after = [*self.each[1:], ("", self.clicks, self.fields)]
        return [
            (name, clicks - before, fields - typed)
            for (name, before, typed), (_, clicks, fields) in zip(self.each, after, strict=True)
        ]

    def arrived(self, name):
        self.pages += 1
        self.each.append((name, self.clicks, self.fields))
        self.shown(name)
        return self

    def go(self, locator, name):
        """Press what leads to another page."""
        self.clicks += 1
        answer = self.visitor.click(locator)
        assert answer.status == 200, self.visitor.text
        return self.arrived(name)

    def button(self, words, name):
        return self.go(self.page.locator("main").get_by_role("button", name=re.compile(words)), name)

    def link(self, words, name):
        return self.go(self.page.locator("main").get_by_role("link", name=re.compile(words)), name)

    def tick(self, locator):
        self.clicks += 1
        locator.first.check()
        return self

    def choose(self, selector, value):
        self.clicks += 1
        self.page.select_option(selector, value)
        return self

    def type(self, selector, text):
        self.fields += 1
        self.keys += len(text) + 1
        self.page.fill(selector, text)
        return self


def refer(counted):
    """Do the referrer's job: two children, three agencies, every item answered; from the first page to the receipt."""
    page = counted.page
    counted.arrived("first page")
    counted.link("^Avaa uusi asia", "people")
    _say_who_is_who(counted)
    counted.button("^Tallenna ja jatka", "situation")
    counted.type("#narrative", story.NARRATIVE)
    counted.tick(page.locator("#do_not_talk_to").get_by_label(story.VIOLENT["name"]))
    counted.type("#phone", story.SAFE_CONTACT["phone"])
    counted.tick(page.locator("#safe_days input"))
    counted.type("#safe_from", "9").type("#safe_until", "11")
    counted.tick(page.locator("#may_leave_message input[value=false]"))
    counted.tick(page.locator("#decision").get_by_label("Tehty jo"))
    counted.button("^Tallenna ja jatka", "checklist")
    _go_through_the_checklist(counted)
    counted.button("^Tallenna ja jatka", "consent")
    for question in ("answer", "when", "how"):
        counted.tick(page.locator(f"#{question} input"))
    for agency in AGENCIES:
        row = page.locator("#shares fieldset").filter(has=page.locator("legend", has_text=agency))
        counted.tick(row.locator("input[type=radio]"))
    counted.button("^Tallenna", "consent read aloud")
    counted.link("^Jatka|^Tarkista", "check")
    counted.button("^Lähetä", "receipt")
    return re.search(r"/cases/([A-Z0-9]{4}-[A-Z0-9]{4})", page.url)[1]


def _say_who_is_who(counted):
    counted.type("#client-name", story.CLIENT["name"]).type("#client-born", story.CLIENT["identity_code"])
    violent = "#person_using_violence"
    counted.type(f"{violent}-name", story.VIOLENT["name"]).type(f"{violent}-born", story.VIOLENT["identity_code"])
    for row, (name, code) in enumerate(CHILDREN):
        counted.type(f"#child-{row}-name", name).type(f"#child-{row}-born", code)
        counted.choose(f"#child-{row}-relation", "of_both")


def _go_through_the_checklist(counted):
    page = counted.page
    for question in page.locator("fieldset[id^=safety-]").all():
        counted.tick(question.locator("input"))
    counted.type("#client_words", FEAR).choose("#source", "client")
    for place, item in enumerate(page.locator("fieldset[id^=answer-]").all()):
        counted.tick(item.locator(f"input[value={'yes' if place % 2 else 'no'}]"))
    counted.tick(page.locator("#judged_high input[value=true]")).type("#judgement_reason", REASON)
