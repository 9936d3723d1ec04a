"""`multiagency meeting order`: exactly these keys, the same answer for the same input, no guess at what is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.meetings.orders import agenda, keeps, published, waited

from multiagency.cli.main import main

KEYS = ["order", "waiting", "lower_bound", "optimal", "stopped_by", "as_entered", "seconds"]
ITEMS = [
    {"id": "a", "minutes": 10, "people": ["x", "y"]},
    {"id": "b", "minutes": 20, "people": ["y"]},
    {"id": "c", "minutes": 30, "people": ["x"]},
]


def run(file: Path, said: Any, *more: str) -> tuple[int, str]:
    """Run the command on a document; return its status and what it printed on standard output."""
    file.write_bytes(said if isinstance(said, bytes) else json.dumps(said).encode())
    return main(["meeting", "order", str(file), *more]), ""


@pytest.fixture
def ordered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs the command with `--json` and gives its status and document."""

    def call(said: Any, *more: str) -> tuple[int, dict[str, Any]]:
        status = run(tmp_path / "agenda.json", said, "--json", *more)[0]
        printed = capsys.readouterr()
        assert printed.err == ""
        return status, json.loads(printed.out)

    return call


def test_it_prints_exactly_what_was_promised(ordered: Any) -> None:
    """Keys, whole numbers where they are whole, ids as they came."""
    status, said = ordered(published("rehearsal"))
    assert status == 0
    assert list(said) == KEYS
    assert said["waiting"] == said["lower_bound"] == 17
    assert (said["optimal"], said["stopped_by"], said["as_entered"]) == (True, "proof", 49)
    assert sorted(said["order"]) == sorted(f"s{number}" for number in range(1, 10))


def test_minutes_may_be_parts_and_ids_numbers(ordered: Any) -> None:
    """What is no whole number is printed as it is."""
    items = [{"id": 1, "minutes": 1, "people": ["a"]}, {"id": 2, "minutes": 0.5, "people": []}]
    items.append({"id": 3, "minutes": 1, "people": ["a"]})
    status, said = ordered({"items": items, "constraints": [{"before": [1, 2]}, {"before": [2, 3]}]})
    assert (status, said["order"], said["waiting"]) == (0, [1, 2, 3], 0.5)


def test_nothing_to_order_is_an_order(ordered: Any) -> None:
    """An empty agenda keeps nobody waiting."""
    status, said = ordered({"items": []})
    assert (status, said["order"], said["waiting"], said["optimal"]) == (0, [], 0, True)


def test_the_order_as_entered_counts_even_where_it_breaks_a_rule(ordered: Any) -> None:
    """x waits 20 minutes of b; the rule wants c first."""
    status, said = ordered({"items": ITEMS, "constraints": [{"first": ["c"]}]})
    assert (status, said["as_entered"], said["order"], said["waiting"]) == (0, 20, ["c", "a", "b"], 0)


@pytest.mark.parametrize(
    "rules",
    [
        [{"before": ["a", "b"]}, {"before": ["b", "a"]}],
        [{"first": ["a"]}, {"first": ["b"]}],
        [{"not_before": ["a", 51]}],
        [{"not_before": ["a", 1]}, {"not_before": ["b", 1]}, {"not_before": ["c", 1]}],
        [{"not_after": ["a", 9]}, {"not_after": ["b", 9]}],
        [{"person": ["x", 0, 39]}],
        [{"person": ["x", 50, 10]}],
        [{"adjacent": ["a", "b"]}, {"apart": ["b", "a"]}],
        [{"adjacent": ["a", "b"]}, {"adjacent": ["b", "c"]}, {"adjacent": ["c", "a"]}],
        [{"break": [0, 5]}, {"not_after": ["b", 4]}],
    ],
)
def test_rules_that_exclude_each_other_are_named(ordered: Any, rules: list[Any]) -> None:
    """And no others."""
    status, said = ordered({"items": ITEMS, "constraints": [{"break": [500, 5]}, *rules]})
    assert status == 2
    assert list(said) == ["error", "conflict"]
    assert said["conflict"] == rules


@pytest.mark.parametrize(
    ("wrong", "conflict"),
    [
        (b"", []),
        (b"{", []),
        (b"\xff\xfe", []),
        (b'{"items": [], "items": []}', ["items"]),
        (b'{"items": [{"id": "a", "minutes": NaN, "people": []}]}', []),
        (b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", []),
        (b" " * 5_000_000, []),
        ([], []),
        ({}, []),
        ({"items": {}}, []),
        ({"items": [], "constraint": []}, ["constraint"]),
        ({"items": ITEMS, "weights": []}, []),
        ({"items": ITEMS, "weights": {"x": -1}}, [{"x": -1}]),
        ({"items": ITEMS, "weights": {"x": True}}, [{"x": True}]),
        ({"items": ITEMS, "constraints": {}}, []),
        ({"items": [ITEMS[0], ITEMS[0]]}, ["a"]),
        ({"items": [{"id": "a", "minutes": 10}]}, [{"id": "a", "minutes": 10}]),
        ({"items": [{"id": "a", "minutes": number, "people": []} for number in range(1001)]}, []),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(ordered: Any, wrong: Any, conflict: list[Any]) -> None:
    """With a sentence, and what it is about where that is known."""
    status, said = ordered(wrong)
    assert (status, list(said)) == (2, ["error", "conflict"])
    assert said["error"]
    assert said["conflict"] == conflict


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": True},
        {"id": ""},
        {"id": 1.5},
        {"minutes": -1},
        {"minutes": "10"},
        {"minutes": True},
        {"minutes": None},
        {"minutes": 1e300},
        {"minutes": 0.00000001},
        {"people": "x"},
        {"people": [1]},
        {"people": ["x", "x"]},
        {"people": None},
        {"note": "x"},
    ],
)
def test_a_wrong_item_is_refused(ordered: Any, change: dict[str, Any]) -> None:
    """And shown."""
    item = {**ITEMS[0], **change}
    status, said = ordered({"items": [item]})
    assert (status, said["conflict"]) == (2, [item])


@pytest.mark.parametrize(
    "rule",
    [
        {},
        "first",
        {"first": "a"},
        {"first": ["a", "a"]},
        {"first": ["z"]},
        {"last": ["a"]},
        {"before": ["a"]},
        {"before": ["a", "b", "c"]},
        {"before": ["a", "a"]},
        {"before": ["a", "z"]},
        {"before": ["a", ["b"]]},
        {"first": ["a"], "before": ["a", "b"]},
        {"not_before": ["a", -1]},
        {"not_before": ["z", 1]},
        {"not_after": ["a", "1"]},
        {"person": ["z", 0, 10]},
        {"person": ["x", 0]},
        {"person": ["x", None, 10]},
        {"person": [1, 0, 10]},
        {"adjacent": ["a", "a"]},
        {"apart": ["a"]},
        {"break": [10]},
        {"break": [10, -5]},
        {"break": 10},
    ],
)
def test_a_wrong_rule_is_refused(ordered: Any, rule: Any) -> None:
    """And named."""
    status, said = ordered({"items": ITEMS, "constraints": [rule]})
    assert (status, said["conflict"]) == (2, [rule])


def test_a_file_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As JSON where JSON is wanted; a directory is no file."""
    for name in (tmp_path / "none.json", tmp_path):
        assert main(["meeting", "order", str(name), "--json"]) == 2
        assert list(json.loads(capsys.readouterr().out)) == ["error", "conflict"]


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon", "1e9"])
def test_seconds_are_a_number(ordered: Any, seconds: str) -> None:
    """Neither endless nor less than nothing."""
    status, said = ordered({"items": ITEMS}, f"--seconds={seconds}")
    assert (status, said["conflict"]) == (2, [])


def test_with_hardly_any_time_the_answer_is_valid_or_none(ordered: Any) -> None:
    """The clock stops the proof, never the rules."""
    said = agenda(40, 10, 4)
    said["constraints"] = [{"first": ["c7"]}, {"apart": ["c1", "c2"]}, {"before": ["c30", "c3"]}]
    status, answer = ordered(said, "--seconds", "0")
    if status == 2:
        assert answer["conflict"] == said["constraints"]
        return
    by_id = {item["id"]: item for item in said["items"]}
    order = [by_id[name] for name in answer["order"]]
    assert keeps(said, order)
    assert (answer["waiting"], answer["optimal"], answer["stopped_by"]) == (waited(said, order), False, "clock")


def test_people_read_it_in_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When each item begins, who waits, and how sure it is; what excludes each other on standard error."""
    said = {"items": ITEMS, "constraints": [{"before": ["a", "b"]}, {"before": ["b", "c"]}, {"break": [5, 15]}]}
    assert run(tmp_path / "a.json", said)[0] == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [["0", "min", "a"], ["25", "min", "b"], ["45", "min", "c"]]
    assert lines[3:] == ["x waits 20 min", "waiting: 20 (as entered: 20); no order is better"]
    assert run(tmp_path / "a.json", {**said, "constraints": [{"person": ["x", 0, 5]}]})[0] == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert '{"person": ["x", 0, 5]}' in told.err


@pytest.mark.parametrize(("cases", "share"), [(9, 0.4), (30, 0.35)])
def test_another_process_gives_the_same_answer(tmp_path: Path, cases: int, share: float) -> None:
    """Whatever its hashes are; proved, and searched."""
    said = agenda(cases, 12, 6, share)
    said["constraints"] = [{"break": [60, 15]}, {"not_before": ["c3", 60]}, {"apart": ["c1", "c2"]}]
    file = tmp_path / "agenda.json"
    file.write_text(json.dumps(said), "utf-8")
    answers = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "multiagency.cli", "meeting", "order", str(file), "--json", "--seconds", "600"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        answers.append({**json.loads(done.stdout), "seconds": 0})
    assert answers[0] == answers[1]
    assert answers[0]["stopped_by"] == ("proof" if cases == 9 else "moves")
