"""Packs: what stands in ours, and that every fault of a bad one is told with file and line."""

import re
from pathlib import Path

import pytest

from multiagency.kernel.toml_lines import line_of, lines_of
from multiagency.pathways.service import pathway
from multiagency.risk.instruments import SHIPPED, PackRefused, instrument, packs, read_pack

GOOD = """\
id = "tiny"
version = "1"
languages = ["fi", "sv"]
title = { fi = "Pieni", sv = "Liten" }
grounds = ["score", "escalation"]
renewed_by = ["incident"]
[parameters]
risk_threshold = 2
escalation_incidents = 3
escalation_months = 12
[scales.yes_no]
unknown = { fi = "Ei tiedossa", sv = "Inte känt" }
answers = [
    { value = "yes", points = 1, sign = true, text = { fi = "Kyllä", sv = "Ja" } },
    { value = "no", text = { fi = "Ei", sv = "Nej" } },
]
[scales.often]
unknown = { fi = "Ei tiedossa", sv = "Inte känt" }
answers = [
    { value = 0, text = { fi = "Ei koskaan", sv = "Aldrig" } },
    { value = 1, points = 1, text = { fi = "Usein", sv = "Ofta" } },
]
[[groups]]
code = "all"
text = { fi = "Kaikki", sv = "Alla" }
[[items]]
number = 1
code = "one"
group = "all"
scale = "yes_no"
text.fi = "Yksi?"
text.sv = "Ett?"
opens = ["more"]
[[items]]
number = 2
code = "two"
group = "all"
scale = "often"
text.fi = "Kaksi?"
text.sv = "Två?"
[[questions]]
code = "more"
scale = "yes_no"
text = { fi = "Lisää?", sv = "Mer?" }
opens = ["most"]
[[questions]]
code = "most"
scale = "yes_no"
text = { fi = "Eniten?", sv = "Mest?" }
[[alerts]]
code = "first"
text = { fi = "Yksi", sv = "Ett" }
all = ["one"]
[[safety]]
code = "safe"
tells = "no"
text = { fi = "Turvassa?", sv = "Säkert?" }
alert = { fi = "Seis", sv = "Stopp" }
answers = [
    { code = "yes", text = { fi = "Kyllä", sv = "Ja" } },
    { code = "no", text = { fi = "Ei", sv = "Nej" } },
]
"""


def line(text, part=GOOD):
    """The line on which this stands in the good pack."""
    return part[: part.index(text)].count("\n") + 1


BAD = {
    # what is changed, into what, on which line the fault is told, and what is said of it
    "no TOML": ('version = "1"', "version = ", 2, "is not TOML"),
    "a key twice": ('version = "1"', 'version = "1"\nid = "x"', 3, "is not TOML"),
    "an unknown key": ("risk_threshold = 2", "risk_treshold = 2", line("risk_threshold"), "no number of an instrument"),
    "an unknown field": ('tells = "no"', 'tells = "no"\nsays = "x"', line('tells = "no"') + 1, "says: Extra inputs"),
    "no version": ('version = "1"\n', "", 1, "version: Field required"),
    "a version that is no number": ('version = "1"', 'version = "1b"', 2, "version: String should match"),
    "a word for a number": (
        "number = 2",
        'number = "2"',
        line("number = 2"),
        "number: Input should be a valid integer",
    ),
    "an unknown language": ('["fi", "sv"]', '["fi", "sv", "xx"]', 3, "xx is no language of the service"),
    "a text missing": ('text.sv = "Två?"\n', "", line('text.fi = "Kaksi?"'), "the text in sv is missing"),
    "a text of nothing": ('text.sv = "Två?"', 'text.sv = " "', line('text.sv = "Två?"'), "the text in sv is empty"),
    "a text too many": (
        'text.sv = "Ett?"',
        'text.sv = "Ett?"\ntext.en = "One?"',
        line('text.sv = "Ett?"') + 1,
        "en is",
    ),
    "a braced text": ('"Yksi?"', '"{Yksi}?"', line("Yksi?"), "no braces"),
    "numbers out of order": ("number = 2", "number = 3", line("number = 2"), "the item is number 2"),
    "a code twice": ('code = "two"', 'code = "one"', line('code = "two"'), "one stands there already"),
    "an unknown group": (
        'code = "two"\ngroup = "all"',
        'code = "two"\ngroup = "no"',
        line('code = "two"') + 1,
        "group no",
    ),
    "an unknown scale": ('scale = "often"', 'scale = "seldom"', line('scale = "often"'), "there is no scale seldom"),
    "a value twice": ("{ value = 1,", "{ value = 0,", line("{ value = 1,"), "0 stands there already"),
    "a reserved value": ('value = "no"', 'value = "unknown"', line('value = "no"'), "always possible"),
    "values of two kinds": ("{ value = 1,", '{ value = "one",', line("value = 0") - 1, "not both"),
    "a circle": (
        'code = "most"\nscale = "yes_no"',
        'code = "most"\nopens = ["more"]\nscale = "yes_no"',
        line('code = "most"') + 1,
        "most opens itself",
    ),
    "an unknown further question": ('opens = ["more"]', 'opens = ["less"]', line('opens = ["more"]'), "question less"),
    "a question that nothing opens": ('\nopens = ["most"]', "", line('code = "most"') - 2, "nothing opens most"),
    "an item that opens at no sign": (
        'text.fi = "Kaksi?"',
        'opens = ["more"]\ntext.fi = "Kaksi?"',
        line('text.fi = "Kaksi?"'),
        "would never open anything",
    ),
    "an alert about an unknown item": ('all = ["one"]', 'all = ["three"]', line('all = ["one"]'), "no item three"),
    "an alert about nothing": ('all = ["one"]\n', "", line("[[alerts]]"), "names items"),
    "an alert at no sign": ('all = ["one"]', 'any = ["two"]', line('all = ["one"]'), "no answer to two is a sign"),
    "an unknown ground": ('"escalation"]', '"feeling"]', line("grounds ="), "grounds: Input should be"),
    "a ground without its number": ("escalation_months = 12\n", "", line("grounds ="), "needs the parameter"),
    "a threshold out of reach": ("risk_threshold = 2", "risk_threshold = 3", line("risk_threshold"), "more than 2"),
    "an unknown event": ('["incident"]', '["full_moon"]', line("renewed_by"), "full_moon is no event"),
    "safety that tells at no answer": ('tells = "no"', 'tells = "maybe"', line('tells = "no"'), "none of the answers"),
    "an empty group": (
        "[[items]]\nnumber = 1",
        '[[groups]]\ncode = "x"\ntext = { fi = "X", sv = "X" }\n[[items]]\nnumber = 1',
        line("[[items]]"),
        "no item is in the group x",
    ),
    "a scale of one answer": (
        '    { value = 1, points = 1, text = { fi = "Usein", sv = "Ofta" } },\n',
        "",
        line("value = 0") - 1,
        "at least 2 items",
    ),
}


def written(folder, text):
    path = folder / "pack.toml"
    path.write_text(text, "utf-8")
    return path


def refused(folder, text):
    path = written(folder, text)
    with pytest.raises(PackRefused) as error:
        read_pack(path)
    return path, error.value.sentences


def test_the_good_pack_is_taken(tmp_path):
    pack = read_pack(written(tmp_path, GOOD))
    assert [one.code for one in pack.opened({"one": "yes"})] == ["more"]
    assert [one.code for one in pack.opened({"one": "yes", "more": "yes"})] == ["more", "most"]
    assert pack.opened({"one": "no", "more": "yes"}) == ()


@pytest.mark.parametrize("what", BAD)
def test_a_bad_pack_is_refused_with_file_and_line(tmp_path, what):
    good, bad, number, says = BAD[what]
    assert GOOD.count(good) >= 1
    path, sentences = refused(tmp_path, GOOD.replace(good, bad, 1))
    found = [sentence for sentence in sentences if sentence.startswith(f"{path}:{number}: ") and says in sentence]
    assert found, sentences


def test_every_fault_is_told_and_not_the_first_only(tmp_path):
    text = GOOD.replace('tells = "no"', 'tells = "maybe"').replace("number = 2", 'number = "2"')
    text = text.replace('scale = "often"', 'scale = "seldom"').replace('text.sv = "Ett?"\n', "")
    _, sentences = refused(tmp_path, text)
    for says in ("none of the answers", "valid integer", "no scale seldom", "the text in sv is missing"):
        assert any(says in sentence for sentence in sentences), (says, sentences)
    lines = [int(re.search(r":(\d+): ", sentence)[1]) for sentence in sentences]
    assert lines == sorted(lines)


def test_a_pack_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "pack.toml"
    path.write_bytes(b'id = "\xff"')
    with pytest.raises(PackRefused, match=r"pack\.toml:1: is not text"):
        read_pack(path)


def test_ours_are_taken_and_hold_the_subjects_in_their_known_order():
    marak = instrument("marak")
    assert [item.number for item in marak.items] == list(range(1, 25))
    known = {1: "injury", 6: "separation", 8: "stalking", 12: "control", 14: "threats_to_kill", 15: "strangulation"}
    assert {number: marak.items[number - 1].code for number in known} == known
    assert marak.items[16].code == "others_threaten"
    assert "THL" in marak.note["en"]
    assert {item.code for item in marak.items if item.opens} == {"stalking", "others_threaten", "isolation"}
    assert instrument("wellbeing").measures
    assert not marak.measures


def test_the_numbers_of_the_model_are_those_of_its_instrument():
    model = pathway("marak")
    pack = instrument(model.instruments[0])
    both = pack.parameters.keys() & model.parameters.keys()
    assert both >= {"risk_threshold", "repeat_months"}
    assert {name: model.parameters[name] for name in both} == {name: pack.parameters[name] for name in both}


def imported(folder, text, code="tiny", version="1"):
    (folder / code).mkdir(exist_ok=True)
    (folder / code / f"{version}.toml").write_text(text, "utf-8")


def test_a_folder_adds_instruments_and_newer_versions_and_the_newest_is_used(tmp_path):
    imported(tmp_path, GOOD)
    ours = (SHIPPED / "marak" / "1.toml").read_text("utf-8")
    for version in ("2", "10"):
        imported(tmp_path, ours.replace('version = "1"', f'version = "{version}"'), "marak", version)
    assert instrument("tiny", folder=tmp_path).id == "tiny"
    assert instrument("marak", folder=tmp_path).version == "10"
    assert instrument("marak", "1", tmp_path).version == "1"
    assert instrument("marak").version == "1"
    with pytest.raises(ValueError, match="there is no instrument tiny"):
        instrument("tiny")


def test_a_pack_in_a_place_that_is_not_its_own_is_refused(tmp_path):
    imported(tmp_path, GOOD, "other")
    with pytest.raises(PackRefused, match=r"its place is tiny/1\.toml"):
        packs(tmp_path)


def test_lines_are_those_of_the_text_also_where_strings_and_arrays_run_over_several():
    text = 'a = """x\n[no]\n""" # c\nb = [ # d\n  1,\n  { c = "]", d = [2,\n  3] },\n]\n'
    text += '["e.f"]\n"g h".i = 1\n[[k]]\n[[k.l]]\n[k.l.m]\nn = 1\n[[k]]\n'
    lines = lines_of(text)
    wanted = {("a",): 1, ("b",): 4, ("b", 0): 5, ("b", 1, "c"): 6, ("b", 1, "d", 1): 7, ("e.f",): 9}
    wanted |= {("e.f", "g h", "i"): 10, ("k", 0, "l", 0, "m", "n"): 14, ("k", 1): 15}
    assert {path: lines[path] for path in wanted} == wanted
    assert line_of(lines, ("b", 1, "zz", 3)) == 6
    assert line_of(lines, ("zz",)) == 1


BANDS = re.compile(
    r"""(?ix)
    \b(low|medium|moderate|standard|elevated|high|very\ high|extreme)[\s-]+(risk|danger)\b | \brisk\ (level|band|class)
    | \b(matala|vähäinen|keskitason|keskisuuri|kohonnut|kohtalainen|korkea|suuri|erittäin\ suuri)\ (riski|vaara)\b
    | riskitaso | riskiluokk | vaaraluokk
    | \b(låg|liten|medelhög|måttlig|förhöjd|hög|stor|mycket\ hög)\ (risk|fara)\b | risknivå | riskklass | riskgrupp
    | \b(red|amber|yellow|green|orange|punainen|keltainen|vihreä|oranssi|röd|gul|grön)\b
    """
)
"""Words and colours that would stand for a number. A professional's own judgement says otherwise: the risk is high."""


def test_no_band_and_no_colour_stands_for_a_score_in_any_language_template_or_pack():
    source = Path(__file__).parents[2] / "src" / "multiagency"
    looked_at = [
        *source.glob("web/translations/*/*.toml"),
        *source.glob("*/templates/*.html"),
        *source.glob("risk/**/*.toml"),
        *source.glob("risk/*.py"),
        source / "cli" / "risk.py",
    ]
    assert len(looked_at) > 60
    found = {f"{path.name}: {hit[0]}" for path in looked_at for hit in BANDS.finditer(path.read_text("utf-8"))}
    assert found == set()
    for said in ("standard risk", "korkea riski", "risknivå", "medium-risk", "punainen"):
        assert BANDS.search(said), said


def test_no_template_chooses_anything_by_the_score():
    """A score is written where it is told; nothing of a page is there or looks otherwise because of it."""
    for path in (Path(__file__).parents[2] / "src" / "multiagency").glob("*/templates/*.html"):
        for block in re.findall(r"{%\s*(?:if|elif|set)\b[^%]*%}|class=\"[^\"]*\"", path.read_text("utf-8")):
            assert not re.search(r"\bscore\b", block), (path.name, block)
