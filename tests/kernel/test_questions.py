"""Events and questions: who hears, who answers, in which order, and what a failure does."""

import inspect
import typing
from dataclasses import dataclass

import pytest

from multiagency.kernel.events import Events
from multiagency.kernel.questions import Question, Questions
from multiagency.wiring import contributions, listeners


@dataclass(frozen=True)
class Asked(Question[str]):
    name: str


async def test_all_answers_are_collected_in_the_order_of_the_contributions():
    async def first(asked):
        return [f"{asked.name} 1", f"{asked.name} 2"]

    async def nothing(asked):
        return []

    async def last(asked):
        return (f"{asked.name} 3",)

    questions = Questions()
    questions.contribute(Asked, first, nothing)
    questions.contribute(Asked, last)
    assert await questions.ask(Asked("a")) == ["a 1", "a 2", "a 3"]


async def test_a_question_that_nobody_answers_has_no_answers():
    assert await Questions().ask(Asked("a")) == []


async def test_handlers_hear_one_after_the_other_until_one_fails():
    heard = []

    async def hears(event):
        heard.append(event)

    async def fails(_):
        raise RuntimeError

    events = Events()
    events.subscribe(Asked, hears, fails, hears)
    with pytest.raises(RuntimeError):
        await events.publish(Asked("a"))
    assert heard == [Asked("a")]


def test_what_is_wired_takes_its_event_or_question_and_nothing_else():
    wired = [*listeners()._handlers.items(), *contributions()._contributions.items()]
    assert len(wired) >= 9
    for kind, hearing in wired:
        for one in hearing:
            (parameter,) = inspect.signature(one).parameters.values()
            taken = parameter.annotation
            assert kind in (typing.get_args(taken) or (taken,)), one
