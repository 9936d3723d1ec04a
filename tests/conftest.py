"""One embedded PostgreSQL for the run; a database of its own for every test."""

import pytest
from hypothesis import Phase, settings

from multiagency.embedded.mailsink import MailSink
from tests.house import standing
from tests.throwaway import work_in_memory

work_in_memory()

settings.register_profile("unwatched", phases=[phase for phase in Phase if phase is not Phase.explain])
settings.load_profile("unwatched")
"""Hypothesis explains a failure by watching every line that every test runs, which made half of the suite's time."""

LONG = (
    "tests/journeys/test_accessibility.py",
    "tests/journeys/test_ways_out.py",
    "tests/properties/test_sight.py",
    "tests/journeys/test_beside_the_main_job.py",
    "tests/demo/test_demo.py",
    "tests/audit/test_faults.py",
    "tests/journeys/test_main_job.py",
    "tests/properties/test_consent_gate.py",
    "tests/test_stolen_dump.py",
)
"""Files that a worker which gets them last still works at when the others have nothing left, the longest first."""


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        place = {name: at for at, name in enumerate(LONG)}
        items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest.fixture(scope="session")
def ground():
    with standing() as ground:
        yield ground


@pytest.fixture(scope="module")
def durable_ground():
    """A server that may be killed, or taken away: what was acknowledged is on the disk."""
    with standing(durable=True) as ground:
        yield ground


@pytest.fixture
def sink(tmp_path):
    with MailSink(tmp_path / "mail") as sink:
        yield sink


@pytest.fixture(scope="session")
async def lodgings(ground):
    yield ground
    await ground.clear()


@pytest.fixture
async def house(lodgings):
    async with lodgings.lived_in() as house:
        yield house


@pytest.fixture
async def mailing_house(lodgings, sink):
    async with lodgings.lived_in(sink) as house:
        yield house
