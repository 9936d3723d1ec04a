from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.throwaway import throwaway

from multiagency.embedded.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def top() -> Iterator[Path]:
    """A directory that others may pass, unlike pytest's own."""
    with throwaway("postgres") as directory:
        yield directory


@pytest.fixture
def make(top: Path) -> Iterator[Callable[[Path], EmbeddedPostgres]]:
    """Build servers that are stopped after the test."""
    made: list[EmbeddedPostgres] = []

    def build(directory: Path) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(directory, durable=False))
        return made[-1]

    yield build
    for server in made:
        server.stop(immediate=True)
