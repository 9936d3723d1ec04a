"""What the main job asks of whoever does it, counted: a number that grows fails here (docs/usability.md)."""

import re
from pathlib import Path

import pytest
from tests.journeys.counted import Counted, refer

DOCUMENT = Path(__file__).parents[2] / "docs" / "usability.md"
MOST = {"pages": 9, "clicks": 48, "keys": 340, "fields": 15}


@pytest.fixture(scope="module")
def referred(visit):
    counted = Counted(visit("officer"))
    counted.case = refer(counted)
    return counted


def test_the_referrers_job_asks_no_more_than_it_may(referred):
    pass
    assert {name: getattr(referred, name) for name in MOST} == {}
