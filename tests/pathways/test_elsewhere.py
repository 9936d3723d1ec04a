"""Models of work from a directory of one's own: known from the start, or the start is refused with every fault."""

import pytest
from tests.deploy.files import filled, keys_for
from tests.models import read_anew
from tests.pathways.drafts import CODE, TEXT, begun

from multiagency.kernel.languages import Language
from multiagency.pathways.definition import directories
from multiagency.pathways.service import pathway
from multiagency.web.texts import TEXTS
from multiagency.wiring import wire


@pytest.fixture
def settings(tmp_path):
    """Settings of a process whose models stand in `tmp_path / "models"`."""
    before = list(directories)
    keys_for("web", tmp_path / "keys")
    (tmp_path / "models").mkdir()
    yield filled("web", tmp_path / "keys", pathways_directory=str(tmp_path / "models"))
    directories[:] = before
    read_anew()


def test_a_model_from_elsewhere_is_one_of_the_models(tmp_path, settings):
    begun(tmp_path / "models")
    for _ in range(2):  # a process may be wired again
        wire(settings)
    assert pathway(CODE).version == "1"
    assert TEXTS.say(Language.SV, f"model.{CODE}.name") == "Leikki"


def test_a_model_that_does_not_pass_the_check_stops_the_start_with_every_fault(tmp_path, settings):
    wrong = begun(
        tmp_path / "models", TEXT.replace('kind = "open"', 'kind = "opne"').replace('to = "closed"', 'to = "x"')
    )
    with pytest.raises(ValueError, match="no stage `x`") as refused:
        wire(settings)
    assert len(str(refused.value).splitlines()) > 2
    assert str(refused.value).startswith(f"{wrong}:")
    assert tmp_path / "models" not in directories


def test_a_model_of_the_service_is_not_replaced_from_elsewhere(tmp_path, settings):
    begun(tmp_path / "models")
    (tmp_path / "models" / CODE).rename(tmp_path / "models" / "marak")
    with pytest.raises(ValueError, match="a model of that code already"):
        wire(settings)


def test_hidden_directories_are_no_models(tmp_path, settings):
    (tmp_path / "models" / ".git").mkdir()
    wire(settings)


def test_a_directory_that_is_not_there_is_refused(tmp_path):
    keys_for("web", tmp_path / "keys")
    with pytest.raises(ValueError, match="pathways_directory must be an existing directory"):
        filled("web", tmp_path / "keys", pathways_directory=str(tmp_path / "nowhere"))
