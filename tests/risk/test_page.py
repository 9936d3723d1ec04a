"""The checklist's page: the client's words first, safety before everything, a source, a comment on demand, no score."""

import re

import pytest
from tests.pages import at_pages, hidden
from tests.risk.test_assessment import ITEMS, asks, assess, begun, fields, says, view_of
from tests.stages import told

from multiagency.demo import story
from multiagency.kernel.languages import Language
from multiagency.risk.instruments import instrument
from multiagency.web.texts import TEXTS

WORDS = "Pelkään, että hän tulee yöllä avaimella sisään."


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, "coordinator") as stage:
        yield stage


@pytest.fixture
async def house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def cases(stage):
    return stage.called


async def page_of(house, case, login="officer"):
    return (await (await at_pages(house, login)).get(f"/cases/{case}/checklist")).text.partition("<main")[2]


def item_on(page, code):
    return re.search(rf'<fieldset class="?item"? id="?answer-{code}"?>.*?</fieldset>', page, re.DOTALL)[0]


async def test_the_clients_words_are_a_ground_of_their_own(house, cases):
    case, officer = cases["filled"], await house.person("officer")
    await assess(house, case, dict.fromkeys(ITEMS, "no"))
    refused = await officer.post(f"/cases/{case}/submission", expect=422)
    assert fields(refused) == {"judged_high"}
    await assess(house, case, client_words=WORDS)
    await officer.post(f"/cases/{case}/submission")


async def test_the_clients_words_do_not_stand_for_a_gap_and_stop_nothing(house, cases):
    case, officer = cases["filled"], await house.person("officer")
    await assess(house, case, {"weapons": "unanswered"}, client_words=WORDS)
    refused = await officer.post(f"/cases/{case}/submission", expect=422)
    assert fields(refused) == {"answers.weapons"}
    await assess(house, case, {"weapons": "yes"}, client_words="Ei pelota.", judged_high=False, judgement_reason="Ei")
    await officer.post(f"/cases/{case}/submission")


async def test_what_was_answered_about_safety_is_saved_and_counts_as_no_yes(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    safety = {question.code: question.answers[0].code for question in instrument("marak").safety}
    assert len(safety) == 3
    assert "yes" in safety.values(), "no answer that could be counted"
    await officer.post(f"/cases/{case}/checklist", **{f"safety-{code}": answer for code, answer in safety.items()})
    view = await view_of(house, case)
    assert (view["safety"], view["score"], len(view["unanswered"])) == (safety, 0, 24)
    text = await page_of(house, case)
    for code, answer in safety.items():
        assert re.search(rf"name=safety-{code} value={answer}[^>]* checked", text)


async def test_nothing_is_answered_beforehand(house, cases):
    page = await page_of(house, cases["empty"])
    chosen = re.findall(r'name="?([\w-]+)"? value="?(\w*)"?[^>]* checked', page)
    assert {value for _, value in chosen} == {""}
    assert {name for name, value in chosen if not value} == {"judged_high"}


async def test_the_source_is_asked_once_and_changed_item_by_item(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    await officer.post(f"/cases/{case}/checklist", **{"source": "client", "answer-money": "yes"})
    form = hidden((await officer.get(f"/cases/{case}/checklist")).text)
    await officer.post(f"/cases/{case}/checklist", **{"source-money": "record", "answer-money": "yes"} | form)
    view = await view_of(house, case)
    found = {answer["item"]: answer["source"] for answer in view["answers"]}
    assert (view["source"], found["money"], found["animals"]) == ("client", "record", "")


async def test_what_the_model_does_not_ask_is_refused_at_its_field(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    wrong = {"safety-luck": "yes", "safety-safe_to_talk": "perhaps", "source": "rumour", "source-money": "dream"}
    refused = await officer.post(f"/cases/{case}/checklist", 422, **wrong | {"client_words": WORDS})
    for name in wrong:
        assert f'href="#{name}"' in refused.text
    assert f"{WORDS}</textarea>" in refused.text
    assert (await view_of(house, case))["client_words"] == ""


async def test_a_comment_opens_by_itself_where_there_is_one_or_is_to_be_one(house, cases):
    page = await page_of(house, cases["filled"])
    [asking] = [item.code for item in instrument("marak").items if item.asks_comment]
    opened = {code for code in ITEMS if "<details open>" in item_on(page, code)}
    assert opened == {asking, ITEMS[0]}
    assert story.answers(15)[ITEMS[0]]["comment"] in item_on(page, ITEMS[0])


async def test_what_to_do_now_stands_at_each_serious_sign_and_at_no_other(house, cases):
    page = await page_of(house, cases["empty"])
    told = {code for code in ITEMS if ' tells">' in item_on(page, code)}
    assert told == {item.code for item in instrument("marak").items if item.critical}
    assert asks("alert.strangulation") in item_on(page, "strangulation")
    assert all(item_on(page, code).count("data-tells") == 1 for code in told)


async def test_no_count_of_yes_before_every_item_is_answered_and_the_threshold_in_the_hint_alone(house, cases):
    case = cases["filled"]
    whole = await page_of(house, case)
    assert says("counted", score=15, items=24) in whole
    await house.fetch("UPDATE dated_parameter SET value = 97 WHERE name = 'risk_threshold'")
    assert re.findall(r"\b97\b", re.sub(r"<[^>]*>", " ", await page_of(house, case))) == ["97", "97"]
    assert says("judgement_hint", threshold=97) in await page_of(house, case)
    await assess(house, case, {"money": "unanswered"})
    assert says("counted", score=15, items=24)[:16] not in await page_of(house, case)
    assert f'{says("progress")} <span class="live">23</span>/24' in await page_of(house, case)


async def test_the_reader_sees_words_safety_and_sources(house, cases):
    case, officer = cases["filled"], await house.person("officer")
    answers = {"injury": {"answer": "yes", "source": "record"}}
    await assess(house, case, answers, client_words=WORDS, source="client", safety={"where_violent": "here"})
    await officer.post(f"/cases/{case}/submission")
    page = await page_of(house, case, "coordinator")
    for sentence in (WORDS, asks("source.record"), asks("source.client"), asks("safety_answer.where_violent.here")):
        assert sentence in page


async def test_two_who_change_words_and_an_answer_both_keep_theirs(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    seen = hidden((await officer.get(f"/cases/{case}/checklist")).text)["seen"]
    await officer.post(f"/cases/{case}/checklist", client_words=WORDS, seen=seen)
    await officer.post(f"/cases/{case}/checklist", **{"safety-where_violent": "here", "client_words": "", "seen": seen})
    view = await view_of(house, case)
    assert (view["client_words"], view["safety"]) == (WORDS, {"where_violent": "here"})
    both = await officer.post(f"/cases/{case}/checklist", 409, client_words="Toista.", seen=seen)
    assert TEXTS.say(Language.FI, "risk.client_words") in both.text


async def test_the_first_button_saves_and_stays(house, cases):
    page = await page_of(house, cases["empty"])
    buttons = re.findall(r"<button([^>]*)>([^<]*)", page[page.index('<form id="typed"') :])
    assert buttons[0] == (' class="second" name="then" value="here"', says("save"))
    assert buttons[1] == ("", says("save_and_go_on"))
