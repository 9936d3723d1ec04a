"""A wrong definition is refused with file and line, and with everything that is wrong in it."""

import random
import shutil

import pytest
from tests.pathways.drafts import TEXT, begun

from multiagency.pathways.definition import HERE, declared_in
from multiagency.pathways.validating import faults_of

STAGE = '[[stages]]\ncode = "waiting"\nkind = "open"\n'
LAST = "# A case that should not go on."
EARLY = '[[moves]]\nfrom = ["draft", "submitted", "on_agenda"]\nto = "closed"\ndeviates = true\n'
OPEN = '[[stages]]\ncode = "submitted"\nkind = "open"\n'
ENDED = 'kind = "ended"\nends = ["consent", "ground", "break_glass"]'
USUAL = '[[moves]]\nfrom = ["in_follow_up"]\nto = "closed"\n'
FIRST = '[[outcomes]]\ncode = "guided_onward"'
CLOCK = f'[[clocks]]\ncode = "talk"\nstage = "submitted"\nwithin = "youngest_age"\nunit = "days"\n{FIRST}'
RETENTION = 'adult = "working_age_10y"'

BAD = {
    "syntax": (RETENTION, "adult = working_age", "adult = working", "is not TOML"),
    "an open string": (RETENTION, 'adult = "working', 'adult = "working', "is not TOML"),
    "a key twice": (RETENTION, f"{RETENTION}\nadult = 'x'", "adult = 'x'", "is not TOML"),
    "unknown key": (
        "youngest_age = 18\n\n",
        "youngest_age = 18\n[colours]\nred = 1\n",
        "[colours]",
        "unknown key `colours`",
    ),
    "misspelt key": ('from = ["in_follow_up"]', 'form = ["in_follow_up"]', 'form = ["in', "is `from` meant?"),
    "missing key": (
        '[[moves]]\nfrom = ["in_follow_up"]\n',
        "[[moves]]\n",
        '[[moves]]\nto = "closed"\n# Taken',
        "`from` is missing",
    ),
    "text for a number": ("youngest_age = 18", 'youngest_age = "18"', "youngest_age = ", "valid integer"),
    "truth for a number": ("youngest_age = 18", "youngest_age = true", "youngest_age = ", "valid integer"),
    "negative number": ("youngest_age = 18", "youngest_age = -1", "youngest_age = ", "negative"),
    "text for a truth": ("several = true", 'several = "yes"', "several = ", "valid boolean"),
    "text for a list": ('from = ["in_follow_up"]', 'from = "in_follow_up"', 'from = "in', "valid array"),
    "no date": ("valid_from = 2026-01-01", 'valid_from = "soon"', "valid_from", "date"),
    "a day for a text": (RETENTION, "adult = 2026-01-01", "adult = 2026", "valid string"),
    "a list for a kind": ('kind = "open"', 'kind = ["open"]', 'kind = ["open"]', "`kind`"),
    "version of another file": ('version = "1"', 'version = "2"', "version = ", "must stand in `2.toml`"),
    "code of another directory": ('code = "puuha"', 'code = "tot"', 'code = "tot"', "a directory of that name"),
    "code with a capital": ('code = "on_agenda"', 'code = "On-agenda"', 'code = "On-agenda"', "is no code"),
    "unknown kind of stage": ('kind = "open"', 'kind = "opne"', 'kind = "opne"', "'draft', 'open'"),
    "stage twice": (OPEN, f"{OPEN}{OPEN}", f"{OPEN[11:]}# The team", "`submitted` stands there twice"),
    "no draft": ('kind = "draft"', 'kind = "open"', "[[stages]]", "no stage of the kind `draft`"),
    "two drafts": (
        'kind = "open"',
        'kind = "draft"',
        OPEN.replace("open", "draft"),
        "second stage of the kind `draft`",
    ),
    "draft not first": (
        '[[stages]]\ncode = "draft"\nkind = "draft"\n' + OPEN,
        OPEN + '[[stages]]\ncode = "draft"\nkind = "draft"\n',
        '[[stages]]\ncode = "draft"',
        "must be the first",
    ),
    "no withdrawal": ('kind = "withdrawn"', 'kind = "ended"', "[[stages]]", "no stage of the kind `withdrawn`"),
    "move from nowhere": (
        'from = ["in_follow_up"]',
        'from = ["in_folow_up"]',
        'from = ["in_fol',
        "no stage `in_folow_up`",
    ),
    "move to nowhere": (USUAL, USUAL.replace("closed", "closde"), 'to = "closde"', "no stage `closde`"),
    "move to itself": (
        'from = ["in_follow_up"]\nto = "closed"',
        'from = ["closed"]\nto = "closed"',
        'from = ["closed"]',
        "starts",
    ),
    "move twice": (USUAL, USUAL + USUAL, f"{USUAL[10:]}# Taken", "`in_follow_up → closed` stands there twice"),
    "from the end to the middle": (
        'from = ["closed", "withdrawn"]\nto = "draft"',
        'from = ["closed", "withdrawn"]\nto = "submitted"',
        'from = ["closed", "withdrawn"]',
        "nothing that people do leads from a stage of the kind `ended`",
    ),
    "from a draft to a table": (
        '["submitted", "in_follow_up"]\nto = "on_agenda"',
        '["draft", "submitted", "in_follow_up"]\nto = "on_agenda"',
        'from = ["draft", "submitted", "in_follow_up"]\nto = "on_agenda"',
        "from a stage of the kind `draft` to `table`",
    ),
    "an agenda that a case never leaves": (
        'from = ["on_agenda"]\nto = "submitted"',
        'from = ["in_follow_up"]\nto = "submitted"',
        '[[stages]]\ncode = "on_agenda"',
        "back to `submitted`",
    ),
    "minutes that nobody can approve": (
        'from = ["submitted", "on_agenda"]\nto = "in_follow_up"',
        'from = ["submitted"]\nto = "in_follow_up"',
        '[[stages]]\ncode = "on_agenda"',
        "minutes could not be approved",
    ),
    "unknown relation": (
        'role = "other"',
        'role = "other"\nrelations = ["aunt"]',
        "relations",
        "unknown relation `aunt`",
    ),
    "stage that nothing leads to": (OPEN, OPEN + STAGE, STAGE, "nothing leads to the stage `waiting`"),
    "stage without a way to an outcome": (
        LAST,
        f'[[moves]]\nfrom = ["submitted"]\nto = "waiting"\n{LAST}\n[[stages]]\ncode = "waiting"\nkind = "open"\n',
        STAGE,
        "no way leads from the stage `waiting` to an outcome",
    ),
    "an end only by deviating": (USUAL, "", OPEN, "no way leads from the stage `submitted` to an outcome"),
    "no withdrawal from a stage": (
        '["draft", "submitted", "on_agenda", "in_follow_up"]\nto = "withdrawn"',
        '["draft", "submitted", "on_agenda"]\nto = "withdrawn"',
        '[[stages]]\ncode = "in_follow_up"',
        "no move leads from the stage `in_follow_up` to one of the kind `withdrawn`",
    ),
    "a withdrawal with conditions": (
        '"in_follow_up"]\nto = "withdrawn"',
        '"in_follow_up"]\nto = "withdrawn"\nneeds = ["consent"]',
        '[[moves]]\nfrom = ["draft", "submitted", "on_agenda", "in_follow_up"]',
        "never refused",
    ),
    "sight that outlives the end": (ENDED, 'kind = "ended"', '[[stages]]\ncode = "closed"', "must name `consent`"),
    "sight that ends early": (OPEN, f'{OPEN}ends = ["consent"]\n', 'ends = ["consent"]\n', "only where one has ended"),
    "unknown reason for sight": (
        ENDED,
        ENDED.replace("ground", "gruond"),
        'ends = ["consent", "gruond',
        "unknown reason for sight",
    ),
    "unknown condition": (
        'needs = ["child_welfare"]',
        'needs = ["child_wellfare"]',
        'needs = ["child_wellf',
        "unknown condition",
    ),
    "condition with a number that it does not take": (
        'needs = ["child_welfare"]',
        'needs = [\n  { condition = "child_welfare", at_least = "youngest_age" },\n]',
        "  { condition",
        "takes no `at_least`",
    ),
    "condition with words that it does not take": (
        'needs = ["child_welfare"]',
        'needs = [{ condition = "child_welfare", values = ["x"] }]',
        "needs = [{",
        "takes no `values`",
    ),
    "condition twice": (
        'needs = ["child_welfare"]',
        'needs = ["people", "people"]',
        'needs = ["people", "p',
        "`people` stands there twice",
    ),
    "outcome twice": (
        'code = "no_further_need"',
        'code = "other"',
        '"other"\nstage = "closed"\nneeds',
        "outcome `other` stands",
    ),
    "outcome into nowhere": ('stage = "closed"', 'stage = "ended"', 'stage = "ended"', "no stage `ended`"),
    "outcome into a living stage": (
        'stage = "closed"',
        'stage = "submitted"',
        'stage = "submitted"',
        "not of the kind `ended`",
    ),
    "outcome that asks for what no form has": (
        'needs = ["target"]',
        'needs = ["traget"]',
        'needs = ["traget"]',
        "unknown need",
    ),
    "end without an outcome": (
        'code = "withdrawn"\nkind = "withdrawn"',
        f'code = "w"\n{ENDED}\n[[stages]]\ncode = "withdrawn"\nkind = "withdrawn"',
        '[[stages]]\ncode = "w"',
        "no outcome leads into the stage `w`",
    ),
    "clock of no stage": (FIRST, CLOCK.replace("submitted", "nowhere"), 'stage = "nowhere"', "no stage `nowhere`"),
    "clock of a draft": (
        FIRST,
        CLOCK.replace("submitted", "draft"),
        'stage = "draft"\nwithin',
        "no clock runs in `draft`",
    ),
    "clock without a length": (FIRST, CLOCK.replace("youngest_age", "long"), "within =", "no parameter `long`"),
    "clock in fortnights": (FIRST, CLOCK.replace("days", "fortnights"), "unit =", "'working_days', 'days'"),
    "clock without a word": (FIRST, CLOCK, "[words.fi]", "[words.fi.clock] is missing: talk"),
    "unknown kind of data": ('"party", "narrative"]', '"party", "narative"]', "shareable_kinds", "'narrative'"),
    "convening with what is never shared": (
        'convening_kinds = ["identity"]',
        'convening_kinds = ["risk"]',
        "convening_kinds",
        "not among `shareable_kinds`",
    ),
    "keeping what nobody takes over": (
        "convening_kinds",
        'opener_keeps = ["shell"]\nconvening_kinds',
        "opener_keeps",
        "no stage has `takes_over = true`",
    ),
    "age that is no parameter": (
        'youngest = "youngest_age"',
        'youngest = "adult"',
        "youngest = ",
        "no parameter `adult`",
    ),
    "unknown kind of agency": ('youngest = "youngest_age"', 'opened_by = ["polise"]', "opened_by", "polise"),
    "unknown office": (
        "[words.fi]",
        '[table]\nrequired = ["techer"]\n[words.fi]',
        "\nrequired = ",
        "unknown office `techer`",
    ),
    "an office needed and kept away": (
        "[words.fi]",
        '[table]\nrequired = ["police"]\nnever = ["police"]\n[words.fi]',
        "\nnever = ",
        "must be at the table and may never be there",
    ),
    "unknown class of retention": (RETENTION, 'adult = "working_age_11y"', "adult = ", "unknown class of retention"),
    "unknown role": ('role = "other"', 'role = "neighbour"', "role = ", "'child'"),
    "role twice": (
        '[[parties]]\nrole = "other"',
        '[[parties]]\nrole = "other"\n[[parties]]\nrole = "other"',
        'role = "other"\nseveral',
        "twice",
    ),
    "needed but not asked": (
        'role = "other"',
        'role = "other"\nneeded = true\nasked = false',
        "[[parties]]",
        "never asked about",
    ),
    "words of a language missing": ("[words.sv", "[words.se", "[words.", "[words.sv] is missing"),
    "unknown language": ("[words.sv", "[words.xx", "[words.xx]", "unknown language `xx`"),
    "name missing": ('[words.fi]\nname = "Leikki"', "[words.fi]", "[words.fi]", "has no `name`"),
    "word missing": ('closed = "Avslutat"\n', "", "[words.sv.stage]", "has no `closed`"),
    "word of nothing": (
        'closed = "Avslutat"\n',
        'closed = "Avslutat"\nclosde = "Avslutat"\n',
        'closde = "',
        "which the definition does not have",
    ),
    "word empty": ('closed = "Avslutat"', 'closed = " "', 'closed = " "', "is empty"),
    "blank": ('name = "Leikki"', 'name = "___"', 'name = "___"', "still to be filled in"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_definition_is_refused_with_its_line(tmp_path, name):
    old, new, at, says = BAD[name]
    assert old in TEXT, "the fault is put where something stands"
    file = begun(tmp_path, TEXT.replace(old, new))
    written = file.read_text("utf-8")
    line = written[: written.index(at) + len(at)].rstrip("\n").count("\n") + 1 - at.strip("\n").count("\n")
    found = faults_of(file)
    assert [fault for fault in found if fault.line == line and says in fault.says], "\n".join(map(str, found))
    assert {fault.file for fault in found} == {file}


def test_forty_wrong_definitions_are_refused():
    assert len(BAD) >= 40


def test_the_skeleton_that_they_are_made_of_is_right_once_it_is_filled_in(tmp_path):
    assert faults_of(begun(tmp_path, TEXT).parent) == []


def test_every_fault_is_told_and_not_the_first(tmp_path):
    text = TEXT.replace('kind = "open"', 'kind = "opne"').replace("youngest_age = 18", "youngest_age = 'x'")
    file = begun(tmp_path, text.replace(RETENTION, 'adult = "never"').replace('name = "Leikki"', 'name = ""'))
    told = {fault.says.split(":")[0] for fault in faults_of(file)}
    assert {"`kind`", "`youngest_age`", "unknown class of retention `never`", "`name` is empty"} <= told


VALUES = [
    "1",
    "true",
    '"x"',
    "[]",
    "[1]",
    "[[]]",
    "{}",
    "2026-01-01",
    "1.5",
    "nan",
    "[{condition=1}]",
    '["consent", 1]',
]
TABLES = ["[x]", "[stages]", "[[words]]", "[[parameters]]", "[words.fi.stage.draft]", "[[target]]", "[moves]"]


def spoilt(seed):
    """The definition with a line or several lost, doubled, or saying something else."""
    dice, lines = random.Random(seed), TEXT.splitlines()  # noqa: S311
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(lines))
        key = lines[place].split(" = ")[0]
        lines[place : place + 1] = dice.choice(
            [
                [],
                [lines[place], dice.choice(lines)],
                [f"{key} = {dice.choice(VALUES)}"],
                [dice.choice(TABLES) if key.startswith("[") else f"{key} = {dice.choice(VALUES)}"],
                [lines[place][:-1] + dice.choice('"=[]#é\t,.')],
            ]
        )
    return "\n".join(lines)


@pytest.mark.parametrize("begin", range(0, 120, 40))
def test_whatever_somebody_writes_is_told_or_can_be_read(tmp_path, begin):
    for seed in range(begin, begin + 40):
        file = begun(tmp_path, spoilt(seed))
        found, lines = faults_of(file), file.read_text("utf-8").count("\n") + 1
        assert all(1 <= fault.line <= lines for fault in found), seed
        if not found:
            declared_in(file)


CONSENTS = {
    "no texts at all": (None, "", "1.toml", "no text to ask for consent with"),
    "a language missing": ("sv.toml", None, "sv.toml", "no such file"),
    "a part missing": ("sv.toml", 'title = "a"\n[[parts]]\nheading = "b"\ntext = "c"\n', "sv.toml", "1 of 5 parts"),
    "no title": ("en.toml", '[[parts]]\nheading = "b"\ntext = "c"\n', "en.toml", "`title` is missing"),
    "no text": ("en.toml", 'title = "a"\n[[parts]]\nheading = "b"\n', "en.toml", "`text` is missing"),
    "an unknown key": ("en.toml", 'title = "a"\nfoot = "b"\n', "en.toml", "unknown key `foot`"),
    "not yet valid": ("version.toml", "valid_from = 2026-02-01\n", "1.toml", "valid yet as the model begins"),
    "no day": ("version.toml", "valid_from = 'soon'\n", "version.toml", "must be a day"),
    "parameter unknown": (
        "version.toml",
        'valid_from = 2026-01-01\nparameter = "x"\n',
        "version.toml",
        "no parameter `x`",
    ),
}


@pytest.mark.parametrize("name", CONSENTS)
def test_texts_of_consent_are_checked_with_the_definition(tmp_path, name):
    changed, text, at, says = CONSENTS[name]
    file = begun(tmp_path, TEXT)
    where = file.parent / "consent" / "1"
    if changed is None:
        shutil.rmtree(where.parent)
    elif text is None:
        (where / changed).unlink()
    else:
        (where / changed).write_text(text, "utf-8")
    assert [fault for fault in faults_of(file) if fault.file.name == at and says in fault.says]


@pytest.mark.parametrize("model", sorted(path.name for path in (HERE / "definitions").iterdir()))
def test_every_definition_of_the_tree_passes(model):
    assert "\n".join(map(str, faults_of(HERE / "definitions" / model))) == ""


def test_what_cannot_be_read_is_a_fault_of_its_own(tmp_path):
    (tmp_path / "1.toml").write_bytes(b'code = "x"\n\nversion = "\xff"\n')
    assert [(fault.line, fault.says) for fault in faults_of(tmp_path / "1.toml")] == [(3, "is not UTF-8")]
