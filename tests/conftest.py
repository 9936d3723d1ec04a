"""One embedded PostgreSQL for the run; a database of its own for every test."""

import pytest

from multiagency.embedded.mailsink import MailSink
from tests.house import standing
from tests.throwaway import work_in_memory

work_in_memory()


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
