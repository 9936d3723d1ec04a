"""A game that is always played the same way: agencies are asked, answer, see each other's answers, and it ends."""

from collections.abc import Callable

from tests.properties.facts import AGENCIES, SHAREABLE, Case
from tests.properties.whole_research import ResearchMachine


def research_tour(machine: ResearchMachine) -> None:
    """Play it; after every step all is compared. Each step must change what it says, or change nothing."""
    given = dict.fromkeys(frozenset(AGENCIES) - {"support", "shelter"}, SHAREABLE)
    case = machine.begins(
        opener="officer",
        given=given | {"shelter": frozenset({"identity"}), "support": frozenset({"narrative"})},
        depth="on the agenda",
        asked=[],
        seated=["police", "municipality", "shelter", "support"],
    )
    machine.each_sees_what_the_model_says()
    table = case.tables[-1]
    steps: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda: machine.asks_agencies(case, "officer"), lambda: not table.asked),
        (lambda: machine.asks_agencies(case, "coordinator"), lambda: len(table.asked) == 3),
        (lambda: machine.answers_as(case, "support", "known"), lambda: _answers(case) == 0),
        (lambda: machine.answers_as(case, "officer", "known"), lambda: _answers(case) == 0),
        (lambda: machine.answers_as(case, "police", "nothing_known"), lambda: _answers(case) == 1),
        (lambda: machine.answers_as(case, "police", "known"), lambda: _answers(case) == 2),
        (lambda: machine.answers_as(case, "shelter", "known"), lambda: _answers(case) == 3),
        (lambda: machine.answers_as(case, "municipality", "known"), lambda: _answers(case) == 4),
        (lambda: machine.asks_an_agency_no_more(case, "coordinator", 1), lambda: len(table.asked) == 2),
        (lambda: machine.asks_agencies(case, "coordinator"), lambda: len(table.asked) == 3),
        (lambda: machine.takes_a_seat_back(case, "coordinator", 2), lambda: "shelter" not in table.asked),
        (lambda: machine.begins_the_meeting(case), lambda: table.begun),
        (lambda: machine.answers_as(case, "municipality", "known"), lambda: _answers(case) == 4),
        (lambda: machine.records_minutes(case, "coordinator"), lambda: case.stage == "in_follow_up"),
        (lambda: machine.withdraws(case, "officer"), lambda: not table.asked),
    ]
    for number, (step, holds) in enumerate(steps):
        step()
        machine.each_sees_what_the_model_says()
        assert holds(), f"step {number} did not do what it says"


def _answers(case: Case) -> int:
    return sum(count for (table, _), count in case.rows.items() if table == "research_answer")
