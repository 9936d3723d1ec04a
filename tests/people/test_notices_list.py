"""`docs/notices.md` is true: it lists what the code can tell, to the word, and so do the catalogues."""

import ast
import re
from pathlib import Path

import pytest

import multiagency
from multiagency.kernel.languages import Language
from multiagency.people.notices import NOTICES
from multiagency.web.texts import TEXTS

PACKAGE = Path(multiagency.__file__).parent
PAGE = (PACKAGE.parents[1] / "docs" / "notices.md").read_text("utf-8")
LISTED = {
    key: [cell.strip() for cell in rest.split("|")[:-1]] for key, rest in re.findall(r"(?m)^\| `(\w+)` \|(.*)$", PAGE)
}
ROWS = {key: cells for key, cells in LISTED.items() if len(cells) == 5}
MAILS = {key for key, cells in LISTED.items() if len(cells) == 3}
TELLING, SETTLING = {"tell", "tell_seated", "_tell", "_tell_owner", "_tell_coordinators"}, {"settle", "nothing_waits"}
_BY_ANOTHER = {"service_instructions.py"}
"""What tells by a function of another module of its room."""
SOURCES = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "people" / "notices.py"]


def calls(names):
    """The words that stand in calls of these functions, and in the tuples of their modules that they are given."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        if "service_notices" not in path.read_text("utf-8") and path.name not in _BY_ANOTHER:
            continue
        named = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(called := call.func, ast.Name | ast.Attribute):
                name = called.id if isinstance(called, ast.Name) else called.attr
                if name in names:
                    found |= words(call, named)
    return found


def words(call, named):
    given = [*call.args, *(named[n.id] for n in ast.walk(call) if isinstance(n, ast.Name) and n.id in named)]
    given = [value for one in given for value in (one.values if isinstance(one, ast.Dict) else [one])]
    constants = [each for one in given for each in ast.walk(one) if isinstance(each, ast.Constant)]
    return {
        each.value
        for each in constants
        if isinstance(each.value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", each.value)
    }


def keys_of(language):
    return {key for key in TEXTS.sentences[language] if key.startswith("notice.")}


def test_the_page_lists_every_notice_that_can_be_told_and_no_other():
    assert ROWS.keys() == NOTICES.keys()


@pytest.mark.parametrize("language", [Language.FI, Language.SV, Language.EN])
def test_every_notice_has_its_sentence_and_every_sentence_a_notice(language):
    assert keys_of(language) == {f"notice.{key}" for key in NOTICES}


def test_whatever_is_told_in_the_source_is_listed():
    assert calls(TELLING) >= {"case_submitted", "part_asked", "invited", "consent_ends"}, "nothing was found to be told"
    assert calls(TELLING) <= NOTICES.keys()


def test_whatever_is_listed_is_told_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in [*SOURCES, *PACKAGE.rglob("*.sql")])
    assert [key for key in NOTICES if not re.search(rf"""["']{key}["']""", text)] == []


def test_the_page_says_which_mail_tells_and_what_must_be_seen():
    assert {key: (cells[2], cells[3]) for key, cells in ROWS.items() if cells[2] != "–"} == {
        key: (str(NOTICES[key].shows), str(NOTICES[key].mail)) for key, cells in ROWS.items() if cells[2] != "–"
    }
    assert {key: cells[3] for key, cells in ROWS.items()} == {key: str(told.mail) for key, told in NOTICES.items()}


def test_the_page_says_of_what_is_settled_by_what():
    """What no act settles waits until it is opened; late plans and missing returns are over by themselves."""
    settled = {key for key, cells in ROWS.items() if cells[4] != "it is opened"} - {"plan_overdue", "research_missing"}
    assert settled == calls(SETTLING) & NOTICES.keys()


def test_the_page_lists_every_mail_that_has_words():
    subjects = {key.split(".")[1] for key in TEXTS.sentences[Language.FI] if re.fullmatch(r"mail\.\w+\.subject", key)}
    assert subjects == MAILS


@pytest.mark.parametrize("language", [Language.FI, Language.SV, Language.EN])
def test_one_subject_says_nothing_of_what_waits(language):
    said = TEXTS.say(language, "mail.notice.subject") + TEXTS.say(language, "mail.notice.text", url="")
    for word in ("asia ", "asiaa", "kokou", "toimenpi", "suostu", "ärende", "möte", "åtgärd", "samtyck", "MARAK"):
        assert word not in said
    for word in ("case", "meeting", "action", "consent", "minutes"):
        assert language is not Language.EN or word not in said
