"""What tests of meetings begin with: the stage of their own file, told once, and what it calls its things."""

import pytest
from tests.stages import told


@pytest.fixture(scope="module")
def stage(ground, request):
    """Where the `begun` of the file leaves off, with the sessions of its `LOGINS`."""
    with told(ground, request.module.begun, *request.module.LOGINS) as stage:
        yield stage


@pytest.fixture
async def staged_house(stage, lodgings):
    async with stage.house() as house:
        yield house


@pytest.fixture
def first(stage):
    return stage.called["first"]


@pytest.fixture
def second(stage):
    return stage.called["second"]


@pytest.fixture
def meeting(stage):
    return stage.called["meeting"]


@pytest.fixture
async def coordinator(house):
    return await house.person("coordinator")
