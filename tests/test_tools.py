"""The checks themselves: each must be able to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import blocks
import check
import faults
import long
import sizes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n" * 401, "401 lines, 400 at most"),
        ("def f() -> None:\n" + "    x = 1\n" * 60, "f: 61 lines, 60 at most"),
        ("async def f() -> None:\n" + "    x = 1\n" * 60, "f: 61 lines, 60 at most"),
        ("def f():\n    pass\n", "says not what it returns"),
    ],
)
def test_what_is_too_long_or_untyped_is_said(tmp_path, monkeypatch, text, said):
    monkeypatch.chdir(tmp_path)
    path = Path("src") / "module.py"
    path.parent.mkdir()
    path.write_text(text)
    assert any(said in fault for fault in sizes.faults_of(path))


def test_what_fits_is_not_said(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("def f() -> None:\n" + "    x = 1\n" * 59)
    assert sizes.faults_of(path) == []


def test_the_lock_files_name_no_host_and_pin_every_package_with_hashes():
    for path in (Path(__file__).parents[1] / "requirements").glob("*.lock"):
        text = path.read_text()
        assert "://" not in text
        packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert packages
        assert all("==" in line and line.endswith("\\") for line in packages)


def test_only_the_unit_of_work_commits():
    source = Path(__file__).parents[1] / "src" / "multiagency"
    commits = [p.name for p in source.rglob("*.py") if ".commit()" in p.read_text() and p.parent.name != "demo"]
    assert commits == ["work.py"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [("from fastapi import Depends", "TID251"), ("from jose import jwe", "TID251"), ("print('Aili')", "T201")],
)
def test_the_projects_own_lint_rules_bite(line, rule):
    words = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format=concise",
        "--stdin-filename=src/multiagency/x.py",
        "-",
    ]
    done = subprocess.run(words, input=f'"""A module."""\n\n{line}\n', capture_output=True, text=True, check=False)
    assert rule in done.stdout


def test_the_slowest_files_are_said_first(tmp_path):
    times = tmp_path / "times.xml"
    cases = [("tests.test_quick", 1), ("tests.web.test_slow", 2), ("tests.web.test_slow", 2.5)]
    said = "".join(f'<testcase classname="{name}" name="test" time="{seconds}"/>' for name, seconds in cases)
    times.write_text(f"<testsuites><testsuite>{said}</testsuite></testsuites>")
    assert check.slowest(times) == [
        "2 files of tests took 6 s one after another, most of all:",
        "    4.5 s  tests/web/test_slow.py",
        "    1.0 s  tests/test_quick.py",
    ]
    assert len(check.slowest(times, 1)) == 2


def test_every_file_is_counted_whichever_worker_ran_it(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text("def test_it(): pass\n")
    times = tmp_path / "times.xml"
    words = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", f"--junitxml={times}", tmp_path]
    subprocess.run(words, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    _, *files = check.slowest(times)
    assert {line.split()[2] for line in files} == {"test_one.py", "test_two.py"}


def test_the_files_that_begin_first_are_there():
    assert [name for name in LONG if not (Path(__file__).parents[1] / name).is_file()] == []


def test_tests_that_did_not_run_were_not_slow(tmp_path):
    assert check.slowest(tmp_path / "none.xml") == []


@pytest.fixture
def without_programs(monkeypatch, tmp_path):
    """Run `make test`'s script where no program can be had; return the commands that it would have run."""
    ran = []
    monkeypatch.setattr(check, "chromium", lambda: None)
    monkeypatch.setattr(check, "calendars", lambda: False)
    monkeypatch.setattr(check, "mail_servers", lambda: False)
    monkeypatch.setattr(check, "STEPS", [("tests", ["pytest"])])
    monkeypatch.setattr(check, "TIMES", tmp_path / "tests.xml")
    monkeypatch.setattr(
        check.subprocess, "run", lambda words, **_: ran.append(words) or subprocess.CompletedProcess([], 0)
    )
    monkeypatch.setattr(sys, "argv", ["check.py"])
    return ran


def test_under_ci_a_test_that_cannot_run_is_a_failure(without_programs, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert check.main() == 1
    assert without_programs == []
    assert "chromium" in capsys.readouterr().out


def test_elsewhere_it_says_what_did_not_run_and_what_to_install(without_programs, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    assert check.main() == 0
    calendars, mail = "tests/meetings/test_foreign_calendars.py", "tests/meetings/test_real_mail.py"
    assert without_programs == [["pytest", "--ignore=tests/journeys", f"--ignore={calendars}", f"--ignore={mail}"]]
    said = capsys.readouterr().out
    assert "NOT RUN: tests/journeys" in said
    assert f"NOT RUN: {calendars}" in said
    assert "apt-get install libical3 thunderbird" in said
    assert "apt-get install postfix dovecot-imapd libical3" in said


def test_where_one_of_two_is_missing_ci_fails_too(without_programs, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(check, "chromium", lambda: "/usr/bin/chromium")
    assert check.main() == 1
    assert without_programs == []
    assert "libical3 thunderbird" in capsys.readouterr().out


def test_the_times_of_a_run_before_are_not_taken_for_this_one(without_programs, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    check.TIMES.write_text('<testsuites><testcase classname="tests.test_old" time="9"/></testsuites>')
    assert check.main() == 0
    assert "test_old" not in capsys.readouterr().out


def test_the_long_game_goes_on_after_the_last_block_that_passed(tmp_path, monkeypatch):
    played = []
    monkeypatch.chdir(tmp_path)
    passes = {"seeds": {1, 2, 4}}

    def run(words, *, check, env):
        seed = int(words[-2].removeprefix("--hypothesis-seed="))
        played.append((seed, env["SIGHT_EXAMPLES"]))
        return subprocess.CompletedProcess(words, 0 if seed in passes["seeds"] else 1)

    monkeypatch.setattr(blocks.subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["long.py", "--games", "120"])
    assert long.main() == 1
    assert played == [(1, "50"), (2, "50"), (3, "20")]
    passes["seeds"].add(3)
    assert long.main() == 1
    assert [seed for seed, _ in played[3:]] == [3, 4, 5]
    assert (tmp_path / "build" / "test-long.txt").read_text().split()[0] == "4"


def test_rounds_of_faults_go_on_after_the_last_that_passed(tmp_path, monkeypatch):
    played = []
    monkeypatch.chdir(tmp_path)

    def run(words, *, check, env):
        played.append((int(env["HOSTILE_SEED"]), env["KILL_SEED"], env["KILLS"]))
        return subprocess.CompletedProcess(words, 0 if len(played) != 3 else 1)

    monkeypatch.setattr(blocks.subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["faults.py", "--rounds", "4", "--kills", "2"])
    assert faults.main() == 1
    assert played == [(1, "1", "2"), (2, "2", "2"), (3, "3", "2")]
    assert (tmp_path / "build" / "faults.txt").read_text().split()[0] == "2"
