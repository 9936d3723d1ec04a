"""Whatever people do in whatever order: after every step, each of them sees exactly what a small model says."""

import asyncio
import os
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.properties.offering import EXPECTED, offered_by
from tests.properties.tour import life_tour, tour, wider_tour
from tests.properties.tour_care import care_tour
from tests.properties.tour_research import research_tour
from tests.properties.whole_research import ResearchMachine
from tests.properties.world import Village, broken_function

EXAMPLES, STEPS = int(os.environ.get("SIGHT_EXAMPLES", "60")), int(os.environ.get("SIGHT_STEPS", "12"))
"""Given by `make test-long`, which plays thousands of longer games."""
LONG = "SIGHT_EXAMPLES" in os.environ
ALWAYS = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "derandomize": not LONG,
    "phases": (Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
}
"""In `make test` always the same games, so that what fails was broken by the change; `make test-long` plays others.

Of a short game that fails no shorter one is looked for: that takes minutes.
"""

BROKEN = {
    "an ended basis still opens": ("live_grants()", "AND b.ended_at IS NULL", ""),
    "a basis never runs out": ("live_grants()", "b.valid_to > statement_timestamp()", "true"),
    "a basis opens before it begins": ("live_grants()", "b.valid_from <= statement_timestamp()", "true"),
    "an ended grant still opens": ("live_grants()", "g.ended_at IS NULL AND", ""),
    "a grant never runs out": ("live_grants()", "g.valid_to > statement_timestamp()", "true"),
    "a grant opens before it begins": ("live_grants()", "g.valid_from <= statement_timestamp()", "true"),
    "coordination outlives the membership of the team": (
        "live_grants()",
        "AND (g.capability <> 'coordinate' OR g.occasion_id = ANY (ARRAY(SELECT coordinated_teams())))",
        "",
    ),
    "a bar keeps nobody out": ("barred_cases(uuid)", "x.person_id = wanted_person", "false"),
    "a bar is never over": ("barred_cases(uuid)", "x.valid_to > statement_timestamp()", "true"),
    "a session never expires": ("live_session()", "s.expires_at > statement_timestamp()", "true"),
    "a post is never over": ("live_session()", "p.valid_to > statement_timestamp()", "true"),
    "what is shared is shared whole": (
        "shared_cases(text)",
        "kind = ANY (grant_kinds) AND kind = ANY (basis_kinds)",
        "true",
    ),
    "an own record opens everybody's": ("shared_cases(text)", "NOT own AND", ""),
    "whoever acts, steers": ("acting_cases(text,text[])", "capability = ANY (capabilities)", "true"),
    "one agency reads the part of another": (
        "ALTER POLICY sight ON case_part USING (case_id = ANY (ARRAY(SELECT granted_cases())))"
    ),
    "the referrer does not see who sits there": "DROP POLICY steering ON seat",
    "anybody may see who is kept out": "CREATE POLICY more ON access_bar FOR SELECT USING (true)",
    "anybody in sight of a case may write a part": (
        "ALTER POLICY adding ON case_part WITH CHECK (case_id = ANY (ARRAY(SELECT granted_cases())))"
    ),
    "a risk assessment may be changed by whoever reads it": (
        "ALTER POLICY changing ON assessment USING (case_id = ANY (ARRAY(SELECT granted_cases())))"
    ),
}
"""Rules of row security, each broken in one place, by what then holds."""

BROKEN_PAIRS = {
    "a kind that was taken out stays in sight": (
        "narrow_to_consent(uuid)",
        "CONTINUE WHEN kept = held.kinds;",
        "CONTINUE;",
    ),
    "what is taken from one agency is taken from all": (
        "given_pairs(uuid)",
        "AND x.agency_id = p.agency_id AND x.kind = p.kind",
        "AND x.kind = p.kind",
    ),
    "an agency loses all with one kind": (
        "given_pairs(uuid)",
        "AND x.agency_id = p.agency_id AND x.kind = p.kind",
        "AND x.agency_id = p.agency_id",
    ),
    "whoever had sight loses it with one kind": ("narrow_to_consent(uuid)", "AND g.kinds && kept", "AND false"),
}
"""The same of what each agency is given, pair by pair: the second tour."""

BROKEN_CARE = {
    "whoever was struck is still there": "DROP POLICY not_struck ON party",
    "a bar keeps no deputy out": (
        "fill_deputies(uuid)",
        "WHERE g.case_id <> ALL (ARRAY(SELECT kept_from(l.person_id)))",
        "WHERE true",
    ),
    "another agency reads how an action is recorded": (
        "ALTER POLICY sight ON recording_instruction USING (case_id = ANY (ARRAY(SELECT granted_cases())))"
    ),
    "how to reach the client outlasts the seat": (
        "end_seats_without_grant(uuid,text)",
        "occasion IN ('seat', 'reaching')",
        "occasion = 'seat'",
    ),
}
"""The same of what stands in the third tour."""


BROKEN_RESEARCH = {
    "agencies see before the meeting what others are asked": (
        "research_at_my_seats()",
        "m.starts_at <= statement_timestamp()",
        "true",
    ),
    "anybody who sees who sits there sees who is asked": "DROP POLICY of_whom ON research_request",
    "an answer outlives its request": "DROP POLICY while_it_lives ON research_answer",
}
"""The same of what agencies are asked before a meeting."""


@pytest.fixture(scope="module")
def village(ground):
    return asyncio.run(Village(ground).build())


def test_each_sees_exactly_what_the_model_says(village):
    machine = partial(ResearchMachine, village)
    run_state_machine_as_test(machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, **ALWAYS))


async def test_no_rule_waits_for_a_door_that_should_be_there(house):
    assert set(EXPECTED) <= offered_by(house.app)


def test_a_tour_past_everything_that_ends_sight(village):
    take(village)


def test_a_tour_past_what_is_done_around_a_case(village):
    take(village, game=wider_tour)


def test_a_tour_past_ends_and_what_begins_after_them(village):
    take(village, game=life_tour)


def test_a_tour_past_mistakes_that_are_mended_and_people_who_are_away(village):
    take(village, game=care_tour)


def test_a_tour_past_what_agencies_are_asked_and_answer(village):
    take(village, game=research_tour)


@pytest.mark.parametrize("what", BROKEN)
def test_the_machine_notices_a_broken_rule(village, what):
    notices(village, BROKEN[what], tour)


@pytest.mark.parametrize("what", BROKEN_CARE)
def test_the_machine_notices_a_broken_rule_of_care(village, what):
    notices(village, BROKEN_CARE[what], care_tour)


@pytest.mark.parametrize("what", BROKEN_RESEARCH)
def test_the_machine_notices_a_broken_rule_of_research(village, what):
    notices(village, BROKEN_RESEARCH[what], research_tour)


@pytest.mark.parametrize("what", BROKEN_PAIRS)
def test_the_machine_notices_a_broken_pair(village, what):
    notices(village, BROKEN_PAIRS[what], wider_tour)


def notices(village, broken, game):
    statement = broken if isinstance(broken, str) else asyncio.run(broken_function(village.ground, *broken))
    with pytest.raises(AssertionError, match=r"differ|let through|but it must"):
        take(village, statement, game=game)


def take(village, *broken, game=tour):
    machine = ResearchMachine(village, *broken)
    try:
        game(machine)
    finally:
        machine.teardown()
