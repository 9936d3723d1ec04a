"""No setting of the machine that runs the tests, and the commands that there are."""

import contextlib
import io
import os
import re

import pytest

from multiagency.cli.main import main


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MULTIAGENCY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def commands():
    """The commands that `multiagency --help` offers."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit):
        main(["--help"])
    return set(re.findall(r"^    (\w+)(?: +\w|$)", said.getvalue(), re.MULTILINE))
