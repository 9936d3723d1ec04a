"""The order of cases: agrees with trying every order, knows the published optima, and names rules that exclude others.

No time is asserted; `make bench NAME=agenda` prints seconds.
"""

from fractions import Fraction
from typing import Any

import pytest
from tests.meetings.orders import agenda, keeps, published, ruled, tried, waited, worked

from multiagency.meetings.ordering import solving
from multiagency.meetings.ordering.given import OrderRefused, wanted
from multiagency.meetings.ordering.solving import OrderAnswer, solve

KINDS = ("first", "before", "not_before", "not_after", "person", "adjacent", "apart", "break")
LONG = 600.0


def solved(said: dict[str, Any]) -> OrderAnswer:
    """Solve what is given as the command reads it, decimals and all."""
    return solve(wanted(exact(said)), LONG)


def exact(value: Any) -> Any:
    """Return floats as the decimals that JSON writes."""
    from decimal import Decimal

    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    return [exact(one) for one in value] if isinstance(value, list) else value


def agrees(said: dict[str, Any]) -> bool:
    """Check one instance against every order; tell whether it can be ordered."""
    best = tried(said)
    try:
        answer = solved(said)
    except OrderRefused as error:
        assert best is None, said
        named = {**said, "constraints": error.conflict}
        assert tried(named) is None, "what is named does exclude each other"
        for left_out in range(len(error.conflict)):
            rest = error.conflict[:left_out] + error.conflict[left_out + 1 :]
            assert tried({**said, "constraints": rest}) is not None, "and nothing is named in vain"
        return False
    order = [said["items"][place] for place in answer.order]
    assert best is not None, said
    assert keeps(said, order), said
    assert answer.optimal
    assert answer.stopped_by == "proof"
    assert float(answer.waiting) == waited(said, order) == best == float(answer.lower_bound), said
    assert float(answer.as_entered) == waited(said, said["items"])
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_rule_agrees_with_trying_every_order(kind: str) -> None:
    """Small agendas, most with a few rules of that kind."""
    found = [agrees(ruled(seed % 4 + 2, 5, seed, (kind,))) for seed in range(40)]
    assert any(found)


def test_mixtures_of_rules_agree_with_trying_every_order() -> None:
    """What can be ordered, and what cannot."""
    found = [agrees(ruled(seed % 5 + 2, 6, seed, KINDS)) for seed in range(150)]
    assert 20 < sum(found) < 140


@pytest.mark.parametrize("seed", range(4))
def test_eight_cases_agree_with_trying_every_order(seed: int) -> None:
    """40 320 orders each."""
    said = ruled(8, 6, seed, KINDS)
    said["constraints"] = said["constraints"][:2]
    agrees(said)


@pytest.mark.parametrize(("name", "least"), [("rehearsal", 17), ("concert", 17), ("film1", 146), ("film2", 87)])
def test_published_instances_are_solved_to_their_known_waiting(name: str, least: int) -> None:
    """As CSPLib says of its problem 39."""
    answer = solved(published(name))
    assert (answer.waiting, answer.optimal) == (least, True)


@pytest.mark.parametrize(("name", "cost"), [("film105", 849), ("mobstory", 871)])
def test_published_instances_are_solved_to_their_known_cost(name: str, cost: int) -> None:
    """These are published with what the actors work; 28 scenes are few, once scenes of the same actors are one."""
    said = published(name)
    answer = solved(said)
    assert (answer.waiting + worked(said), answer.optimal) == (cost, True)


def test_the_order_as_entered_costs_what_the_source_says() -> None:
    """49 units of waiting for the rehearsal in numerical order."""
    assert solved(published("rehearsal")).as_entered == 49


def test_twenty_cases_of_twenty_people_are_proved() -> None:
    """And with rules of every kind but those that ask for the last item."""
    said = agenda(20, 20, 3)
    free = solved(said)
    said["constraints"] = [
        {"first": ["c3", "c7", "c11"]},
        {"before": ["c5", "c2"]},
        {"break": [90, 15]},
        {"not_before": ["c9", 150]},
        {"person": ["p4", 0, 330]},
        {"adjacent": ["c1", "c2"]},
    ]
    bound = solved(said)
    assert free.optimal
    assert bound.optimal
    assert keeps(said, [said["items"][place] for place in bound.order])
    assert free.waiting <= bound.waiting


def test_more_than_can_be_proved_is_searched_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search finds the proved optimum here too, but knows only a bound; rules are kept."""
    said = agenda(14, 12, 8)
    said["constraints"] = [
        {"first": ["c4", "c5"]},
        {"apart": ["c1", "c2"]},
        {"break": [60, 10]},
        {"not_after": ["c9", 120]},
    ]
    proved = solved(said)
    monkeypatch.setattr(solving, "_MEMORY", 0)
    monkeypatch.setattr(solving, "_SAMPLE", 8)
    sought = solved(said)
    assert keeps(said, [said["items"][place] for place in sought.order])
    assert (sought.waiting, sought.optimal, sought.stopped_by) == (proved.waiting, False, "moves")
    assert 0 < sought.lower_bound < sought.waiting


def test_a_search_that_cannot_end_in_an_order_names_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many items for a proof, what excludes each other is found by walking."""
    said = agenda(40, 6, 1)
    cycle = [{"before": ["c1", "c2"]}, {"before": ["c2", "c30"]}, {"before": ["c30", "c1"]}]
    said["constraints"] = [{"first": ["c1", "c9"]}, *cycle, {"break": [60, 10]}]
    with pytest.raises(OrderRefused) as refused:
        solved(said)
    assert refused.value.conflict in (cycle, [{"first": ["c1", "c9"]}, cycle[2]])


def test_without_any_time_an_order_is_valid_or_it_is_said_that_none_was_found() -> None:
    """A clock that has run out before the start stops the proof, not the rules."""
    said = agenda(16, 8, 2)
    said["constraints"] = [{"first": ["c9"]}, {"before": ["c15", "c1"]}]
    answer = solve(wanted(said), 0)
    assert keeps(said, [said["items"][place] for place in answer.order])
    assert (answer.optimal, answer.stopped_by) == (False, "clock")
    for number, item in enumerate(said["items"]):
        item["minutes"] = 5 * number + 5
    said["constraints"] = [{"not_before": ["c9", 301]}, {"not_after": ["c9", 301]}]
    with pytest.raises(OrderRefused, match="nor shown"):
        solve(wanted(said), 0)


def test_the_order_as_entered_is_kept_where_none_is_better() -> None:
    """Nobody is asked to change what cannot become better."""
    said = {"items": [{"id": name, "minutes": 10, "people": ["a"]} for name in "cab"]}
    assert solved(said).order == [0, 1, 2]


def test_waiting_is_exact() -> None:
    """A tenth of a minute's weight is a tenth."""
    items = [{"id": "1", "minutes": 3, "people": ["a", "b"]}, {"id": "2", "minutes": 1, "people": ["b"]}]
    items += [{"id": "3", "minutes": 1, "people": ["a", "c"]}, {"id": "4", "minutes": 1, "people": ["c", "b"]}]
    said = {"items": items, "weights": {"a": 0.1, "b": 0.2, "c": 0.7}}
    answer = solved(said)
    assert answer.waiting == Fraction(str(tried(said)))
