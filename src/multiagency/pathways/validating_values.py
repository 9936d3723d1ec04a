"""Rules of what a definition names beside its stages: numbers, kinds of data, agencies, offices, parties, retention."""

import re
from collections.abc import Iterable

from multiagency.kernel.access import Kind
from multiagency.kernel.languages import Language
from multiagency.kernel.toml_lines import Path
from multiagency.pathways.validating_shape import (
    Found,
    Raw,
    no_parameter,
    numbers,
    table,
    tables,
    text,
    texts,
    twice,
    unknown,
)
from multiagency.people.models import AgencyKind, Office
from multiagency.web.texts import TEXTS

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""How whatever a definition names is written."""


def names(raw: Raw) -> Found:
    """Codes are lower-case words joined by `_`: they stand in addresses, rows and keys of sentences."""
    found: list[tuple[Path, object]] = [(("code",), raw.get("code"))]
    for name in ("stages", "outcomes", "clocks"):
        found += [((*path, "code"), row.get("code")) for path, row in tables(raw, name)]
    found += texts(raw, "consent_purposes")
    found += [one for name in ("reasons", "sources") for one in _below("target", texts(table(raw, "target"), name))]
    found += [(("parameters", name), name) for name in table(raw, "parameters")]
    for path, code in found:
        if isinstance(code, str) and not CODE.fullmatch(code):
            yield path, f"`{code}` is no code: lower-case letters, digits and `_`, a letter first"


def parameters(raw: Raw) -> Found:
    """Numbers are not negative."""
    for name, value in table(raw, "parameters").items():
        if isinstance(value, int) and value < 0:
            yield ("parameters", name), f"`{name}` is negative"


def kinds(raw: Raw) -> Found:
    """Nobody can convene with what no consent may give; nobody keeps what nothing takes over."""
    shareable = {kind for _, kind in texts(raw, "shareable_kinds")}
    for path, kind in texts(raw, "convening_kinds"):
        if kind not in shareable and kind in set(Kind):
            yield path, f"`{kind}` is not among `shareable_kinds`: no consent could give it, and nobody could convene"
    for name in ("shareable_kinds", "convening_kinds", "opener_keeps", "consent_purposes"):
        yield from twice(texts(raw, name), name.replace("_", " "))
    takes_over = any(row.get("takes_over") is True for _, row in tables(raw, "stages"))
    if texts(raw, "opener_keeps") and not takes_over:
        yield ("opener_keeps",), "no stage has `takes_over = true`, so whoever opened the case keeps everything"


def target(raw: Raw) -> Found:
    """Ages name parameters, the younger one first; who may open are kinds of agency."""
    said, known = table(raw, "target"), numbers(raw)
    ages = [said.get(name) for name in ("youngest", "oldest")]
    for name, age in zip(("youngest", "oldest"), ages, strict=True):
        if isinstance(age, str) and age not in known:
            yield (
                ("target", name),
                no_parameter(age),
            )
    youngest, oldest = (known.get(str(age)) for age in ages)
    if isinstance(youngest, int) and isinstance(oldest, int) and youngest > oldest:
        yield ("target",), f"nobody is at least {youngest} and at most {oldest} years old"
    for name, what in (("reasons", "reason"), ("sources", "source")):
        yield from twice(_below("target", texts(said, name)), what)
    yield from _among("target", said, "opened_by", "kind of agency", AgencyKind)


def at_the_table(raw: Raw) -> Found:
    """Offices are known ones, and none is both needed at the table and kept from it."""
    said = table(raw, "table")
    for name in ("required", "never"):
        offices = _below("table", texts(said, name)) + _either(said.get(name), ("table", name))
        yield from twice(offices, "office")
        for path, office in offices:
            if office not in set(Office):
                yield unknown(path, "office", office, Office)
    one_of = _either(said.get("required"), ("table", "required"))
    required = {office for _, office in (*texts(said, "required"), *one_of)}
    for path, office in texts(said, "never"):
        if office in required:
            yield ("table", *path), f"`{office}` must be at the table and may never be there"


def _either(value: object, path: Path) -> list[tuple[Path, str]]:
    """Return the offices of which one is enough, each with its place."""
    rows = [(place, row) for place, row in enumerate(value) if isinstance(row, list)] if isinstance(value, list) else []
    return [((*path, place, at), one) for place, row in rows for at, one in enumerate(row) if isinstance(one, str)]


def parties(raw: Raw) -> Found:
    """Each role once; who is needed is asked about, and rows stand where there may be several."""
    found = tables(raw, "parties")
    yield from twice([((*path, "role"), text(row, "role")) for path, row in found], "role")
    for path, row in found:
        if row.get("needed") is True and row.get("asked") is False:
            yield path, f"`{text(row, 'role')}` is needed but never asked about"
        for place, relation in texts(row, "relations"):
            if relation not in _said("party.relations."):
                yield unknown((*path, *place), "relation", relation, _said("party.relations."))
        if row.get("rows") and row.get("several") is not True:
            yield (*path, "rows"), "`rows` stands only with `several = true`"


def retention(raw: Raw) -> Found:
    """Classes of retention are those of the annex that the service has rules for (703/2023)."""
    known = _said("retention.classes.")
    for name, value in table(raw, "retention").items():
        if isinstance(value, str) and value not in known:
            yield unknown(("retention", name), "class of retention", value, known)


def _said(prefix: str) -> list[str]:
    """Return the codes that the service has a word for."""
    return [key.removeprefix(prefix) for key in TEXTS.sentences[Language.FI] if key.startswith(prefix)]


def _below(name: str, found: Iterable[tuple[Path, str]]) -> list[tuple[Path, str]]:
    return [((name, *path), text) for path, text in found]


def _among(name: str, said: Raw, key: str, what: str, known: Iterable[str]) -> Found:
    found = _below(name, texts(said, key))
    yield from twice(found, what)
    for path, value in found:
        if value not in set(known):
            yield unknown(path, what, value, known)


RULES = (names, parameters, kinds, target, at_the_table, parties, retention)
