"""What an order costs and which rules it breaks, straight from what the words mean; every answer passes here."""

from collections.abc import Sequence
from fractions import Fraction

from multiagency.meetings.ordering.given import OrderRule, Wanted


def waiting_of(wanted: Wanted, order: Sequence[int]) -> dict[str, Fraction]:
    """Return how many minutes each person waits: between their first and last item, in items that need them not."""
    first: dict[str, Fraction] = {}
    last: dict[str, Fraction] = {}
    needed: dict[str, Fraction] = {}
    passed = Fraction(0)
    for place in order:
        item = wanted.items[place]
        begun, passed = passed, passed + item.minutes
        for person in item.people:
            first.setdefault(person, begun)
            last[person] = passed
            needed[person] = needed.get(person, Fraction(0)) + item.minutes
    return {person: last[person] - first[person] - needed[person] for person in first}


def waiting(wanted: Wanted, order: Sequence[int]) -> Fraction:
    """Return the weighted minutes that all wait together; nobody waits in a break."""
    waits = waiting_of(wanted, order)
    return sum((wanted.weight(person) * minutes for person, minutes in waits.items()), Fraction(0))


def starts(wanted: Wanted, order: Sequence[int]) -> dict[int, Fraction]:
    """Return the minute from the meeting's start at which each item begins.

    A break is taken at the first boundary at or after its minute: the start of the meeting, or the end of an item with
    the breaks before it. Two that are due at one boundary follow each other there.
    """
    pauses = sorted(rule.numbers for rule in wanted.rules if rule.kind == "break")
    now, found = Fraction(0), {}
    for place in order:
        while pauses and pauses[0][0] <= now:
            now += pauses.pop(0)[1]
        found[place] = now
        now += wanted.items[place].minutes
    return found


def broken(wanted: Wanted, order: Sequence[int]) -> list[OrderRule]:
    """Return the rules that an order breaks."""
    at = {place: number for number, place in enumerate(order)}
    begin = starts(wanted, order)
    return [rule for rule in wanted.rules if not _kept(wanted, rule, at, begin)]


def _kept(wanted: Wanted, rule: OrderRule, at: dict[int, int], begin: dict[int, Fraction]) -> bool:
    match rule.kind:
        case "first":
            return all(at[place] < len(rule.items) for place in rule.items)
        case "before":
            return at[rule.items[0]] < at[rule.items[1]]
        case "adjacent":
            return abs(at[rule.items[0]] - at[rule.items[1]]) == 1
        case "apart":
            return abs(at[rule.items[0]] - at[rule.items[1]]) != 1
        case "not_before":
            return begin[rule.items[0]] >= rule.numbers[0]
        case "not_after":
            return begin[rule.items[0]] <= rule.numbers[0]
        case "person":
            come, go = rule.numbers
            theirs = [place for place, item in enumerate(wanted.items) if rule.person in item.people]
            return all(come <= begin[place] and begin[place] + wanted.items[place].minutes <= go for place in theirs)
    return True
