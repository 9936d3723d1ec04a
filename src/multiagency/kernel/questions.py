"""Questions: what a lower floor asks and rooms above answer, each for itself. Asking changes nothing.

A question is a value of a class that says what one answer is; every contribution returns any number of answers, and
the asker gets all of them, in the order in which the contributions were registered.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

AnswerT = TypeVar("AnswerT")
QuestionT = TypeVar("QuestionT", bound="Question[Any]")


class Question(Generic[AnswerT]):
    """Base of every question; `AnswerT` is what one answer is."""

    __slots__ = ()


class Questions:
    """Who answers what; filled once by `wiring.py`."""

    def __init__(self) -> None:
        self._contributions: dict[type, list[Callable[[Any], Awaitable[Iterable[Any]]]]] = defaultdict(list)

    def contribute(
        self, question: type[Question[AnswerT]], *answering: Callable[[Any], Awaitable[Iterable[AnswerT]]]
    ) -> None:
        """Let these answer, one after the other, whenever a question of this type is asked."""
        self._contributions[question] += answering

    async def ask(self, question: Question[AnswerT]) -> list[AnswerT]:
        """Return all answers."""
        return [
            answer for contribution in self._contributions[type(question)] for answer in await contribution(question)
        ]
