"""One embedded PostgreSQL for the run; a database of its own for every test."""

import shutil
import tempfile
from pathlib import Path

import pytest

from multiagency.demo.mailsink import MailSink
from tests.house import Ground


@pytest.fixture(scope="session")
def ground():
    # Not pytest's own directory: its parents are closed to the database's user.
    directory = Path(tempfile.mkdtemp(prefix="multiagency-test-"))
    ground = Ground(directory)
    ground.build()
    yield ground
    ground.server.stop(immediate=True)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def sink(tmp_path):
    with MailSink(tmp_path / "mail") as sink:
        yield sink


@pytest.fixture
async def house(ground):
    async with ground.house() as house:
        yield house


@pytest.fixture
async def mailing_house(ground, sink):
    async with ground.house(sink) as house:
        yield house
