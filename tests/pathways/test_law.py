"""General law stands in one file, as numbers under names that the models know."""

from pathlib import Path

from multiagency import pathways
from multiagency.pathways.definition import codes
from multiagency.pathways.service import law_says, pathway

LAW = Path(pathways.__file__).parent / "law.toml"


def test_every_value_is_a_number_that_a_dated_parameter_can_hold():
    assert {name: value for name, value in law_says().items() if type(value) is not int or value <= 0} == {}


def test_what_the_law_says_no_model_says_in_its_own_way():
    assert [code for code in codes() if law_says().keys() & pathway(code).parameters.keys()] == []


def test_every_clock_of_the_law_names_its_section():
    blocks = LAW.read_text("utf-8").split("\n\n")[2:]
    assert len(blocks) > 5
    assert [block for block in blocks if "§" not in block.partition(" = ")[0]] == []
