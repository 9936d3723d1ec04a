"""The code knows kinds, conditions and roles; no model, stage, outcome, reason or purpose by its name.

Whoever adds a model adds words here that the code may already use for something else: each is listed with what it is.
"""

import ast
import re
from pathlib import Path

import pytest

import multiagency
from multiagency.pathways.definition import codes, versions

SOURCES = Path(multiagency.__file__).parent
_MODELS = ("demo/", "pathways/definitions/", "pathways/skeleton/")
"""Where models, stages and outcomes have their names."""
_QUOTED = re.compile(r"""(["'])((?:(?!\1).)*)\1""")
_WORD = re.compile(r"[a-z0-9_]+")


def names_of_models():
    """Return every name that a definition gives."""
    models = [model for code in codes() for model in versions(code)]
    given = [
        (
            model.code,
            *model.target.reasons,
            *model.consent_purposes,
            *(one.code for one in (*model.stages, *model.outcomes)),
        )
        for model in models
    ]
    return {name for names in given for name in names}


def _in_python(text):
    """The texts of a module that are no docstrings, and what is quoted within them (SQL)."""
    tree = ast.parse(text)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from [node.value] if " " not in node.value.strip() else [q for _, q in _QUOTED.findall(node.value)]


def _in_sql(text):
    bare = re.sub(r"--.*", "", text)
    yield from re.findall(r"'([^']*)'", bare)


def _in_page(text):
    for said in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL):
        yield from (quoted for _, quoted in _QUOTED.findall(said))
    yield from re.findall(r'value="([a-z_]+)"', text)


_READERS = {".py": _in_python, ".sql": _in_sql, ".html": _in_page}


def used_in(path, names):
    """The names that a file uses as codes: whole texts, parts of keys (`a.b`) and of lists (`{a,b}`)."""
    texts = [text for text in _READERS[path.suffix](path.read_text("utf-8")) if " " not in text.strip()]
    return {word for text in texts for word in _WORD.findall(text)} & names


def sources():
    found = [(path.relative_to(SOURCES).as_posix(), path) for path in SOURCES.rglob("*") if path.suffix in _READERS]
    return [(name, path) for name, path in sorted(found) if not name.startswith(_MODELS)]


_KIND, _CONSENT, _ROLE = "the kind of a stage", "the state of a consent", "the role of a party"
_LANGUAGE, _CHOICE, _KEY = "another language", "none of the choices of a form", "a sentence"
ELSEWHERE = {
    "taken_over": {
        "web/done.py": "a sentence",
    },
    "intake": {
        "disclosures/functions.sql": "a role",
        "disclosures/policies.sql": "a role",
        "kernel/actor.py": "a role",
        "kernel/policies.sql": "a role",
        "log_requests/policies.sql": "a role",
    },
    "meeting_agreed": {
        "consent/reading_agreement.py": "a condition",
        "pathways/conditions.py": "a condition",
    },
    "offered": {
        "cases/reading_waiting.py": "what waits for somebody",
    },
    "situation": {
        "cases/reading_steps.py": "a step of the referrer",
        "cases/templates/case_new.html": "a step of the referrer",
        "cases/templates/case_submit.html": "a step of the referrer",
        "consultations/templates/consultation_new.html": "a step of the referrer",
        "disclosures/pages_situation.py": "a step of the referrer",
        "disclosures/templates/case_situation.html": "a step of the referrer",
        "web/templates/kit.html": "a step of the referrer",
    },
    "case_review": {
        "cases/pages_taking_over.py": "a sentence",
    },
    "referral": {
        "cases/functions.sql": "an occasion of a grant",
        "cases/policies.sql": "an occasion of a grant",
        "cases/service.py": "an occasion of a grant",
        "consent/service_going_on.py": "an occasion of a grant",
        "kernel/access.py": "an occasion of a grant",
        "safeguards/forms.py": "an occasion of a grant",
        "safeguards/functions.sql": "an occasion of a grant",
        "safeguards/service_handing_over.py": "an occasion of a grant",
        "safeguards/service_supervision.py": "an occasion of a grant",
        "storage/functions.sql": "an occasion of a grant",
    },
    "received": {
        "meetings/pages_minutes.py": "a sentence",
        "meetings/service_recipients.py": "a sentence",
    },
    "ended": {
        "cases/functions.sql": "the kind of a stage, or a sentence",
        "cases/models.py": "the kind of a stage, or a sentence",
        "cases/templates/case.html": "the kind of a stage, or a sentence",
        "consultations/functions.sql": "the kind of a stage, or a sentence",
        "consultations/service.py": "the kind of a stage, or a sentence",
        "meetings/templates/meeting.html": "the kind of a stage, or a sentence",
        "meetings/templates/minutes_record.html": "the kind of a stage, or a sentence",
        "pathways/definition.py": "the kind of a stage, or a sentence",
        "pathways/functions.sql": "the kind of a stage, or a sentence",
        "pathways/templates/pathway_parts.html": "the kind of a stage, or a sentence",
        "safeguards/functions.sql": "the kind of a stage, or a sentence",
        "safeguards/templates/case_protection.html": "the kind of a stage, or a sentence",
        "storage/service_closing.py": "the kind of a stage, or a sentence",
        "storage/templates/closing.html": "the kind of a stage, or a sentence",
    },
    "support": {
        "cases/api_support.py": "a support person",
        "cases/functions.sql": "a support person",
        "cases/pages_support.py": "a support person",
        "cases/policies.sql": "a support person",
        "cases/sections.py": "a support person",
        "cases/service_support.py": "a support person",
        "cases/templates/case.html": "a support person",
        "cases/templates/case_support.html": "a support person",
        "kernel/access.py": "a support person",
        "matching/functions.sql": "a support person",
    },
    "completed": {
        "actions/forms.py": "how a period of visits ended, or when an assessment did",
        "actions/service_attendance.py": "how a period of visits ended, or when an assessment did",
        "risk/api.py": "how a period of visits ended, or when an assessment did",
        "risk/templates/checklist_read.html": "how a period of visits ended, or when an assessment did",
    },
    "not_begun": {
        "actions/forms.py": "how a period of visits ended, or the state of a meeting",
        "actions/service_attendance.py": "how a period of visits ended, or the state of a meeting",
        "meetings/service_states.py": "how a period of visits ended, or the state of a meeting",
    },
    "interrupted": {
        "actions/forms.py": "how a period of visits ended",
        "actions/service_attendance.py": "how a period of visits ended",
    },
    "closed": {
        "consent/sections_age.py": "a sentence",
        "actions/sections.py": _KEY,
        "log_requests/pages_cases.py": _KEY,
        "log_requests/service.py": _KEY,
        "meetings/reading.py": "why an item left the agenda",
        "storage/forms.py": "from when a time of retention counts",
        "storage/sections.py": _KEY,
        "storage/service_rules.py": "from when a time of retention counts",
        "storage/templates/retention.html": "from when a time of retention counts",
        "web/done.py": _KEY,
    },
    "draft": {
        "cases/functions.sql": _KIND,
        "cases/models.py": _KIND,
        "cases/reading_waiting.py": "what waits for somebody",
        "cases/templates/case_draft.html": _KEY,
        "cases/templates/case_new.html": _KEY,
        "meetings/templates/minutes.html": "a draft of minutes",
        "pathways/definition.py": _KIND,
        "people/functions.sql": _KIND,
        "safeguards/functions.sql": _KIND,
        "storage/functions.sql": _KIND,
    },
    "in_follow_up": {"actions/sections.py": _KEY},
    "moved_away": {
        "storage/forms.py": "why a case is ended early",
        "storage/templates/ending.html": "why a case is ended early",
    },
    "on_agenda": {"meetings/reading_waiting.py": "what waits for somebody"},
    "other": {
        "cases/templates/case_support.html": "none of the choices of a form",
        "consent/service_links.py": "none of the choices of a form",
        "cases/forms.py": _LANGUAGE,
        "cases/templates/case_contact.html": _LANGUAGE,
        "consent/forms.py": _LANGUAGE,
        "consent/pages.py": _LANGUAGE,
        "disclosures/forms_situation.py": "other days than those that stand there",
        "disclosures/pages_situation.py": "whom else not to talk to",
        "disclosures/templates/case_situation.html": _LANGUAGE,
        "log_requests/forms.py": _CHOICE,
        "meetings/forms.py": _CHOICE,
        "pathways/definition.py": _ROLE,
        "risk/templates/checklist_read.html": _KEY,
        "web/labels.py": _KEY,
    },
    "submitted": {"cases/templates/case.html": _KEY, "matching/templates/matches.html": _KEY},
    "withdrawn": {
        "cases/functions.sql": "the state of a consent",
        "consent/service_gate.py": "the state of a consent",
        "cases/models.py": _KIND,
        "cases/templates/case.html": _KIND,
        "cases/templates/case_parts.html": _KIND,
        "consent/api.py": _CONSENT,
        "consent/functions.sql": _CONSENT,
        "consent/pages.py": _CONSENT,
        "consent/policies.sql": _CONSENT,
        "consent/reading_statements.py": _CONSENT,
        "consent/service_withdrawing.py": _CONSENT,
        "mail/outbox.py": "the state of a message",
        "meetings/reading.py": "why an item left the agenda",
        "pathways/definition.py": _KIND,
        "pathways/functions.sql": _KIND,
        "pathways/templates/pathway_parts.html": _KIND,
        "safeguards/functions.sql": _KIND,
        "web/done.py": _KEY,
        "web/labels.py": _KEY,
    },
}
"""Words that a definition uses too, with what they are in which file."""


def test_no_name_of_a_model_stands_in_the_code():
    names = names_of_models()
    found = {(word, name) for name, path in sources() for word in used_in(path, names)}
    listed = {(word, name) for word, places in ELSEWHERE.items() for name in places}
    assert sorted(found - listed) == [], "named by a definition and by the code"
    assert sorted(listed - found) == [], "listed, and no longer there"


def compared_stages(suffix, text):
    """Where the stage of a case is compared with a text: `stage_kind` is what the code may ask for."""
    if suffix != ".py":
        pattern = r"(?<!for )\bstage\s*(?:=|==|!=|<>|IN|in|not in|NOT IN)\s*[('\"]"
        return re.findall(pattern, re.sub(r"--.*|\w+=\"[^\"]*\"", "", text))
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            named = any(isinstance(one, ast.Attribute | ast.Name) and _last(one) in {"stage", "to"} for one in sides)
            texts = [one for side in sides for one in ast.walk(side) if isinstance(one, ast.Constant)]
            found += (
                [ast.unparse(node)] if named and any(isinstance(one.value, str) and one.value for one in texts) else []
            )
        if isinstance(node, ast.Match) and _last(node.subject) == "stage":
            found.append(ast.unparse(node.subject))
    return found


def _last(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_stage_is_compared_with_a_name():
    found = {name: compared_stages(path.suffix, path.read_text("utf-8")) for name, path in sources()}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".py", 'if desk.case.stage == "submitted": pass'),
        (".py", 'x = case.stage in ("a", "b")'),
        (".py", 'match case.stage:\n    case "a": pass'),
        (".py", 'Case.stage != "draft"'),
        (".sql", "SELECT FROM case_file WHERE stage = 'submitted'"),
        (".sql", "WHERE c.stage NOT IN ('a')"),
        (".html", '{% if case.stage == "draft" %}'),
    ],
)
def test_a_comparison_with_a_stage_is_seen(suffix, text):
    assert compared_stages(suffix, text)


@pytest.mark.parametrize("text", ['stage_kind == "draft"', "case.stage == other.stage", 'kind == "x"'])
def test_what_is_no_comparison_with_a_stage_is_not_taken_for_one(text):
    assert not compared_stages(".py", text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", 'x = "on_agenda"'),
        ("a.py", 't("model.marak.stage.on_agenda")'),
        ("a.py", "run(\"SELECT WHERE stage_kind IN ('on_agenda')\")"),
        ("a.sql", "SELECT '{on_agenda,x}'"),
        ("a.html", '{{ t("a.on_agenda") }}'),
        ("a.html", '<input value="on_agenda">'),
    ],
)
def test_a_name_in_the_code_is_seen(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    assert used_in(tmp_path / name, {"on_agenda"}) == {"on_agenda"}


@pytest.mark.parametrize("text", ['"""On on_agenda."""', "# on_agenda", 'x = "It is on_agenda now"', "on_agenda = 1"])
def test_prose_and_names_of_variables_are_not_taken_for_one(tmp_path, text):
    (tmp_path / "a.py").write_text(text, "utf-8")
    assert used_in(tmp_path / "a.py", {"on_agenda"}) == set()
