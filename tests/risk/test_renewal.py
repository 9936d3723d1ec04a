"""Grounds that are kept, further questions, events that ask for a new assessment, and the end that needs words."""

import re
from datetime import timedelta

import pytest
from tests.pages import at_pages
from tests.risk.test_assessment import ITEMS, asks, assess, begun, fields, says, view_of
from tests.stages import told

from multiagency.demo import story
from multiagency.kernel.clock import later, today
from multiagency.kernel.languages import Language
from multiagency.risk.instruments import instrument
from multiagency.web.texts import TEXTS, day_text

NO = dict.fromkeys(ITEMS, "no")


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


def day(back):
    return (today() - timedelta(days=back)).isoformat()


async def submit(house, case, expect=204):
    return await (await house.person("officer")).post(f"/cases/{case}/submission", expect=expect)


async def kept(house, case):
    rows = await house.fetch(
        "SELECT grounds, instrument, instrument_version FROM assessment a JOIN case_file c ON c.id = a.case_id "
        "WHERE reference = $1 ORDER BY version",
        case,
    )
    return [(row["grounds"], row["instrument"], row["instrument_version"]) for row in rows]


@pytest.mark.parametrize(
    ("said", "grounds"),
    [
        ({}, None),
        ({"judged_high": True, "judgement_reason": "Kuristaminen"}, ["judgement"]),
        ({"judged_high": False, "judgement_reason": "Ei huolta"}, None),
        ({"client_words": "Pelkään."}, ["client"]),
        ({"incidents": [day(0), day(1), day(2)]}, ["escalation"]),
        ({"incidents": [day(0), day(1), day(400)]}, None),
        ({"incidents": [day(1)], "previous_on": day(30), "previous_same_pair": True}, ["repeat"]),
        ({"incidents": [day(1)], "previous_on": day(30), "previous_same_pair": False}, None),
        ({"incidents": [day(31)], "previous_on": day(30), "previous_same_pair": True}, None),
        (
            {
                "incidents": [day(1), day(1), day(2)],
                "previous_on": day(30),
                "previous_same_pair": True,
                "client_words": "Pelkään.",
                "judged_high": True,
                "judgement_reason": "Syy",
            },
            ["judgement", "client", "escalation", "repeat"],
        ),
    ],
)
async def test_any_one_ground_carries_a_case_without_a_yes_and_all_that_apply_are_kept(house, cases, said, grounds):
    case = cases["filled"]
    await assess(house, case, NO, **said)
    assert (await view_of(house, case))["grounds"] == (grounds or [])
    if grounds is None:
        assert fields(await submit(house, case, 422)) == {"judged_high"}
        return
    await submit(house, case)
    assert await kept(house, case) == [(grounds, "marak", "1")]


async def test_the_grounds_that_were_kept_stay_when_the_numbers_change(house, cases):
    await submit(house, cases["filled"])
    await house.fetch("UPDATE dated_parameter SET value = 20 WHERE name = 'risk_threshold'")
    assert (await view_of(house, cases["filled"]))["grounds"] == ["score"]


async def test_a_submission_taken_back_keeps_no_ground(house, cases):
    await submit(house, cases["filled"])
    await (await house.person("officer")).post(f"/cases/{cases['filled']}/submission/taking-back")
    assert await kept(house, cases["filled"]) == [(None, "marak", "1")]


async def test_the_numbers_of_escalation_are_dated_parameters(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) VALUES "
        "(gen_random_uuid(), 'marak', 'escalation_incidents', 2, now() - interval '1 day'), "
        "(gen_random_uuid(), 'marak', 'escalation_months', 1, now() - interval '1 day')"
    )
    case = await house.filled_draft()
    await assess(house, case, NO, incidents=[later(today(), months=-1).isoformat(), day(0)])
    assert (await view_of(house, case))["grounds"] == ["escalation"]
    await assess(house, case, incidents=[(later(today(), months=-1) - timedelta(days=1)).isoformat(), day(0)])
    assert (await view_of(house, case))["grounds"] == []


async def test_what_is_to_come_is_no_incident_and_an_earlier_case_has_its_day(house, cases):
    case, coming = cases["filled"], (today() + timedelta(days=1)).isoformat()
    assert fields(await assess(house, case, None, 422, incidents=[coming])) == {"incidents"}
    assert fields(await assess(house, case, None, 422, previous_on=coming)) == {"previous_on"}
    assert fields(await assess(house, case, None, 422, previous_same_pair=True)) == {"previous_on"}


async def test_incidents_are_written_in_a_row_and_taken_back_there(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    year = today().year - 1
    path = f"/cases/{case}/checklist"
    await officer.post(path, incidents=f"3.1.{year}, 14.2.{year} ja 14.2.{year}")
    assert f'value="3.1.{year}, 14.2.{year}, 14.2.{year}"' in (await officer.get(path)).text
    assert (await view_of(house, case))["incidents"] == [f"{year}-01-03", f"{year}-02-14", f"{year}-02-14"]
    await officer.post(path, incidents=f"14.2.{year}")
    assert (await view_of(house, case))["incidents"] == [f"{year}-02-14"]
    refused = await officer.post(path, 422, incidents="14.2., joskus")
    assert 'href="#incidents"' in refused.text
    assert "joskus" in refused.text


async def test_an_alert_is_shown_at_a_single_yes(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    path = f"/cases/{case}/checklist"
    shown = f"{says('sign')}:</strong> {asks('pattern.strangulation')}"
    assert shown not in (await officer.get(path)).text
    await assess(house, case, {"strangulation": "yes"})
    assert shown in (await officer.get(path)).text
    assert (await view_of(house, case))["alerts"] == ["strangulation"]
    await assess(house, case, {"strangulation": "no", "separation": "yes", "control": "yes", "injury": "yes"})
    assert (await view_of(house, case))["alerts"] == ["separation-control-violence"]


async def test_a_yes_opens_further_questions_whose_answers_are_kept_and_never_counted(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    path = f"/cases/{case}/checklist"
    opened = {item.code: item.opens for item in instrument("marak").items if item.opens}
    assert opened.keys() == {"stalking", "others_threaten", "isolation"}
    for item, questions in opened.items():
        page = (await officer.get(path)).text
        assert [code for code in questions if f"name=further-{code}" in page] == []
        await officer.post(path, **{f"answer-{item}": "yes", f"comment-{item}": ""})
        page = (await officer.get(path)).text
        assert [code for code in questions if f"name=further-{code}" not in page] == []
        await officer.post(path, **{f"answer-{item}": "yes", f"further-{questions[0]}": "yes"})
        view = await view_of(house, case)
        assert (view["score"], view["further"][questions[0]]) == (1, "yes")
        await assess(house, case, {item: "no"})
        assert (await view_of(house, case))["further"] == {}
    wrong = await officer.post(path, 422, **{"further-devices": "perhaps"})
    assert 'href="#further-devices"' in wrong.text


async def test_what_is_feared_for_whom_is_ticked_kept_and_read(house, cases):
    case, officer = cases["filled"], await at_pages(house, "officer")
    path, ticked = f"/cases/{case}/checklist", ["killed.self", "harmed.children"]
    await officer.post(path, **{"answer-feared_harm": "yes", "comment-feared_harm": "", "grid-feared_harm": ticked})
    page = (await officer.get(path)).text
    assert re.findall(r"name=grid-feared_harm value=(\S+) checked", page) == ticked
    await officer.post(path, **{"answer-feared_harm": "yes", "comment-feared_harm": "", "grid-feared_harm": ticked[:1]})
    [feared] = [one for one in (await view_of(house, case))["answers"] if one["item"] == "feared_harm"]
    assert (feared["ticked"], (await view_of(house, case))["score"]) == (["killed.self"], 15)
    await officer.post(path, 422, **{"comment-feared_harm": "", "grid-feared_harm": "killed.everybody"})
    await submit(house, case)
    read = (await (await at_pages(house, "coordinator")).get(path)).text
    assert f"{asks('what.feared_harm.killed')}: {asks('whom.feared_harm.self')}" in read


async def test_an_answer_is_removed_by_its_number(house, cases):
    case, officer = cases["filled"], await at_pages(house, "officer")
    await officer.post(f"/cases/{case}/checklist", clear="13")
    assert (await view_of(house, case))["unanswered"] == ["weapons"]


async def again(house, case, answers, then="finish"):
    """A new version from its page."""
    officer, path = await at_pages(house, "officer"), f"/cases/{case}/checklist"
    await officer.post(path, then="begin")
    return await officer.post(path, **{f"answer-{item}": answer for item, answer in answers.items()}, then=then)


async def test_a_reassessment_is_a_new_version_that_shows_what_has_changed(house, cases):
    case = cases["submitted"]
    before = await view_of(house, case)
    given = {one["item"]: one["answer"] for one in before["answers"]}
    await again(house, case, given | {"injury": "no", "money": "yes"})
    for login in ("officer", "coordinator"):
        page = (await (await at_pages(house, login)).get(f"/cases/{case}/checklist")).text
        assert re.findall(r'<span class="tag soon">([^<]*)', page) == [
            says("before_was", answer=asks(f"scale.yes_no.{answer}")) for answer in ("yes", "no")
        ]
        assert says("version", number=2) in page
    assert [row[0] for row in await kept(house, case)] == [["score"], ["score"]]


async def test_until_it_is_finished_others_read_the_version_before(house, cases):
    case = cases["submitted"]
    await again(house, case, {"injury": "no"}, then="here")
    assert (await view_of(house, case))["score"] == 0
    assert (await view_of(house, case, "coordinator"))["score"] == 15
    officer, path = await at_pages(house, "officer"), f"/cases/{case}/checklist"
    wanting = await officer.post(path, 422, then="finish")
    assert wanting.text.count('href="#answer-') == 23
    await officer.post(path, 409, then="begin")


async def test_no_new_version_in_a_draft_nor_after_the_end(house, cases):
    officer = await at_pages(house, "officer")
    await officer.post(f"/cases/{cases['filled']}/checklist", 409, then="begin")
    case = cases["submitted"]
    await (await house.person("officer")).post(
        f"/cases/{case}/ending", {"why": "no_longer_wanted", "words": "Muuttanut turvaan."}
    )
    await officer.post(f"/cases/{case}/checklist", 409, then="begin")


async def test_events_say_by_when_to_assess_again_and_can_be_taken_back(house, cases):
    case, officer = cases["submitted"], await house.person("officer")
    regular = today() + timedelta(days=90)
    assert (await officer.get(f"/cases/{case}/events"))["due"] == regular.isoformat()
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{case}/events", {"kind": "separation", "day": day(2)})
    found = await officer.get(f"/cases/{case}/events")
    assert found["due"] == (today() + timedelta(days=7)).isoformat()
    court = today() + timedelta(days=3)
    await officer.post(f"/cases/{case}/events", {"kind": "court", "day": court.isoformat()})
    assert (await officer.get(f"/cases/{case}/events"))["due"] == court.isoformat()
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
    assert TEXTS.say(Language.FI, "risk.renewal.by", day=day_text(Language.FI, court)) in re.sub(r"<[^>]*>", "", page)
    [event] = [one["event"] for one in found["events"]]
    await officer.post(f"/cases/{case}/events/removal", {"event": event}, 409)
    await coordinator.post(f"/cases/{case}/events/removal", {"event": event})
    assert [one["kind"] for one in (await officer.get(f"/cases/{case}/events"))["events"]] == ["court"]


async def test_a_new_assessment_answers_the_events_before_it_and_no_day_to_come(house, cases):
    case, officer = cases["submitted"], await house.person("officer")
    court = today() + timedelta(days=3)
    await officer.post(f"/cases/{case}/events", {"kind": "release", "day": day(1)})
    await officer.post(f"/cases/{case}/events", {"kind": "court", "day": court.isoformat()})
    await again(house, case, NO)
    assert (await officer.get(f"/cases/{case}/events"))["due"] == court.isoformat()


async def test_how_many_days_is_a_dated_parameter_that_a_case_keeps(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) VALUES "
        "(gen_random_uuid(), 'marak', 'reassessment_days', 30, now() - interval '1 day')"
    )
    case = await house.submitted()
    found = await (await house.person("officer")).get(f"/cases/{case}/events")
    assert found["due"] == (today() + timedelta(days=30)).isoformat()


async def test_an_unknown_event_and_an_incident_to_come_are_refused_at_their_fields(house, cases):
    case, officer = cases["submitted"], await house.person("officer")
    wrong = await officer.post(f"/cases/{case}/events", {"kind": "luck", "day": day(0)}, 422)
    assert fields(wrong) == {"kind"}
    coming = (today() + timedelta(days=1)).isoformat()
    assert fields(await officer.post(f"/cases/{case}/events", {"kind": "incident", "day": coming}, 422)) == {"day"}
    pages = await at_pages(house, "officer")
    refused = await pages.post(f"/cases/{case}/events", 422, kind="move", day="joskus")
    assert 'href="#day"' in refused.text
    await pages.post(f"/cases/{case}/events", kind="move", day="3.1.")
    assert TEXTS.say(Language.FI, "risk.event.move") in (await pages.get(f"/cases/{case}/events")).text


async def test_no_event_without_sight_of_risk_data(house, cases):
    coordinator = await house.person("coordinator")
    await coordinator.get(f"/cases/{cases['narrow']}/events", 404)
    await coordinator.post(f"/cases/{cases['narrow']}/events", {"kind": "move", "day": day(0)}, 404)
    await (await house.person("municipality")).get(f"/cases/{cases['submitted']}/events", 403)


@pytest.mark.parametrize("grounds", [{}, {"client_words": "Pelkään."}])
async def test_a_case_that_a_ground_carries_does_not_end_without_words(house, cases, grounds):
    case, officer = cases["filled"], await house.person("officer")
    await assess(house, case, NO if grounds else None, **grounds)
    wrong = await officer.post(f"/cases/{case}/ending", {"why": "opened_by_mistake"}, 422)
    assert fields(wrong) == {"words"}
    pages = await at_pages(house, "officer")
    refused = await pages.post(f"/cases/{case}/ending", 422, why="opened_by_mistake")
    assert 'href="#words"' in refused.text
    await officer.post(f"/cases/{case}/ending", {"why": "opened_by_mistake", "words": "Väärä henkilö."})


async def test_a_case_that_none_carries_ends_without_words(house, cases):
    case, officer = cases["filled"], await house.person("officer")
    await assess(house, case, NO)
    await officer.post(f"/cases/{case}/ending", {"why": "opened_by_mistake"})


async def test_a_measure_is_filled_in_again_and_again_and_its_values_stand_beside_each_other(house, cases):
    case, officer = cases["submitted"], await at_pages(house, "officer")
    path, items = f"/cases/{case}/measures/wellbeing", [item.code for item in instrument("wellbeing").items]
    assert len(items) == 7
    for value in ("2", "4"):
        await officer.post(path, **{f"answer-{item}": value for item in items})
    await officer.post(path, **{f"answer-{items[0]}": "not_known"})
    page = (await officer.get(path)).text
    table = re.sub(r"<[^>]*>", " ", page[page.index("<tbody") : page.index("</tbody>")])
    assert re.findall(r"(14|28)", table) == ["14", "28"]
    assert (await view_of(house, case))["score"] == 15, "a measure is no checklist"
    read = (await (await at_pages(house, "coordinator")).get(path)).text
    assert "answer-" not in read
    for wrong in ({f"answer-{items[0]}": "6"}, {"answer-luck": "1"}, {}):
        await officer.post(path, 422, **wrong)
    await officer.get(f"/cases/{case}/measures/marak", 404)
    await officer.get(f"/cases/{case}/measures/nothing", 404)


async def test_full_of_comments_and_all_opened_the_page_weighs_less_than_a_page_may(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    given = {item: {"answer": "yes", "comment": "x" * 200, "source": "record"} for item in ITEMS}
    await assess(house, case, given, client_words="Pelkään.", incidents=[day(0), day(9), day(30)])
    for language in ("fi", "sv", "en"):
        officer._headers["cookie"] += f"; __Host-language={language}"
        weight = len((await officer.get(f"/cases/{case}/checklist")).content)
        assert weight < 30_000, language


async def test_an_item_that_is_folded_opens_again_at_its_button_and_nothing_typed_is_lost(house, cases):
    case, officer = cases["empty"], await at_pages(house, "officer")
    await assess(house, case, {item: {"answer": "yes", "comment": item * 10} for item in ITEMS})
    path = f"/cases/{case}/checklist"
    page = (await officer.get(path)).text
    assert "name=comment-money" not in page
    assert "money" * 10 in page
    assert re.search(r"<button[^>]*>", page[page.index('<form id="typed"') :])[0].count('value="here"') == 1
    opening = await officer.post(path, **{"answer-injury": "no", "comment-injury": "Uusi", "then": "answer-money"})
    page = (await officer.get(opening.headers["location"])).text
    assert 'name=comment-money value="' in page
    assert "name=comment-animals" not in page
    assert [one["answer"] for one in (await view_of(house, case))["answers"]] == ["no", *["yes"] * 23]


async def test_the_story_of_the_demo_answers_every_item():
    assert set(story.answers(15)) == set(ITEMS)
