"""The search for garbage stops everybody: it passes over what stands for as long as the process does."""

import gc

import pytest
import uvicorn

from multiagency.cli.main import main
from multiagency.demo.household import environment_of


@pytest.fixture
def searching_as_before():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("searching_as_before")
async def test_the_web_process_begins_with_everything_it_keeps_set_aside(house, monkeypatch):
    for name, value in environment_of(house.settings).items():
        monkeypatch.setenv(name, value)
    kept = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: kept.append((app, gc.get_freeze_count())))
    assert main(["web"]) == 0
    (app, spared) = kept[0]
    assert spared > 50_000
    assert all(app is not young for generation in range(3) for young in gc.get_objects(generation))
    await app.app.state.runtime.close()
