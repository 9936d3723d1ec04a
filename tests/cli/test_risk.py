"""`multiagency risk`: what it prints, what it refuses, and that it needs neither service nor database."""

import json
import subprocess
import sys

import pytest

from multiagency.cli.main import main
from multiagency.risk.instruments import SHIPPED

ANSWERS = {"answers": {"1": "yes", "2": "no", "3": "unknown", "4": None}, "today": "2026-11-23"}
KEYS = ["score", "yes", "no", "unknown", "unanswered", "complete", "grounds", "alerts", "referable"]


@pytest.fixture
def counted(tmp_path, capsys):
    def count(raw, pack="marak", *more):
        path = tmp_path / "answers.json"
        path.write_text(raw if isinstance(raw, str) else json.dumps(raw), "utf-8")
        status = main(["risk", "score", str(pack), str(path), *more])
        return status, capsys.readouterr()

    return count


def test_it_prints_counts_grounds_and_alerts_in_their_order(counted):
    status, said = counted(ANSWERS, "marak", "--json")
    found = json.loads(said.out)
    assert (status, list(found)) == (0, KEYS)
    assert list(found.values()) == [1, 1, 1, 1, 21, False, [], [], False]


def test_all_grounds_and_alerts_at_once(counted):
    raw = {
        "answers": {str(number): "yes" for number in range(24, 0, -1)},
        "judgement": "Kuristaminen",
        "client": "Pelkään kuolevani",
        "incidents": ["2026-11-23", "2026-01-05", "2025-11-23"],
        "today": "2026-11-23",
        "previous": {"date": "2026-01-04", "same_pair": True},
    }
    found = json.loads(counted(raw, "marak", "--json")[1].out)
    assert found["grounds"] == ["score", "judgement", "client", "escalation", "repeat"]
    assert found["alerts"] == [
        "strangulation",
        "threats-to-kill",
        "stalking",
        "honour",
        "separation-control-violence",
    ]
    assert (found["score"], found["complete"], found["referable"]) == (24, True, True)


@pytest.mark.parametrize("violence", ["1", "10", "11", "15", "16", "13", None])
def test_the_cluster_is_separation_and_control_with_violence(counted, violence):
    raw = {"answers": {"6": "yes", "12": "yes"} | ({violence: "yes"} if violence else {})}
    alerts = json.loads(counted(raw, "marak", "--json")[1].out)["alerts"]
    assert ("separation-control-violence" in alerts) == (violence not in {"13", None})


def test_grounds_ignore_what_is_unanswered(counted):
    found = json.loads(counted({"answers": {}, "client": "Pelkään"}, "marak", "--json")[1].out)
    assert (found["complete"], found["grounds"], found["referable"]) == (False, ["client"], True)


def test_without_json_it_says_the_same_in_lines_and_no_word_for_the_count(counted):
    status, said = counted(ANSWERS)
    assert status == 0
    assert "score: 1" in said.out
    assert "21 unanswered of 24 (not complete)" in said.out


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "nul",
        '{"answers": {"1": "yes", "1": "no"}}',
        '{"answers": {"1": NaN}}',
        "[" * 100_000,
        '{"answers": {"1": "maybe"}}',
        '{"judgement": ""}',
        '{"today": "2026-02-29"}',
    ],
)
def test_what_cannot_be_taken_ends_with_2_and_a_sentence(counted, raw):
    status, said = counted(raw, "marak", "--json")
    assert (status, said.out) == (2, "")
    assert said.err.startswith("multiagency: ")
    assert "Traceback" not in said.err


def test_a_pack_may_be_a_file_and_an_unknown_one_is_refused(counted, tmp_path):
    status, said = counted(ANSWERS, SHIPPED / "marak" / "1.toml", "--json")
    assert (status, json.loads(said.out)["score"]) == (0, 1)
    status, said = counted(ANSWERS, "nowhere", "--json")
    assert (status, said.err) == (2, "multiagency: nowhere: neither an instrument (marak, wellbeing) nor a file\n")
    bad = tmp_path / "bad.toml"
    bad.write_text('id = "x"\n', "utf-8")
    status, said = counted(ANSWERS, bad, "--json")
    assert status == 2
    assert f"{bad}:1: " in said.err


def test_a_folder_of_the_settings_is_looked_into_too(counted, tmp_path, monkeypatch):
    folder = tmp_path / "packs"
    (folder / "marak").mkdir(parents=True)
    text = (SHIPPED / "marak" / "1.toml").read_text("utf-8").replace('version = "1"', 'version = "2"')
    (folder / "marak" / "2.toml").write_text(text.replace("risk_threshold = 14", "risk_threshold = 1"), "utf-8")
    monkeypatch.setenv("MULTIAGENCY_INSTRUMENTS_DIRECTORY", str(folder))
    assert json.loads(counted(ANSWERS, "marak", "--json")[1].out)["grounds"] == ["score"]


def test_check_says_what_a_pack_holds_or_every_fault(tmp_path, capsys):
    assert main(["risk", "check", str(SHIPPED / "marak" / "1.toml")]) == 0
    assert "24 items, 11 further questions, 5 alerts" in capsys.readouterr().out
    bad = tmp_path / "bad.toml"
    bad.write_text('id = "x"\nversion = 3\n[[items]]\n[[items]]\n', "utf-8")
    assert main(["risk", "check", str(bad)]) == 2
    said = capsys.readouterr().err
    for number in (1, 2, 3, 4):
        assert f"{bad}:{number}: " in said


def test_it_loads_nothing_of_the_database(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(ANSWERS), "utf-8")
    code = (
        "import sys; from multiagency.cli.main import main; status = main(['risk', 'score', 'marak', sys.argv[1]]); "
        "assert not {'sqlalchemy', 'asyncpg', 'fastapi', 'alembic'} & set(sys.modules); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.json")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
