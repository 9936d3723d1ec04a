"""What one piece of work has asked already: what it asks twice is asked once, until something is changed."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from multiagency.kernel.touched import Touched

_T = TypeVar("_T")


class Memory:
    """Answers, each with how much had been changed when it was given."""

    def __init__(self, touched: Touched) -> None:
        self._touched = touched
        self._answers: dict[Hashable, tuple[int, Any]] = {}
        self._directory: dict[Hashable, tuple[int, Any]] = {}

    async def once(self, question: Hashable, ask: Callable[[], Awaitable[_T]]) -> _T:
        """Return the answer that still holds, or else ask."""
        if self.knows(question):
            found: _T = self._answers[question][1]
            return found
        answer = await ask()
        self.keep(question, answer)
        return answer

    async def directory(self, question: Hashable, ask: Callable[[], Awaitable[_T]]) -> _T:
        """The same of the directory, which nothing but functions of the database changes."""
        asked, answer = self._directory.get(question, (-1, None))
        if asked != self._touched.calls:
            answer = await ask()
            self._directory[question] = self._touched.calls, answer
        found: _T = answer
        return found

    def knows(self, question: Hashable) -> bool:
        """Tell whether an answer still holds."""
        return question in self._answers and self._answers[question][0] == self._touched.changes

    def keep(self, question: Hashable, answer: Any) -> None:
        """Keep an answer until something is changed."""
        self._answers[question] = self._touched.changes, answer
