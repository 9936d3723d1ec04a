"""`docs/pathways.md` tells whoever writes a definition everything that it may say, and nothing that there is not."""

import re
from pathlib import Path

import pytest
from tests.pathways.drafts import TEXT

from multiagency.kernel.access import Kind
from multiagency.pathways.conditions import CONDITIONS
from multiagency.pathways.definition import (
    AskedParty,
    Declared,
    DeclaredClock,
    DeclaredOutcome,
    Move,
    PartyRole,
    Pathway,
    Retention,
    Review,
    Stage,
    StageKind,
    Table,
    Target,
)
from multiagency.pathways.validating_stages import LED, NEEDS_OF_OUTCOMES, REASONS_FOR_SIGHT
from multiagency.people.models import AgencyKind, Office

PAGE = (Path(__file__).parents[2] / "docs" / "pathways.md").read_text("utf-8")
SECTIONS = {
    "## The definition": Pathway,
    "### `[target]`": Target,
    "### `[[parties]]`": AskedParty,
    "### `[table]`": Table,
    "### `[retention]`": Retention,
    "### `[review]`": Review,
    "### Stages": Stage,
    "### Moves": Move,
    "### Outcomes": DeclaredOutcome,
    "## Clocks": DeclaredClock,
}
"""Which heading tells of which part of a definition."""
ELSEWHERE = {
    "review",
    "target",
    "parties",
    "table",
    "parameters",
    "retention",
    "stages",
    "moves",
    "outcomes",
    "words",
    "clocks",
}
"""Parts with a heading of their own."""


def section(heading):
    begin = PAGE.index(f"\n{heading}\n") + 1
    end = re.search(r"\n##+ ", PAGE[begin + 3 :])
    return PAGE[begin : begin + 3 + end.start()] if end else PAGE[begin:]


def rows(text):
    """The cells of the tables of a section, without their heads."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")
    ]


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_a_part_is_told_under_its_heading(heading):
    model = SECTIONS[heading]
    keys = {field.alias or name for name, field in model.model_fields.items()} - (
        ELSEWHERE if model is Pathway else set()
    )
    told = {key for row in rows(section(heading)) for key in named(row[0])}
    kinds = set(map(str, StageKind)) if model in {Stage, Move} else set()
    assert told - kinds == keys
    needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()} - ELSEWHERE
    said = {key for row in rows(section(heading)) if row[1] == "needed" for key in named(row[0])}
    assert said == needed


def test_every_part_of_a_definition_has_a_heading():
    parts = {model for model in Declared.__subclasses__() if model.__module__.startswith("multiagency.pathways")}
    left_out = {"Need"}
    assert {model.__name__ for model in parts} - {model.__name__ for model in SECTIONS.values()} == left_out


def test_the_conditions_are_those_of_the_code():
    table = PAGE[PAGE.index("<!-- conditions") : PAGE.index("<!-- /conditions")]
    takes = {
        name: ", ".join(key for key in ("at_least", "values") if getattr(condition, key)) or "–"
        for name, condition in CONDITIONS.items()
    }
    wanted = [[f"`{name}`", condition.asks, takes[name]] for name, condition in CONDITIONS.items()]
    assert rows(table) == wanted


def test_what_people_do_leads_where_the_check_says_that_something_leads():
    told = set()
    for start, to, _ in (
        row for row in rows(section("### Moves")) if len(row) == 3 and set(named(row[0])) <= set(StageKind)
    ):
        told |= {(StageKind(a), StageKind(b)) for a in named(start) for b in named(to)}
    assert told == {(start, to) for start, leads in LED.items() for to in leads}


def test_the_closed_words_are_told():
    assert {row[0].strip("`") for row in rows(section("### Stages")) if len(row) == 3} >= set(StageKind)
    assert set(named(section("## The definition"))) >= set(Kind)
    assert set(named(section("### `[[parties]]`"))) >= set(PartyRole)
    assert set(named(section("### Stages"))) >= set(REASONS_FOR_SIGHT)
    assert set(named(section("### `[table]`"))) >= set(Office)
    assert set(named(section("### `[target]`"))) >= set(AgencyKind)
    assert set(named(section("### Outcomes"))) >= set(NEEDS_OF_OUTCOMES)


def test_every_kind_of_word_of_the_skeleton_is_told():
    told = set(named(section("### Words")))
    assert {f"[{table}]" for table in re.findall(r"^\[(words\.fi\.[a-z]+)\]", TEXT, re.MULTILINE)} <= told
