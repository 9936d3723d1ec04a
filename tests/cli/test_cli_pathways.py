"""`multiagency pathways`: what it says, and how it ends."""

import re
import subprocess
import sys

import pytest
from tests.pathways.drafts import CODE, TEXT, begun, filled

from multiagency.cli.main import main
from multiagency.pathways.definition import HERE, codes


def test_a_right_definition_is_drawn_with_every_stage_and_move(tmp_path, capsys):
    assert main(["pathways", "check", str(begun(tmp_path))]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert re.search(r"│ on_agenda · table │ +Esityslistalla", said.out)
    assert "──> on_agenda  asks: child_welfare" in said.out
    assert "┄┄> closed  deviates: a reason is asked for" in said.out
    assert "══ outcome guided_onward  asks: target" in said.out


def test_a_wrong_one_is_refused_with_a_line_per_fault_and_their_number(tmp_path, capsys):
    file = begun(tmp_path, TEXT.replace('kind = "open"', 'kind = "opne"').replace('role = "other"', 'role = "x"'))
    assert main(["pathways", "check", str(file)]) == 2
    said = capsys.readouterr()
    *faults, number = said.err.splitlines()
    assert said.out == ""
    assert number == f"{len(faults)} faults"
    assert all(re.match(rf"{re.escape(str(file))}:[1-9]\d*: \S", fault) for fault in faults)
    lines = [int(fault.removeprefix(f"{file}:").split(":")[0]) for fault in faults]
    assert lines == sorted(lines)


@pytest.mark.parametrize("code", codes())
def test_the_directory_of_every_model_passes(code, capsys):
    assert main(["pathways", "check", str(HERE / "definitions" / code)]) == 0
    assert f"{code} 1: " in capsys.readouterr().out


def test_what_is_not_there_is_said(tmp_path, capsys):
    assert main(["pathways", "check", str(tmp_path / "nothing.toml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert main(["pathways", "check", str(tmp_path)]) == 2
    assert "no definition" in capsys.readouterr().err


def test_a_skeleton_passes_once_its_blanks_are_filled_in_and_says_each_before(tmp_path, capsys):
    assert main(["pathways", "new", CODE, str(tmp_path)]) == 0
    written = capsys.readouterr().out.splitlines()
    assert sorted(written) == sorted(str(path) for path in tmp_path.rglob("*.toml"))
    assert main(["pathways", "check", str(tmp_path / CODE)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert {fault.split("` ")[-1] for fault in said[:-1]} == {"is still to be filled in"}
    for path in tmp_path.rglob("*.toml"):
        path.write_text(filled(path.read_text("utf-8")), "utf-8")
    assert main(["pathways", "check", str(tmp_path / CODE)]) == 0


@pytest.mark.parametrize("code", ["Lapset", "lapset-puheeksi", "../lapset", "1", ""])
def test_a_code_that_is_none_begins_nothing(tmp_path, capsys, code):
    assert main(["pathways", "new", code, str(tmp_path)]) == 2
    assert "a code is lower-case letters" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_stands_there_is_written_over(tmp_path, capsys):
    main(["pathways", "new", CODE, str(tmp_path)])
    (tmp_path / CODE / "1.toml").write_text("mine", "utf-8")
    assert main(["pathways", "new", CODE, str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / CODE / "1.toml").read_text("utf-8") == "mine"


def test_the_check_loads_no_web_and_opens_no_database(tmp_path):
    begun(tmp_path)
    said = (
        "import sys\nfrom multiagency.cli.main import main\n"
        f"main(['pathways', 'check', {str(tmp_path / CODE)!r}])\n"
        "print(sorted({'fastapi', 'asyncpg', 'multiagency.app', 'multiagency.wiring'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
