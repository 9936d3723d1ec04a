"""Every definition of the tree, and thirty made at random, are walked: everywhere a way out, nowhere a way round."""

import pytest
from tests.pathways.drafts import CODE, begun
from tests.pathways.generating import generated

from multiagency.pathways.conditions import CONDITIONS
from multiagency.pathways.definition import HERE, OVER, StageKind, codes, declared_in, versions
from multiagency.pathways.drawing import drawn
from multiagency.pathways.reading_drawing import drawing
from multiagency.pathways.validating import faults_of

SEEDS = range(30)
OF_THE_TREE = [(code, model.version) for code in codes() for model in versions(code)]


@pytest.fixture(params=[*OF_THE_TREE, *SEEDS], ids=str)
def model(request, tmp_path):
    """A definition of the tree, or one that was made at random and that the check accepts."""
    if isinstance(request.param, tuple):
        code, version = request.param
        return declared_in(HERE / "definitions" / code / f"{version}.toml")
    file = begun(tmp_path, generated(request.param, CODE))
    assert faults_of(file) == []
    return declared_in(file)


def walk(model, start):
    """Every stage that a case may come to from here, as it would move; each with one way there."""
    found, waiting = {start: ()}, [start]
    while waiting:
        stage = waiting.pop(0)
        for move in model.ways_from(stage):
            if move.to not in found:
                found[move.to] = (*found[stage], move)
                waiting.append(move.to)
    return found


def test_a_case_comes_to_every_stage_and_from_every_living_one_to_an_outcome(model):
    assert set(walk(model, model.first_stage)) == {stage.code for stage in model.stages}
    for stage in model.stages:
        if stage.kind in OVER:
            continue
        ends = {outcome.stage for outcome in model.outcomes}
        last = [
            way.to
            for there in walk(model, stage.code)
            for way in model.ways_from(there)
            if way.to in ends and not way.deviates
        ]
        assert last, f"from {stage.code} a case never ends"


def test_a_withdrawal_is_one_move_away_and_asks_for_nothing(model):
    for stage in model.stages:
        if stage.kind not in OVER:
            way = model.move(stage.code, model.next_of(stage.code, StageKind.WITHDRAWN))
            assert (way.needs, way.deviates) == ((), False)


def test_what_has_ended_begins_anew_or_stays(model):
    for stage in model.stages:
        if stage.kind in OVER:
            assert {model.stage(move.to).kind for move in model.ways_from(stage.code)} <= {StageKind.DRAFT}
            assert "consent" in stage.ends


def test_the_ways_are_those_that_are_declared_and_no_others(model):
    declared = {(start, move.to) for move in model.moves for start in move.start}
    for start in model.stages:
        assert {move.to for move in model.ways_from(start.code)} == {to for here, to in declared if here == start.code}
        for to in model.stages:
            assert model.allows(start.code, to.code) is ((start.code, to.code) in declared)
            for name in CONDITIONS:
                asked = model.need(start.code, to.code, name)
                assert (asked is not None) is (
                    model.allows(start.code, to.code) and model.move(start.code, to.code).asks(name)
                )


def test_every_outcome_ends_a_case_and_every_end_has_one(model):
    ends = {stage.code for stage in model.stages if stage.kind is StageKind.ENDED}
    assert {outcome.stage for outcome in model.outcomes} == ends


def test_the_drawings_hold_every_stage_and_every_move(model):
    text, picture = drawn(model), drawing(model, {})
    assert text.count("┌─") == len(model.stages) == len(picture.boxes)
    assert text.count("> ") == sum(len(move.start) for move in model.moves)
    ends = sum(line.path.count("M") for line in picture.lines)
    assert ends == sum(len(move.start) for move in model.moves)
    for box in picture.boxes:
        assert box.x + box.width < picture.width
        assert box.y + box.height < picture.height
    below = zip(picture.boxes, picture.boxes[1:], strict=False)
    assert all(upper.y + upper.height < lower.y for upper, lower in below)
